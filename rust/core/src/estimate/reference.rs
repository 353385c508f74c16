//! The reference of drift: the distribution of the traffic that an estimator was fitted or calibrated on.
//!
//! Four properties of an estimate are binned into deciles of the reference. The population stability index
//! `Σ (q − p) ln(q / p)` compares the shares of now with those.

use super::domain::Domain;
use super::estimated::Estimate;
use crate::artifact::bytes::{Bytes, put_f64, put_u32};
use crate::math::{ln, sigmoid};
use crate::{Error, Result};

/// Number of bins of a property: deciles, or one per domain.
pub(crate) const BINS: usize = 10;
/// Number of tracked properties.
pub(crate) const TRACKED: usize = 4;
/// Names of the tracked properties. Sizes of history and documents are not tracked: they change with a conversation's length,
/// not with what people ask.
pub const TRACKED_NAMES: [&str; TRACKED] = ["difficulty", "coverage", "output_tokens", "domain"];
/// Index of the domain among the tracked properties.
const DOMAIN: usize = 3;
/// Smallest number of estimates for a reference.
pub const FEWEST_ESTIMATES: usize = 100;
/// Added to each share before it is normalised again, so that no logarithm is infinite.
const SMOOTHING: f64 = 1e-3;
/// Bin number of a property that the reference does not have.
const NONE: u16 = 15;

const _: () = assert!(Domain::ALL.len() == BINS);

/// Distribution of the tracked properties over the traffic that an estimator was fitted or calibrated on.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    properties: [Option<Bins>; TRACKED],
    estimates: u32,
}

#[derive(Debug, Clone, PartialEq)]
struct Bins {
    /// Upper ends of all bins but the last.
    ends: [f64; BINS - 1],
    /// Share in each bin.
    shares: [f64; BINS],
}

impl Bins {
    fn new(property: usize, mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let end = |i: usize| {
            if property == DOMAIN { i as f64 + 0.5 } else { values[(i + 1) * values.len() / BINS] }
        };
        let mut bins = Self { ends: std::array::from_fn(end), shares: [0.0; BINS] };
        let mut counts = [0_u32; BINS];
        for &value in &values {
            counts[bins.of(value)] += 1;
        }
        bins.shares = counts.map(|count| f64::from(count) / values.len() as f64);
        bins
    }

    /// The bin of a value; the last for NaN.
    #[inline]
    fn of(&self, value: f64) -> usize {
        self.ends.iter().map(|&end| usize::from(value.is_nan() || value >= end)).sum()
    }
}

impl Reference {
    /// Builds a reference from estimates.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than [`FEWEST_ESTIMATES`].
    pub fn new(estimates: &[Estimate]) -> Result<Self> {
        Self::check(estimates.len())?;
        let of =
            |i: usize| Some(Bins::new(i, estimates.iter().map(|estimate| properties(estimate)[i]).collect()));
        Ok(Self { properties: std::array::from_fn(of), estimates: count(estimates.len()) })
    }

    /// Builds a reference from the location, in logits, and the coverage of each query: all that sketches keep.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub(crate) fn of_sketches(seen: &[(f64, f64)]) -> Result<Self> {
        Self::check(seen.len())?;
        let difficulty = Bins::new(0, seen.iter().map(|(location, _)| sigmoid(*location)).collect());
        let coverage = Bins::new(1, seen.iter().map(|(_, coverage)| *coverage).collect());
        Ok(Self { properties: [Some(difficulty), Some(coverage), None, None], estimates: count(seen.len()) })
    }

    fn check(estimates: usize) -> Result<()> {
        if estimates >= FEWEST_ESTIMATES {
            return Ok(());
        }
        Err(Error::invalid(
            "reference",
            format!("{estimates} estimates"),
            format!("at least {FEWEST_ESTIMATES}"),
        ))
    }

    /// Number of estimates behind the reference.
    pub fn estimates(&self) -> u32 {
        self.estimates
    }

    /// The bins of an estimate, four bits each.
    #[inline]
    pub(crate) fn code(&self, estimate: &Estimate) -> u16 {
        let mut code = 0;
        for (i, (bins, value)) in self.properties.iter().zip(properties(estimate)).enumerate() {
            let bin = bins.as_ref().map_or(NONE, |bins| bins.of(value) as u16);
            code |= bin << (4 * i);
        }
        code
    }

    /// The population stability index of each property, from the number of queries per bin. None for a property that the
    /// reference does not have.
    pub(crate) fn stability(&self, counts: &[[u32; 16]; TRACKED]) -> [Option<f64>; TRACKED] {
        std::array::from_fn(|i| {
            let shares = &self.properties[i].as_ref()?.shares;
            let counts = &counts[i][..BINS];
            let all = f64::from(counts.iter().sum::<u32>()).max(1.0);
            let smooth = |share: f64| (share + SMOOTHING) / (1.0 + BINS as f64 * SMOOTHING);
            let part = |(&count, &share): (&u32, &f64)| {
                let (now, then) = (smooth(f64::from(count) / all), smooth(share));
                (now - then) * ln(now / then)
            };
            Some(counts.iter().zip(shares).map(part).sum())
        })
    }

    /// Writes the reference as a section of an artifact.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_u32(&mut out, self.estimates);
        for bins in &self.properties {
            put_u32(&mut out, u32::from(bins.is_some()));
            for &x in bins.iter().flat_map(|bins| bins.ends.iter().chain(&bins.shares)) {
                put_f64(&mut out, x);
            }
        }
        out
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut bytes = Bytes::new("drift", bytes);
        let estimates = bytes.u32()?;
        if (estimates as usize) < FEWEST_ESTIMATES {
            return Err(bytes.refused(&format!("a reference of {estimates} estimates")));
        }
        let mut properties = [const { None }; TRACKED];
        for bins in &mut properties {
            if bytes.flag()? {
                *bins = Some(read_bins(&mut bytes)?);
            }
        }
        bytes.end()?;
        if properties.iter().all(Option::is_none) {
            return Err(bytes.refused("a reference of no property"));
        }
        Ok(Self { properties, estimates })
    }
}

fn read_bins(bytes: &mut Bytes<'_>) -> Result<Bins> {
    let mut bins = Bins { ends: [0.0; BINS - 1], shares: [0.0; BINS] };
    for end in &mut bins.ends {
        *end = bytes.f64()?;
    }
    for share in &mut bins.shares {
        *share = bytes.f64_in(0.0, 1.0)?;
    }
    let sum: f64 = bins.shares.iter().sum();
    if !bins.ends.is_sorted() || (sum - 1.0).abs() > 1e-6 {
        return Err(bytes.refused("bins out of order, or shares that do not add up to 1"));
    }
    Ok(bins)
}

fn properties(estimate: &Estimate) -> [f64; TRACKED] {
    [estimate.difficulty, estimate.coverage, estimate.output_tokens.into(), estimate.domain as u8 as f64]
}

fn count(estimates: usize) -> u32 {
    u32::try_from(estimates).unwrap_or(u32::MAX)
}
