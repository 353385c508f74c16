//! Random ladders, rules and reports.

use super::choices::Choices;
use rheostat::ladder::{Load, Moves, Rung, ThinkingMove};
use rheostat::rules::{Move, Rules};
use rheostat::run::{Usage, Worth};
use rheostat::strategy::{Choose, Scorer, Strategy};

const LOAD: Load = Load { input_tokens: 50.0, output_tokens: 50.0, difficulty: 0.5 };

pub(crate) fn rung(choices: &mut impl Choices, i: u64) -> Rung {
    let samples = choices.pick(&[1, 1, 2, 3, 5, 40]);
    let agree = 2 + choices.below(u64::from(samples)) as u32;
    let probes = Strategy::ProbeFirst { agree, in_turn: choices.below(2) == 0 };
    let by = choices.pick(&[Choose::Score, Choose::Vote]);
    let strategy = match choices.below(4) {
        0 | 1 if agree <= samples => probes,
        2 if samples > 1 && choices.below(3) == 0 => Strategy::Distil { tokens: choices.pick(&[1, 40, 500]) },
        2 if samples > 1 => Strategy::BestOf { by },
        _ => Strategy::Vote,
    };
    let scorer = Scorer {
        tokens: choices.pick(&[1, 8, 200]),
        input_price: choices.mostly(&[0.0, 0.5], &[1e12]),
        output_price: choices.mostly(&[0.0, 4.0], &[1e12]),
        width: choices.pick(&[None, Some(2)]),
        ..Scorer::new("scorer")
    };
    Rung {
        strategy,
        scorer: Some(scorer).filter(|_| strategy.scores().is_some() && choices.below(4) > 0),
        thinking_tokens: choices.mostly(&[0, 1, 20, 50, 1000], &[1 << 50, u64::MAX]),
        samples,
        depth: choices.pick(&[1, 1, 2, 4]),
        answer_tokens: choices.pick(&[1, 10, 100]),
        input_price: choices.mostly(&[0.5, 3.0], &[0.0, 1e9, 1e300]),
        output_price: choices.mostly(&[2.0, 15.0], &[0.0, 1e12, 1e300]),
        cached_price: choices.pick(&[None, Some(0.1)]),
        ..Rung::new(format!("r{i}"), choices.pick(&["small", "large"]))
    }
}

pub(crate) fn moves(choices: &mut impl Choices) -> Moves {
    let way = choices.pick(&[
        ThinkingMove::Restart,
        ThinkingMove::Never,
        ThinkingMove::Continue,
        ThinkingMove::Raise,
    ]);
    let yes = choices.mostly(&[true], &[false]);
    Moves { thinking: way, samples: choices.mostly(&[true], &[false]), depth: yes, model: true }
}

pub(crate) fn worth(choices: &mut impl Choices, rungs: usize) -> Option<Worth> {
    let usd_per_error = choices.pick(&[None, None, Some(0.0), Some(0.1), Some(1e9)])?;
    let price_of_compute = choices.pick(&[0.0, 1.0, 50.0]);
    let p_correct = (0..rungs).map(|i| 0.5 + 0.1 * i as f64).collect();
    Some(Worth { usd_per_error, price_of_compute, p_correct, load: LOAD })
}

pub(crate) fn rules(choices: &mut impl Choices) -> Rules {
    let mut rules = Rules { window: choices.pick(&[1, 3]), ..Rules::default() };
    rules.low_confidence = choices.pick(&[rules.low_confidence, None]);
    rules.probe_every = choices.pick(&[0, 0, 0, 2]);
    rules.exit = choices.pick(&[None, Some(0.5)]);
    rules.entropy_rise = choices.pick(&[None, Some(0.5)]);
    rules.branching = choices.pick(&[None, Some(0.0)]);
    rules.gate = choices.mostly(&[Some(0.5), Some(1.0), Some(1.0)], &[None]);
    // Few runs have a stream that is cut, and a long warm-up leaves none.
    rules.gate_warmup = choices.pick(&[1, 1, 1, 1, 1, 1, 1, 2, 2, 16]);
    rules.verify_below = choices.mostly(&[None], &[Some(1.0)]);
    for rule in &mut rules.ramps {
        // Every move may follow every evidence, as often as a rule may say.
        let steps = [
            Move::Think { most: 2, by: 1.5 },
            Move::Revise { most: 2 },
            Move::Verify { most: 2 },
            Move::Samples { most: 3 },
            Move::Replace { most: 6 },
        ];
        if choices.below(4) == 0 {
            rule.moves.insert(0, choices.pick(&steps));
        }
    }
    rules
}

pub(crate) fn prices(rung: &Rung, scores: bool) -> [f64; 4] {
    if let Some(scorer) = rung.scorer.as_ref().filter(|_| scores) {
        return [scorer.input_price, scorer.input_price, scorer.input_price, scorer.output_price];
    }
    let cached = rung.cached_price.unwrap_or(rung.input_price);
    [rung.input_price, cached, rung.input_price, rung.output_price]
}

/// A report in any form: right, too small, zero, without a field, with parts counted apart, or absurd.
pub(crate) fn usage(
    choices: &mut impl Choices,
    [counted, _, all]: [u64; 3],
    input: u64,
    whole: u64,
) -> Usage {
    let outputs = [None, Some(0), Some(1), Some(counted), Some(all), Some(all / 2), Some(whole.min(1 << 40))];
    let output = choices.mostly(&outputs, &[Some(all + 9), Some(1 << 40)]);
    let other = [None, None, Some(0), Some(input), Some(all / 2)];
    Usage {
        input: choices.mostly(&[None, Some(0), Some(input), Some(input / 2)], &[Some(1 << 40)]),
        cached: choices.mostly(&other, &[Some(1 << 40)]),
        written: choices.mostly(&other, &[Some(1 << 40)]),
        output,
        reasoning: choices.mostly(&other, &[Some(1 << 40)]),
    }
}
