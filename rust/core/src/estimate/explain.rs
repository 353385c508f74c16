//! Explanations: the contribution of each feature, word and pair of words to an estimate's location.

use super::estimated::Estimate;
use super::estimator::Estimator;
use super::location::{LocationTerms, WordSums, coverage_share, of_feature, root_of_count, spread};
use crate::features::{CONTENT, COUNT, MEANINGS, SPECS, Scan};
use crate::query::Structure;
use std::collections::BTreeMap;

/// The contribution of one feature, word or pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The feature's name, the word, or the two words.
    pub name: String,
    /// The feature's raw value; for words, the number of occurrences.
    pub value: f64,
    /// Contribution in logits of difficulty; above 0 is harder.
    pub contribution: f64,
}

/// An estimate as a sum: `bias` and all contributions add up to its location.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The estimate.
    pub estimate: Estimate,
    /// Location of a query whose every input is average.
    pub bias: f64,
    /// Contributions of features, largest absolute value first, without zeros.
    pub features: Vec<Contribution>,
    /// Contributions of words and pairs of words, largest absolute value first, without zeros.
    pub words: Vec<Contribution>,
}

impl Estimator {
    /// Explains the estimate of a scanned query.
    pub fn explain(&self, scan: &Scan, structure: &Structure) -> Explanation {
        let estimate = self.estimate(scan, structure);
        let model = &self.model;
        let share = coverage_share(&model.scalars, estimate.coverage);
        let base = f64::from(model.scalars.base);
        // Where content is clamped to its bound, its parts shrink in proportion.
        let features = model.dense.evaluate(scan.padded_inputs());
        let terms = LocationTerms::of(model, scan, &features, &WordSums::of(model, scan));
        let content = share * terms.content_share;
        let meanings = content * spread(scan);
        // What is taken off for the size of material is taken off each part of the size.
        let taken_off = content * terms.taken_off;
        let bias = f64::from(model.scalars.bias);
        let bias = base + (bias - base) * share - taken_off * (bias - f64::from(model.scalars.material_from));
        let part = |i: usize| match i {
            _ if i < CONTENT => share - taken_off,
            _ if i < MEANINGS => content,
            _ => meanings,
        };
        let features = (0..COUNT).map(|i| Contribution {
            name: SPECS[i].name.to_owned(),
            value: f64::from(scan.values()[i]),
            contribution: of_feature(model, scan.inputs(), i) * part(i),
        });
        let words = self.words(scan, meanings / root_of_count(scan));
        Explanation { estimate, bias, features: by_size(features), words: by_size(words) }
    }

    fn words(&self, scan: &Scan, share: f64) -> impl Iterator<Item = Contribution> + use<> {
        let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        let mut add = |name: String, contribution: f64| {
            let sum = sums.entry(name).or_default();
            sum.0 += 1.0;
            sum.1 += contribution;
        };
        let scalars = &self.model.scalars;
        let word = |i: usize| {
            let [from, to] = scan.spans()[i];
            String::from_utf8_lossy(&scan.scanned()[from as usize..to as usize]).to_lowercase()
        };
        for (i, (&hash, &pair)) in scan.words.iter().zip(&scan.pairs).enumerate() {
            add(word(i), f64::from(self.model.word(hash)) * share * f64::from(scalars.word_unit));
            let name = if i == 0 { format!("^ {}", word(0)) } else { format!("{} {}", word(i - 1), word(i)) };
            add(name, f64::from(self.model.pair(pair)) * share * f64::from(scalars.pair_unit));
        }
        sums.into_iter().map(|(name, (value, contribution))| Contribution { name, value, contribution })
    }
}

fn by_size(contributions: impl Iterator<Item = Contribution>) -> Vec<Contribution> {
    let mut all: Vec<_> = contributions.filter(|c| c.contribution != 0.0).collect();
    all.sort_by(|a, b| {
        b.contribution.abs().total_cmp(&a.contribution.abs()).then_with(|| a.name.cmp(&b.name))
    });
    all
}
