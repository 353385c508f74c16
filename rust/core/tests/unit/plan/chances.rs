//! Tests of `plan/chances.rs`, of what is private there.

use super::*;
use crate::estimate::Estimator;
use crate::features::Scan;
use crate::query::Structure;
use crate::query::Window;

#[test]
fn all_at_once_is_one_by_one() {
    let mut scan = Scan::new();
    for text in ["", "What is the capital of France?", "Prove that the square root of 2 is irrational."] {
        scan.run(text.as_bytes(), Window::default());
        let estimate = Estimator::shipped().estimate(&scan, &Structure::default());
        for count in 1..40_u32 {
            let views = Views::new((0..count).map(|i| View::prior(f64::from(i) * 0.37 - 4.0)));
            let chances = views.all(&estimate);
            let one_by_one: Vec<u64> =
                (0..count as usize).map(|i| views.of(&estimate, i).to_bits()).collect();
            let at_once: Vec<u64> = chances.as_slice().iter().map(|p| p.to_bits()).collect();
            assert_eq!(at_once, one_by_one, "{count} rungs, {text:?}");
        }
    }
}
