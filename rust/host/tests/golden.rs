//! Plays `tests/golden/host.json`: what an upstream and a user do, and what it must lead to.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::plan::PlanOptions;
use rheostat::query::Query;
use rheostat::rules::Rules;
use rheostat::run::{CallKind, Failure, FailureKind, Run};
use rheostat::strategy::Strategy;
use rheostat::vote::VoteRule;
use rheostat_host::{Command, Host, Judge, Reading, Together};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;

/// The clock's time at the start. Only waits move it.
const STARTED: f64 = 100.0;

fn rung(fields: &Value) -> Rung {
    let text = |name: &str| fields[name].as_str().map(str::to_owned);
    let name = text("name").unwrap();
    let mut rung = Rung::new(name.clone(), text("model").unwrap_or(name));
    for (name, value) in fields.as_object().unwrap() {
        let whole = || value.as_u64().unwrap();
        match name.as_str() {
            "name" | "model" => {}
            "answer_tokens" => rung.answer_tokens = whole(),
            "output_price" => rung.output_price = value.as_f64().unwrap(),
            "samples" => rung.samples = whole() as u32,
            "depth" => rung.depth = whole() as u32,
            "agree" => rung.strategy = Strategy::ProbeFirst { agree: whole() as u32, in_turn: false },
            "deployment" => rung.deployment = text("deployment"),
            "fallbacks" => {
                let names = value.as_array().unwrap().iter();
                rung.fallbacks = names.map(|name| name.as_str().unwrap().to_owned()).collect();
            }
            other => assert_eq!(other, "a known field"),
        }
    }
    rung
}

fn run(ask: &str, case: &Value) -> Run {
    let ladder = &case["ladder"];
    let rungs: Vec<Rung> = ladder["rungs"].as_array().unwrap().iter().map(rung).collect();
    let ladder = Ladder::new(rungs, ladder["default"].as_str(), ladder["start_max"].as_str()).unwrap();
    let mut rules = Rules::default();
    if let Some(vote) = case["rules"]["vote"].as_str() {
        rules.vote = VoteRule::from_name(vote).unwrap();
    }
    let ceiling = Ceiling { seconds: case["ceiling"]["seconds"].as_f64(), ..Ceiling::default() };
    let governor = Governor::builder(ladder.into()).rules(rules).ceiling(ceiling).build().unwrap();
    let options = PlanOptions { at: STARTED, ..PlanOptions::default() };
    let plan = governor.plan(&Query::text(ask, 1 << 14), &options, &mut Scan::new()).unwrap();
    Run::start(&plan, STARTED)
}

struct Play<'a> {
    case: &'a Value,
    host: Host,
    now: f64,
    replies: VecDeque<&'a Value>,
    requests: Vec<Value>,
    waits: Vec<f64>,
    shown: Vec<u8>,
    error: Option<String>,
    left: bool,
}

impl<'a> Play<'a> {
    fn new(ask: &str, case: &'a Value) -> Self {
        let mut host = Host::new(run(ask, case), false);
        let reading = Reading {
            surface: "openai.chat".to_owned(),
            reports_usage: false,
            judge: Judge::from_name(case["judge"].as_str().unwrap_or("before_first_byte")).unwrap(),
            hold_tokens: case["hold_tokens"].as_u64().unwrap_or(64),
            hold_seconds: 1e9,
            together: Together::Known,
        };
        host.reads(reading, STARTED).unwrap();
        Self {
            case,
            host,
            now: STARTED,
            replies: case["replies"].as_array().unwrap().iter().collect(),
            requests: Vec::new(),
            waits: Vec::new(),
            shown: Vec::new(),
            error: None,
            left: false,
        }
    }

    /// Serves the run, one stream at a time, as a driver does.
    fn serve(&mut self) {
        while !self.host.over() && !self.left {
            let streams = self.host.next(1, self.now).unwrap();
            if streams.is_empty() {
                break;
            }
            for stream in streams {
                self.stream(stream);
            }
        }
        self.host.close(self.now);
    }

    fn stream(&mut self, stream: u32) {
        let call = self.host.stream(stream).unwrap().call().clone();
        if call.delay > 0.0 {
            self.waits.push(call.delay);
            self.now += call.delay;
        }
        let mut request =
            json!({"model": &*call.model, "kind": call.kind.as_str(), "max_tokens": call.max_tokens});
        if let Some(deployment) = &call.deployment {
            request["deployment"] = json!(&**deployment);
        }
        self.requests.push(request);
        assert_ne!(call.kind, CallKind::Probe, "no case has one");
        let reply = self.replies.pop_front().unwrap();
        let pieces = reply["pieces"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ends = reply["fails"].is_null().then_some(&b""[..]);
        for bytes in pieces.iter().map(|piece| piece.as_str().unwrap().as_bytes()).chain(ends) {
            let goes_on = self.host.feed(stream, bytes, self.now);
            self.follow();
            if !goes_on {
                return self.end(stream);
            }
            self.take();
            if self.left {
                return;
            }
        }
        match reply["fails"].as_str() {
            None => self.end(stream),
            Some(kind) => {
                let kind = FailureKind::from_name(kind).unwrap();
                let retry_after = reply["retry_after"].as_f64();
                self.error = Some("no".to_owned());
                let failure = Failure { retry_after, ..Failure::new(kind, "no") };
                self.host.fail(stream, &failure, None, self.now).unwrap();
                self.follow();
                self.take();
            }
        }
    }

    fn end(&mut self, stream: u32) {
        if let Some(why) = self.host.broken(stream) {
            self.error = Some(why.to_owned());
        }
        self.host.end(stream, None, self.now).unwrap();
        self.follow();
        self.take();
    }

    /// No caller watches, and no function takes answers out of texts.
    fn follow(&mut self) {
        while let Some(command) = self.host.poll() {
            assert!(matches!(command, Command::Report { .. }), "{command:?}");
        }
    }

    /// Shows the user what may be shown.
    fn take(&mut self) {
        if !self.left {
            self.shown.extend(self.host.take(self.now));
            let events = self.shown.windows(2).filter(|two| *two == b"\n\n").count() as u64;
            self.left = self.case["leaves_after"].as_u64().is_some_and(|most| events >= most);
        }
    }

    /// The result, without fields that are empty.
    fn told(mut self) -> Value {
        if !self.left {
            self.shown.extend(self.host.rest());
        }
        let run = self.host.run();
        let spent = run.spent();
        let whole = self.host.best().and_then(|best| self.host.whole(best));
        let reply: Option<Value> = whole.map(|whole| serde_json::from_slice(&whole).unwrap());
        let waits: Vec<f64> = self.waits.iter().map(|wait| (wait * 1e6).round() / 1e6).collect();
        let told = json!({
            "requests": self.requests,
            "waits": waits,
            "shown": String::from_utf8(self.shown).unwrap(),
            "reply": reply,
            "error": self.error.filter(|_| self.host.unanswered() && !self.left),
            "answer": run.answer(),
            "settled": run.settled(),
            "ended": run.ended().map(rheostat::run::Reason::as_str),
            "tokens": spent.tokens,
            "samples": spent.samples,
            "calls": spent.calls,
            "rung": run.rung(),
            "fallbacks": run.fallbacks(),
            "escalations": run.escalations(),
        });
        let Value::Object(told) = told else { unreachable!() };
        let empty = |value: &Value| value.is_null() || *value == json!([]) || *value == json!("");
        Value::Object(told.into_iter().filter(|(_, value)| !empty(value)).collect::<Map<_, _>>())
    }
}

#[test]
fn each_case_leads_to_what_the_file_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/host.json");
    let golden: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() >= 30);
    for case in cases {
        let mut play = Play::new(golden["ask"].as_str().unwrap(), case);
        play.serve();
        assert_eq!(play.told(), case["leads_to"], "{}", case["name"]);
    }
}
