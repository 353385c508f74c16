//! Tests of `policy/shares/sketch.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn quantiles_are_those_of_the_newest_queries(mut seen in proptest::collection::vec(-6.0..6.0_f64, 3_000..4_000)) {
        let sketch = Sketch::new(&[]);
        for location in &seen {
            sketch.note(*location);
        }
        seen.sort_by(f64::total_cmp);
        for share in [0.05, 0.5, 0.7, 0.95] {
            let location = seen[(share * seen.len() as f64) as usize];
            // Uniform traffic: the error is that of a weighted sample of about 2,000.
            prop_assert!((sketch.quantile(location) - share).abs() < 0.05);
        }
    }

    #[test]
    fn a_quantile_rises_with_the_location(seen in proptest::collection::vec(-9.0..9.0_f64, 0..500), a in -9.0..9.0_f64, b in -9.0..9.0_f64) {
        let sketch = Sketch::new(&seen);
        for location in &seen {
            sketch.note(*location);
        }
        prop_assert!(sketch.quantile(a.min(b)) <= sketch.quantile(a.max(b)));
    }
}

#[test]
fn the_strangest_locations_have_a_bin() {
    let sketch = Sketch::new(&[0.0, 1.0]);
    for location in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -8.0, 8.0] {
        sketch.note(location);
        assert!((0.0..=1.0).contains(&sketch.quantile(location)), "{location}");
    }
    assert_eq!(sketch.counts().len(), BINS);
}

#[test]
fn two_halves_absorbed_are_the_whole() {
    let (whole, left, right) = (Sketch::new(&[]), Sketch::new(&[]), Sketch::new(&[]));
    for i in 0..1_000 {
        let location = f64::from(i % 97) / 20.0 - 2.0;
        whole.note(location);
        (if i % 2 == 0 { &left } else { &right }).note(location);
    }
    left.absorb(&right.counts());
    for i in 0..80 {
        let location = f64::from(i) / 20.0 - 2.0;
        assert!((left.quantile(location) - whole.quantile(location)).abs() < 0.03, "{location}");
    }
}
