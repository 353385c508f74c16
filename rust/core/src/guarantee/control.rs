//! Conformal risk control (Angelopoulos, Bates, Fisch, Lei and Schuster, 2022).
//!
//! ```text
//! for each candidate, safest first: worst[i] = max(worst[i], loss[i])        makes losses monotone
//!     stop when (Σ worst + greatest possible loss) / (n + 1) > ε
//! ```

use super::units::{Target, Units};
use super::verdict::{Certificate, Refusal, Verdict};

/// The boldest candidate whose *expected* loss on the next unit is at most the target's.
///
/// The guarantee is weaker than that of [`learn_then_test`](super::learn_then_test): it is about the expectation over
/// logs and the next unit, so the target's confidence is not used. It refuses less. The proof needs losses that grow
/// along the order on every unit; where a loss falls, its greatest value so far replaces it, which keeps the guarantee.
///
/// ```
/// use rheostat::guarantee::{Range, Target, Units, control_risk};
/// let losses: Vec<f64> = (0..99).flat_map(|i| [0.0, if i % 25 == 0 { 1.0 } else { 0.0 }, 1.0]).collect();
/// let units = Units::new(&losses, 3, None, Range::UNIT)?;
/// let verdict = control_risk(&units, &Target::new(0.05, 0.95, Range::UNIT)?);
/// assert_eq!(verdict.candidate(), Some(1)); // (4 + 1) / 100
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn control_risk(units: &Units, target: &Target) -> Verdict {
    let (range, count) = (target.range, units.count());
    let mut worst = vec![range.low(); count];
    let mut best = None;
    let mut safest = range.high();
    for candidate in 0..units.candidates() {
        for (worst, &loss) in worst.iter_mut().zip(units.of(candidate)) {
            *worst = worst.max(loss);
        }
        let bound = (worst.iter().sum::<f64>() + range.high()) / (count as f64 + 1.0);
        if candidate == 0 {
            safest = bound;
        }
        // A sum equal to the limit may miss it by a rounding error.
        if bound > target.max_loss + 1e-12 * (range.high() - range.low()) {
            break;
        }
        best = Some((candidate, bound));
    }
    let Some((candidate, bound)) = best else {
        return Verdict::Refused(refusal(units, target, safest));
    };
    Verdict::Certified(Certificate {
        candidate,
        max_loss: target.max_loss,
        confidence: None,
        mean_loss: units.mean(candidate),
        bound,
        units: count,
    })
}

fn refusal(units: &Units, target: &Target, bound: f64) -> Refusal {
    let (count, range, max_loss) = (units.count(), target.range, target.max_loss);
    // n · low + high ≤ (n + 1) ε.
    let needed = ((range.high() - max_loss) / (max_loss - range.low())).ceil() as usize;
    let mean_loss = units.mean(0);
    if count < needed {
        Refusal::TooFewUnits { units: count, needed }
    } else if mean_loss > max_loss {
        Refusal::LossTooHigh { mean_loss, max_loss, units: count }
    } else {
        Refusal::NotSignificant { mean_loss, max_loss, bound, units: count }
    }
}
