//! Tests of `policy/shares/keeper.rs`, of what is private there.

use super::*;
use proptest::prelude::*;

/// Shares of two to six rungs.
fn shares() -> impl Strategy<Value = Vec<f64>> {
    let weight = prop_oneof![4 => 0.001..1.0, 1 => Just(0.0)];
    proptest::collection::vec(weight, 2..6).prop_filter_map("a sum of 0", |weights| {
        let sum: f64 = weights.iter().sum();
        (sum > 0.0).then(|| weights.iter().map(|weight| weight / sum).collect())
    })
}

/// Queries in stretches of equal, of rising and of mixed quantiles.
fn traffic() -> impl Strategy<Value = Vec<f64>> {
    let quantile = prop_oneof![0.0..=1.0, Just(0.0), Just(1.0), Just(0.5)];
    let stretch = (quantile.clone(), quantile, 1..400_usize, 0..3_u8).prop_map(|(from, to, count, kind)| {
        let at = move |i: usize| match kind {
            0 => from,
            1 => from + (to - from) * i as f64 / count as f64,
            _ => from + (to - from) * ((i * 7_919) % 1_009) as f64 / 1_009.0,
        };
        (0..count).map(at).collect::<Vec<f64>>()
    });
    proptest::collection::vec(stretch, 1..12).prop_map(|stretches| {
        let all = stretches.concat();
        let count = all.len();
        all.into_iter().cycle().take(count.max(1_200)).collect()
    })
}

proptest! {
    #[test]
    fn shares_hold_on_any_traffic_after_a_thousand_queries(shares in shares(), traffic in traffic()) {
        let keeper = Keeper::new(shares.len());
        let tails = Tails::new(&shares, |_| true).unwrap();
        let mut counts = vec![0_u32; shares.len()];
        for (n, quantile) in traffic.iter().enumerate() {
            let rung = keeper.rung(*quantile, &tails);
            keeper.note(rung, &tails);
            counts[rung] += 1;
            if n + 1 >= 1_000 {
                for (count, share) in counts.iter().zip(&shares) {
                    let got = f64::from(*count) / (n as f64 + 1.0);
                    prop_assert!((got - share).abs() <= 0.02, "{got} for {share} after {n}");
                }
            }
        }
        for (count, share) in counts.iter().zip(&shares) {
            prop_assert!(*share > 0.0 || *count == 0);
        }
    }

    #[test]
    fn a_rung_is_open_and_rises_with_the_quantile(shares in shares(), open in 1..64_u64, traffic in traffic()) {
        let keeper = Keeper::new(shares.len());
        let is_open = |i: usize| open >> i & 1 == 1;
        let Some(tails) = Tails::new(&shares, is_open) else {
            prop_assert!(open & ((1 << shares.len()) - 1) == 0);
            return Ok(());
        };
        for quantile in traffic {
            let rung = keeper.rung(quantile, &tails);
            prop_assert!(is_open(rung));
            prop_assert!(rung <= keeper.rung(1.0, &tails));
            keeper.note(rung, &tails);
        }
    }
}

#[test]
fn shares_of_closed_rungs_go_to_the_others_in_proportion() {
    let tails = |open: u64| {
        let tails = Tails::new(&[0.7, 0.25, 0.05], |i| open >> i & 1 == 1).unwrap();
        tails.above[..3].to_vec()
    };
    assert_eq!(tails(0b111), [1.0, 0.25 + 0.05, 0.05]);
    let of = tails(0b110);
    assert!((of[1] - 1.0).abs() < 1e-12);
    assert!((of[2] - 0.05 / 0.3).abs() < 1e-12);
    assert_eq!(tails(0b100), [1.0, 1.0, 1.0]);
    assert!(Tails::new(&[1.0, 0.0], |_| false).is_none());
    // All that are open have no share: the lowest gets everything.
    let none = Tails::new(&[1.0, 0.0, 0.0], |i| i > 0).unwrap();
    assert_eq!(Keeper::new(3).rung(1.0, &none), 1);
}
