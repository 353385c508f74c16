//! The worth of choosing among scored answers, and the width up to which a scorer tells them apart, learned from graded runs.
//!
//! ```text
//! accuracy(k)   of one query: the share of right answers that the scores choose among k of its n samples,
//!               over the n windows of k neighbours in launch order, the last next to the first
//! gain(j, k)    accuracy(k) − accuracy(j), over all queries with at least k samples: mean and variance
//! width         1; then, for each wider k in turn, k if gain(width, k) is above 0 by 2.33 standard errors (1 in 100)
//! choice        of the widths up to it, the least of k · (sample + score) + usd_per_error · (1 − accuracy(k))
//! ```
//!
//! A width that was never seen is never chosen: the largest of more noisy scores may as well be the largest error
//! (arXiv 2603.15377 finds no useful width above 1 for perplexity, and at least 4 for process rewards).

use crate::artifact::bytes::{Bytes, put_f64};
use crate::artifact::{Reader, Writer};
use crate::strategy::Choose;
use crate::vote::normalise;
use crate::{Error, Result};

/// Widths that are compared.
const WIDTHS: [u32; 12] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
const COUNT: usize = WIDTHS.len();
/// Standard errors that a gain must be above 0: the normal quantile of 0.99.
const ERRORS: f64 = 2.326;
/// Fewest queries that show a gain.
const ENOUGH: f64 = 20.0;
/// The largest sum of an artifact.
const MOST: f64 = 1e15;
const KIND: u64 = u64::from_le_bytes(*b"scores 1");

/// One scored and graded sample of a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredSample<'a> {
    /// Its answer, if it has one.
    pub answer: Option<&'a str>,
    /// Its score, in [0, 1], if it has one.
    pub score: Option<f64>,
    /// How right the answer is, in [0, 1].
    pub right: f64,
}

/// A difference of accuracies over queries.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Gain {
    sum: f64,
    squares: f64,
}

/// Sums over graded queries.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreWorth {
    by: Choose,
    /// By width: queries with at least that number of samples, and the sum of their accuracies.
    queries: [f64; COUNT],
    right: [f64; COUNT],
    /// By the narrower width and the wider one.
    gains: [[Gain; COUNT]; COUNT],
}

/// A number of samples to choose among.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreChoice {
    /// Samples; 1 is not scored.
    pub samples: u32,
    /// Expected cost, in US dollars.
    pub usd: f64,
    /// Expected share of right answers.
    pub p_correct: f64,
}

impl ScoreWorth {
    /// Sums of nothing, for scores that choose so.
    pub fn new(by: Choose) -> Self {
        Self { by, queries: [0.0; COUNT], right: [0.0; COUNT], gains: [[Gain::default(); COUNT]; COUNT] }
    }

    /// How the scores choose.
    pub fn by(&self) -> Choose {
        self.by
    }

    /// Counts one query: its samples in launch order, of which the first 64 count.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a score or a grade that is not in `[0, 1]`.
    pub fn add(&mut self, samples: &[ScoredSample<'_>]) -> Result<()> {
        for (name, value) in samples.iter().flat_map(|one| [("score", one.score), ("right", Some(one.right))])
        {
            if let Some(value) = value.filter(|value| !(0.0..=1.0).contains(value)) {
                return Err(Error::invalid(name, value, "between 0 and 1"));
            }
        }
        let samples = &samples[..samples.len().min(WIDTHS[COUNT - 1] as usize)];
        let forms: Vec<_> = samples.iter().map(|one| normalise(one.answer.unwrap_or_default())).collect();
        let mut accuracy = [0.0; COUNT];
        for (k, width) in
            WIDTHS.into_iter().enumerate().take_while(|(_, width)| *width as usize <= samples.len())
        {
            let windows = (0..samples.len()).map(|from| {
                let mut window: Vec<usize> =
                    (from..from + width as usize).map(|i| i % samples.len()).collect();
                window.sort_unstable();
                self.chosen(samples, &forms, &window).map_or(0.0, |i| samples[i].right)
            });
            accuracy[k] = windows.sum::<f64>() / samples.len() as f64;
            self.queries[k] += 1.0;
            self.right[k] += accuracy[k];
            for (narrower, row) in self.gains.iter_mut().enumerate().take(k) {
                let gain = accuracy[k] - accuracy[narrower];
                row[k].sum += gain;
                row[k].squares += gain * gain;
            }
        }
        Ok(())
    }

    /// The sample whose answer is chosen among those of a window.
    fn chosen<F: AsRef<str>>(
        &self,
        samples: &[ScoredSample<'_>],
        forms: &[F],
        window: &[usize],
    ) -> Option<usize> {
        let answered = || window.iter().copied().filter(|i| !forms[*i].as_ref().is_empty());
        let scored = answered().any(|i| samples[i].score.is_some());
        let weight = |i: usize| if scored { samples[i].score.unwrap_or(0.0) } else { 1.0 };
        let sum = |of: usize| {
            let same = answered().filter(|i| forms[*i].as_ref() == forms[of].as_ref());
            same.map(weight).sum::<f64>()
        };
        let value = |i: usize| if self.by == Choose::Score && scored { weight(i) } else { sum(i) };
        let better = |best: usize, i: usize| if value(i) > value(best) { i } else { best };
        answered().reduce(better)
    }

    /// Adds another one's sums; the order does not matter.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the other's scores choose in another way.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.by != other.by {
            return Err(Error::invalid(
                "by",
                format!("{:?}", other.by.as_str()),
                format!("{:?}", self.by.as_str()),
            ));
        }
        let mut other = other.clone();
        self.numbers_mut().zip(other.numbers_mut()).for_each(|(mine, theirs)| *mine += *theirs);
        Ok(())
    }

    /// Queries counted.
    pub fn counted(&self) -> f64 {
        self.queries[0]
    }

    /// The number of answers up to which the scorer is shown to tell them apart; 1 until enough queries show more.
    ///
    /// ```
    /// use rheostat::learn::{ScoreWorth, ScoredSample};
    /// use rheostat::strategy::Choose;
    /// let mut worth = ScoreWorth::new(Choose::Score);
    /// let one = |right: bool, score| ScoredSample { answer: Some("7"), score: Some(score), right: f64::from(right) };
    /// for i in 0..60 {
    ///     worth.add(&[one(i % 2 == 0, 0.1), one(i % 3 == 0, 0.9)])?; // the score says nothing
    /// }
    /// assert_eq!(worth.width(), 1);
    /// let mut worth = ScoreWorth::new(Choose::Score);
    /// for i in 0..60 {
    ///     worth.add(&[one(i % 2 == 0, f64::from(i % 2 == 0)), one(i % 2 == 1, f64::from(i % 2 == 1))])?;
    /// }
    /// assert_eq!(worth.width(), 2);
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn width(&self) -> u32 {
        WIDTHS[self.widest()]
    }

    fn widest(&self) -> usize {
        (1..COUNT).fold(0, |best, k| {
            let (number, Gain { sum, squares }) = (self.queries[k], self.gains[best][k]);
            let mean = sum / number;
            let variance = (squares / number - mean * mean).max(0.0) / (number - 1.0);
            if number >= ENOUGH && mean > ERRORS * variance.sqrt() && mean > 0.0 { k } else { best }
        })
    }

    /// Every width that was seen, with its expected cost and share of right answers. A lone answer is not scored.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a price that is negative or not finite.
    pub fn ways(&self, sample_usd: f64, score_usd: f64) -> Result<Vec<ScoreChoice>> {
        for (name, usd) in [("sample_usd", sample_usd), ("score_usd", score_usd)] {
            if !(usd >= 0.0 && usd.is_finite()) {
                return Err(Error::invalid(name, usd, "a finite number of at least 0"));
            }
        }
        let seen = WIDTHS.into_iter().enumerate().filter(|(k, _)| self.queries[*k] > 0.0);
        Ok(seen
            .map(|(k, samples)| {
                // Queries with more samples may be others than those with few: only the gain is theirs.
                let gain = if k == 0 { 0.0 } else { self.gains[0][k].sum / self.queries[k] };
                let score = if samples > 1 { score_usd } else { 0.0 };
                let p_correct = (self.right[0] / self.queries[0] + gain).clamp(0.0, 1.0);
                ScoreChoice { samples, usd: f64::from(samples) * (sample_usd + score), p_correct }
            })
            .collect())
    }

    /// The number of samples of least expected cost, errors included, within the [`width`](Self::width); of equals, the fewest. One
    /// sample until enough queries show more.
    ///
    /// # Errors
    /// As [`ways`](Self::ways), and for a cost of an error that is negative or not finite.
    pub fn choose(&self, sample_usd: f64, score_usd: f64, usd_per_error: f64) -> Result<ScoreChoice> {
        if !(usd_per_error >= 0.0 && usd_per_error.is_finite()) {
            return Err(Error::invalid("usd_per_error", usd_per_error, "a finite number of at least 0"));
        }
        let cost = |way: &ScoreChoice| way.usd + usd_per_error * (1.0 - way.p_correct);
        let ways = self.ways(sample_usd, score_usd)?;
        let within = ways.into_iter().filter(|way| way.samples <= self.width());
        let one = ScoreChoice { samples: 1, usd: sample_usd, p_correct: 0.5 };
        Ok(within.reduce(|best, way| if cost(&way) < cost(&best) { way } else { best }).unwrap_or(one))
    }

    /// All sums, in the order of an artifact.
    fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let Self { queries, right, gains, by: _ } = self;
        let gains = gains.iter_mut().flatten().flat_map(|gain| [&mut gain.sum, &mut gain.squares]);
        queries.iter_mut().chain(right).chain(gains)
    }

    /// An artifact of the sums.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![(self.by == Choose::Vote).into()];
        self.clone().numbers_mut().for_each(|number| put_f64(&mut out, *number));
        let mut writer = Writer::new(KIND);
        writer.section("sums", out);
        writer.finish()
    }

    /// Reads an artifact.
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged or holds impossible sums.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::new(bytes, KIND)?;
        let mut sums = Bytes::new("sums", reader.section("sums")?.bytes());
        let by = Choose::ALL.get(usize::from(sums.u8()?)).copied();
        let mut worth =
            Self::new(by.ok_or_else(|| sums.refused("a choice that this library does not know"))?);
        for number in worth.numbers_mut() {
            *number = sums.f64_in(-MOST, MOST)?;
        }
        sums.end()?;
        let Self { queries, right, gains, .. } = &worth;
        let falls = queries.windows(2).all(|two| two[0] >= two[1]) && queries[COUNT - 1] >= 0.0;
        // Rounding of sums may pass a bound by a little.
        let bounded = |sum: f64, number: f64| sum <= number * (1.0 + 1e-9) + 1e-9;
        let rates =
            queries.iter().zip(right).all(|(number, right)| *right >= 0.0 && bounded(*right, *number));
        let mut differences = gains.iter().flat_map(|row| row.iter().zip(queries));
        let small = |(gain, number): (&Gain, &f64)| {
            bounded(gain.sum.abs(), *number) && gain.squares >= 0.0 && bounded(gain.squares, *number)
        };
        if !(falls && rates && differences.all(small)) {
            return Err(sums.refused("sums that no queries have"));
        }
        Ok(worth)
    }
}
