//! Any order of events: no ceiling is passed, nothing is opened once the run is over, each sent sample ends exactly once, and
//! nothing that came is lost.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::features::Scan;
use rheostat::governor::Governor;
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::plan::PlanOptions;
use rheostat::query::Query;
use rheostat::run::{Failure, FailureKind, Run, Usage};
use rheostat_host::{Command, Heard, Host, Judge, Piece, Reading, Together};
use std::borrow::Cow;
use std::collections::BTreeSet;

const CEILING: u64 = 600;

/// An event of one of the open streams, or of all.
#[derive(Debug, Clone)]
enum Event {
    Ask(usize),
    Text(usize, String),
    Token(usize, f64),
    Usage(usize, u64),
    Answer(usize, String),
    Reason(usize, &'static str),
    Empty(usize),
    Bytes(usize, &'static str),
    End(usize),
    Fail(usize, FailureKind),
    Take,
    Wait(f64),
}

const BYTES: [&str; 10] = [
    "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"168\"}}]}\n\n",
    "data: {\"choices\":[{\"index\":2,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"choices\":[{\"index\":2,\"delta\":{\"content\":\"1\"}},{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
    "data: {\"choi",
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"168\"}}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\n",
    "data: {\"error\":{\"message\":\"overloaded\"}}\n\n",
    "data: [DONE]\n\n",
    "",
];

fn event() -> impl Strategy<Value = Event> {
    let one = 0..8_usize;
    prop_oneof![
        2 => (0..6_usize).prop_map(Event::Ask),
        3 => (one.clone(), "[a-z1 ]{0,12}").prop_map(|(i, text)| Event::Text(i, text)),
        3 => (one.clone(), -4.0..0.1).prop_map(|(i, p)| Event::Token(i, p)),
        1 => (one.clone(), prop_oneof![0..900_u64, Just(u64::MAX)]).prop_map(|(i, n)| Event::Usage(i, n)),
        1 => (one.clone(), "[12 ]{0,2}").prop_map(|(i, answer)| Event::Answer(i, answer)),
        1 => (one.clone(), prop_oneof![Just("stop"), Just("length"), Just("content_filter"), Just("?")])
            .prop_map(|(i, word)| Event::Reason(i, word)),
        1 => one.clone().prop_map(Event::Empty),
        3 => (one.clone(), 0..BYTES.len()).prop_map(|(i, at)| Event::Bytes(i, BYTES[at])),
        2 => one.clone().prop_map(Event::End),
        1 => (one, 0..FailureKind::ALL.len()).prop_map(|(i, kind)| Event::Fail(i, FailureKind::ALL[kind])),
        1 => Just(Event::Take),
        1 => prop_oneof![0.0..30.0, Just(f64::NAN), Just(-9.0)].prop_map(Event::Wait),
    ]
}

fn start(votes: bool) -> Run {
    let rung = |name: &str, samples| Rung {
        samples,
        answer_tokens: 100,
        input_price: 1.0,
        output_price: 10.0,
        ..Rung::new(name, name)
    };
    let rungs = vec![rung("a", if votes { 3 } else { 1 }), rung("b", 1)];
    let ladder = Ladder::new(rungs, Some("a"), None).unwrap();
    let ceiling = Ceiling { tokens: Some(CEILING), seconds: Some(60.0), ..Ceiling::default() };
    let governor = Governor::builder(ladder.into()).ceiling(ceiling).build().unwrap();
    let query = Query::text("How many primes are there below 1,000?", 1 << 14);
    let options = PlanOptions { rung: Some("a"), ..PlanOptions::default() };
    Run::start(&governor.plan(&query, &options, &mut Scan::new()).unwrap(), 0.0)
}

/// A driver, with its own count of streams.
struct Driver {
    host: Host,
    now: f64,
    open: Vec<u32>,
    sent: BTreeSet<u32>,
    ended: BTreeSet<u32>,
    /// Samples that have ended before their request did.
    early: BTreeSet<u32>,
    reads: bool,
    extracts: bool,
    shown: Vec<u8>,
    came: String,
}

impl Driver {
    fn new(votes: bool, reads: Option<Together>, extracts: bool, judge: Judge) -> Self {
        let mut host = Host::new(start(votes), extracts);
        if let Some(together) = reads {
            let surface = "openai.chat".to_owned();
            let (reports_usage, hold_tokens, hold_seconds) = (true, 2, 9.0);
            let reading = Reading { surface, reports_usage, judge, hold_tokens, hold_seconds, together };
            host.reads(reading, 0.0).unwrap();
        }
        let (open, sent, ended, early) = (Vec::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (shown, came) = (Vec::new(), String::new());
        Self { host, now: 0.0, open, sent, ended, early, reads: reads.is_some(), extracts, shown, came }
    }

    fn at(&self, i: usize) -> Option<u32> {
        (!self.open.is_empty()).then(|| self.open[i % self.open.len()])
    }

    fn leave(&mut self, stream: u32) {
        self.open.retain(|one| *one != stream);
        for one in self.host.members(stream) {
            assert!(self.ended.insert(one) || self.early.contains(&one), "stream {one} ended twice");
        }
    }

    fn end(&mut self, stream: u32) {
        let text_of = |one| (one, self.host.text_of(one).and_then(found));
        let found: Vec<_> = self.host.members(stream).into_iter().map(text_of).collect();
        self.host.end_all(stream, &found, self.now).unwrap();
        assert!(self.host.closed(stream));
        self.leave(stream);
    }

    fn end_one(&mut self, stream: u32) {
        let found = self.host.text_of(stream).and_then(found);
        self.host.end(stream, found.as_deref(), self.now).unwrap();
        assert!(self.host.stream(stream).unwrap().over());
    }

    /// Gives bytes of a stream's reply. True to read on.
    fn feed(&mut self, stream: u32, bytes: &[u8]) -> bool {
        let goes_on = self.host.feed(stream, bytes, self.now);
        for one in self.host.finished() {
            assert!(self.ended.insert(one), "stream {one} ended twice");
            self.early.insert(one);
            self.end_one(one);
        }
        goes_on && !self.host.closed(stream)
    }

    fn tell(&mut self, i: usize, piece: &Piece<'_>) {
        if let Some(stream) = self.at(i).filter(|_| !self.reads)
            && !self.host.tell(stream, piece, self.now)
        {
            self.end(stream);
        }
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Ask(room) => {
                let over = self.host.over();
                let streams = self.host.next(*room, self.now).unwrap();
                assert!(!over || streams.is_empty(), "a stream was opened behind the end");
                for stream in streams {
                    for one in self.host.members(stream) {
                        assert!(self.sent.insert(one), "stream {one} was opened twice");
                    }
                    self.open.push(stream);
                }
            }
            Event::Text(i, text) => {
                self.tell(*i, &Piece::of_text(text));
                self.came += text;
            }
            Event::Token(i, logprob) => {
                let heard = Heard::Token { logprob: Some(*logprob), top: &[-0.1, -3.0] };
                self.tell(*i, &Piece { heard, ..Piece::of_text("1") });
            }
            Event::Usage(i, output) => {
                let usage = Usage { output: Some(*output), ..Usage::default() };
                self.tell(*i, &Piece { usage: Some(usage), ..Piece::default() });
            }
            Event::Answer(i, answer) => {
                self.tell(*i, &Piece { answer: Some(Cow::Borrowed(answer)), ..Piece::default() });
            }
            Event::Reason(i, word) => {
                self.tell(*i, &Piece { finish_reason: Some(Cow::Borrowed(word)), ..Piece::default() });
            }
            Event::Empty(i) => self.tell(*i, &Piece::default()),
            Event::Bytes(i, bytes) => {
                if let Some(stream) = self.at(*i).filter(|_| self.reads)
                    && (!self.feed(stream, bytes.as_bytes()) || bytes.is_empty())
                    && self.open.contains(&stream)
                {
                    self.end(stream);
                }
            }
            Event::End(i) => {
                if let Some(stream) = self.at(*i) {
                    self.end(stream);
                }
            }
            Event::Fail(i, kind) => {
                if let Some(stream) = self.at(*i) {
                    let text_of = |one| (one, self.host.text_of(one).and_then(found));
                    let found: Vec<_> = self.host.members(stream).into_iter().map(text_of).collect();
                    let failure = Failure::new(*kind, "failed");
                    match &*found {
                        [(one, found)] => self.host.fail(*one, &failure, found.as_deref(), self.now).unwrap(),
                        all => self.host.fail_all(stream, &failure, all, self.now).unwrap(),
                    }
                    self.leave(stream);
                }
            }
            Event::Take => {
                let news = self.host.take(self.now);
                self.shown.extend(news);
            }
            Event::Wait(seconds) => {
                self.now += seconds.max(0.0);
                self.host.tick(self.now + seconds.min(0.0));
            }
        }
        self.follow();
    }

    fn follow(&mut self) {
        while let Some(command) = self.host.poll() {
            match command {
                Command::Report { stream, .. } => assert!(self.sent.contains(&stream)),
                Command::Keep { stream, text } => {
                    assert!(self.extracts);
                    if let Some(answer) = found(&text) {
                        self.host.keep(stream, &answer);
                    }
                }
            }
        }
        for stream in self.host.cancelled() {
            self.leave(stream);
        }
    }

    fn close(mut self) -> (Host, Vec<u8>, BTreeSet<u32>) {
        self.host.close(self.now);
        self.follow();
        let rest = self.host.rest();
        self.shown.extend(rest);
        (self.host, self.shown, self.sent)
    }
}

fn found(text: &str) -> Option<String> {
    text.contains('1').then(|| "1".to_owned())
}

/// The bytes that end one sample settle the run, so the request is given up; then the driver ends it itself.
#[test]
fn a_request_that_the_driver_has_left_is_not_to_be_closed_again() {
    let mut driver = Driver::new(true, Some(Together::Always), true, Judge::ALL[0].1);
    driver.apply(&Event::Ask(1));
    for at in [4, 0, 5, 2] {
        driver.apply(&Event::Bytes(0, BYTES[at]));
    }
    assert!(driver.host.over() && driver.open.is_empty());
}

proptest! {
    #[test]
    fn any_order_of_events_keeps_the_contract(
        votes in any::<bool>(),
        reads in prop_oneof![Just(None), Just(Some(Together::Never)), Just(Some(Together::Always))],
        extracts in any::<bool>(),
        judge in 0..3_usize,
        events in prop::collection::vec(event(), 0..60),
    ) {
        let mut driver = Driver::new(votes, reads, extracts, Judge::ALL[judge].1);
        let granted = |host: &Host| -> u64 {
            (0..).map_while(|number| host.stream(number)).map(|one| one.call().max_tokens).sum()
        };
        let mut before: Vec<u8> = Vec::new();
        for event in &events {
            driver.apply(event);
            prop_assert!(driver.shown.starts_with(&before), "what the user saw was taken back");
            before.clone_from(&driver.shown);
        }
        let reported = events.iter().any(|event| matches!(event, Event::Usage(..)));
        let (host, shown, sent) = driver.close();
        // Every stream that was sent has ended, and so has the run.
        prop_assert!(sent.iter().all(|number| host.stream(*number).is_some_and(rheostat_host::Stream::over)));
        prop_assert!(host.run().done());
        // Content past a grant is passed over. A provider's report may say more: it is recorded.
        let spent = host.run().spent();
        prop_assert!(reported || spent.tokens <= CEILING, "{} tokens", spent.tokens);
        prop_assert!(granted(&host) >= spent.tokens || reported);
        prop_assert!(shown.starts_with(&before));
        // Text that came is the answer of a run that has no other.
        let text = (0..).map_while(|number| host.stream(number)).any(|one| one.text().contains('1'));
        prop_assert!(!text || host.run().answer().is_some(), "a text was lost");
    }
}
