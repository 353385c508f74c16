//! The certificate: an anytime-valid test (e-process) of "this answer is the mode". `docs/certificate.md` has the proof.
//!
//! ```text
//! for answer k (numbered by first appearance) against each rival j, from the draw after k's first:
//!     wealth ← wealth · 2q        on a draw of k          q > ½
//!     wealth ← wealth · 2(1 − q)  on a draw of j          other draws change nothing
//! certify k when the wealth against every rival is at least k(k + 1)/α
//! ```
//!
//! If `j` is at least as likely as `k`, the wealth is a supermartingale that starts at 1, so by Ville's inequality it
//! ever reaches `k(k + 1)/α` with probability at most `α/(k(k + 1))`. These sum to α over all answers. The bet opens
//! after the first appearance because that appearance chose the answer. The rival with the most votes has the least
//! wealth against it, so only that one is followed; unseen answers are covered, too. O(1) per draw.

use super::boundary::{Frontier, Point};
use super::order::Slot;
use super::special::{exp, ln, ln_choose};

/// Safety margin in nats, larger than all rounding errors together.
const ROUNDING: f64 = 1e-9;
/// The `q` of half of the mixed bet; it certifies a unanimous answer one or two samples earlier.
const SURE: f64 = 0.98;

/// The distribution of the wealth over `q`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bet {
    /// Half at `q = 0.98`, half uniform over `(½, 1]`.
    Mixed,
    /// All at one `q`: Wald's sequential probability ratio.
    Point(f64),
}

impl Bet {
    /// The logarithm of the wealth after `a` votes for the answer and `b` for its rival.
    fn ln_wealth(self, point: &Point) -> f64 {
        let single = |q: f64| f64::from(point.a) * ln(2.0 * q) + f64::from(point.b) * ln(2.0 - 2.0 * q);
        match self {
            Self::Point(q) => single(q),
            Self::Mixed => {
                let (one, other) = (single(SURE), ln_uniform(point));
                let (low, high) = if one < other { (one, other) } else { (other, one) };
                high + ln(f64::midpoint(1.0, exp(low - high)))
            }
        }
    }
}

/// `ln ∫ 2^n q^a (1 − q)^b 2 dq` over `(½, 1]`, with `n = a + b`: `2^(n+1) P(Bin(n + 1, ½) ≤ a) / ((n + 1) C(n, a))`.
fn ln_uniform(point: &Point) -> f64 {
    let n = point.a + point.b;
    let trials = f64::from(n + 1);
    trials * std::f64::consts::LN_2 + ln((1.0 - point.tail()).max(f64::MIN_POSITIVE))
        - ln(trials)
        - ln_choose(n, point.a)
}

/// One answer's draws.
#[derive(Debug, Clone, Copy, Default)]
struct AnswerDraws {
    /// Place in the order of first appearance, from 1; 0 before it.
    number: u32,
    /// Index of the draw after its first.
    place: u32,
    /// Draws since the leader appeared.
    votes: u32,
}

/// The process over one vote's draws.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    bet: Bet,
    alpha: f64,
    /// The logarithm of the lowest threshold, that of the first answer.
    least: f64,
    cap: u32,
    /// By an answer's id.
    seen: Vec<AnswerDraws>,
    numbered: u32,
    /// The leader under test, its draws since it appeared, and those of its strongest rival.
    leader: Option<u32>,
    own: u32,
    strongest: u32,
    /// Boundaries, each with the number of its answer.
    boundaries: Vec<(u32, Frontier)>,
    certified: Option<u32>,
    suspended: bool,
}

impl Certificate {
    pub(super) fn new(bet: Bet, alpha: f64, cap: u32) -> Self {
        Self {
            bet,
            alpha,
            least: ln(2.0 / alpha),
            cap,
            seen: Vec::new(),
            numbered: 0,
            leader: None,
            own: 0,
            strongest: 0,
            boundaries: Vec::new(),
            certified: None,
            suspended: false,
        }
    }

    /// The certified answer. A certificate is final: it is about the distribution, not about the sample.
    pub(super) fn answer(&self) -> Option<u32> {
        self.certified
    }

    /// Stops certifying: later draws are not draws of one distribution.
    pub(super) fn suspend(&mut self) {
        self.suspended = true;
    }

    pub(super) fn suspended(&self) -> bool {
        self.suspended
    }

    /// Takes a draw: answer `id` is the newest of `drawn`, and `leader` has the most votes.
    #[inline]
    pub(super) fn draw(&mut self, id: u32, leader: u32, drawn: &[Slot]) {
        if self.certified.is_some() || self.suspended {
            return;
        }
        self.number(id, drawn.len() as u32);
        if self.leader == Some(leader) {
            self.count(id, leader);
        } else {
            self.put_on_trial(leader, drawn);
        }
        if !self.out_of_reach() {
            self.judge(leader);
        }
    }

    /// Certifies the leader if the draws so far suffice.
    #[inline(never)]
    fn judge(&mut self, leader: u32) {
        let Some(number) = self.seen.get(leader as usize).map(|seen| seen.number) else { return };
        if self.needed(number).is_some_and(|needed| self.own >= needed) {
            self.certified = Some(leader);
        }
    }

    /// Numbers an answer at its first appearance; `place` is the index of the next draw.
    fn number(&mut self, id: u32, place: u32) {
        if id as usize >= self.seen.len() {
            self.seen.resize(id as usize + 1, AnswerDraws::default());
        }
        if let Some(seen) = self.seen.get_mut(id as usize)
            && seen.number == 0
        {
            self.numbered += 1;
            *seen = AnswerDraws { number: self.numbered, place, votes: 0 };
        }
    }

    /// Counts a draw of a numbered answer.
    fn count(&mut self, id: u32, leader: u32) {
        if id == leader {
            self.own += 1;
        } else if let Some(seen) = self.seen.get_mut(id as usize) {
            seen.votes += 1;
            self.strongest = self.strongest.max(seen.votes);
        }
    }

    /// Recounts from a new leader's first appearance. Leaders change seldom, because each must overtake the last.
    #[inline(never)]
    fn put_on_trial(&mut self, leader: u32, drawn: &[Slot]) {
        self.leader = Some(leader);
        self.own = 0;
        self.strongest = 0;
        self.seen.iter_mut().for_each(|seen| seen.votes = 0);
        let from = self.seen.get(leader as usize).map_or(drawn.len(), |seen| seen.place as usize);
        for slot in drawn.iter().skip(from) {
            if let Slot::Answer { id, .. } = *slot {
                self.count(id, leader);
            }
        }
    }

    /// True if no bet can have reached the threshold. The best `q` in hindsight has the wealth `2^(n(1 − H₂(a/n)))`, and
    /// `H₂(p) ≥ 4p(1 − p)`, so the wealth is at most `2^((a − b)²/n)`. Most draws end here.
    fn out_of_reach(&self) -> bool {
        let (own, rival) = (f64::from(self.own), f64::from(self.strongest));
        let lead = own - rival;
        lead <= 0.0 || lead * lead * std::f64::consts::LN_2 < (own + rival) * self.least
    }

    /// Draws that certify the answer of that number against its strongest rival; None if the cap is too low.
    fn needed(&mut self, number: u32) -> Option<u32> {
        let (bet, strongest) = (self.bet, self.strongest);
        let number_f = f64::from(number);
        let at = self.boundaries.iter().position(|(k, _)| *k == number).unwrap_or_else(|| {
            self.boundaries.push((number, Frontier::new(self.cap)));
            self.boundaries.len() - 1
        });
        let threshold = ln(number_f * (number_f + 1.0) / self.alpha) + ROUNDING;
        let (_, frontier) = self.boundaries.get_mut(at)?;
        frontier.at(strongest, |point| bet.ln_wealth(point) >= threshold)
    }
}

#[cfg(test)]
#[path = "../../tests/unit/vote/certificate.rs"]
mod tests;
