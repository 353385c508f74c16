//! Entropy over time, probes, steps, texts and agents, against their definitions.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::signal::{
    AnswerMean, Cusum, EFFORTS, Eat, Effort, Ema, Evidence, ProbeAt, ProbeSchedule, Probes, Quadrant,
    QuadrantRules, Quadrants, Shift, Stall, StallRules, StepAdvice, StepGuide, StepRules, Steps, Stuck,
    TextRules, TextSignals, TextVerdict, answer_confidence, is_uncertain,
};

proptest! {
    #[test]
    fn the_running_mean_and_variance_are_the_recursion(
        values in prop::collection::vec(-10.0_f64..10.0, 1..80),
        alpha in 0.01_f64..=1.0,
    ) {
        let mut ema = Ema::new(alpha).unwrap();
        let (mut mean, mut variance) = (values[0], 0.0);
        for (i, &x) in values.iter().enumerate() {
            ema.update(f64::NAN);
            ema.update(x);
            if i > 0 {
                mean = alpha * x + (1.0 - alpha) * mean;
                variance = alpha * (x - mean).powi(2) + (1.0 - alpha) * variance;
            }
            prop_assert!((ema.mean() - mean).abs() < 1e-9 && (ema.variance() - variance).abs() < 1e-9);
        }
        prop_assert_eq!((ema.count(), ema.invalid()), (values.len() as u64, values.len() as u64));
    }

    #[test]
    fn the_exit_is_where_the_variance_first_dies_down(
        values in prop::collection::vec(0.0_f64..0.3, 1..120),
        warmup in 2_u64..30,
    ) {
        let mut eat = Eat::new(0.1, 1e-3, warmup).unwrap();
        let mut ema = Ema::new(0.1).unwrap();
        for (i, &x) in values.iter().enumerate() {
            ema.update(x);
            let wanted = i as u64 + 1 >= warmup && ema.variance() < 1e-3;
            prop_assert_eq!(eat.update(x), wanted);
            prop_assert!(!eat.update(f64::NAN) && !eat.update(-0.5) && !eat.update(f64::INFINITY));
        }
    }

    #[test]
    fn cusum_equals_two_sums_written_out(
        values in prop::collection::vec(-3.0_f64..3.0, 0..200),
        warmup in 2_u32..20,
        threshold in 0.5_f64..6.0,
    ) {
        let mut cusum = Cusum::new(0.5, threshold, warmup).unwrap();
        let (mut warm, mut up, mut down) = (Vec::new(), 0.0_f64, 0.0_f64);
        let mut changes = 0;
        for &x in &values {
            let got = cusum.update(x);
            if warm.len() < warmup as usize {
                warm.push(x);
                prop_assert_eq!(got, None);
                continue;
            }
            let n = warm.len() as f64;
            let mean = warm.iter().sum::<f64>() / n;
            let spread = (warm.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt().max(1e-3);
            let z = (x - mean) / spread;
            up = (up + z - 0.5).max(0.0);
            down = (down - z - 0.5).max(0.0);
            // What is within rounding of the threshold may fall on either side.
            prop_assume!((up - threshold).abs() > 1e-6 && (down - threshold).abs() > 1e-6);
            prop_assert_eq!(got.is_some(), up > threshold || down > threshold);
            if let Some(shift) = got {
                prop_assert_eq!(shift, if up > threshold && up >= down { Shift::Up } else { Shift::Down });
                changes += 1;
                (warm, up, down) = (Vec::new(), 0.0, 0.0);
            }
        }
        prop_assert_eq!(cusum.changes(), changes);
    }

    #[test]
    fn steps_equal_their_definitions(scores in prop::collection::vec(0.0_f64..=1.0, 0..40)) {
        let mut steps = Steps::default();
        for &score in &scores {
            steps.add(score);
            steps.add(f64::NAN);
        }
        let near = |got: Option<f64>, wanted: Option<f64>| match (got, wanted) {
            (Some(got), Some(wanted)) => (got - wanted).abs() < 1e-9,
            (got, wanted) => got.is_none() && wanted.is_none(),
        };
        let n = scores.len() as f64;
        let mean = scores.iter().sum::<f64>() / n;
        let some = |x: f64| (!scores.is_empty()).then_some(x);
        prop_assert!(near(steps.mean(), some(mean)));
        prop_assert!(near(steps.product(), some(scores.iter().product())));
        prop_assert!(near(steps.lowest(), scores.iter().copied().reduce(f64::min)));
        prop_assert!(near(steps.last(), scores.last().copied()));
        let falls = (0..scores.len()).flat_map(|i| scores[..=i].iter().map(move |high| (high, i)));
        prop_assert!(near(steps.drawdown(), some(falls.map(|(high, i)| high - scores[i]).fold(0.0, f64::max))));
        let centre = (n - 1.0) / 2.0;
        let slope = |(i, s): (usize, &f64)| (i as f64 - centre) * (s - mean);
        let spread: f64 = (0..scores.len()).map(|i| (i as f64 - centre).powi(2)).sum();
        let wanted = (scores.len() > 1).then(|| scores.iter().enumerate().map(slope).sum::<f64>() / spread);
        prop_assert!(near(steps.slope(), wanted));
        prop_assert_eq!(steps.invalid() as usize, scores.len());
    }

    #[test]
    fn a_text_cut_anywhere_reads_the_same(
        parts in prop::collection::vec(
            prop_oneof![
                Just(r"\boxed{42}"), Just(r"\boxed{\frac{1}{2}}"), Just("wait "), Just(" so "), Just(r"\boxed"),
                Just("}"), Just(r"\\boxed{7}"), Just("maybe\n"), Just("é"), Just(r"\boxed{"),
            ], 0..60),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let text: String = parts.concat();
        let rules = TextRules { words: 3, ..TextRules::default() };
        let mut whole = TextSignals::new(rules).unwrap();
        whole.text(&text);
        let verdict = whole.finish();
        let mut signals = TextSignals::new(rules).unwrap();
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len().max(1))).collect();
        places.retain(|&place| place <= text.len() && text.is_char_boundary(place));
        places.extend([0, text.len()]);
        places.sort_unstable();
        for pair in places.windows(2) {
            signals.text(&text[pair[0]..pair[1]]);
        }
        prop_assert_eq!(signals.finish(), verdict);
        prop_assert_eq!((signals.stated(), signals.equal()), (whole.stated(), whole.equal()));
        prop_assert_eq!(signals.markers(), whole.markers());
    }

    #[test]
    fn any_turns_are_survived(
        turns in prop::collection::vec(("[ab]{0,2}", "[cd0-9]{0,2}", any::<bool>()), 0..100),
    ) {
        let mut stall = Stall::new(StallRules::default()).unwrap();
        for (call, result, ok) in &turns {
            let result = if *ok { Ok(&**result) } else { Err(&**result) };
            stall.turn(call, result);
        }
        prop_assert_eq!(stall.turns(), turns.len() as u64);
    }
}

#[test]
fn quadrants_follow_the_order_of_the_reference() {
    let rules = QuadrantRules::default();
    let table = [
        (0.2, 0.5, Quadrant::Flowing),
        (3.0, 0.5, Quadrant::Unclear),
        (0.2, 3.0, Quadrant::Forking),
        (2.0, 3.0, Quadrant::Forking),
        (2.6, 3.0, Quadrant::Lost),
        (1.0, 2.0, Quadrant::Between),
        (0.2, 1.2, Quadrant::Between),
    ];
    let mut seen = Quadrants::default();
    for (entropy, varentropy, wanted) in table {
        assert_eq!(rules.quadrant(entropy, varentropy), Some(wanted), "{entropy}, {varentropy}");
        seen.update(entropy, varentropy);
    }
    assert_eq!(seen.update(f64::NAN, 1.0), None);
    assert_eq!((seen.count(Quadrant::Forking), seen.invalid()), (2, 1));
    assert!((seen.branching() - 3.0 / 7.0).abs() < 1e-12);
}

#[test]
fn probes_break_their_row_on_doubt() {
    let mut probes = Probes::default();
    let row = [
        ("42", "42"),
        ("42", "I know, not another: 42"),
        ("42", "42. Hmm, wait"),
        ("42", "42"),
        ("42", "42"),
    ];
    let equal: Vec<u32> =
        row.iter().map(|(answer, reply)| probes.add_reply(answer, reply, None, 0.0)).collect();
    assert_eq!(equal, [1, 2, 0, 1, 2]);
    assert_eq!(probes.add(&"9".repeat(1 << 20), None, 0.0), 0);
    for word in ["wait", "HOLD on", "but", "Okay", "no", "hmm..."] {
        assert!(is_uncertain(word), "{word}");
    }
    for word in ["", "know not another", "butter", "nonsense", "holder", "awaits", "okays"] {
        assert!(!is_uncertain(word), "{word}");
    }
}

#[test]
fn answers_of_tokens() {
    let logs = [0.9_f32.ln(), 0.4_f32.ln()];
    let near = |mean, wanted: f64| (answer_confidence(&logs, mean).unwrap() - wanted).abs() < 1e-6;
    assert!(
        near(AnswerMean::Arithmetic, 0.65) && near(AnswerMean::Geometric, 0.6) && near(AnswerMean::Min, 0.4)
    );
    assert_eq!(answer_confidence(&[f32::NEG_INFINITY], AnswerMean::Geometric).unwrap(), 0.0);
    for bad in [&[][..], &[f32::NAN], &[0.1]] {
        assert!(answer_confidence(bad, AnswerMean::Arithmetic).is_err());
    }
    assert!(AnswerMean::from_name("mode").unwrap_err().to_string().contains("geometric"));
}

#[test]
fn schedules_are_data() {
    assert_eq!(Effort::from_name("mid").unwrap(), EFFORTS[2]);
    assert!(Effort::from_name("insane").unwrap_err().to_string().contains("crazy"));
    assert!(EFFORTS.windows(2).all(|pair| pair[0].equal >= pair[1].equal && pair[0].every >= pair[1].every));
    let due = |at, first, most, chunks: &[&str]| -> Vec<bool> {
        let mut schedule = ProbeSchedule::new(at, first, most).unwrap();
        let step = |chunk: &&str| schedule.advance(10, chunk);
        chunks.iter().map(step).collect()
    };
    let text = ["So. Wa", "it, ", "x \n", " \n y", "\n\n\n", "hmm ", "maybe "];
    assert_eq!(due(ProbeAt::Marker, 0, 10, &text), [false, true, false, false, false, true, false]);
    assert_eq!(due(ProbeAt::Marker, 0, 1, &text), [false, true, false, false, false, false, false]);
    assert_eq!(due(ProbeAt::Paragraph, 0, 10, &text), [false, false, false, true, true, false, false]);
    assert_eq!(due(ProbeAt::Paragraph, 50, 10, &text), [false, false, false, false, true, false, false]);
    assert_eq!(due(ProbeAt::Tokens(25), 0, 2, &text), [false, false, true, false, false, true, false]);
    assert!(ProbeSchedule::new(ProbeAt::Tokens(0), 0, 1).is_err());
    assert!(ProbeSchedule::new(ProbeAt::Marker, 0, 0).is_err());
}

#[test]
fn advice_goes_back_once_then_stops() {
    use StepAdvice::{BackUp, Branch, Continue, Stop};
    let mut guide = StepGuide::new(StepRules::default()).unwrap();
    let scores = [0.9, 0.8, 0.6, f64::NAN, 0.1, 0.2, 0.25, 0.1, 0.5];
    let advice: Vec<StepAdvice> = scores.iter().map(|&score| guide.add(score)).collect();
    assert_eq!(
        advice,
        [Continue, Continue, Branch, Continue, BackUp { keep: 2 }, Continue, Stop, Stop, Continue]
    );
    let mut hopeless = StepGuide::new(StepRules::default()).unwrap();
    assert_eq!([0.1, 0.1, 0.1].map(|score| hopeless.add(score)), [Continue, Continue, Stop]);
    assert!(StepGuide::new(StepRules { good: 0.2, ..StepRules::default() }).is_err());
    assert!(StepGuide::new(StepRules { bad: f64::NAN, ..StepRules::default() }).is_err());
    assert!(StepGuide::new(StepRules { patience: 0, ..StepRules::default() }).is_err());
    let zero = |steps: &mut Steps| (0..2).for_each(|_| steps.add(0.0));
    let mut steps = Steps::default();
    zero(&mut steps);
    assert_eq!(steps.product(), Some(0.0));
}

#[test]
fn texts_are_judged_by_weak_evidence_alone() {
    let mut text = TextSignals::new(TextRules::default()).unwrap();
    assert_eq!((text.text("Sure. "), text.evidence()), (TextVerdict::Unknown, Evidence::None));
    for i in 0..100 {
        text.text(&format!("word{i} "));
    }
    assert_eq!((text.verdict(), text.evidence()), (TextVerdict::Unknown, Evidence::Weak));
    assert_eq!(text.text(r"\boxed{42} indeed \boxed{ 42 }"), TextVerdict::Steady);
    assert_eq!(text.text(" but wait, that is odd"), TextVerdict::Unknown);
    assert_eq!(text.text(r" \boxed{42} "), TextVerdict::Steady);
    assert_eq!(text.text(&"wait. ".repeat(20)), TextVerdict::Doubtful);
    assert_eq!(text.text(&"again ".repeat(70)), TextVerdict::Looping);
    assert!(TextSignals::new(TextRules { turns: f64::NAN, ..TextRules::default() }).is_err());
    let mut open = TextSignals::new(TextRules::default()).unwrap();
    open.text(r"\boxed{");
    open.text(&"{".repeat(1 << 16));
    open.text(r"} and \boxed{7}");
    assert_eq!((open.stated(), open.answers()), (Some("7"), 1));
}

#[test]
fn agents_that_are_stuck() {
    let new = || Stall::new(StallRules::default()).unwrap();
    let mut stall = new();
    assert_eq!(stall.turn("run tests", Ok("2 failed")), None);
    assert_eq!(stall.turn("run tests", Ok("1 failed")), None);
    assert_eq!(stall.turn("run tests", Ok("all passed")), None);
    let mut stall = new();
    let errors =
        ["line 12: no such file 0x7ffe01", "line 9: no such file 0x1a", "line 130: no such file 0x0"];
    let turns: Vec<_> = errors.iter().map(|error| stall.turn(error, Err(error))).collect();
    assert_eq!(turns, [None, None, Some(Stuck::RepeatedError)]);
    assert_eq!(stall.turn("x", Err("another error")), None);
    let mut stall = new();
    let stuck: Vec<_> = (0..8).map(|i| stall.turn(["a", "b", "c", "d"][i % 4], Ok("same"))).collect();
    assert_eq!(stuck[..5], [None; 5]);
    assert_eq!(stuck[5], Some(Stuck::NoProgress));
    let mut stall = new();
    for i in 0..200 {
        assert_eq!(stall.turn("step", Ok(&i.to_string())), None);
    }
    let long = "y".repeat(1 << 20);
    assert_eq!(stall.turn(&long, Ok(&long)), None);
    assert!(Stall::new(StallRules { calls: 1, ..StallRules::default() }).is_err());
    assert!(Stall::new(StallRules { calls: 33, ..StallRules::default() }).is_err());
}

#[test]
fn bad_numbers_and_arguments() {
    let mut ema = Ema::new(0.5).unwrap();
    for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        assert!(!ema.update(x));
    }
    assert!(ema.mean().is_nan() && ema.variance().is_nan() && ema.invalid() == 4);
    let mut cusum = Cusum::new(0.0, 1.0, 2).unwrap();
    for x in [f64::NAN, f64::INFINITY, -1e300, 1.0, 1.0, 1.0] {
        assert_eq!(cusum.update(x), None);
    }
    assert_eq!((cusum.level(), cusum.update(2.0), cusum.invalid()), (Some(1.0), Some(Shift::Up), 3));
    for alpha in [0.0, -1.0, 1.1, f64::NAN] {
        assert!(Ema::new(alpha).is_err() && Eat::new(alpha, 1e-3, 20).is_err());
    }
    assert!(Eat::new(0.1, 0.0, 20).is_err() && Eat::new(0.1, 1e-3, 1).is_err());
    assert!(Cusum::new(f64::NAN, 5.0, 20).is_err() && Cusum::new(0.5, 0.0, 20).is_err());
    assert!(Cusum::new(0.5, 5.0, 1).is_err());
}
