//! The estimator: a model, and what it says of one scan.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::curve::Curve;
use super::domain::Domain;
use super::model::{Model, schema};
use crate::artifact::{Reader, Writer, crc32};
use crate::features::{Feature, Scan};
use crate::ladder::{Ability, Rung};
use crate::learn::{HeadValues, Heads, MOST_HEADS, Reference, View};
use crate::math::{exp, logit, sigmoid};
use crate::query::Structure;
use crate::simd::widest::{Work, widest};
use crate::{Error, Result};
use std::sync::{Arc, OnceLock};

/// What is expected of a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// How hard the query is, in [0, 1]: the share of a mixed panel of models that would fail it.
    pub difficulty: f64,
    /// How much of the query is like anything that the model has seen, in [0, 1]. At 0 the rest is a guess.
    pub evidence: f64,
    /// Estimated tokens of the input, the conversation included.
    pub input_tokens: u32,
    /// Expected tokens of the answer, without thinking: the median.
    pub output_tokens: u32,
    /// Of ten such answers one is expected to be shorter than the first, and one longer than the second.
    pub output_range: (u32, u32),
    /// What the query is about.
    pub domain: Domain,
    /// The difficulty in logits.
    pub location: f64,
    /// What heads say, by model; nothing where the estimator has none.
    pub(crate) heads: HeadValues,
    /// Whether thinking helps, in logits.
    pub(super) thinking: f64,
    pub(super) slope: f64,
    pub(super) base: f64,
    pub(super) tilt: f64,
}

impl Estimate {
    /// P(correct) of a rung of the given ability: strictly increasing in it.
    ///
    /// Abilities are expected accuracies on the reference mixture, above 0 and below 1; what lies outside is taken as
    /// the nearest that does not.
    pub fn p_correct(&self, ability: f64) -> f64 {
        self.p_correct_at(logit(ability))
    }

    /// As [`p_correct`](Self::p_correct), for an ability in logits, as a [ladder](crate::ladder::Ability) has them.
    pub fn p_correct_at(&self, ability: f64) -> f64 {
        sigmoid(self.prior_logit(ability))
    }

    /// The logit of that chance.
    #[inline]
    pub(crate) fn prior_logit(&self, ability: f64) -> f64 {
        self.slope * (ability - self.location)
    }

    /// The same with another difficulty, in [0, 1], from who knows better: chances follow it, and what was learned of models
    /// stays on top.
    #[must_use]
    pub fn with_difficulty(&self, difficulty: f64) -> Self {
        Self { difficulty, location: logit(difficulty), ..*self }
    }

    /// The chance, in [0, 1], that thinking before the answer makes a wrong answer right.
    pub fn thinking_helps(&self) -> f64 {
        sigmoid(self.thinking)
    }

    /// By how much the prior tilts the gains of this query, in logits.
    pub(crate) fn tilt(&self) -> f64 {
        self.tilt
    }

    /// P(correct) of a rung, with what was learned of it.
    pub fn p_correct_of(&self, view: &View) -> f64 {
        view.chance(self.p_correct_at(view.ability), &self.heads)
    }
}

/// A trained model of difficulty. Immutable, and shared between threads as it is.
///
/// ```
/// use rheostat::estimate::Estimator;
/// use rheostat::features::Scan;
/// use rheostat::query::Structure;
/// use rheostat::text::Window;
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
        let sums = self.sums(scan);
        let evidence = sums.seen as f64 / (scan.words.len() as f64 + 1.0);
        let parts = self.parts_of(scan, &features, &sums);
        let base = f64::from(scalars.base);
        let location = base + (parts.location() - base) * self.kept(evidence);
        let tilt = self.tilt(scan, parts.content);
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

    /// What is kept of a deviation from the base rate: half of it, say, where there is no evidence; all with full evidence.
    pub(super) fn kept(&self, evidence: f64) -> f64 {
        let floor = f64::from(self.model.scalars.floor);
        floor + (1.0 - floor) * evidence
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
    type Found = Estimate;

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
