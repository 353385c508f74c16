//! Golden vectors: the decisions in `tests/golden`, which every language is held to.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test that fails here has failed

use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::plan::PlanOptions;
use rheostat::policy::Policy;
use rheostat::query::Window;
use rheostat::session::Purpose;
use rheostat_wire::{ask, body};
use serde_json::{Map, Value};

type Table = Map<String, Value>;

fn read(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn real(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn count<T: TryFrom<u64, Error: std::fmt::Debug>>(value: &Value) -> T {
    value.as_u64().unwrap().try_into().unwrap()
}

fn rung(table: &Table) -> Rung {
    let mut rung = Rung::new(text(&table["name"]), text(&table["model"]));
    for (name, value) in table {
        match name.as_str() {
            "name" | "model" => {}
            "thinking_tokens" => rung.thinking_tokens = count(value),
            "answer_tokens" => rung.answer_tokens = count(value),
            "samples" => rung.samples = count(value),
            "input_price" => rung.input_price = real(value),
            "output_price" => rung.output_price = real(value),
            "ability" => rung.ability = Some(real(value)),
            _ => panic!("{name} of a rung is not read"),
        }
    }
    rung
}

fn ceiling(table: &Table) -> Ceiling {
    let mut ceiling = Ceiling::default();
    for (name, value) in table {
        match name.as_str() {
            "tokens" => ceiling.tokens = Some(count(value)),
            "usd" => ceiling.usd = Some(real(value)),
            "seconds" => ceiling.seconds = Some(real(value)),
            "samples" => ceiling.samples = Some(count(value)),
            "depth" => ceiling.depth = Some(count(value)),
            "escalations" => ceiling.escalations = Some(count(value)),
            _ => panic!("{name} of a ceiling is not read"),
        }
    }
    ceiling
}

fn governor(golden: &Value) -> Governor {
    let ladder = &golden["ladder"];
    let rungs = ladder["rungs"].as_array().unwrap().iter().map(|table| rung(table.as_object().unwrap()));
    let ladder =
        Ladder::new(rungs.collect(), ladder["default"].as_str(), ladder["start_max"].as_str()).unwrap();
    assert_eq!(golden["policy"]["kind"], "utility");
    let policy = Policy::Utility { usd_per_error: real(&golden["policy"]["usd_per_error"]) };
    let ceiling = ceiling(golden["ceiling"].as_object().unwrap());
    Governor::builder(ladder.into()).policy(policy).ceiling(ceiling).build().unwrap()
}

/// The plan of a case as JSON, with the first half of its id.
fn plan(governor: &Governor, case: &Value) -> Value {
    let (text, body) = match case["text"].as_str() {
        Some(text) => (text.repeat(case.get("repeat").map_or(1, count)), None),
        None => (String::new(), case["body"].as_str()),
    };
    let window = Window::default().bytes;
    let query = body.map_or_else(|| ask::text(&text, window), |b| body::read(b.as_bytes(), window).unwrap());
    let (mut models, mut chances) = (Vec::new(), Vec::new());
    let mut options = PlanOptions::default();
    for (name, value) in case.get("options").and_then(Value::as_object).into_iter().flatten() {
        match name.as_str() {
            "ceiling" => options.ceiling = Some(ceiling(value.as_object().unwrap())),
            "models" => models = value.as_array().unwrap().iter().map(self::text).collect(),
            "rung" => options.rung = value.as_str(),
            "session" => options.session = value.as_str(),
            "tenant" => options.tenant = value.as_str(),
            "purpose" => options.purpose = Some(Purpose::from_name(value.as_str().unwrap()).unwrap()),
            "difficulty" => options.difficulty = Some(real(value)),
            "p_correct" => {
                let snapshot = governor.snapshot();
                chances =
                    snapshot.ladder.rungs().iter().map(|rung| value.get(&rung.name).map(real)).collect();
            }
            _ => panic!("the option {name} is not read"),
        }
    }
    options.models = (!models.is_empty()).then_some(&models);
    options.p_correct = (!chances.is_empty()).then_some(&chances);
    let plan = governor.plan(&query, &options, &mut Scan::new()).unwrap();
    let mut json = read(&plan.to_json());
    json["id"] = format!("{:016x}", plan.id.digest).into();
    json
}

/// The value with each number as the bits of its double: written down, one number has several forms.
fn bits(value: &Value) -> Value {
    match value {
        Value::Number(_) => real(value).to_bits().to_string().into(),
        Value::Array(values) => values.iter().map(bits).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), bits(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn decisions_are_the_stored_ones() {
    let golden = read(include_str!("../../../tests/golden/decisions.json"));
    let version = governor(&golden).version();
    assert_eq!(golden["version"], *version, "what decides has changed: `make golden` if that is meant");
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() >= 100);
    for (i, case) in cases.iter().enumerate() {
        let (ours, stored) = (plan(&governor(&golden), case), &case["plan"]);
        assert_eq!(bits(&ours), bits(stored), "case {i}:\n{ours}\nis not\n{stored}");
    }
}
