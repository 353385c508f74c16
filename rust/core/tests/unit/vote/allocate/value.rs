//! Tests of `vote/allocate/value.rs`, of what is private there.

use super::*;

/// The expected lead of rivals over the leader after `m` draws, by walking every path of the urn. `counts` holds
/// the leader, then its rivals; answers in `rest` can never lead.
fn walk(counts: &mut Vec<u32>, rest: u32, m: u32, novelty: f64, unseen: bool) -> f64 {
    if m == 0 {
        let over = |&c: &u32| f64::from(c.saturating_sub(counts[0]));
        return counts[1..].iter().map(over).sum();
    }
    let total = f64::from(counts.iter().sum::<u32>() + rest) + novelty;
    let mut sum = 0.0;
    for i in 0..counts.len() {
        let p = f64::from(counts[i]) / total;
        counts[i] += 1;
        sum += p * walk(counts, rest, m - 1, novelty, unseen);
        counts[i] -= 1;
    }
    let new = novelty / total;
    if unseen {
        counts.push(1);
        sum += new * walk(counts, rest, m - 1, novelty, unseen);
        counts.pop();
        return sum + f64::from(rest) / total * walk(counts, rest + 1, m - 1, novelty, unseen);
    }
    let other = (f64::from(rest) + novelty) / total;
    sum + other * walk(counts, rest + 1, m - 1, novelty, unseen)
}

fn oracle(first: u32, second: u32, total: u32, remaining: u32, novelty: f64) -> f64 {
    let rest = total - first - second;
    let mut best = 0.0_f64;
    for m in 1..=remaining.min(first - second + BEYOND) {
        let mut counts = if second > 0 { vec![first, second] } else { vec![first] };
        let rise = walk(&mut counts, rest, m, novelty, second == 0);
        best = best.max(rise / (f64::from(total + m) + novelty) / f64::from(m));
    }
    best
}

#[test]
fn equals_every_path_of_the_urn() {
    for novelty in [0.01, 0.15, 1.0, 4.0] {
        for (first, second, rest) in
            [(1, 0, 0), (2, 0, 0), (3, 0, 0), (1, 1, 0), (1, 1, 1), (2, 1, 0), (3, 1, 2), (4, 4, 9)]
        {
            for remaining in 0..=6 {
                let total = first + second + rest;
                let (fast, naive) = (
                    gain(first, second, total, remaining, novelty),
                    oracle(first, second, total, remaining, novelty),
                );
                let near = (fast - naive).abs() <= 1e-13 + 1e-11 * naive;
                assert!(near, "{first} {second} {rest} {remaining} {novelty}: {fast} {naive}");
            }
        }
    }
}

#[test]
fn a_lead_that_cannot_change_is_worth_no_sample() {
    assert!(gain(5, 2, 7, 3, 0.5) == 0.0 && gain(5, 2, 7, 4, 0.5) > 0.0);
    assert!(gain(40, 2, 42, 9_000, 0.5) == 0.0);
}

#[test]
fn large_counts_stay_finite() {
    for (first, second, total) in
        [(4_999, 4_998, 9_999), (3_000, 2_968, 5_968), (32, 0, 32), (2_000, 1, 9_000)]
    {
        for novelty in [1e-9, 0.2, 1e3] {
            let gain = gain(first, second, total, 10, novelty);
            assert!(gain.is_finite() && gain >= 0.0, "{first} {second}: {gain}");
        }
    }
}
