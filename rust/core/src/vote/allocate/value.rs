//! The value of more samples of one query: the knowledge gradient with lookahead (Frazier & Powell 2010).
//!
//! ```text
//! gain = max over m of E[rise of the leading share after m more samples] / m
//! ```
//!
//! A lookahead is needed because one sample can seldom change a leader. Samples follow Pólya's urn (Blackwell &
//! `MacQueen` 1973): after `n` of them an answer with `c` votes comes next with probability `c / (n + novelty)`, which is
//! also its expected share, and an unseen one with `novelty / (n + novelty)`.

/// Samples looked at beyond the first number that could change the leader.
const BEYOND: u32 = 8;
/// A longer lead than this is worth no sample.
const FURTHEST: u32 = 32;
const TABLE: usize = (FURTHEST + BEYOND) as usize + 1;

/// The expected rise of the leading answer's share per sample, with at most `remaining` samples left. The only rival
/// is the second answer, with `second` votes.
pub(super) fn gain(first: u32, second: u32, total: u32, remaining: u32, novelty: f64) -> f64 {
    let gap = first.saturating_sub(second);
    if gap > FURTHEST || gap >= remaining {
        return 0.0;
    }
    let furthest = remaining.min(gap + BEYOND);
    let ours = urn(f64::from(first));
    let rivals = if second > 0 { urn(f64::from(second)) } else { unseen(novelty) };
    let others = urn(f64::from(total - first - second) + novelty);
    let any = urn(f64::from(total) + novelty);
    let at = |table: &[f64; TABLE], n: u32| table.get(n as usize).copied().unwrap_or(0.0);
    let mut best = 0.0_f64;
    for m in gap + 1..=furthest {
        let mut rise = 0.0;
        for y in gap + 1..=m {
            // The rival's lead before the leader's own draws.
            let over = y - gap;
            for x in 0..over.min(m - y + 1) {
                rise += f64::from(over - x) * at(&ours, x) * at(&rivals, y) * at(&others, m - x - y);
            }
        }
        let shares = f64::from(total + m) + novelty;
        best = best.max(rise / at(&any, m) / shares / f64::from(m));
    }
    best
}

/// `mass (mass + 1) … (mass + n − 1) / n!` for each `n`: the weight of the ways in which `n` draws fall on answers of
/// that mass.
fn urn(mass: f64) -> [f64; TABLE] {
    let mut table = [1.0; TABLE];
    let mut ways = 1.0;
    for (n, slot) in (0_u32..).zip(table.iter_mut()) {
        *slot = ways;
        ways *= (mass + f64::from(n)) / f64::from(n + 1);
    }
    table
}

/// Like [`urn`] for any one unseen answer; infinitely many share the mass: `mass (n − 1)! / n!`.
fn unseen(mass: f64) -> [f64; TABLE] {
    let mut table = [0.0; TABLE];
    for (n, slot) in (0_u32..).zip(table.iter_mut()).skip(1) {
        *slot = mass / f64::from(n);
    }
    table
}

#[cfg(test)]
#[path = "../../../tests/unit/vote/allocate/value.rs"]
mod tests;
