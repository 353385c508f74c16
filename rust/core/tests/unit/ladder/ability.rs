//! Tests of `ladder/ability.rs`, of what is private there.

use super::*;

fn rung(model: &str, thinking: u64, samples: u32, ability: Option<f64>) -> Rung {
    Rung {
        thinking_tokens: thinking,
        samples,
        ability,
        ..Rung::new(format!("{model}{thinking}{samples}"), model)
    }
}

#[test]
fn given_abilities_stand_and_move_along_the_dials() {
    let rungs = [rung("a", 0, 1, Some(0.6)), rung("a", 4_096, 1, None), rung("b", 0, 5, None)];
    let abilities = abilities(&rungs);
    assert!((abilities[0].value - 0.6).abs() < 1e-12 && !abilities[0].assumed);
    assert!(abilities[1].value > 0.7 && !abilities[1].assumed);
    assert!(abilities[2].assumed);
}

#[test]
fn every_dial_raises_an_assumed_ability() {
    let base = dial_logits(&rung("a", 0, 1, None));
    assert!(base.abs() < 1e-12);
    assert!(dial_logits(&rung("a", 1_024, 1, None)) > base && dial_logits(&rung("a", 0, 2, None)) > base);
    let huge = Rung { depth: 64, ..rung("a", 1 << 40, 1_024, None) };
    assert!((dial_logits(&huge) - (THINKING.1 + SAMPLES.1 + DEPTH.1)).abs() < 1e-12);
    let models: Vec<_> = ["a", "b", "c"].map(|m| rung(m, 0, 1, None)).into();
    assert!(abilities(&models).windows(2).all(|w| w[0].value < w[1].value));
}
