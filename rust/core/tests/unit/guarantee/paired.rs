//! Tests of `guarantee/paired.rs`, of what is private there.

use super::*;

#[test]
fn the_grid_is_fine_enough() {
    let mut apart = 0.0_f64;
    for (units, limit) in [(60, 0.1), (300, 0.02), (300, 0.05), (1_000, 0.02), (3_000, 0.01)] {
        let test = Test { units: units as f64, limit };
        for (worse, better) in [(0, 0), (units / 100, 0), (units / 100, units / 50), (units / 20, units / 15)]
        {
            let z = test.z(worse as f64, better as f64);
            let (low, high) = interval(units, worse + better, PART * 0.05);
            let (coarse, fine) = (test.size_on(GRID, z, low, high), test.size_on(200, z, low, high));
            if z > 0.0 {
                apart = apart.max((fine / coarse - 1.0).abs());
            }
        }
    }
    assert!(apart < 0.003, "{apart}");
}
