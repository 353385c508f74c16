//! Doubts from a log: below which signal an answer of a rung is doubted, and what that finds.

use super::calibration::pools;
use crate::ladder::Doubt;
use crate::{Error, Result};

/// From how many answers on a bar is set: fewer would be noise.
const FEWEST_ANSWERS: usize = 30;

/// Which signal of a stream a doubt looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoubtSignal {
    /// The lowest mean log-probability of its own tokens over a window.
    Logprob,
    /// The lowest group confidence.
    Confidence,
}

impl DoubtSignal {
    /// Every signal, and its name: that of the bar in a [`Doubt`].
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::Logprob, "low_logprob"), (Self::Confidence, "low_confidence")];

    /// The signal of a name.
    ///
    /// # Errors
    /// [`Error::Unknown`], listing the names.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|(_, known)| *known == name);
        found
            .map(|(signal, _)| signal)
            .ok_or_else(|| Error::unknown("signal", name, Self::ALL.map(|(_, n)| n)))
    }

    /// The bounds of its bar.
    fn bounds(self) -> (f64, f64) {
        match self {
            Self::Logprob => (Doubt::LEAST_LOGPROB, 0.0),
            Self::Confidence => (0.0, Doubt::MOST_CONFIDENCE),
        }
    }
}

/// The doubt of a rung from a log of its answers: one is doubted where, by isotonic regression of being right on the
/// stream's lowest signal, its chance to be right is below `chance`.
///
/// `lowest` are signals as the rules' window makes them, and `scores` how right each answer was, in `[0, 1]`. Where no answer is
/// sure enough, all are doubted; where all are, none. What the doubts find is counted on the same log, with half an answer more
/// of either kind.
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
pub fn doubt_of(lowest: &[f64], scores: &[f64], chance: f64, signal: DoubtSignal) -> Result<Doubt> {
    check(lowest, scores, chance)?;
    let (least, most) = signal.bounds();
    let lowest: Vec<f64> = lowest.iter().map(|low| low.clamp(least, most)).collect();
    // Each block with half an answer more of either kind: a few lucky ones are not sure.
    let sure = |block: &&(f64, f64, f64, f64)| (block.2 + 0.5) / (block.3 + 1.0) >= chance;
    let bar = pools(&lowest, scores).iter().find(sure).map_or(most, |block| block.0);
    let (mut wrong, mut right, mut caught, mut alarms) = (0.0, 0.0, 0.0, 0.0);
    for (&low, &score) in lowest.iter().zip(scores) {
        let doubted = if low < bar { 1.0 } else { 0.0 };
        wrong += 1.0 - score;
        right += score;
        caught += doubted * (1.0 - score);
        alarms += doubted * score;
    }
    let share = |found: f64, all: f64| if all > 0.0 { (found + 0.5) / (all + 1.0) } else { 0.0 };
    let (low_logprob, low_confidence) = match signal {
        DoubtSignal::Logprob => (Some(bar), None),
        DoubtSignal::Confidence => (None, Some(bar)),
    };
    let (caught, false_alarms) = (share(caught, wrong), share(alarms, right));
    Ok(Doubt { low_confidence, low_logprob, caught, false_alarms })
}

fn check(lowest: &[f64], scores: &[f64], chance: f64) -> Result<()> {
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
    if !(chance > 0.0 && chance < 1.0) {
        return Err(Error::invalid("chance", chance, "above 0 and below 1"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::refuses;
    use proptest::prelude::*;

    #[test]
    fn the_extremes_are_all_or_none() {
        let lowest: Vec<f64> = (0..60).map(|i| -f64::from(i) / 10.0).collect();
        let none = doubt_of(&lowest, &[1.0; 60], 0.9, DoubtSignal::Logprob).unwrap();
        assert_eq!((none.low_logprob, none.caught), (Some(-5.9), 0.0));
        let all = doubt_of(&lowest, &[0.0; 60], 0.9, DoubtSignal::Logprob).unwrap();
        assert_eq!((all.low_logprob, all.false_alarms), (Some(0.0), 0.0));
        assert!(all.caught > 0.97);
        let sure: Vec<f64> = lowest.iter().map(|low| 20.0 + low).collect();
        let scores: Vec<f64> = (0..60).map(|i| f64::from(u8::from(i < 30))).collect();
        let confidence = doubt_of(&sure, &scores, 0.9, DoubtSignal::Confidence).unwrap();
        assert_eq!((confidence.low_confidence, confidence.low_logprob), (Some(sure[29]), None));
    }

    #[test]
    fn bad_logs_are_named() {
        let ok = [0.5; 40];
        let refused = |lowest: &[f64], scores: &[f64], chance| {
            doubt_of(lowest, scores, chance, DoubtSignal::Logprob).unwrap_err().to_string()
        };
        assert!(refuses(&refused(&[-1.0; 40], &ok[1..], 0.9), "scores", "39"));
        assert!(refuses(&refused(&[-1.0; 29], &ok[..29], 0.9), "lowest", "29 of them"));
        assert!(refuses(&refused(&[f64::NAN; 40], &ok, 0.9), "lowest[0]", "NaN"));
        assert!(refuses(&refused(&[-1.0; 40], &[1.5; 40], 0.9), "scores[0]", "1.5"));
        assert!(refuses(&refused(&[-1.0; 40], &ok, 1.0), "chance", "1"));
        assert!(DoubtSignal::from_name("low_steps").is_err());
    }

    proptest! {
        /// A higher chance never doubts less, and what is found is what counting finds.
        #[test]
        fn stricter_is_never_lower(
            log in prop::collection::vec((-5.0..0.0f64, any::<bool>()), 30..120), chance in 0.05..0.9f64,
        ) {
            let lowest: Vec<f64> = log.iter().map(|row| row.0).collect();
            let scores: Vec<f64> = log.iter().map(|row| f64::from(u8::from(row.1))).collect();
            let at = |chance| doubt_of(&lowest, &scores, chance, DoubtSignal::Logprob).unwrap();
            let (mild, strict) = (at(chance), at(chance + 0.05));
            prop_assert!(mild.low_logprob <= strict.low_logprob);
            prop_assert!(mild.caught <= strict.caught && mild.false_alarms <= strict.false_alarms);
            let bar = mild.low_logprob.unwrap();
            let wrong = log.iter().filter(|row| !row.1).count();
            let caught = log.iter().filter(|row| !row.1 && row.0 < bar).count();
            if wrong > 0 {
                prop_assert!((mild.caught - (caught as f64 + 0.5) / (wrong as f64 + 1.0)).abs() < 1e-12);
            }
        }
    }
}
