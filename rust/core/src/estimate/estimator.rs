//! The estimator: a model with optional heads and reference, applied to one scan.
#![allow(clippy::inline_always)] // inlined code is compiled with the caller's instruction set (`simd::widest`)

use super::curve::Curve;
use super::domain::Domain;
use super::estimated::Estimate;
use super::gain::tilt;
use super::heads::{Heads, View};
use super::inputs::MOST_HEADS;
use super::location::{LocationTerms, WordSums, coverage_share};
use super::model::{Model, schema};
use super::reference::Reference;
use crate::artifact::{Reader, Writer, crc32};
use crate::features::{Feature, Scan};
use crate::ladder::{Ability, Rung};
use crate::math::{exp, sigmoid};
use crate::query::Structure;
use crate::simd::widest::{Work, widest};
use crate::{Error, Result};
use std::sync::{Arc, OnceLock};

/// A trained model of difficulty. Immutable; threads share it without a lock.
///
/// ```
/// use rheostat::estimate::Estimator;
/// use rheostat::features::Scan;
/// use rheostat::query::Structure;
/// use rheostat::query::Window;
/// let mut scan = Scan::new();
/// scan.run(b"Prove that the square root of 2 is irrational.", Window::default());
/// let estimate = Estimator::shipped().estimate(&scan, &Structure::default());
/// assert!(estimate.p_correct(0.9) > estimate.p_correct(0.6));
/// ```
#[derive(Debug, Clone)]
pub struct Estimator {
    pub(super) model: Model,
    /// Corrections per model, fitted to outcomes.
    heads: Option<Arc<Heads>>,
    /// Distribution of the traffic that the chances were fitted or calibrated on.
    reference: Option<Arc<Reference>>,
    version: String,
}

static SHIPPED: &[u8] = include_bytes!("../../assets/difficulty.bin");

impl Estimator {
    /// The shipped model. `docs/estimate.md` describes its training data.
    ///
    /// # Panics
    /// Never: the artifact is compiled in, and a test reads it.
    #[allow(clippy::expect_used)]
    pub fn shipped() -> &'static Self {
        static PARSED: OnceLock<Estimator> = OnceLock::new();
        PARSED.get_or_init(|| Self::from_bytes(SHIPPED).expect("the shipped artifact is tested"))
    }

    /// Reads an artifact.
    ///
    /// # Errors
    /// [`crate::Error::Artifact`] when it is damaged, too large, of another version or of another feature schema.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        // A model with heads or a reference is an artifact of artifacts.
        let outer = Reader::new(bytes, schema())?;
        let model = outer.section("model").map_or(bytes, |model| model.bytes());
        let model = Model::from_bytes(model)?;
        let mut estimator = Self { version: model.version.clone(), model, heads: None, reference: None };
        if let Ok(heads) = outer.section("heads") {
            estimator = estimator.with_heads(Arc::new(Heads::from_bytes(heads.bytes())?));
        }
        if let Ok(drift) = outer.section("drift") {
            estimator.reference = Some(Arc::new(Reference::from_bytes(drift.bytes())?));
        }
        if outer.section("model").is_ok() && estimator.heads.is_none() && estimator.reference.is_none() {
            return Err(Error::artifact("it wraps a model without heads or a reference"));
        }
        Ok(estimator)
    }

    /// Writes the estimator as an artifact.
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.heads.is_none() && self.reference.is_none() {
            return self.model.to_bytes();
        }
        let mut writer = Writer::new(schema());
        writer.section("model", self.model.to_bytes());
        if let Some(heads) = &self.heads {
            writer.section("heads", heads.to_bytes());
        }
        if let Some(reference) = &self.reference {
            writer.section("drift", reference.to_bytes());
        }
        writer.finish()
    }

    /// Copies the estimator with other heads. The version changes.
    #[must_use]
    pub fn with_heads(&self, heads: Arc<Heads>) -> Self {
        let version = format!("{}+{:08x}", self.model.version, crc32(&heads.to_bytes()));
        Self { model: self.model.clone(), heads: Some(heads), reference: self.reference.clone(), version }
    }

    /// Copies the estimator with another reference. Estimates and version stay.
    #[must_use]
    pub fn with_reference(&self, reference: Arc<Reference>) -> Self {
        Self { reference: Some(reference), ..self.clone() }
    }

    /// Distribution of the traffic that the chances were fitted or calibrated on, if known.
    pub fn reference(&self) -> Option<&Arc<Reference>> {
        self.reference.as_ref()
    }

    /// The heads, if outcomes were learned from.
    pub fn heads(&self) -> Option<&Arc<Heads>> {
        self.heads.as_ref()
    }

    /// The model's name and the checksum of its artifact, such as `difficulty-1+89abcdef`; the heads' checksum follows.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version of the model without its heads.
    pub fn prior_version(&self) -> &str {
        &self.model.version
    }

    pub(crate) fn curve(&self) -> Curve {
        Curve { slope: f64::from(self.model.scalars.slope), base: f64::from(self.model.scalars.base) }
    }

    /// The view of a rung, from which its chance on any query is computed. Make it once per rung.
    pub fn view(&self, rung: &Rung, ability: Ability) -> View {
        self.heads.as_ref().map_or(View::prior(ability.logit), |heads| heads.view(rung, ability))
    }

    /// Estimates a scanned query. Allocates nothing.
    pub fn estimate(&self, scan: &Scan, structure: &Structure) -> Estimate {
        widest(Estimating { estimator: self, scan, structure })
    }

    #[inline(always)]
    fn estimate_plainly(&self, scan: &Scan, structure: &Structure) -> Estimate {
        let scalars = &self.model.scalars;
        let features = self.model.dense.evaluate(scan.padded_inputs());
        let sums = WordSums::of(&self.model, scan);
        let coverage = sums.seen as f64 / (scan.words.len() as f64 + 1.0);
        let parts = LocationTerms::of(&self.model, scan, &features, &sums);
        let base = f64::from(scalars.base);
        let location = base + (parts.location() - base) * coverage_share(scalars, coverage);
        let tilt = tilt(scalars, scan);
        let (shortest, output_tokens, longest) = self.output_tokens(scan, location);
        Estimate {
            difficulty: sigmoid(location),
            coverage,
            input_tokens: input_tokens(scan, structure),
            output_tokens,
            output_range: (shortest, longest),
            domain: self.domain(scan, coverage),
            location,
            heads: self.heads.as_ref().map_or([0.0; MOST_HEADS], |heads| heads.values(scan, location, tilt)),
            thinking: features.thinking,
            slope: f64::from(scalars.slope),
            base,
            reference: f64::from(scalars.reference),
            widening: (f64::from(scalars.easier), f64::from(scalars.harder)),
            tilt,
        }
    }

    /// Tenth percentile, median and ninetieth percentile of the answer's tokens.
    #[inline(always)]
    fn output_tokens(&self, scan: &Scan, location: f64) -> (u32, u32, u32) {
        const MOST: f64 = 65_536.0;
        let [offset, by_input, by_location, ..] = self.model.output.map(f64::from);
        let input = f64::from(scan.inputs()[Feature::Tokens as usize]);
        let log2 = offset + by_input * input + by_location * location;
        let median = exp(log2.clamp(0.0, 16.0) * std::f64::consts::LN_2);
        let (low, high) = self.model.output_range;
        let tokens = |tokens: f64| tokens.clamp(1.0, MOST) as u32;
        (tokens(median * low), tokens(median), tokens(median * high))
    }

    #[inline(always)]
    fn domain(&self, scan: &Scan, coverage: f64) -> Domain {
        if coverage <= 0.0 {
            return Domain::Unknown;
        }
        let place = self.model.dense.domain(scan.padded_inputs());
        Domain::ALL.get(place).copied().unwrap_or(Domain::Unknown)
    }
}

/// The arguments of [`Estimator::estimate`], for `widest`.
struct Estimating<'a> {
    estimator: &'a Estimator,
    scan: &'a Scan,
    structure: &'a Structure,
}

impl Work for Estimating<'_> {
    type Output = Estimate;

    #[inline(always)]
    fn run(self) -> Estimate {
        self.estimator.estimate_plainly(self.scan, self.structure)
    }
}

/// Estimated input tokens. A long ask and everything else were weighed when the request was read. Of an ask that was not, the
/// scanned part is counted by its words, the rest at the same rate.
fn input_tokens(scan: &Scan, structure: &Structure) -> u32 {
    if structure.ask_tokens > 0 {
        let tokens = structure.ask_tokens.saturating_add(structure.context_tokens);
        return u32::try_from(tokens).unwrap_or(u32::MAX);
    }
    let scanned = f64::from(scan.values()[Feature::Tokens as usize]);
    let bytes = f64::from(scan.values()[Feature::Bytes as usize]);
    let rest = (structure.ask_bytes.max(scan.bytes_total) as f64 - bytes).max(0.0);
    let rate = if bytes > 0.0 { scanned / bytes } else { 0.25 };
    (scanned + rest * rate + structure.context_tokens as f64).min(f64::from(u32::MAX)) as u32
}
