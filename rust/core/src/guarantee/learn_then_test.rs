//! Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021): a p-value per candidate, and a walk that controls
//! the family-wise error rate.

use super::binomial::binomial_tail;
use super::pvalue::Method;
use super::units::{Target, Units};
use super::verdict::{Certificate, Refusal, Verdict};
use crate::Result;
use crate::named::named;

named! {
    /// The correction for testing many candidates.
    pub enum Walk as "walk" {
        /// Tests from the safest on, each at the whole δ, until one fails. For losses that grow along the order; the number
        /// of candidates costs nothing.
        FixedSequence = "fixed_sequence",
        /// Tests each at δ divided by their number. For candidates in no order, or if the safest ones may fail.
        Bonferroni = "bonferroni",
    }
}

/// The boldest candidate whose mean loss is certified to be at most the target's. The probability over the draw of the
/// units that any certified candidate exceeds it is at most δ.
///
/// # Errors
/// [`Error::Invalid`] where [`Method::Binomial`] meets a loss strictly between the two ends of the range.
///
/// ```
/// use rheostat::guarantee::{Method, Range, Target, Units, Walk, learn_then_test};
/// // Two candidates on 400 units: the first is never wrong, the second every eighth time.
/// let losses: Vec<f64> = (0..400).flat_map(|i| [0.0, if i % 8 == 0 { 1.0 } else { 0.0 }]).collect();
/// let units = Units::new(&losses, 2, None, Range::UNIT)?;
/// let target = Target::new(0.05, 0.95, Range::UNIT)?;
/// let verdict = learn_then_test(&units, &target, Method::Binomial, Walk::FixedSequence)?;
/// assert_eq!(verdict.candidate(), Some(0));
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn learn_then_test(units: &Units, target: &Target, method: Method, walk: Walk) -> Result<Verdict> {
    let level = match walk {
        Walk::FixedSequence => target.error(),
        Walk::Bonferroni => target.error() / units.candidates() as f64,
    };
    let (mut boldest, mut before, mut p) = (None, None, 1.0);
    for candidate in 0..units.candidates() {
        let losses = units.of(candidate);
        // Neighbours often choose alike on every unit.
        if before != Some(losses) {
            (before, p) = (Some(losses), method.p_value(losses, target)?);
        }
        if p <= level {
            boldest = Some(candidate);
        } else if walk == Walk::FixedSequence {
            break;
        }
    }
    let Some(candidate) = boldest else {
        return Ok(Verdict::Refused(refusal(units, target, method, level)?));
    };
    Ok(Verdict::Certified(Certificate {
        candidate,
        max_loss: target.max_loss,
        confidence: Some(target.confidence),
        mean_loss: units.mean(candidate),
        bound: upper_bound(units.of(candidate), target, method, level)?,
        units: units.count(),
    }))
}

fn refusal(units: &Units, target: &Target, method: Method, level: f64) -> Result<Refusal> {
    let (count, max_loss) = (units.count(), target.max_loss);
    // Without any loss the binomial tail is (1 − ε)ⁿ; no method does better. No loss is 0, where losses may be gains, too.
    let signed = target.range.low() < 0.0 && max_loss > 0.0;
    let limit = if signed { max_loss / target.range.high() } else { target.range.to_unit(max_loss) };
    let without_loss = |n: usize| binomial_tail(n as u64, 0, limit) <= level;
    let mut needed = 1_usize;
    while !without_loss(needed) && needed < 1 << 40 {
        needed *= 2;
    }
    let mut low = needed / 2;
    while low + 1 < needed {
        let middle = low.midpoint(needed);
        if without_loss(middle) { needed = middle } else { low = middle }
    }
    if count < needed {
        return Ok(Refusal::TooFewUnits { units: count, needed });
    }
    // The first candidate is the safest, so it came nearest.
    let mean_loss = units.mean(0);
    if mean_loss > max_loss {
        return Ok(Refusal::LossTooHigh { mean_loss, max_loss, units: count });
    }
    let bound = upper_bound(units.of(0), target, method, level)?;
    Ok(Refusal::NotSignificant { mean_loss, max_loss, bound, units: count })
}

/// The smallest loss that the p-value rejects at a level, to about a millionth of the range.
fn upper_bound(losses: &[f64], target: &Target, method: Method, level: f64) -> Result<f64> {
    let range = target.range;
    let (mut low, mut high) = (range.low(), range.high());
    for _ in 0..20 {
        let middle = low.midpoint(high);
        let tried = Target { max_loss: middle, ..*target };
        if method.p_value(losses, &tried)? <= level { high = middle } else { low = middle }
    }
    Ok(high)
}
