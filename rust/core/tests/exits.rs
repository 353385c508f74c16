//! Exit thresholds: the boldest that may be promised, held to simulation.
#![allow(clippy::unwrap_used, clippy::float_cmp, clippy::indexing_slicing)] // a test that fails here has failed

use rheostat::guarantee::{Method, Range, Target};
use rheostat::signal::{ExitLog, ExitRule, calibrate_exit, exit_thresholds};

/// Numbers in [0, 1) that look random, from a counter.
fn noise(i: u64) -> f64 {
    let mut x = i.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

struct Table {
    scores: Vec<f64>,
    losses: Vec<f64>,
    tokens: Vec<f64>,
    groups: Vec<u64>,
}

/// Questions with some samples each. The score of the one early checkpoint is uniform; an exit there is wrong with
/// probability 1 − score, and all samples of a question are wrong together.
fn draw(questions: u64, samples: u64, seed: u64) -> Table {
    let mut table = Table { scores: vec![], losses: vec![], tokens: vec![], groups: vec![] };
    for question in 0..questions {
        let at = seed.wrapping_mul(1_000_003).wrapping_add(question).wrapping_mul(2);
        let score = noise(at);
        let wrong = f64::from(u8::from(noise(at + 1) > score));
        for _ in 0..samples {
            table.scores.extend([score, 1.0]);
            table.losses.extend([wrong, 0.0]);
            table.tokens.extend([40.0, 100.0]);
            table.groups.push(question);
        }
    }
    table
}

fn calibrate(table: &Table, groups: bool, confidence: f64) -> ExitRule {
    let log = ExitLog {
        scores: &table.scores,
        losses: &table.losses,
        tokens: &table.tokens,
        checkpoints: 2,
        groups: groups.then_some(&table.groups),
    };
    let thresholds: Vec<f64> = (0..=25).map(|i| f64::from(i) / 25.0).collect();
    let target = Target::new(0.1, confidence, Range::UNIT).unwrap();
    calibrate_exit(&log, &thresholds, &target, Method::HoeffdingBentkus).unwrap()
}

#[test]
fn the_test_that_needs_the_fewest_units_is_the_default() {
    // Streams of their own are whole, questions with samples are means; the promise is kept with either.
    for (samples, test) in [(1, Method::Paired), (5, Method::Betting)] {
        let (mut bold, mut broken) = (0, 0);
        for seed in 0..24 {
            let mut table = draw(150, 1, seed);
            if samples > 1 {
                table = spread(&table, samples);
            }
            let groups = (samples > 1).then_some(&table.groups[..]);
            let (scores, losses, tokens) = (&table.scores[..], &table.losses[..], &table.tokens[..]);
            let log = ExitLog { scores, losses, tokens, checkpoints: 2, groups };
            assert_eq!(log.test(), test);
            let target = Target::new(0.1, 0.9, log.range()).unwrap();
            let threshold = |test| {
                calibrate_exit(&log, &exit_thresholds(), &target, test).unwrap().threshold.unwrap_or(1.0)
            };
            bold += u32::from(threshold(test) <= threshold(Method::HoeffdingBentkus));
            broken += u32::from(risk(threshold(test)) > 0.1);
        }
        assert!(bold >= 20, "{test:?}: at least as bold on {bold} of 24");
        assert!(broken <= 2 + 4, "{test:?}: {broken} of 24 promises are broken");
    }
}

/// Samples of each question that have its score and err each for itself.
fn spread(table: &Table, samples: u64) -> Table {
    let mut spread = Table { scores: vec![], losses: vec![], tokens: vec![], groups: vec![] };
    for (question, scores) in (0_u64..).zip(table.scores.chunks_exact(2)) {
        for sample in 0..samples {
            let at = (scores[0].to_bits() ^ question).wrapping_mul(31).wrapping_add(sample);
            spread.scores.extend(scores);
            spread.losses.extend([f64::from(u8::from(noise(at) > scores[0])), 0.0]);
            spread.tokens.extend([40.0, 100.0]);
            spread.groups.push(question);
        }
    }
    spread
}

#[test]
fn no_stream_exits_before_its_first_token_and_gains_count() {
    let scores = [0.99, 0.9, 1.0].repeat(400);
    let tokens = [0.0, 50.0, 100.0].repeat(400);
    let fit = |losses: &[f64]| {
        let log = ExitLog { scores: &scores, losses, tokens: &tokens, checkpoints: 3, groups: None };
        let target = Target::new(0.05, 0.9, log.range()).unwrap();
        calibrate_exit(&log, &[0.95, 0.8], &target, log.test()).unwrap()
    };
    // The answer before any token is always wrong, and no stream exits there.
    let rule = fit(&[1.0, 0.0, 0.0].repeat(400));
    assert_eq!((rule.threshold, rule.saved, rule.exits), (Some(0.8), 0.5, 1.0));
    // One exit in ten is wrong: too many. As many are right where the end is wrong: no loss on the average.
    let wrong = [[1.0, 1.0, 0.0].repeat(40), [1.0, 0.0, 0.0].repeat(360)].concat();
    assert_eq!(fit(&wrong).threshold, Some(0.95));
    let even =
        [[1.0, 1.0, 0.0].repeat(40), [1.0, -1.0, 0.0].repeat(40), [1.0, 0.0, 0.0].repeat(320)].concat();
    assert_eq!(fit(&even).threshold, Some(0.8));
}

/// The true mean loss of exiting above a threshold: ∫ from t to 1 of (1 − s) ds.
fn risk(threshold: f64) -> f64 {
    (1.0 - threshold).powi(2) / 2.0
}

#[test]
fn the_promise_is_kept_as_often_as_it_says() {
    let broken = (0..400)
        .filter(|&seed| calibrate(&draw(200, 1, seed), false, 0.9).threshold.is_some_and(|t| risk(t) > 0.1));
    assert!(broken.count() <= 20 + 12, "more than a tenth of 200 promises are broken");
    let bold = (0..10).filter_map(|seed| calibrate(&draw(2000, 1, seed), false, 0.9).threshold);
    let (sum, count) = bold.fold((0.0, 0), |(sum, count), t| (sum + risk(t), count + 1));
    assert!(count == 10 && sum / 10.0 > 0.08, "with many units the threshold comes close to the limit");
}

#[test]
fn samples_of_one_question_are_one_unit() {
    let broken = |groups| {
        (0..200)
            .filter(|&seed| {
                calibrate(&draw(60, 20, seed), groups, 0.9).threshold.is_some_and(|t| risk(t) > 0.1)
            })
            .count()
    };
    let (grouped, pooled) = (broken(true), broken(false));
    assert!(grouped <= 20 + 12, "{grouped} of 200 grouped promises are broken");
    assert!(pooled > 2 * 20, "pooling is expected to break the promise, and broke it {pooled} times of 200");
}

#[test]
fn refusals_and_bad_tables() {
    let rule = calibrate(&draw(5, 1, 1), false, 0.99);
    assert_eq!((rule.threshold, rule.saved, rule.exits), (None, 0.0, 0.0));
    assert!(rule.verdict.to_string().contains("units"));
    let target = Target::new(0.1, 0.9, Range::UNIT).unwrap();
    let try_it = |scores: &[f64], losses: &[f64], tokens: &[f64], checkpoints, thresholds: &[f64]| {
        let log = ExitLog { scores, losses, tokens, checkpoints, groups: None };
        calibrate_exit(&log, thresholds, &target, Method::HoeffdingBentkus)
    };
    let two = [0.5, 1.0];
    assert!(try_it(&two, &two, &two, 2, &[0.5]).is_ok());
    for (scores, losses, tokens, checkpoints, thresholds) in [
        (&[][..], &[][..], &[][..], 2, &[0.5][..]),
        (&two, &two, &two, 0, &[0.5]),
        (&two, &two, &two, 3, &[0.5]),
        (&two, &[0.5], &two, 2, &[0.5]),
        (&two, &two, &[1.0], 2, &[0.5]),
        (&two, &[0.5, 1.5], &two, 2, &[0.5]),
        (&two, &[-0.5, 0.5], &two, 2, &[0.5]),
        (&two, &[f64::NAN, 0.0], &two, 2, &[0.5]),
        (&two, &two, &[-1.0, 2.0], 2, &[0.5]),
        (&two, &two, &two, 2, &[]),
        (&two, &two, &two, 2, &[f64::NAN]),
    ] {
        assert!(try_it(scores, losses, tokens, checkpoints, thresholds).is_err());
    }
    let nan = vec![f64::NAN; 400];
    let never = try_it(&nan, &vec![0.0; 400], &vec![1.0; 400], 2, &[0.5]).unwrap();
    assert_eq!((never.threshold, never.exits), (Some(0.5), 0.0));
}
