//! Signals against naive double-precision oracles.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // a test that fails here has failed

#[path = "oracle/logits.rs"]
mod rows;

use proptest::prelude::*;
use rheostat::signal::{
    Confidence, EntropyShift, Likelihood, LogitRow, MAX_WINDOW, Probes, Steps, logit_stats, top_logprobs,
    top_tokens,
};
use rows::{half, noise, rows};

/// The statistics by their definitions, over the logits that are not masked.
struct Oracle {
    entropy: f64,
    varentropy: f64,
    max_prob: f64,
    margin: f64,
    self_certainty: f64,
    log_sum_exp: f64,
}

fn oracle(row: &[f32]) -> Option<Oracle> {
    let mut x: Vec<f64> = row.iter().filter(|x| x.is_finite()).map(|x| f64::from(*x)).collect();
    x.sort_by(|a, b| b.total_cmp(a));
    let max = *x.first()?;
    let log_sum_exp = max + x.iter().map(|x| (x - max).exp()).sum::<f64>().ln();
    let logs: Vec<f64> = x.iter().map(|x| x - log_sum_exp).collect();
    let entropy = -logs.iter().map(|l| l.exp() * l).sum::<f64>();
    let n = x.len() as f64;
    Some(Oracle {
        entropy,
        varentropy: logs.iter().map(|l| l.exp() * (l + entropy).powi(2)).sum(),
        max_prob: logs[0].exp(),
        margin: logs[0].exp() - logs.get(1).map_or(0.0, |l| l.exp()),
        self_certainty: -logs.iter().sum::<f64>() / n - n.ln(),
        log_sum_exp,
    })
}

fn close(what: &str, got: f64, want: f64) {
    assert!((got - want).abs() <= 5e-6 * (1.0 + want.abs()), "{what}: {got} is not {want}");
}

fn check(row: &[f32]) {
    let Some(want) = oracle(row) else {
        assert!(logit_stats(row).is_err());
        return;
    };
    let got = logit_stats(row).unwrap();
    close("entropy", got.entropy, want.entropy);
    close("varentropy", got.varentropy, want.varentropy);
    close("max_prob", got.max_prob, want.max_prob);
    close("margin", got.margin, want.margin);
    close("self_certainty", got.self_certainty, want.self_certainty);
    close("log_sum_exp", got.log_sum_exp, want.log_sum_exp);
}

#[test]
fn statistics_equal_their_definitions() {
    for row in rows() {
        check(&row);
    }
}

#[test]
fn rows_without_a_distribution_are_refused() {
    for row in [&[][..], &[f32::NEG_INFINITY; 9], &[f32::NAN; 3], &[1.0, f32::INFINITY]] {
        assert!(logit_stats(row).is_err(), "{row:?}");
    }
    assert_eq!(logit_stats(&[1.0, f32::NAN, 1.0][..]).unwrap().invalid, 1);
    let huge = logit_stats(&[f32::MAX, f32::MIN, 0.0][..]).unwrap();
    assert!(huge.max_prob > 0.999 && huge.entropy.abs() < 1e-6);
}

#[test]
fn the_top_of_a_row_is_the_top() {
    let row: Vec<f32> = (0..5000).map(noise).collect();
    let stats = logit_stats(&row[..]).unwrap();
    let (top, len) = top_logprobs::<20>(&row, stats.log_sum_exp);
    let mut sorted = row.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(len, 20);
    for (got, x) in top.iter().zip(sorted) {
        assert!((f64::from(*got) - (f64::from(x) - stats.log_sum_exp)).abs() < 1e-6);
    }
    assert_eq!(top_logprobs::<20>(&[1.0, f32::NAN, f32::NEG_INFINITY], 1.0).1, 1);
}

proptest! {
    #[test]
    fn any_row_equals_its_definition(row in prop::collection::vec(
        prop_oneof![8 => -40.0_f32..40.0, 1 => Just(f32::NEG_INFINITY), 1 => Just(f32::NAN)], 0..300)) {
        check(&row);
    }

    #[test]
    fn confidence_equals_its_definition(
        rows in prop::collection::vec(prop::collection::vec(-120.0_f32..=0.0, 4), 0..200),
        window in 1_usize..40,
    ) {
        let mut confidence = Confidence::new(window).unwrap();
        let mut tokens: Vec<f64> = Vec::new();
        for row in &rows {
            let want = -row.iter().map(|x| f64::from(x.max(-100.0))).sum::<f64>() / 4.0;
            prop_assert!((confidence.update(row) - want).abs() < 1e-9);
            tokens.push(want);
        }
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        let mut groups: Vec<f64> = tokens.windows(window).map(mean).collect();
        if tokens.is_empty() {
            prop_assert!(confidence.lowest().is_nan() && confidence.bottom(0.1).unwrap().is_nan());
            return Ok(());
        }
        let newest = mean(&tokens[tokens.len().saturating_sub(window)..]);
        prop_assert!((confidence.group() - newest).abs() < 1e-6);
        prop_assert!((confidence.tail() - newest).abs() < 1e-6);
        prop_assert_eq!(confidence.lowest_full().is_some(), !groups.is_empty());
        if groups.is_empty() {
            groups.push(mean(&tokens));
        }
        groups.sort_by(f64::total_cmp);
        prop_assert!((confidence.lowest() - groups[0]).abs() < 1e-6);
        for share in [0.01, 0.1, 0.5, 1.0] {
            let n = ((share * groups.len() as f64) as usize).max(1);
            let want = mean(&groups[..n]);
            let got = confidence.bottom(share).unwrap();
            prop_assert!((got - want).abs() <= want / 16.0 + 1e-6, "bottom({}): {} is not {}", share, got, want);
        }
        let mut batch = Confidence::new(window).unwrap();
        prop_assert_eq!(batch.update_batch(&rows.concat(), 4).unwrap(), rows.len() as u64);
        prop_assert_eq!(batch.lowest().to_bits(), confidence.lowest().to_bits());
        prop_assert_eq!(batch.bottom(0.1).unwrap().to_bits(), confidence.bottom(0.1).unwrap().to_bits());
    }
}

#[test]
fn masked_candidates_are_no_certainty() {
    for mask in [-100.0, -500.0, -1000.0, -9998.9, -9999.0, -65504.0, f32::MIN, f32::NEG_INFINITY] {
        let mut confidence = Confidence::new(64).unwrap();
        assert_eq!(confidence.update(&[-1.0, -3.0, mask, mask]), 2.0, "{mask}");
        assert!(confidence.update(&[0.0, mask, mask]).is_nan(), "{mask}");
        let (forced, unsure) = ([&[0.0][..], &[mask; 19]].concat(), [-3.0; 20]);
        for i in 0..640 {
            confidence.update(if i % 10 == 0 { &forced } else { &unsure });
        }
        assert!(confidence.lowest() <= 3.0, "{mask}: {}", confidence.lowest());
    }
}

#[test]
fn bad_values_are_counted_and_survived() {
    let mut confidence = Confidence::new(3).unwrap();
    assert!(confidence.update(&[]).is_nan());
    assert!(confidence.update(&[f32::NAN, f32::NAN]).is_nan());
    assert_eq!((confidence.tokens(), confidence.invalid()), (0, 3));
    assert_eq!(confidence.update(&[f32::NAN, -2.0]), 2.0);
    assert_eq!(confidence.update(&[0.5, -3.0]), 1.5);
    // Masked candidates are none; a token with fewer than two others was forced, and says nothing.
    assert!(confidence.update(&[f32::NEG_INFINITY; 5]).is_nan());
    assert!(confidence.update(&[0.0, -9999.0, f32::NEG_INFINITY]).is_nan());
    assert_eq!(confidence.update(&[-1.0, -3.0, -9999.0, f32::NEG_INFINITY]), 2.0);
    assert_eq!(confidence.update(&[-300.0; 5]), 100.0);
    assert_eq!(confidence.update(&[f32::INFINITY]), 0.0);
    assert_eq!((confidence.tokens(), confidence.invalid()), (5, 6));
    assert!(confidence.lowest().is_finite());
    assert!(Confidence::new(0).is_err() && Confidence::new(usize::MAX).is_err());
    assert!(confidence.update_batch(&[0.0; 5], 2).is_err() && confidence.update_batch(&[], 0).is_err());
    for share in [0.0, -1.0, 1.5, f64::NAN] {
        assert!(confidence.bottom(share).is_err());
    }
}

#[test]
fn a_long_stream_does_not_drift() {
    let mut confidence = Confidence::new(100).unwrap();
    for i in 0..300_000 {
        confidence.update(&[-90.0 * noise(i), -90.0 * noise(i + 7)]);
    }
    for _ in 0..100 {
        confidence.update(&[-0.5, -1.5]);
    }
    assert_eq!(confidence.group(), 1.0);
}

#[test]
fn probes_and_steps() {
    let mut probes = Probes::default();
    let row =
        [("4", None), (" 4 ", Some(0.9)), ("", None), ("4", Some(0.2)), ("4", Some(f64::NAN)), ("4", None)];
    let equal: Vec<u32> = row.iter().map(|(answer, p)| probes.add(answer, *p, 0.5)).collect();
    assert_eq!(equal, [1, 2, 0, 0, 0, 1]);
    let mut steps = Steps::default();
    for score in [0.9, f64::NAN, 2.0, 0.1, 0.2] {
        steps.add(score);
    }
    assert_eq!((steps.count(), steps.invalid()), (3, 2));
    assert!((steps.recent().unwrap() - 0.4).abs() < 1e-12);
    let newest = |steps: &Steps, n| steps.newest(n).map(|mean| (1000.0 * mean).round());
    assert_eq!(
        (newest(&steps, 1), newest(&steps, 2), newest(&steps, 9)),
        (Some(200.0), Some(150.0), Some(400.0))
    );
    steps.add(0.6);
    assert_eq!(
        (newest(&steps, 1), newest(&steps, 3), newest(&Steps::default(), 1)),
        (Some(600.0), Some(300.0), None)
    );
}

#[test]
fn narrow_formats_give_what_their_values_give() {
    for n in [1, 7, 2047, 2048, 2049, 151_936] {
        // Bits of finite numbers below 32 in magnitude, and now and then a masked one.
        let halves: Vec<u16> =
            (0..n).map(|i| if i % 7 == 3 { 0xFC00 } else { (noise(i) * 20_000.0) as u16 }).collect();
        let wide: Vec<f32> = halves.iter().map(|&bits| half(bits)).collect();
        let brains: Vec<u16> = (0..n).map(|i| ((8.0 * noise(i) - 4.0).to_bits() >> 16) as u16).collect();
        let wide_brains: Vec<f32> = brains.iter().map(|&b| f32::from_bits(u32::from(b) << 16)).collect();
        for (row, wide) in [(LogitRow::F16(&halves), &wide), (LogitRow::Bf16(&brains), &wide_brains)] {
            assert_eq!(logit_stats(row).unwrap(), logit_stats(&wide[..]).unwrap());
            check(wide);
            assert_eq!(top_tokens(row, 9, 0.0), top_tokens(&wide[..], 9, 0.0));
        }
    }
    assert!(logit_stats(LogitRow::F16(&[])).is_err() && logit_stats(LogitRow::Bf16(&[0x7F80])).is_err());
    assert_eq!(logit_stats(LogitRow::F16(&[0x7E00, 0])).unwrap().invalid, 1);
}

proptest! {
    #[test]
    fn the_top_of_any_row_is_its_top(
        row in prop::collection::vec(prop_oneof![4 => (-40_i8..40).prop_map(f32::from), 1 => Just(f32::NAN),
            1 => Just(f32::NEG_INFINITY)], 0..1200),
        k in 0_usize..30,
    ) {
        let mut wanted: Vec<(u32, f32)> = (0..).zip(row.iter().copied()).filter(|(_, x)| x.is_finite()).collect();
        wanted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        wanted.truncate(k);
        let got: Vec<(u32, f32)> = top_tokens(&row[..], k, 40.0).iter().map(|t| (t.token, t.logprob + 40.0)).collect();
        prop_assert_eq!(got, wanted);
    }
}

proptest! {
    #[test]
    fn the_sum_is_the_largest_excess_over_any_start(
        entropies in prop::collection::vec(0.0..3.0_f64, 1..80), level in 0.0..1.0_f64,
    ) {
        let mut shift = EntropyShift::new(level).expect("a level");
        let (mut means, mut mean) = (Vec::new(), None);
        for &h in &entropies {
            shift.update(h);
            mean = Some(mean.map_or(h, |m: f64| 0.7 * m + 0.3 * h));
            means.push(mean.unwrap_or_default() - level);
            // The definition: the largest sum over a stretch that ends here.
            let sums = (0..means.len()).map(|from| means[from..].iter().sum::<f64>());
            prop_assert!((shift.rise() - sums.fold(0.0, f64::max)).abs() < 1e-9);
        }
        prop_assert!(shift.highest() >= shift.rise());
    }
}

#[test]
fn an_invalid_entropy_is_counted_and_changes_nothing() {
    let mut shift = EntropyShift::new(0.0).expect("a level");
    shift.update(1.0);
    let values = |shift: &EntropyShift| (shift.mean(), shift.rise(), shift.highest());
    let before = values(&shift);
    for bad in [f64::NAN, -0.1, f64::INFINITY, 1e9] {
        shift.update(bad);
    }
    shift.update_top(&[]);
    shift.update_top(&[f32::NAN]);
    assert_eq!(values(&shift), before);
    assert_eq!(shift.invalid(), 6);
    assert!(EntropyShift::new(f64::NAN).is_err() && EntropyShift::new(-1.0).is_err());
}

proptest! {
    #[test]
    fn the_likelihood_is_the_mean_of_the_newest_window(logprobs in prop::collection::vec(-120.0..0.0_f64, 0..60), window in 1_usize..20) {
        let mut likelihood = Likelihood::new(window).expect("a window");
        for &logprob in &logprobs {
            likelihood.update(logprob);
        }
        let kept: Vec<f64> = logprobs.iter().map(|p| p.max(-100.0)).collect();
        let means: Vec<f64> = kept.windows(window).map(|w| w.iter().sum::<f64>() / window as f64).collect();
        let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-6,
            (a, b) => a == b,
        };
        prop_assert!(near(likelihood.group(), means.last().copied()));
        prop_assert!(near(likelihood.lowest(), means.iter().copied().reduce(f64::min)));
    }
}

#[test]
fn an_invalid_log_probability_is_counted() {
    let mut likelihood = Likelihood::new(1).expect("a window");
    for logprob in [f64::NAN, 3.0, f64::NEG_INFINITY] {
        likelihood.update(logprob);
    }
    assert_eq!((likelihood.invalid(), likelihood.group(), likelihood.lowest()), (3, Some(-0.0), Some(-0.0)));
    assert!(Likelihood::new(0).is_err() && Likelihood::new(MAX_WINDOW + 1).is_err());
}
