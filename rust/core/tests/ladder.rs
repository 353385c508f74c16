//! Ladders and rungs: what is refused, by field.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

mod common;

use common::refuses;
use rheostat::ladder::{Card, Doubt, Ladder, MAX_RUNGS, Price, Rung};

#[test]
fn a_rung_out_of_bounds_is_named_with_its_field() {
    let refused = |change: fn(&mut Rung)| {
        let mut rung = Rung::new("fast", "small");
        change(&mut rung);
        rung.validate().unwrap_err().to_string()
    };
    assert!(refused(|r| r.samples = 0).starts_with("rung \"fast\": samples must be"));
    assert!(refuses(&refused(|r| r.output_price = f64::NAN), "output_price", "NaN"));
    assert!(refuses(&refused(|r| r.input_price = -1.0), "input_price", "-1"));
    assert!(refuses(&refused(|r| r.cached_price = Some(f64::INFINITY)), "cached_price", "inf"));
    assert!(refuses(&refused(|r| r.ability = Some(1.0)), "ability", "1"));
    assert!(refused(|r| r.thinking_tokens = u64::MAX).contains("thinking_tokens"));
    assert!(refused(|r| r.name = " ".into()).contains("name"));
    assert!(refused(|r| r.model.clear()).contains("model"));
    let doubt = Doubt { caught: 2.0, ..Doubt::default() };
    let mut rung = Rung::new("fast", "small");
    rung.doubt = Some(doubt);
    assert!(refuses(&rung.validate().unwrap_err().to_string(), "rung \"fast\": doubt: caught", "2"));
}

#[test]
fn an_effort_is_a_thinking_budget() {
    let (card, rung) = (Card::shipped("gpt-5").unwrap(), Rung::of_model("gpt-5").unwrap());
    let rungs = card.at_efforts(&rung, &["none", "minimal", "high", "max"]).unwrap();
    let seen: Vec<_> = rungs.iter().map(|rung| (rung.name.as_str(), rung.thinking_tokens)).collect();
    let wanted = [("gpt-5:none", 0), ("gpt-5:minimal", 512), ("gpt-5:high", 24_576), ("gpt-5:max", 65_536)];
    assert_eq!(seen, wanted);
    assert!(
        rungs
            .iter()
            .all(|at| at.model == "gpt-5" && at.output_price.to_bits() == rung.output_price.to_bits())
    );
    let levels: Vec<_> = rungs.iter().map(|rung| rung.effort().unwrap()).collect();
    assert_eq!(levels, ["none", "minimal", "high", "max"]);
    assert_eq!(Rung { thinking_tokens: 1_000, ..rung.clone() }.effort(), None);
    let unknown = card.at_efforts(&rung, &["utmost"]).unwrap_err().to_string();
    assert!(unknown.contains("utmost") && unknown.contains("xhigh"), "{unknown}");
    let mut both = Rung { thinking_tokens: 100, ..rung };
    assert!(
        both.set_effort("low").unwrap_err().to_string().contains("absent where thinking_tokens is given")
    );
}

#[test]
fn a_card_fills_the_gaps_of_another() {
    let price = Price { input: 9.0, output: 18.0, ..Price::default() };
    let card = Card { price: Some(price), thinks: Some(true), ..Card::default() }.or(Card::shipped("gpt-4o"));
    assert_eq!((card.price, card.thinks, card.window), (Some(price), Some(true), Some(128_000)));
    let rung = card.rung("gpt-4o", []).unwrap();
    assert_eq!((rung.cached_price, rung.can("vision")), (None, true));
    let unknown = Rung::of_model("gpt5-mini").unwrap_err().to_string();
    assert!(unknown.starts_with("unknown model \"gpt5-mini\"; known: gpt-5-mini, "), "{unknown}");
    // A budget leaves room for the answer within what the model writes.
    let small = Card { output: Some(1_000), ..card };
    let rung = small.rung("gpt-4o", []).unwrap();
    let high = &small.at_efforts(&rung, &["high"]).unwrap()[0];
    assert_eq!((high.answer_tokens, high.thinking_tokens), (500, 500));
}

#[test]
fn a_ladder_that_cannot_be_is_refused() {
    let refused = |rungs, default| Ladder::new(rungs, default, None).unwrap_err().to_string();
    assert!(refused(vec![], None).contains("0 rungs"));
    let twice = vec![Rung::new("a", "m"), Rung::new("a", "n")];
    assert!(refused(twice, None).starts_with("rung \"a\": name"));
    let unknown = refused(vec![Rung::new("a", "m")], Some("b"));
    assert_eq!(unknown, "unknown default rung \"b\"; known: a");
    let many = (0..=MAX_RUNGS).map(|i| Rung::new(format!("r{i}"), "m")).collect();
    assert!(refused(many, None).contains("65 rungs"));
}
