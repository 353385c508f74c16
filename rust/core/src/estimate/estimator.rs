//! The estimator: a model, and what it says of one scan.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::curve::Curve;
use super::domain::Domain;
use super::estimated::Estimate;
use super::gain::tilt;
use super::heads::{Heads, View};
use super::inputs::MOST_HEADS;
use super::location::{Parts, Sums, kept};
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

/// A trained model of difficulty. Immutable, and shared between threads as it is.
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
    /// What outcomes have taught, on top of the model.
    heads: Option<Arc<Heads>>,
    /// What traffic looked like when it was calibrated.
    reference: Option<Arc<Reference>>,
    version: String,
}

static SHIPPED: &[u8] = include_bytes!("../../assets/difficulty.bin");

impl Estimator {
    /// The model that the library ships (see `docs/estimate.md` for what it was trained on).
    ///
    /// # Panics
    /// Never: the artifact is a part of the library, and a test reads it.
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
        // A model that something was added to is an artifact that holds others.
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
            return Err(Error::artifact("it holds a model, and nothing that would be added to it"));
        }
        Ok(estimator)
    }

    /// The artifact's bytes.
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

    /// The same model with heads that were learned on top of it; those that it had are replaced.
    #[must_use]
    pub fn with_heads(&self, heads: Arc<Heads>) -> Self {
        let version = format!("{}+{:08x}", self.model.version, crc32(&heads.to_bytes()));
        Self { model: self.model.clone(), heads: Some(heads), reference: self.reference.clone(), version }
    }

    /// The same with another reference: what the traffic looked like that its chances were calibrated on. Estimates, and the
    /// version, stay what they are.
    #[must_use]
    pub fn with_reference(&self, reference: Arc<Reference>) -> Self {
        Self { reference: Some(reference), ..self.clone() }
    }

    /// What traffic looked like when it was calibrated, where that is known.
    pub fn reference(&self) -> Option<&Arc<Reference>> {
        self.reference.as_ref()
    }

    /// What outcomes have taught, if they have.
    pub fn heads(&self) -> Option<&Arc<Heads>> {
        self.heads.as_ref()
    }

    /// The model's name and the checksum of its artifact, such as `difficulty-1+89abcdef`; with heads their checksum follows.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version of the model without what was learned on top of it.
    pub fn prior_version(&self) -> &str {
        &self.model.version
    }

    /// How steeply P(correct) rises with ability, in logits per logit, and where a query lies of which nothing is known.
    pub(crate) fn curve(&self) -> Curve {
        Curve { slope: f64::from(self.model.scalars.slope), base: f64::from(self.model.scalars.base) }
    }

    /// How a rung's chance follows from an estimate: work it out once for a rung, use it for every query.
    pub fn view(&self, rung: &Rung, ability: Ability) -> View {
        self.heads.as_ref().map_or(View::prior(ability.logit), |heads| heads.view(rung, ability))
    }

    /// What is expected of the query that was scanned. Allocates nothing.
    pub fn estimate(&self, scan: &Scan, structure: &Structure) -> Estimate {
        widest(Estimating { estimator: self, scan, structure })
    }

    #[inline(always)]
    fn estimate_plainly(&self, scan: &Scan, structure: &Structure) -> Estimate {
        let scalars = &self.model.scalars;
        let features = self.model.dense.say(scan.padded_inputs());
        let sums = Sums::of(&self.model, scan);
        let evidence = sums.seen as f64 / (scan.words.len() as f64 + 1.0);
        let parts = Parts::of(&self.model, scan, &features, &sums);
        let base = f64::from(scalars.base);
        let location = base + (parts.location() - base) * kept(scalars, evidence);
        let tilt = tilt(scalars, scan, parts.content);
        let (shortest, output_tokens, longest) = self.output_tokens(scan, location);
        Estimate {
            difficulty: sigmoid(location),
            evidence,
            input_tokens: input_tokens(scan, structure),
            output_tokens,
            output_range: (shortest, longest),
            domain: self.domain(scan, evidence),
            location,
            heads: self.heads.as_ref().map_or([0.0; MOST_HEADS], |heads| heads.values(scan, location, tilt)),
            thinking: features.thinking,
            slope: f64::from(scalars.slope),
            base,
            tilt,
        }
    }

    /// The tokens of an answer: what a tenth lies below, the median, and what a tenth lies above.
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
    fn domain(&self, scan: &Scan, evidence: f64) -> Domain {
        if evidence <= 0.0 {
            return Domain::Unknown;
        }
        let place = self.model.dense.domain(scan.padded_inputs());
        Domain::ALL.get(place).copied().unwrap_or(Domain::Unknown)
    }
}

/// One estimate.
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

/// What was scanned is counted by its words; what lies outside the window, and the rest of the conversation, by size.
fn input_tokens(scan: &Scan, structure: &Structure) -> u32 {
    const BYTES_PER_TOKEN: f64 = 4.0;
    const TOKENS_PER_IMAGE: f64 = 1_000.0;
    let scanned = f64::from(scan.values()[Feature::Tokens as usize]);
    let bytes = f64::from(scan.values()[Feature::Bytes as usize]);
    let rest = (structure.total_bytes.max(scan.bytes_total) as f64 - bytes).max(0.0);
    let images = f64::from(structure.images) * TOKENS_PER_IMAGE;
    (scanned + rest / BYTES_PER_TOKEN + images).min(f64::from(u32::MAX)) as u32
}
