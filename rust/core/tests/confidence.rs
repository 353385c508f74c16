//! Confidence windows, summaries, gates and entropy bounds against their definitions.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::signal::{Confidence, ConfidenceGate, ConfidenceSummary, keep_confident, top_entropy};

/// The reference's rules, word for word: rounding, windows, the cut of the lowest share.
struct Reference {
    confidences: Vec<f64>,
    window: usize,
}

impl Reference {
    fn new(rows: &[Vec<f32>], window: usize) -> Self {
        let round = |x: f64| (x * 1000.0).round_ties_even() / 1000.0;
        let mean = |row: &Vec<f32>| row.iter().map(|x| f64::from(*x)).sum::<f64>() / row.len() as f64;
        Self { confidences: rows.iter().map(|row| round(-mean(row))).collect(), window }
    }

    fn mean(part: &[f64]) -> f64 {
        part.iter().sum::<f64>() / part.len() as f64
    }

    fn lowest(&self) -> f64 {
        if self.confidences.len() < self.window {
            return Self::mean(&self.confidences);
        }
        let rounded = |group| (Self::mean(group) * 1000.0).round_ties_even() / 1000.0;
        self.confidences.windows(self.window).map(rounded).fold(f64::INFINITY, f64::min)
    }

    fn ties(&self) -> bool {
        let near = |group| ((Self::mean(group) * 1000.0).fract() - 0.5).abs() < 1e-6;
        self.confidences.windows(self.window).any(near)
    }

    fn bottom(&self, share: f64) -> f64 {
        if self.confidences.len() < self.window {
            return Self::mean(&self.confidences);
        }
        let mut groups: Vec<f64> = self.confidences.windows(self.window).map(Self::mean).collect();
        groups.sort_by(f64::total_cmp);
        let count = ((groups.len() as f64 * share) as usize).max(1);
        Self::mean(&groups[..count])
    }

    fn tail(&self) -> f64 {
        Self::mean(&self.confidences[self.confidences.len().saturating_sub(self.window)..])
    }
}

proptest! {
    #[test]
    fn rounded_streams_equal_the_reference(
        rows in prop::collection::vec(prop::collection::vec(-60.0_f32..=0.0, 20), 1..150),
        window in 1_usize..50,
        share in 0.01_f64..=1.0,
    ) {
        let reference = Reference::new(&rows, window);
        let mut stream = Confidence::rounded(window).unwrap();
        for (row, wanted) in rows.iter().zip(&reference.confidences) {
            prop_assert!((stream.update(row) - wanted).abs() < 1e-9);
        }
        let summary = ConfidenceSummary::read(&rows.concat(), 20, window, share, true).unwrap();
        prop_assert_eq!(stream.lowest(), summary.lowest);
        // At a tie between two thousandths the reference's own sums decide by their rounding errors.
        let tie = 0.001 * f64::from(u8::from(reference.ties()));
        prop_assert!((stream.lowest() - reference.lowest()).abs() < 1e-9 + tie);
        for (got, wanted) in [
            (stream.tail(), reference.tail()),
            (summary.bottom, reference.bottom(share)),
            (summary.tail, reference.tail()),
            (summary.mean, Reference::mean(&reference.confidences)),
        ] {
            prop_assert!((got - wanted).abs() < 1e-9, "{} is not {}", got, wanted);
        }
        let sketch = stream.bottom(share).unwrap();
        prop_assert!((sketch - summary.bottom).abs() <= summary.bottom / 16.0 + 1e-9);
    }

    #[test]
    fn the_bar_is_the_percentile_and_cuts_what_falls_below(
        warmup in prop::collection::vec(0.0_f64..40.0, 1..30),
        keep in 0.05_f64..=1.0,
    ) {
        let mut gate = ConfidenceGate::new(warmup.len(), keep).unwrap();
        for (i, lowest) in warmup.iter().enumerate() {
            prop_assert_eq!(gate.bar(), None);
            prop_assert!(gate.keeps(*lowest) && !gate.keeps(f64::NAN));
            gate.observe(f64::NAN);
            prop_assert_eq!(gate.observe(*lowest).is_some(), i + 1 == warmup.len());
        }
        let mut sorted = warmup.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (1.0 - keep) * 100.0 / 100.0 * (sorted.len() - 1) as f64;
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        let bar = gate.bar().unwrap();
        prop_assert!((bar - (low + (high - low) * place.fract())).abs() < 1e-9);
        let (offline, kept) = keep_confident(&warmup, keep).unwrap();
        prop_assert_eq!(offline, gate.bar());
        prop_assert!(kept.iter().zip(&warmup).all(|(kept, lowest)| *kept == gate.keeps(*lowest)));
        let mut stream = Confidence::new(3).unwrap();
        for step in 1..=3 {
            stream.update(&[-(bar as f32) + 0.01]);
            prop_assert_eq!(gate.cuts(&stream), step == 3 && bar > 0.02);
        }
    }

    #[test]
    fn the_entropy_of_any_distribution_is_between_the_bounds(
        logits in prop::collection::vec(-12.0_f64..12.0, 1..300),
        k in 1_usize..25,
    ) {
        let total: f64 = logits.iter().map(|x| x.exp()).sum();
        let mut p: Vec<f64> = logits.iter().map(|x| x.exp() / total).collect();
        p.sort_by(|a, b| b.total_cmp(a));
        let truth: f64 = -p.iter().map(|p| p * p.ln()).sum::<f64>();
        let top: Vec<f32> = p.iter().take(k).map(|p| p.ln() as f32).collect();
        let seen = top_entropy(&top, p.len() as u64).unwrap();
        prop_assert!(seen.lower <= truth + 1e-5 && truth <= seen.upper + 1e-5, "{:?} does not hold {}", seen, truth);
        let missing: f64 = p.iter().skip(k).sum();
        prop_assert!((seen.missing - missing).abs() < 1e-5 && seen.lower >= seen.known - 1e-12);
        prop_assert_eq!(seen.invalid, 0);
        if k >= p.len() {
            prop_assert!(seen.upper - seen.lower < 1e-4);
        }
        if p.len() > 1 && k > 1 {
            prop_assert!((seen.margin - (p[0] - p[1])).abs() < 1e-6);
        }
    }
}

#[test]
fn entropy_bounds_survive_bad_values() {
    let seen = top_entropy(&[f32::NAN, -1.0, 0.5, f32::NEG_INFINITY], 10).unwrap();
    assert_eq!((seen.candidates, seen.invalid), (3, 3));
    assert!(seen.lower.is_finite() && seen.upper.is_finite() && seen.lower <= seen.upper);
    let seen = top_entropy(&[-0.1, f32::NEG_INFINITY], 1000).unwrap();
    assert!(seen.lower <= seen.upper && seen.upper < 2.0);
    assert!(top_entropy(&[], 10).is_err() && top_entropy(&[f32::NAN], 10).is_err());
    assert!(top_entropy(&[-1.0, -2.0], 1).unwrap_err().to_string().contains("at least the 2"));
    let one = top_entropy(&[0.0], 1).unwrap();
    assert!(one.margin.is_nan() && one.upper == 0.0);
}

#[test]
fn a_live_stream_stays_within_twelve_kibibytes() {
    let mut stream = Confidence::new(2048).unwrap();
    assert!(stream.memory() < 200, "{} bytes before the first token", stream.memory());
    for i in 0..300_u32 {
        stream.update(&[-(i as f32) / 10.0; 20]);
    }
    assert!(stream.memory() < 2300, "{} bytes after 300 tokens", stream.memory());
    for i in 0..10_000_u32 {
        stream.update(&[-((i % 90) as f32); 20]);
    }
    let mut loops = rheostat::signal::Loops::new();
    for i in 0..10_000 {
        loops.update(i);
    }
    let both = stream.memory() + loops.memory();
    assert!(both <= 12 << 10, "{} bytes and {}", stream.memory(), loops.memory());
    assert!(both * 100_000 < 3 << 29, "100,000 live streams must stay within 1.5 GiB");
    // What a run keeps of a stream unless its rules say otherwise: a shorter window, and longer loops.
    let rules = rheostat::rules::Rules::default();
    let mut stream = Confidence::new(rules.window).unwrap();
    let mut loops = rheostat::signal::Loops::with_period(rules.loop_period).unwrap();
    for i in 0..10_000_u32 {
        stream.update(&[-((i % 90) as f32); 20]);
        loops.update(i);
        let both = stream.memory() + loops.memory();
        assert!(both <= if i < 200 { 4 << 10 } else { 8 << 10 }, "{both} bytes after {} tokens", i + 1);
    }
}

#[test]
fn empty_summaries_and_bad_arguments() {
    let empty = ConfidenceSummary::read(&[], 20, 2048, 0.1, false).unwrap();
    assert!(empty.mean.is_nan() && empty.lowest.is_nan() && empty.bottom.is_nan() && empty.tail.is_nan());
    let nans = ConfidenceSummary::read(&[f32::NAN; 8], 4, 2, 0.1, false).unwrap();
    assert_eq!((nans.tokens, nans.invalid), (0, 8));
    assert!(ConfidenceSummary::read(&[0.0; 5], 2, 2, 0.1, false).is_err());
    assert!(ConfidenceSummary::read(&[0.0; 4], 0, 2, 0.1, false).is_err());
    assert!(ConfidenceSummary::read(&[0.0; 4], 2, 0, 0.1, false).is_err());
    assert!(ConfidenceSummary::read(&[0.0; 4], 2, 2, f64::NAN, false).is_err());
    assert!(ConfidenceGate::new(0, 0.9).is_err() && ConfidenceGate::new(16, 0.0).is_err());
    assert!(ConfidenceGate::new(16, f64::NAN).is_err() && keep_confident(&[1.0], 1.5).is_err());
    assert_eq!(keep_confident(&[], 0.5).unwrap(), (None, vec![]));
}
