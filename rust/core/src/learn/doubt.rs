//! Doubts from a log: the bar of a stream's signal below which an answer is doubted, with its recall and false-positive rate.

use super::calibration::pools;
use crate::ladder::Doubt;
use crate::named::named;
use crate::{Error, Result};

/// Smallest number of answers for a bar; fewer are noise.
const FEWEST_ANSWERS: usize = 30;

named! {
    /// The signal of a stream that a doubt reads.
    pub enum DoubtSignal as "signal" {
        /// Lowest mean log-probability of the stream's own tokens over a window.
        Logprob = "low_logprob",
        /// Lowest group confidence.
        Confidence = "low_confidence",
        /// Lowest mean log-probability of each token's likeliest candidate, over the newest 256 tokens.
        TopLogprob = "low_top_logprob",
    }
}

impl DoubtSignal {
    /// Bounds of the bar.
    fn bounds(self) -> (f64, f64) {
        match self {
            Self::Logprob | Self::TopLogprob => (Doubt::LEAST_LOGPROB, 0.0),
            Self::Confidence => (0.0, Doubt::MOST_CONFIDENCE),
        }
    }
}

/// Fits the doubt of a rung to a log of its answers. Isotonic regression of the scores on each stream's lowest signal gives
/// P(right); the bar is the lowest signal at which it reaches `p_correct`.
///
/// `lowest` holds the signals, over the window of the rules; `scores` holds the answers' scores in `[0, 1]`. If no answer reaches
/// `p_correct`, all are doubted. Recall and false-positive rate are counted on the same log, with half a pseudo-answer of either
/// kind.
///
/// # Errors
/// [`Error::Invalid`] for fewer than 30 answers, tables of two lengths, a signal that is NaN, or a score or chance out of
/// bounds.
///
/// ```
/// use rheostat::learn::{DoubtSignal, doubt_of};
/// // Answers with a token below -2 are wrong half the time, the others always right.
/// let lowest: Vec<f64> = (0..200).map(|i| if i % 4 == 0 { -3.0 } else { -0.1 }).collect();
/// let scores: Vec<f64> = (0..200).map(|i| if i % 8 == 0 { 0.0 } else { 1.0 }).collect();
/// let doubt = doubt_of(&lowest, &scores, 0.9, DoubtSignal::Logprob)?;
/// assert_eq!(doubt.low_logprob, Some(-0.1));
/// assert!(doubt.caught > 0.98 && doubt.false_alarms < 0.15);
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn doubt_of(lowest: &[f64], scores: &[f64], p_correct: f64, signal: DoubtSignal) -> Result<Doubt> {
    check(lowest, scores, p_correct)?;
    let (least, most) = signal.bounds();
    let lowest: Vec<f64> = lowest.iter().map(|low| low.clamp(least, most)).collect();
    // Half a pseudo-answer of either kind, so that a few lucky answers do not make a block trustworthy.
    let trusted = |block: &&(f64, f64, f64, f64)| (block.2 + 0.5) / (block.3 + 1.0) >= p_correct;
    let bar = pools(&lowest, scores).iter().find(trusted).map_or(most, |block| block.0);
    let (mut wrong, mut right, mut caught, mut alarms) = (0.0, 0.0, 0.0, 0.0);
    for (&low, &score) in lowest.iter().zip(scores) {
        let doubted = if low < bar { 1.0 } else { 0.0 };
        wrong += 1.0 - score;
        right += score;
        caught += doubted * (1.0 - score);
        alarms += doubted * score;
    }
    let share = |found: f64, all: f64| if all > 0.0 { (found + 0.5) / (all + 1.0) } else { 0.0 };
    let mut doubt =
        Doubt { caught: share(caught, wrong), false_alarms: share(alarms, right), ..Doubt::default() };
    let field = match signal {
        DoubtSignal::Logprob => &mut doubt.low_logprob,
        DoubtSignal::Confidence => &mut doubt.low_confidence,
        DoubtSignal::TopLogprob => &mut doubt.low_top_logprob,
    };
    *field = Some(bar);
    Ok(doubt)
}

fn check(lowest: &[f64], scores: &[f64], p_correct: f64) -> Result<()> {
    if lowest.len() != scores.len() {
        let bound = format!("as many numbers as lowest, {}", lowest.len());
        return Err(Error::invalid("scores", scores.len(), bound));
    }
    if lowest.len() < FEWEST_ANSWERS {
        let bound = format!("at least {FEWEST_ANSWERS}");
        return Err(Error::invalid("lowest", format!("{} of them", lowest.len()), bound));
    }
    if let Some(row) = lowest.iter().position(|low| low.is_nan()) {
        return Err(Error::invalid(format!("lowest[{row}]"), "NaN", "a number"));
    }
    if let Some(row) = scores.iter().position(|score| !(0.0..=1.0).contains(score)) {
        let bad = scores.get(row).copied().unwrap_or(f64::NAN);
        return Err(Error::invalid(format!("scores[{row}]"), bad, "between 0 and 1"));
    }
    if !(p_correct > 0.0 && p_correct < 1.0) {
        return Err(Error::invalid("p_correct", p_correct, "above 0 and below 1"));
    }
    Ok(())
}
