//! Files are read as the core's types.

#![allow(clippy::unwrap_used, clippy::float_cmp)] // a test that fails here has failed; numbers are those of the file

use rheostat::Error;
use rheostat::ladder::{Ceiling, Doubt, Ladder, Moves, Rung};
use rheostat::ledger::{Cap, Scope};
use rheostat::money::Usd;
use rheostat::policy::Policy;
use rheostat::rules::{Evidence, Move, RampRule, Rules};
use rheostat::strategy::Strategy;
use rheostat::vote::VoteRule;
use rheostat_config::{Config, MAX_BYTES, decode, schema};

const RUNG: &str = "[[rung]]\nname = 'a'\n";
const RUNGS: &str = "[[rung]]\nname = 'a'\n[[rung]]\nname = 'b'\noutput_price = 1.0\n";

/// A file with every table.
const FULL: &str = r#"
        default = "think"
        start_max = "fast"
        thinking = "raise"
        forbid = ["samples", "model"]

        [[rung]]
        name = "fast"
        doubt = { low_confidence = 3, low_logprob = -1.5, low_top_logprob = -0.6, caught = 0.9, false_alarms = 0.1 }

        [[rung]]
        name = "think"
        model = "mid-model"
        thinking_tokens = 4_096
        thinking_least = 1_024
        samples = 3
        depth = 2
        agree = 2
        in_turn = true
        answer_tokens = 0x1F4
        input_price = 1
        output_price = 2.0
        cached_price = 0.5
        written_price = 1.25
        context_window = 128_000
        capabilities = ["vision", "tools"]
        ability = 0.8

        [policy]
        kind = "utility"
        usd_per_error = 2

        [ceiling]
        tokens = 100_000
        usd = 1.0
        seconds = 120
        samples = 9
        depth = 2
        escalations = 1

        [[cap]]
        scope = "tenant"
        usd = 10
        tokens = 5
        per = 86_400
        key = "acme"

        [ledger]
        ttl = 60
        accounts = 10
        live = 20

        [sessions]
        capacity = 7
        ttl = 1.5
        cache_ttl = 60
        down_after = 2

        [rules]
        low_confidence = 4.5
        low_steps = false
        low_top_logprob = false
        loop_period = 512
        stall_calls = 4
        vote = "majority"
        retries = 2
        exit = 0.95
        loops = false

        [[rules.ramps]]
        on = "stall"
        odds = 0.5
        moves = [{ name = "think", by = 3.0, most = 2 }, { name = "escalate" }]
"#;

fn read(text: &str) -> Result<Config, Error> {
    Config::read(text, "x.toml")
}

fn refused(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn every_table_is_read() {
    let config = read(FULL).unwrap();
    let doubt = Doubt {
        low_confidence: Some(3.0),
        low_logprob: Some(-1.5),
        low_top_logprob: Some(-0.6),
        caught: 0.9,
        false_alarms: 0.1,
    };
    let fast = Rung { doubt: Some(doubt), ..Rung::new("fast", "fast") };
    let think = Rung {
        thinking_tokens: 4_096,
        thinking_least: 1_024,
        samples: 3,
        depth: 2,
        strategy: Strategy::ProbeFirst { agree: 2, in_turn: true },
        answer_tokens: 500,
        input_price: 1.0,
        output_price: 2.0,
        cached_price: Some(0.5),
        written_price: Some(1.25),
        context_window: Some(128_000),
        capabilities: vec!["vision".into(), "tools".into()],
        ability: Some(0.8),
        ..Rung::new("think", "mid-model")
    };
    let moves = Moves::without("raise", &["samples", "model"]).unwrap();
    let ladder = Ladder::new(vec![fast, think], Some("think"), Some("fast")).unwrap().with_moves(moves);
    assert_eq!(*config.ladder, ladder);
    assert_eq!(config.policy, Some(Policy::Utility { usd_per_error: 2.0 }));
    let ceiling = Ceiling {
        tokens: Some(100_000),
        usd: Some(1.0),
        seconds: Some(120.0),
        samples: Some(9),
        depth: Some(2),
        escalations: Some(1),
    };
    assert_eq!(config.ceiling, Some(ceiling));
    let cap = Cap {
        usd: Some(Usd::from_dollars(10.0)),
        tokens: Some(5),
        period: Some(86_400.0),
        key: Some("acme".into()),
        ..Cap::new(Scope::Tenant)
    };
    assert_eq!(config.caps, std::slice::from_ref(&cap));
    assert_eq!((config.ledger.ttl, config.ledger.accounts, config.ledger.live), (60.0, 10, 20));
    assert_eq!(config.ledger().unwrap().unwrap().caps(), [cap]);
    let sessions = config.sessions.unwrap();
    assert_eq!((sessions.capacity, sessions.ttl, sessions.cache_ttl, sessions.down_after), (7, 1.5, 60.0, 2));
    let mut rules = Rules {
        low_confidence: Some(4.5),
        low_steps: None,
        low_top_logprob: None,
        loop_period: 512,
        vote: VoteRule::Majority,
        retries: 2,
        exit: Some(0.95),
        loops: false,
        ramps: vec![RampRule {
            on: Evidence::Stall,
            odds: 0.5,
            moves: vec![Move::Think { most: 2, by: 3.0 }, Move::Escalate],
        }],
        ..Rules::default()
    };
    rules.stall.calls = 4;
    assert_eq!(config.rules, Some(rules));
    config.governor().unwrap().build().unwrap();
}

#[test]
fn what_is_left_out_is_the_cores_default() {
    let config = read(&format!("{RUNG}[rules]\n[ceiling]\n[sessions]\n[ledger]")).unwrap();
    assert_eq!(config.ladder.rungs(), [Rung::new("a", "a")]);
    assert_eq!((config.rules, config.ceiling), (Some(Rules::default()), Some(Ceiling::default())));
    let config = read(RUNG).unwrap();
    assert!(
        (config.policy.is_none(), config.ceiling.is_none(), config.rules.is_none()) == (true, true, true)
    );
    assert!(config.sessions.is_none() && config.caps.is_empty() && config.ledger().unwrap().is_none());
}

#[test]
fn every_policy_is_read() {
    let policy = |table: &str| read(&format!("{RUNGS}[policy]\n{table}")).unwrap().policy.unwrap();
    assert_eq!(policy("kind = 'threshold'\nthresholds = [0.5]"), Policy::Threshold { thresholds: vec![0.5] });
    for table in
        ["shares = [0.8, 0.2]", "kind = 'shares'", "usd_per_1000 = 2.5", "shares = [1, 0]\nhysteresis = 0"]
    {
        assert_eq!(policy(table).name(), "shares");
    }
    let Policy::Paced(pacer) =
        policy("kind = 'paced'\nusd = 100\nper = 60\nweights = { acme = 2, 'a b' = 0.5 }")
    else {
        panic!("another policy")
    };
    let options = pacer.options();
    assert_eq!(
        (options.usd, options.period, options.usd_per_error, options.fairness),
        (100.0, 60.0, 1.0, 0.5)
    );
    assert_eq!(options.weights, [("a b".to_owned(), 0.5), ("acme".to_owned(), 2.0)]);
}

#[test]
fn a_reload_keeps_what_the_file_has_not_changed() {
    let paced = |per: u32, rest: &str| {
        read(&format!("{RUNG}{rest}\n[policy]\nkind = 'paced'\nusd = 10\nper = {per}")).unwrap()
    };
    let old = paced(60, "").with_offset(5.0).unwrap();
    let Some(Policy::Paced(pacer)) = &old.policy else { panic!("another policy") };
    pacer.note(None, 1.0, 0.0);
    let seen = |config: &Config| match &config.policy {
        Some(Policy::Paced(pacer)) => pacer.pace().queries,
        _ => 0,
    };
    let new = |per, rest| paced(per, rest).with_offset(5.5).unwrap().keeping(&old);
    assert_eq!(seen(&new(60, "samples = 4")), 1);
    assert_eq!(seen(&new(61, "")), 0);
    let Some(Policy::Paced(fresh)) = new(61, "").policy else { panic!("another policy") };
    assert_eq!((pacer.options().offset, fresh.options().offset), (5.0, 5.5));
    assert!(new(60, "samples = 4").keeps_ledger(&old));
    assert!(!new(60, "[ledger]\nttl = 5").keeps_ledger(&old));
    assert!(!new(60, "[[cap]]\nscope = 'fleet'\nusd = 1").keeps_ledger(&old));
    assert!(old.with_offset(f64::NAN).is_err());
    // The ledger's windows end where Unix time says.
    let capped = paced(60, "[[cap]]\nscope = 'fleet'\nusd = 1\nper = 60").with_offset(50.0).unwrap();
    assert_eq!(capped.ledger().unwrap().unwrap().until_next_window(60.0, 0.0), 10.0);
}

#[test]
fn bytes_are_text_within_bounds() {
    assert_eq!(decode(RUNG.as_bytes(), "x.toml").unwrap(), RUNG);
    assert_eq!(
        decode(b"[[rung]]\nname = '\xff'", "x.toml").unwrap_err().to_string(),
        "x.toml is malformed at byte 17: not UTF-8"
    );
    let large = "#".repeat(MAX_BYTES + 1);
    let message = "x.toml is malformed at byte 1048576: more than 1048576 bytes";
    assert_eq!(decode(large.as_bytes(), "x.toml").unwrap_err().to_string(), message);
    assert_eq!(refused(&large), message);
    assert!(read(&format!("{RUNG}{}", &large[RUNG.len() + 1..])).is_ok());
    assert!(read(&format!("\u{feff}{RUNG}")).is_ok(), "a byte order mark is no text");
}

#[test]
fn the_schema_has_every_field() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let properties = |path: &str| {
        let found = schema.pointer(path).unwrap_or_else(|| panic!("{path}: {schema:#}"));
        found["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        properties(""),
        "cap ceiling default forbid ledger policy rules rung sessions sleep start_max thinking"
    );
    assert_eq!(schema["required"], serde_json::json!(["rung"]));
    assert_eq!(properties("/properties/ceiling"), "depth escalations samples seconds tokens usd");
    assert_eq!(
        properties("/properties/rung/items/properties/doubt"),
        "caught false_alarms low_confidence low_logprob low_top_logprob"
    );
    assert_eq!(properties("/properties/rules/properties/ramps/items/properties/moves/items"), "by most name");
    let policies = schema.pointer("/properties/policy/oneOf").unwrap().as_array().unwrap();
    let kinds: Vec<_> =
        policies.iter().map(|one| (&one["properties"]["kind"]["const"], &one["required"])).collect();
    let wanted = serde_json::json!([
        ["shares", []],
        ["utility", ["kind", "usd_per_error"]],
        ["threshold", ["kind", "thresholds"]],
        ["paced", ["kind", "usd"]],
    ]);
    assert_eq!(serde_json::json!(kinds), wanted);
    // Nothing of Rust's is left, and no table takes other fields.
    let text = schema.to_string();
    for gone in ["null", "uint", "double", "$ref", "$defs"] {
        assert!(!text.contains(gone), "{gone}: {schema:#}");
    }
    assert_eq!(
        text.matches("\"type\":\"object\"").count(),
        text.matches("additionalProperties").count(),
        "{schema:#}"
    );
}
