//! Tests of `vote/special.rs`, of what is private there.

use super::*;

#[test]
fn factorials_follow_their_recurrence_and_known_values() {
    assert!(ln_factorial(0).abs() < 1e-15 && ln_factorial(1).abs() < 1e-15);
    for n in 1..5_000 {
        let step = ln_factorial(n) - ln_factorial(n - 1);
        assert!((step - f64::from(n).ln()).abs() < 1e-10, "{n}: {step}");
    }
    // ln 100! and ln 10,000!, to the digits that tables print.
    assert!((ln_factorial(100) - 363.739_375_555_563_5).abs() < 1e-11);
    assert!((ln_factorial(10_000) - 82_108.927_836_814_35).abs() < 1e-9);
    assert!((ln_choose(40, 20) - 137_846_528_820_f64.ln()).abs() < 1e-12);
}

#[test]
fn exponential_integral_matches_tables() {
    for (x, value) in [
        (0.01, 4.037_929_576_538_114),
        (0.5, 0.559_773_594_776_160_1),
        (1.0, 0.219_383_934_395_520_3),
        (1.5, 0.100_019_582_406_632_7),
        (5.0, 0.001_148_295_591_275_325_8),
        (20.0, 9.835_525_290_649_882e-11),
    ] {
        let got = exponential_integral(x);
        assert!((got / value - 1.0).abs() < 1e-12, "E1({x}) = {got}");
    }
}
