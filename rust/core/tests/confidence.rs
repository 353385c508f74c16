//! Confidence windows, gates and entropies against their definitions.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::signal::{Confidence, ConfidenceGate, EntropyShift};

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
        // At a tie between two thousandths the reference's own sums decide by their rounding errors.
        let tie = 0.001 * f64::from(u8::from(reference.ties()));
        prop_assert!((stream.lowest() - reference.lowest()).abs() < 1e-9 + tie);
        prop_assert!((stream.tail() - reference.tail()).abs() < 1e-9);
        let bottom = reference.bottom(share);
        prop_assert!((stream.bottom(share).unwrap() - bottom).abs() <= bottom / 16.0 + 1e-9);
    }

    #[test]
    fn the_bar_is_the_percentile_and_cuts_what_falls_below(
        warmup in prop::collection::vec(0.0_f64..40.0, 1..30),
        keep in 0.05_f64..=1.0,
    ) {
        let mut gate = ConfidenceGate::new(warmup.len() as u32, keep).unwrap();
        for lowest in &warmup {
            prop_assert!(gate.bar().is_none() && !gate.cuts(Some(-1.0)));
            gate.observe(f64::NAN);
            gate.observe(*lowest);
        }
        let mut sorted = warmup.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (1.0 - keep) * 100.0 / 100.0 * (sorted.len() - 1) as f64;
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        let bar = gate.bar().unwrap();
        prop_assert!((bar - (low + (high - low) * place.fract())).abs() < 1e-9);
        prop_assert!(gate.cuts(Some(bar - 1e-6)) && !gate.cuts(Some(bar)) && !gate.cuts(None));
        prop_assert!(!gate.cuts(Some(f64::NAN)));
    }

    #[test]
    fn the_entropy_of_top_candidates_is_their_part_of_the_whole(
        logits in prop::collection::vec(-12.0_f64..12.0, 1..300),
        k in 1_usize..25,
    ) {
        let total: f64 = logits.iter().map(|x| x.exp()).sum();
        let mut p: Vec<f64> = logits.iter().map(|x| x.exp() / total).collect();
        p.sort_by(|a, b| b.total_cmp(a));
        let known: f64 = -p.iter().take(k).map(|p| p * p.ln()).sum::<f64>();
        let mut top: Vec<f32> = p.iter().take(k).map(|p| p.ln() as f32).collect();
        top.push(f32::NAN);
        let mut shift = EntropyShift::new(0.0).unwrap();
        shift.update_top(&top);
        prop_assert!((shift.mean().unwrap() - known).abs() < 1e-5);
        prop_assert!((shift.rise() - known).abs() < 1e-5);
    }
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
fn bad_arguments() {
    assert!(ConfidenceGate::new(0, 0.9).is_err() && ConfidenceGate::new(16, 0.0).is_err());
    assert!(ConfidenceGate::new(16, f64::NAN).is_err() && ConfidenceGate::new(4097, 0.5).is_err());
}
