//! The parameters of the model, and their artifact.

use super::dense::{LinearForms, ModelArrays};
use super::domain::{DOMAIN_INPUTS, DOMAINS};
use crate::artifact::{Reader, Writer, crc32};
use crate::features::{COUNT, SPECS};
use crate::math::exp;
use crate::{Error, Result};

/// Buckets for words; pairs of words have as many of their own.
pub(super) const BUCKETS: usize = 1 << 14;
/// Bits of the set of words that training has seen: one hash per word, as in a Bloom filter with one function.
pub(super) const SEEN_BITS: usize = 1 << 17;
const OUTPUT: usize = 5;

/// A trained model. Locations are in logits of difficulty.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) scalars: Scalars,
    /// Weight of each feature, and the mean, least and greatest input in training.
    pub(super) weights: Vec<f32>,
    pub(super) means: Vec<f32>,
    pub(super) least: Vec<f32>,
    pub(super) greatest: Vec<f32>,
    pub(super) words: Box<[i8; BUCKETS]>,
    pub(super) pairs: Box<[i8; BUCKETS]>,
    /// A bit for each word hash that training has seen often enough.
    pub(super) seen: Box<[u64; SEEN_BITS / 64]>,
    /// Per domain: a weight for each of [`DOMAIN_INPUTS`], then a bias.
    pub(super) domains: Vec<f32>,
    /// Logit of the chance that thinking helps: a weight per feature, then a bias.
    pub(super) thinking: Vec<f32>,
    /// log₂ of the answer's median tokens: offset, weight of log₂ input tokens, weight of the location; then the offsets of
    /// the tenth and the ninetieth percentile.
    pub(super) output: [f32; OUTPUT],
    /// Those percentiles as factors of the median.
    pub(super) output_range: (f64, f64),
    /// Copies of the weights, laid out for speed.
    pub(super) dense: Box<LinearForms>,
}

/// The scalar parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scalars {
    /// Location of a query with average inputs and words of weight 0.
    pub(super) bias: f32,
    /// Logits per unit of a word's and of a pair's integer weight.
    pub(super) word_unit: f32,
    pub(super) pair_unit: f32,
    /// Location of a query without coverage.
    pub(super) base: f32,
    /// Slope of P(correct) over ability, in logits per logit.
    pub(super) slope: f32,
    /// Share of the deviation from `base` that is kept without coverage.
    pub(super) floor: f32,
    /// Bound on the contribution of all words together, in logits.
    pub(super) content_bound: f32,
    /// Tilt of gains per doubling of the ask's size from the mean size.
    pub(super) tilt_by_size: f32,
    pub(super) tilt_mean_size: f32,
    /// Structure, with the bias, above which it is the size of material where little is asked of it; and the share of the rest that
    /// is taken off there.
    pub(super) material_from: f32,
    pub(super) material_share: f32,
    /// Location of the mixture on which an ability is an expected accuracy.
    pub(super) reference: f32,
    /// Factors of a location's deviation from `reference` in chances without outcomes: below it, and above it.
    pub(super) easier: f32,
    pub(super) harder: f32,
}

const SCALARS: usize = 14;

impl Scalars {
    fn from_floats(floats: &[f32]) -> Result<Self> {
        let &[
            bias,
            word_unit,
            pair_unit,
            base,
            slope,
            floor,
            content_bound,
            by_size,
            size,
            material_from,
            material_share,
            reference,
            easier,
            harder,
        ] = floats
        else {
            return Err(Error::artifact(format!("section \"scalars\" does not hold {SCALARS} numbers")));
        };
        let shares = [floor, material_share];
        let factors = [slope, easier, harder];
        if factors.iter().any(|factor| *factor <= 0.0)
            || content_bound < 0.0
            || shares.iter().any(|share| !(0.0..=1.0).contains(share))
        {
            return Err(Error::artifact(format!(
                "slope {slope} and bound {content_bound} must be above 0 and not negative, the shares {floor} and {material_share} \
                 in [0, 1], and the factors {easier} and {harder} above 0"
            )));
        }
        Ok(Self {
            bias,
            word_unit,
            pair_unit,
            base,
            slope,
            floor,
            content_bound,
            tilt_by_size: by_size,
            tilt_mean_size: size,
            material_from,
            material_share,
            reference,
            easier,
            harder,
        })
    }

    fn to_floats(self) -> [f32; SCALARS] {
        [
            self.bias,
            self.word_unit,
            self.pair_unit,
            self.base,
            self.slope,
            self.floor,
            self.content_bound,
            self.tilt_by_size,
            self.tilt_mean_size,
            self.material_from,
            self.material_share,
            self.reference,
            self.easier,
            self.harder,
        ]
    }
}

/// Hash of the features' names in order. Artifacts with another hash are refused.
pub fn schema() -> u64 {
    // FNV-1a, because it is specified and short in every language.
    let names = SPECS.iter().flat_map(|spec| spec.name.bytes().chain([0]));
    names
        .fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}

/// A boxed array. Its length is a constant, so indexing needs no bounds check.
fn boxed<T, const N: usize>(section: &str, values: Vec<T>) -> Result<Box<[T; N]>> {
    let wrong =
        |values: Box<[T]>| Error::artifact(format!("section {section:?} holds {} numbers", values.len()));
    values.into_boxed_slice().try_into().map_err(wrong)
}

impl Model {
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::new(bytes, schema())?;
        let name = String::from_utf8(reader.section("name")?.bytes().to_vec())
            .map_err(|_| Error::artifact("section \"name\" is not UTF-8"))?;
        if name.is_empty() || name.len() > 64 {
            return Err(Error::artifact(format!("a name of {} bytes; 1 to 64 are allowed", name.len())));
        }
        let signed = |section: &str| -> Result<Box<[i8; BUCKETS]>> {
            let bytes = reader.section(section)?.exactly(BUCKETS)?;
            boxed(section, bytes.iter().map(|&b| b as i8).collect())
        };
        let section = |name: &str, count: usize| reader.section(name)?.floats(count);
        let (weights, means) = (section("weights", COUNT)?, section("means", COUNT)?);
        let (least, greatest) = (section("least", COUNT)?, section("greatest", COUNT)?);
        let thinking = section("thinking", COUNT + 1)?;
        let domains = section("domains", DOMAINS * (DOMAIN_INPUTS.len() + 1))?;
        let output: [f32; OUTPUT] = section("output", OUTPUT)?
            .try_into()
            .map_err(|_| Error::artifact("section \"output\" does not hold five numbers"))?;
        let factor = |log2: f32| exp(f64::from(log2) * std::f64::consts::LN_2);
        let dense = LinearForms::new(&ModelArrays {
            weights: &weights,
            means: &means,
            least: &least,
            greatest: &greatest,
            thinking: &thinking,
            domains: &domains,
        });
        let (seen, _) = reader.section("seen")?.exactly(SEEN_BITS / 8)?.as_chunks::<8>();
        Ok(Self {
            version: format!("{name}+{:08x}", crc32(bytes)),
            name,
            scalars: Scalars::from_floats(&reader.section("scalars")?.floats(SCALARS)?)?,
            weights,
            means,
            least,
            greatest,
            words: signed("words")?,
            pairs: signed("pairs")?,
            seen: boxed("seen", seen.iter().map(|bits| u64::from_le_bytes(*bits)).collect())?,
            domains,
            thinking,
            output_range: (factor(output[3]), factor(output[4])),
            output,
            dense: Box::new(dense),
        })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let floats = |values: &[f32]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let signed = |values: &[i8]| values.iter().map(|&b| b as u8).collect::<Vec<u8>>();
        let mut writer = Writer::new(schema());
        writer.section("name", self.name.clone().into_bytes());
        writer.section("scalars", floats(&self.scalars.to_floats()));
        writer.section("weights", floats(&self.weights));
        writer.section("means", floats(&self.means));
        writer.section("least", floats(&self.least));
        writer.section("greatest", floats(&self.greatest));
        writer.section("words", signed(&self.words[..]));
        writer.section("pairs", signed(&self.pairs[..]));
        writer.section("seen", self.seen.iter().flat_map(|bits| bits.to_le_bytes()).collect());
        writer.section("domains", floats(&self.domains));
        writer.section("thinking", floats(&self.thinking));
        writer.section("output", floats(&self.output));
        writer.finish()
    }

    /// The weight of a word.
    #[inline]
    pub(super) fn word(&self, hash: u32) -> i32 {
        i32::from(self.words[hash as usize >> 18])
    }

    /// The weight of a pair of neighbouring words.
    #[inline]
    pub(super) fn pair(&self, hash: u32) -> i32 {
        i32::from(self.pairs[hash as usize >> 18])
    }

    /// True if training has seen the word.
    #[inline]
    pub(super) fn has_seen(&self, hash: u32) -> bool {
        let bit = hash as usize % SEEN_BITS;
        self.seen[bit / 64] >> (bit % 64) & 1 == 1
    }
}
