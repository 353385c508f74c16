//! Average performance gap recovered (APGR), the measure of a routing order (Ong et al., `RouteLLM`, arXiv 2406.18665).
//!
//! Queries go to the stronger rung in falling order of a score. After a share `c` of them, `PGR(c)` is the share of the whole
//! gain that is had. APGR is the area under PGR: 0.5 for a random order. Between equal scores PGR is a straight line, its mean
//! over their orders. The cost is one sort.

use crate::{Error, Result};

/// Queries in falling order of a score.
#[derive(Debug, Clone)]
pub struct Ranking {
    order: Vec<usize>,
    /// End in `order` of each run of equal scores.
    ends: Vec<usize>,
}

impl Ranking {
    /// Ranks queries by their scores.
    pub fn new(scores: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        let tied = |&i: &usize, &j: &usize| scores[i].total_cmp(&scores[j]).is_eq();
        let mut ends: Vec<usize> = order.chunk_by(tied).map(<[usize]>::len).collect();
        for i in 1..ends.len() {
            ends[i] += ends[i - 1];
        }
        Self { order, ends }
    }

    /// Sums of weight and of weighted gain after each run of equal scores.
    fn sums(&self, gains: &[f64], weights: &[f64]) -> impl Iterator<Item = (f64, f64)> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).scan((0.0, 0.0), move |(weight, gain), (start, &end)| {
            for &i in &self.order[start..end] {
                *weight += weights[i];
                *gain += gains[i] * weights[i];
            }
            Some((*weight, *gain))
        })
    }

    /// APGR of the ranking. `weights` count queries several times. None unless the whole gain is above 0.
    pub fn apgr(&self, gains: &[f64], weights: &[f64]) -> Option<f64> {
        let (mut before, mut area) = ((0.0, 0.0), 0.0);
        for sums in self.sums(gains, weights) {
            area += (sums.0 - before.0) * (before.1 + sums.1) / 2.0;
            before = sums;
        }
        let (count, total) = before;
        (total > 1e-9 && count > 0.0).then(|| area / (count * total))
    }
}

/// The curve of PGR over the share of queries sent to the stronger rung.
///
/// ```
/// use rheostat::learn::Recovery;
/// let recovery = Recovery::new(&[3.0, 2.0, 1.0, 0.0], &[1.0, 1.0, 0.0, 0.0])?;
/// assert_eq!((recovery.apgr(), recovery.calls_for(0.5)?), (0.75, 0.25));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Recovery(Vec<(f64, f64)>);

impl Recovery {
    /// Builds the curve from a score and a gain per query.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless lengths are equal and the mean gain is above 0.
    pub fn new(scores: &[f64], gains: &[f64]) -> Result<Self> {
        if scores.len() != gains.len() {
            return Err(Error::invalid("gains", gains.len(), format!("as many as scores, {}", scores.len())));
        }
        let sums: Vec<(f64, f64)> = Ranking::new(scores).sums(gains, &vec![1.0; gains.len()]).collect();
        let (count, total) = sums.last().copied().unwrap_or_default();
        let mean = total / f64::max(count, 1.0);
        if mean > 0.0 {
            let points = sums.into_iter().map(|(sent, gained)| (sent / count, gained / total));
            return Ok(Self(std::iter::once((0.0, 0.0)).chain(points).collect()));
        }
        Err(Error::invalid("mean gain of the stronger over the weaker model", mean, "above 0"))
    }

    /// Area under the curve.
    pub fn apgr(&self) -> f64 {
        area(&self.0)
    }

    /// Area by trapezoids over `bins` equal shares of queries, as `RouteLLM`'s harness computes it with 10.
    pub fn binned_apgr(&self, bins: usize) -> f64 {
        let at = |i: usize| (i as f64 / bins.max(1) as f64, self.recovered(i as f64 / bins.max(1) as f64));
        area(&(0..=bins.max(1)).map(at).collect::<Vec<_>>())
    }

    /// PGR at a share of queries sent.
    fn recovered(&self, share: f64) -> f64 {
        let after = self.0.partition_point(|point| point.0 < share).clamp(1, self.0.len() - 1);
        let ((x0, y0), (x1, y1)) = (self.0[after - 1], self.0[after]);
        y0 + (y1 - y0) * (share - x0) / (x1 - x0)
    }

    /// Smallest share of queries sent that recovers a share of the gain: the call-performance threshold (CPT).
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the share is above 0 and at most 1.
    pub fn calls_for(&self, recovered: f64) -> Result<f64> {
        if !(recovered > 0.0 && recovered <= 1.0) {
            return Err(Error::invalid("share", recovered, "above 0 and at most 1"));
        }
        let reached = self.0.iter().position(|point| point.1 >= recovered - 1e-12);
        let first = reached.unwrap_or(self.0.len() - 1);
        let before = first.saturating_sub(1);
        let ((x0, y0), (x1, y1)) = (self.0[before], self.0[first]);
        Ok(if y1 > y0 { x0 + (x1 - x0) * (recovered - y0) / (y1 - y0) } else { x0 })
    }
}

fn area(points: &[(f64, f64)]) -> f64 {
    points.windows(2).map(|w| (w[1].0 - w[0].0) * (w[0].1 + w[1].1) / 2.0).sum()
}
