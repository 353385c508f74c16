//! What traffic looked like when chances were calibrated on it: a few shares, kept with the estimator.

use super::domain::Domain;
use super::estimated::Estimate;
use crate::artifact::bytes::{Bytes, put_f64, put_u32};
use crate::math::{ln, sigmoid};
use crate::{Error, Result};

/// Equally filled bins of numbers; domains have one each.
pub(crate) const BINS: usize = 10;
/// What is looked at.
pub(crate) const SIGHTS: usize = 4;
/// The names of what is looked at of a query. What surrounds it (history, documents) is not: that changes with a
/// conversation's length, and not with what people ask.
pub const SIGHT_NAMES: [&str; SIGHTS] = ["difficulty", "evidence", "output_tokens", "domain"];
/// The fewest estimates of which a distribution is taken.
pub const FEWEST_ESTIMATES: usize = 100;
/// The most that a share is smoothed by.
const SMOOTHING: f64 = 1e-3;
/// A sight that is not looked at, as a bin.
const NONE: u16 = 15;

const _: () = assert!(Domain::ALL.len() == BINS);

/// The distribution of what is looked at, over the traffic that was calibrated on.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    sights: [Option<Bins>; SIGHTS],
    estimates: u32,
}

#[derive(Debug, Clone, PartialEq)]
struct Bins {
    /// The upper ends of all bins but the last.
    ends: [f64; BINS - 1],
    /// The share in each bin.
    shares: [f64; BINS],
}

impl Bins {
    fn new(sight: usize, mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let end =
            |i: usize| if sight == DOMAIN { i as f64 + 0.5 } else { values[(i + 1) * values.len() / BINS] };
        let mut bins = Self { ends: std::array::from_fn(end), shares: [0.0; BINS] };
        let mut counts = [0_u32; BINS];
        for &value in &values {
            counts[bins.of(value)] += 1;
        }
        bins.shares = counts.map(|count| f64::from(count) / values.len() as f64);
        bins
    }

    /// The bin of a value: NaN is in the last.
    #[inline]
    fn of(&self, value: f64) -> usize {
        self.ends.iter().map(|&end| usize::from(value.is_nan() || value >= end)).sum()
    }
}

const DOMAIN: usize = 3;

impl Reference {
    /// The reference of estimates of the traffic that was calibrated on.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than [`FEWEST_ESTIMATES`].
    pub fn new(estimates: &[Estimate]) -> Result<Self> {
        Self::check(estimates.len())?;
        let of = |sight: usize| {
            Some(Bins::new(sight, estimates.iter().map(|estimate| sights(estimate)[sight]).collect()))
        };
        Ok(Self { sights: std::array::from_fn(of), estimates: count(estimates.len()) })
    }

    /// The reference of what sketches keep: locations, in logits, and evidence.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn of_sketches(seen: &[(f64, f64)]) -> Result<Self> {
        Self::check(seen.len())?;
        let difficulty = Bins::new(0, seen.iter().map(|(location, _)| sigmoid(*location)).collect());
        let evidence = Bins::new(1, seen.iter().map(|(_, evidence)| *evidence).collect());
        Ok(Self { sights: [Some(difficulty), Some(evidence), None, None], estimates: count(seen.len()) })
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

    /// How many estimates it was taken of.
    pub fn estimates(&self) -> u32 {
        self.estimates
    }

    /// The bins of an estimate, four bits each.
    #[inline]
    pub(crate) fn code(&self, estimate: &Estimate) -> u16 {
        let mut code = 0;
        for (i, (bins, value)) in self.sights.iter().zip(sights(estimate)).enumerate() {
            let bin = bins.as_ref().map_or(NONE, |bins| bins.of(value) as u16);
            code |= bin << (4 * i);
        }
        code
    }

    /// The population stability index of each sight, of so many codes by bin: `Σ (q − p) ln(q / p)`, each share a little
    /// smoothed; none where it is not looked at.
    pub(crate) fn stability(&self, counts: &[[u32; 16]; SIGHTS]) -> [Option<f64>; SIGHTS] {
        std::array::from_fn(|i| {
            let shares = &self.sights[i].as_ref()?.shares;
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

    /// The reference as a section of an artifact.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_u32(&mut out, self.estimates);
        for sight in &self.sights {
            put_u32(&mut out, u32::from(sight.is_some()));
            for &x in sight.iter().flat_map(|bins| bins.ends.iter().chain(&bins.shares)) {
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
        let mut sights = [const { None }; SIGHTS];
        for sight in &mut sights {
            if bytes.flag()? {
                *sight = Some(read_bins(&mut bytes)?);
            }
        }
        bytes.end()?;
        if sights.iter().all(Option::is_none) {
            return Err(bytes.refused("nothing is looked at"));
        }
        Ok(Self { sights, estimates })
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

fn sights(estimate: &Estimate) -> [f64; SIGHTS] {
    [estimate.difficulty, estimate.evidence, estimate.output_tokens.into(), estimate.domain as u8 as f64]
}

fn count(estimates: usize) -> u32 {
    u32::try_from(estimates).unwrap_or(u32::MAX)
}
