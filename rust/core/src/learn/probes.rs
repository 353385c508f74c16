//! The worth of probing first, learned from a deployment's own answers.
//!
//! ```text
//! classes    of a query by its low rung's samples: the first two differ · they agree and the third does not · all three agree
//! counts     queries per class (no grade needed), and per class right answers of the low rung and of the high one
//! rates      (count + 4 · prior) / (number + 4): beta-binomial, with the mean of 26 tasks of recorded answers as the prior
//! cost       low: l    high: h    2 probes: 2l + P(differ) h    3 probes, in turn: 2l + P(two agree) l + (1 − P(three agree)) h
//! right      low: all classes low    high: all high    k probes: low where all k agree, high elsewhere
//! choice     the least of cost + usd_per_error · (1 − right)
//! ```

use crate::artifact::bytes::{Bytes, put_f64};
use crate::artifact::{Reader, Writer};
use crate::strategy::Strategy;
use crate::vote::normalise;
use crate::{Error, Result};

/// The weight of the prior, in queries. 4: of 1 to 16 the one with the most choices within 15 % of the best, over 26 tasks.
const WEIGHT: f64 = 4.0;
/// Prior share of queries whose first two samples agree, and of those whose third one agrees, too.
const AGREE: (f64, f64) = (0.63, 0.82);
/// Prior P(right) by class: of the low rung's answer, of the high rung's.
const RIGHT: [(f64, f64); 3] = [(0.27, 0.69), (0.47, 0.76), (0.74, 0.83)];
/// The largest count of an artifact.
const MOST: f64 = 1e15;
const KIND: u64 = u64::from_le_bytes(*b"worth  1");

/// Graded answers: their number, and the sum of their scores.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Graded {
    number: f64,
    right: f64,
}

impl Graded {
    fn add(&mut self, score: Option<f64>) {
        if let Some(score) = score {
            self.number += 1.0;
            self.right += score;
        }
    }

    /// The rate with a prior; `pairs` adds a share of the answers whose third sample was not drawn.
    fn rate(self, prior: f64, pairs: Self, share: f64) -> f64 {
        let number = share.mul_add(pairs.number, self.number);
        let right = share.mul_add(pairs.right, self.right);
        (right + WEIGHT * prior) / (number + WEIGHT)
    }
}

/// Counts of agreement and of right answers on a low rung and on the rung that it goes up to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProbeWorth {
    /// Queries whose first two samples differ, and agree.
    two: [f64; 2],
    /// Of those that agree and have a third sample: it differs, agrees.
    third: [f64; 2],
    /// By class, and last those that agree and have no third sample.
    low: [Graded; 4],
    high: [Graded; 4],
}

/// The way to answer a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProbeChoice {
    /// Samples of the low rung: 0 goes straight to the high rung, 1 takes the low rung's answer, 2 and 3 probe first.
    pub probes: u32,
    /// Expected cost, in US dollars.
    pub usd: f64,
    /// Expected share of right answers.
    pub p_correct: f64,
}

impl ProbeChoice {
    /// The strategy of the low rung; none if its samples are not asked for.
    pub fn strategy(&self) -> Option<Strategy> {
        match self.probes {
            0 => None,
            1 => Some(Strategy::Vote),
            agree => Some(Strategy::ProbeFirst { agree, in_turn: false }),
        }
    }
}

impl ProbeWorth {
    /// Counts one query: the low rung's answers in launch order, of which the first three count, and the scores of its first answer
    /// and of the high rung's answer, where they are known. Answers are compared in their normal form; None and an empty one agree
    /// with nothing. Without a second answer only nothing is learned.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a score that is not in `[0, 1]`.
    pub fn add(&mut self, answers: &[Option<&str>], low: Option<f64>, high: Option<f64>) -> Result<()> {
        for (name, score) in [("low", low), ("high", high)] {
            if let Some(score) = score.filter(|score| !(0.0..=1.0).contains(score)) {
                return Err(Error::invalid(name, score, "between 0 and 1"));
            }
        }
        let form = |i: usize| answers.get(i).map(|answer| normalise(answer.unwrap_or_default()));
        let (Some(first), Some(second)) = (form(0), form(1)) else { return Ok(()) };
        let agree = !first.is_empty() && first == second;
        let third = form(2).map(|third| third == first);
        self.two[usize::from(agree)] += 1.0;
        let class = match (agree, third) {
            (false, _) => 0,
            (true, None) => 3,
            (true, Some(third)) => {
                self.third[usize::from(third)] += 1.0;
                1 + usize::from(third)
            }
        };
        self.low[class].add(low);
        self.high[class].add(high);
        Ok(())
    }

    /// Adds another one's counts; the order does not matter.
    pub fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        self.numbers_mut().zip(other.numbers_mut()).for_each(|(mine, theirs)| *mine += *theirs);
    }

    /// Queries counted, and scores among them.
    pub fn counted(&self) -> (f64, f64) {
        let graded = self.low.iter().chain(&self.high).map(|graded| graded.number).sum();
        (self.two.iter().sum(), graded)
    }

    /// The four ways with their expected cost and share of right answers, by `probes`. `low_usd` is the price of one sample, `high_usd`
    /// of the high rung's answer.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a price that is negative or not finite.
    pub fn ways(&self, low_usd: f64, high_usd: f64) -> Result<[ProbeChoice; 4]> {
        for (name, usd) in [("low_usd", low_usd), ("high_usd", high_usd)] {
            if !(usd >= 0.0 && usd.is_finite()) {
                return Err(Error::invalid(name, usd, "a finite number of at least 0"));
            }
        }
        let share = |[no, yes]: [f64; 2], prior: f64| (yes + WEIGHT * prior) / (no + yes + WEIGHT);
        let (agree, third) = (share(self.two, AGREE.0), share(self.third, AGREE.1));
        let shares = [1.0 - agree, agree * (1.0 - third), agree * third];
        let split = [0.0, 1.0 - third, third];
        let right = |of: &[Graded; 4], prior: fn((f64, f64)) -> f64| {
            std::array::from_fn::<f64, 3, _>(|i| shares[i] * of[i].rate(prior(RIGHT[i]), of[3], split[i]))
        };
        let (low, high) = (right(&self.low, |prior| prior.0), right(&self.high, |prior| prior.1));
        let way = |probes, usd, p_correct| ProbeChoice { probes, usd, p_correct };
        Ok([
            way(0, high_usd, high[0] + high[1] + high[2]),
            way(1, low_usd, low[0] + low[1] + low[2]),
            way(2, 2.0 * low_usd + shares[0] * high_usd, low[1] + low[2] + high[0]),
            way(3, (2.0 + agree) * low_usd + (1.0 - shares[2]) * high_usd, low[2] + high[0] + high[1]),
        ])
    }

    /// The way of least expected cost, errors included; of equals, the one with the fewest probes.
    ///
    /// # Errors
    /// As [`ways`](Self::ways), and for a cost of an error that is negative or not finite.
    ///
    /// ```
    /// use rheostat::learn::ProbeWorth;
    /// let mut worth = ProbeWorth::default();
    /// for i in 0..100 {
    ///     let second = if i % 4 == 0 { "8" } else { "7" }; // a quarter differs, and only there the low rung errs
    ///     worth.add(&[Some("7"), Some(second), Some("7")], Some(f64::from(i % 4 != 0)), Some(1.0))?;
    /// }
    /// assert!(worth.choose(0.001, 0.1, 2.0)?.probes >= 2);
    /// assert_eq!(worth.choose(0.001, 0.002, 2.0)?.probes, 0); // the step up costs little more than a probe
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn choose(&self, low_usd: f64, high_usd: f64, usd_per_error: f64) -> Result<ProbeChoice> {
        if !(usd_per_error >= 0.0 && usd_per_error.is_finite()) {
            return Err(Error::invalid("usd_per_error", usd_per_error, "a finite number of at least 0"));
        }
        let ways = self.ways(low_usd, high_usd)?;
        let cost = |way: &ProbeChoice| way.usd + usd_per_error * (1.0 - way.p_correct);
        let better = |best: ProbeChoice, way: ProbeChoice| if cost(&way) < cost(&best) { way } else { best };
        Ok(ways.into_iter().fold(ways[0], better))
    }

    /// All counts, in the order of an artifact.
    fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let Self { two, third, low, high } = self;
        let graded = low.iter_mut().chain(high);
        two.iter_mut().chain(third).chain(graded.flat_map(|graded| [&mut graded.number, &mut graded.right]))
    }

    /// An artifact of the counts.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(160);
        self.clone().numbers_mut().for_each(|number| put_f64(&mut out, *number));
        let mut writer = Writer::new(KIND);
        writer.section("counts", out);
        writer.finish()
    }

    /// Reads an artifact.
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged or holds impossible counts.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::new(bytes, KIND)?;
        let mut counts = Bytes::new("counts", reader.section("counts")?.bytes());
        let mut worth = Self::default();
        for number in worth.numbers_mut() {
            *number = counts.f64_in(0.0, MOST)?;
        }
        counts.end()?;
        let all = worth.low.iter().chain(&worth.high);
        if all.clone().any(|graded| graded.right > graded.number) {
            return Err(counts.refused("more right answers than answers"));
        }
        Ok(worth)
    }
}
