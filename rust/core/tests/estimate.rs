//! The shipped model: it reads, it is sane on prompts that lexical routers misjudge, and its estimates keep their bounds.

#![allow(clippy::unwrap_used, clippy::float_cmp)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::estimate::{Estimate, Estimator};
use rheostat::features::Scan;
use rheostat::query::Structure;
use rheostat::query::Window;

fn estimate(text: &str) -> Estimate {
    let mut scan = Scan::new();
    scan.run(text.as_bytes(), Window::default());
    Estimator::shipped().estimate(&scan, &Structure::default())
}

const HARD: [&str; 8] = [
    "Prove that there are infinitely many primes congruent to 3 mod 4.",
    "Find all integer solutions of x^2-61y^2=1 and prove that there are no others.",
    "Hi, could you prove the Riemann hypothesis? Just a short simple answer.",
    "Investigate the production cluster outage and find the root cause.",
    "证明存在无穷多个模4余3的素数。",
    "Докажите, что существует бесконечно много простых чисел вида 4k+3.",
    "Beweise, dass es unendlich viele Primzahlen gibt, die kongruent 3 modulo 4 sind.",
    "4を法として3と合同な素数が無限に存在することを証明してください。",
];

const EASY: [&str; 9] = [
    "step by step, evaluate my cookie recipe",
    "Hi, think step by step about my cookie recipe",
    "class trip: where is the branch of the national museum and when does it open?",
    "hello",
    "What is the capital of Austria?",
    "How do I reset my password?",
    "西班牙的首都是哪里?",
    "Wie wird das Wetter heute?",
    "ありがとう",
];

/// Each asks for something, whatever stands around it.
const ASKS: [&str; 14] = [
    "Prove.",
    "Derive.",
    "Design.",
    "Investigate.",
    "Debug.",
    "Compare.",
    "Solve.",
    "Explain.",
    "Find all.",
    "Justify.",
    "Translate.",
    "Summarise.",
    "Define.",
    "Who?",
];

#[test]
fn every_proof_is_harder_than_any_small_talk() {
    let of = |texts: &[&str]| texts.iter().map(|text| estimate(text).difficulty).collect::<Vec<_>>();
    let (hard, easy) = (of(&HARD), of(&EASY));
    let least = hard.iter().copied().fold(1.0, f64::min);
    let greatest = easy.iter().copied().fold(0.0, f64::max);
    assert!(least > greatest, "{hard:.3?} {easy:.3?}");
    assert!(hard[0] > 0.6 && hard[1] > 0.6 && easy[0] < 0.35, "{hard:.3?} {easy:.3?}");
    // Words on how to answer change nothing.
    assert_eq!(easy[0].to_bits(), estimate("evaluate my cookie recipe").difficulty.to_bits());
}

#[test]
fn the_shipped_artifact_survives_a_round_trip() {
    let shipped = Estimator::shipped();
    let again = Estimator::from_bytes(&shipped.to_bytes()).unwrap();
    assert_eq!(again.version(), shipped.version());
    assert!(shipped.to_bytes().len() <= 4 << 20);
}

#[test]
fn nothing_is_known_of_an_empty_text() {
    assert_eq!(estimate("").coverage, 0.0);
    assert_eq!(estimate("\u{0}\u{1}").coverage, 0.0);
}

proptest! {
    #[test]
    fn estimates_keep_their_bounds(text in ".{0,300}") {
        let estimate = estimate(&text);
        prop_assert!((0.0..=1.0).contains(&estimate.difficulty));
        prop_assert!((0.0..=1.0).contains(&estimate.coverage));
        let chances: Vec<_> = (1..20).map(|i| estimate.p_correct(f64::from(i) / 20.0)).collect();
        prop_assert!(chances.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(chances.iter().all(|p| (0.0..=1.0).contains(p)));
    }

    #[test]
    fn explanations_sum_to_the_location(text in "[a-zA-Z0-9 .,?=$\\n]{0,300}") {
        let mut scan = Scan::new();
        scan.run(text.as_bytes(), Window::default());
        let explanation = Estimator::shipped().explain(&scan, &Structure::default());
        let parts = explanation.features.iter().chain(&explanation.words).map(|c| c.contribution);
        prop_assert!((explanation.bias + parts.sum::<f64>() - explanation.estimate.location).abs() < 1e-6);
    }

    /// Whatever twenty words are put before or after a prompt: what they say and ask for moves its location by a bounded
    /// amount, and what they are moves it no further than the structure's range in training.
    #[test]
    fn no_span_of_words_moves_an_estimate_beyond_its_bound(
        words in prop::collection::vec("[a-z]{1,12}", 20),
        repeated in prop::sample::select(vec!["prove", "theorem", "hello", "riemann", "证明", "olympiad"]),
        asks in prop::collection::vec(prop::sample::select(ASKS.to_vec()), 20),
    ) {
        for ask in ["Which of these two shops is open on Sunday?", HARD[0]] {
            let plain = estimate(ask);
            for gadget in [words.join(" "), [repeated; 20].join(" "), asks.join(" ")] {
                for text in [format!("{gadget} {ask}"), format!("{ask} {gadget}")] {
                    let moved = (estimate(&text).location - plain.location).abs();
                    prop_assert!(moved <= 2.5, "{moved} {gadget}");
                }
            }
        }
    }
}

#[test]
fn a_stronger_rung_gains_and_the_gain_rises_with_length() {
    let gain = |text: &str| estimate(text).prior_gain(0.6, 0.8);
    let long = "the bus to the lake leaves at nine and comes back at five in the evening ".repeat(8);
    assert!(gain("when does the bus leave") > 0.0);
    assert!(gain(&long) > gain("when does the bus leave"));
    assert_eq!(estimate("when does the bus leave").prior_gain(0.7, 0.7), 0.0);
    assert!(
        gain("Prove that there are infinitely many primes congruent to 3 mod 4.")
            > gain("hello, how are you today?")
    );
}

#[test]
fn thinking_helps_with_proofs_more_than_with_greetings() {
    assert!(estimate(HARD[0]).thinking_helps() > estimate("hello").thinking_helps());
}

#[test]
fn answers_have_a_range_around_their_median() {
    let estimate = estimate(HARD[0]);
    let (short, long) = estimate.output_range;
    assert!(short < estimate.output_tokens && estimate.output_tokens < long, "{estimate:?}");
}
