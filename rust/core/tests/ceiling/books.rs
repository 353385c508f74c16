//! A run played by a host that behaves at random, against the second set of books.

use super::choices::Choices;
use super::draws::{moves, prices, rules, rung, usage, worth};
use super::entry::{Entry, Reports, Stream};
use rheostat::ladder::{Dials, Limit, Rung};
use rheostat::rules::Evidence;
use rheostat::run::{Action, ActionKind, Brief, CallKind, Failure, FailureKind, Reason, Run, Scope};
use std::sync::Arc;

/// One run, its limit, and the books.
pub(crate) struct Books {
    pub(crate) run: Run,
    pub(crate) limit: Limit,
    rungs: Vec<Rung>,
    input_tokens: u64,
    pub(crate) entries: Vec<Entry>,
    /// The newest time that was a number.
    now: f64,
    deadline: f64,
    overshot: bool,
    exposure: u64,
    /// Dollars that calls above the entry rung may cost.
    escalated: f64,
    /// Tokens and dollars counted or reported at the last look.
    certain: (u64, f64),
    /// Unsent samples that may still give their place back.
    waivable: u32,
    pub(crate) retried: usize,
    /// The host's events so far: asked, reported, ended, closed.
    pub(crate) events: u64,
}

const ODD_TIMES: [f64; 5] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0];
pub(crate) const ODD_VALUES: [f32; 8] =
    [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, 5.0, f32::MAX, f32::MIN, -1.0];

impl Books {
    pub(crate) fn open(choices: &mut impl Choices) -> Self {
        let count = 1 + choices.below(4);
        let rungs: Vec<Rung> = (0..count).map(|i| rung(choices, i)).collect();
        let limit = Limit {
            tokens: choices.mostly(&[100, 500, 3000, 50_000], &[0, 1, 99, u64::MAX]),
            usd: choices.mostly(&[0.002, 0.05, 1.0], &[0.0, 1e-6, 1e30, f64::INFINITY]),
            seconds: choices.mostly(&[5.0, 30.0, 1e9], &[0.0, f64::NAN, f64::INFINITY]),
            samples: choices.mostly(&[2, 4, 9, 40], &[0, 1, u32::MAX]),
            depth: choices.pick(&[1, 2, 3]),
            escalations: choices.pick(&[0, 1, 2, 9]),
            entry: choices.pick(&[0, 0, 0, 1]),
            escalated_usd: choices.mostly(&[f64::INFINITY, f64::INFINITY, 0.01], &[0.0, f64::NAN]),
        };
        let start = choices.below(count) as usize;
        let (first, input_tokens) = (&rungs[start], choices.pick(&[0, 1, 200]));
        let brief = Brief {
            rungs: rungs.clone().into(),
            allowed: choices.pick(&[false, true]).then(|| (0..count).map(|i| i % 2 == 0).collect()),
            left_out: None,
            rung: start,
            once: limit.tokens == u64::MAX,
            dials: Dials::of(first),
            input_tokens,
            max_tokens: None,
            limit,
            derived_usd: false,
            moves: moves(choices),
            worth: worth(choices, count as usize),
            rules: rules(choices).into(),
            retries: Arc::default(),
            breakers: Arc::default(),
        };
        let deadline = if limit.seconds > 0.0 { 1.0 + limit.seconds } else { 1.0 };
        let run = Run::from_brief(brief, 1.0).unwrap();
        Self {
            run,
            limit,
            rungs,
            input_tokens,
            entries: Vec::new(),
            now: 1.0,
            deadline,
            overshot: false,
            exposure: 0,
            escalated: 0.0,
            certain: (0, 0.0),
            waivable: limit.samples,
            retried: 0,
            events: 0,
        }
    }

    /// When the next event happens.
    fn time(&mut self, choices: &mut impl Choices) -> f64 {
        self.events += 1;
        let now = match choices.below(24) {
            0 => choices.pick(&ODD_TIMES),
            1 => self.now + 3.0,
            _ => self.now + 0.01,
        };
        if now.is_finite() {
            self.now = self.now.max(now);
        }
        now
    }

    /// Asks for calls, enters them, and checks every limit.
    fn ask(&mut self, choices: &mut impl Choices) -> usize {
        let now = self.time(choices);
        let calls = self.run.next(now).unwrap();
        let granted = calls.len();
        assert!(granted == 0 || self.now < self.deadline, "granted at {} past {}", self.now, self.deadline);
        for call in calls {
            let rung = &self.rungs[call.rung as usize];
            let draft = call.resume.as_ref().map_or(0, |text| text.len() as u64 / 3);
            let scores = call.kind == CallKind::Score;
            // Answers have at most the tokens of their own grants.
            let (one, distilled) = (Dials::of(rung).max_tokens(), rung.strategy.distils().unwrap_or(0));
            let draft = match call.kind {
                CallKind::Score => draft.min(one),
                CallKind::Distil => draft.min(one.saturating_mul(self.launched(call.rung))),
                CallKind::Refine => draft.min(distilled),
                _ => draft,
            };
            assert!(
                call.kind != CallKind::Distil || (call.max_tokens, call.thinking_tokens) == (distilled, 0)
            );
            assert!(call.max_tokens >= 1 && call.samples >= 1);
            assert!(call.delay >= 0.0 && (call.delay == 0.0) == (call.attempt == 0), "{call:?}");
            self.retried += usize::from(call.attempt > 0);
            assert!(
                !scores || (call.max_tokens == rung.scorer.as_ref().unwrap().tokens && call.parent.is_some())
            );
            let room = if scores { call.max_tokens } else { rung.answer_tokens.min(call.max_tokens) };
            assert!(call.max_tokens - call.thinking_tokens >= room, "thinking has eaten the answer's room");
            let stream = |i| Stream {
                handle: call.sample(i).unwrap(),
                counted: 0,
                bare: 0,
                bytes: 0,
                seen: 0,
                least: 0,
                reports: Reports::default(),
                max_tokens: call.max_tokens,
                extra: 0,
                began: false,
                ended: false,
                lost: false,
                waived: false,
                gated: false,
            };
            self.entries.push(Entry {
                streams: (0..call.samples).map(stream).collect(),
                prices: prices(rung, scores),
                input_estimate: self.input_tokens + draft,
                reports: None,
                failed: false,
                call,
            });
        }
        if granted > 0 {
            self.check_grants();
        }
        (self.exposure, self.escalated) = (self.exposures(), self.escalated());
        granted
    }

    /// Samples of a rung that were launched.
    fn launched(&self, rung: u32) -> u64 {
        let calls = self.entries.iter().map(|entry| &entry.call);
        let generates = calls.filter(|call| call.rung == rung && call.kind == CallKind::Generate);
        generates.map(|call| u64::from(call.samples)).sum()
    }

    fn exposures(&self) -> u64 {
        // An engine may go past a grant of nearly all numbers.
        self.entries.iter().map(Entry::exposure).fold(0, u64::saturating_add)
    }

    fn escalated(&self) -> f64 {
        let above = self.entries.iter().filter(|e| e.call.rung as usize > self.limit.entry);
        above.map(Entry::dollars).sum()
    }

    fn check_grants(&self) {
        let (tokens, limit) = (self.exposures(), &self.limit);
        assert!(tokens <= limit.tokens, "{tokens} tokens granted under {}", limit.tokens);
        let usd: f64 = self.entries.iter().map(Entry::dollars).sum();
        assert!(usd <= limit.usd * (1.0 + 1e-9) + 1e-9, "{usd} dollars granted under {}", limit.usd);
        // A call of no price is granted under any cap, and may report more input than was expected.
        let most = (limit.escalated_usd.max(0.0) * (1.0 + 1e-9) + 1e-9).max(self.escalated);
        let escalated = self.escalated();
        assert!(escalated <= most, "{escalated} dollars granted above the entry rung under {most}");
        let samples: u32 = self.entries.iter().map(Entry::samples).sum();
        assert!(samples <= limit.samples, "{samples} samples granted under {}", limit.samples);
        let rungs: Vec<u32> = self.entries.iter().map(|e| e.call.rung).collect();
        let ups = rungs.windows(2).filter(|w| w[0] != w[1]).count() as u32;
        assert!(rungs.is_sorted() && ups <= limit.escalations && self.run.escalations() <= limit.escalations);
        for rung in 0..self.rungs.len() as u32 {
            let revisions = self.entries.iter().filter(|e| e.call.rung == rung && !e.failed);
            let revisions = revisions.filter(|e| e.call.kind == CallKind::Revise).count() as u32;
            assert!(revisions < limit.depth.max(1), "{revisions} revisions under a depth of {}", limit.depth);
        }
    }

    /// After every event: spending is exact, and only an overshoot adds to what may be spent.
    fn check_event(&mut self) {
        let spent = self.run.spent();
        let outputs = self.entries.iter().map(Entry::output);
        // Reports may add up past what 64 bits hold: such a sum stays at the top, as the run's does.
        let add =
            |sum: (u64, u64), each: [u64; 3]| (sum.0.saturating_add(each[0]), sum.1.saturating_add(each[2]));
        let (certain, all) = outputs.fold((0, 0), add);
        assert_eq!(spent.tokens, all, "the run lost or invented spending");
        assert_eq!(spent.tokens - spent.estimated_tokens, certain, "the run takes an estimate for a count");
        let dollars: f64 = self.entries.iter().map(Entry::certain_dollars).sum();
        let fell = certain < self.certain.0 || dollars < self.certain.1 * (1.0 - 1e-9);
        assert!(!fell, "spending fell from {:?} to {:?}", self.certain, (certain, dollars));
        self.certain = (certain, dollars);
        // Sums of whole picodollars saturate at 18 million.
        if dollars < 1e6 && spent.usd < 1e6 {
            let known = spent.usd - spent.estimated_usd;
            assert!((known - dollars).abs() <= dollars * 1e-6 + 1e-6, "{known} dollars, not {dollars}");
        }
        let exposure = self.exposures();
        self.overshot |= exposure > self.exposure;
        (self.exposure, self.escalated) = (exposure, self.escalated());
        assert!(self.overshot || exposure <= self.limit.tokens);
        assert!(spent.usd.is_finite() && spent.seconds >= 0.0);
    }

    /// One event on one stream.
    fn signal(&mut self, choices: &mut impl Choices) {
        let now = self.time(choices);
        let (call, sample) = self.anyone(choices);
        let entry = &mut self.entries[call];
        let stream = &mut entry.streams[sample];
        let max = entry.call.max_tokens + stream.extra;
        let value = choices.pick(&ODD_VALUES);
        let mut row = [-0.1, -9.0, -12.0, -15.0];
        let kind = choices.below(11);
        let (tokens, bare, action) = match kind {
            0 => (1, false, stream.handle.token(Some(f64::from(value)), &[value, value], Some("a b"), now)),
            1 => (1, true, stream.handle.token(None, &[], None, now)),
            2 => (4, true, stream.handle.tokens(&[value; 4], &[-2.0; 8], 2, now)),
            3 => (3, true, stream.handle.tokens(&[], &[value; 7], 2, now)),
            4 => {
                row[choices.below(4) as usize] = value;
                (1, true, stream.handle.logits(&row, now))
            }
            5 if value > 0.5 => (0, false, stream.handle.score(f64::from(value), now)),
            5 => (0, false, stream.handle.step(f64::from(value), now)),
            6 => {
                let probability = choices.pick(&[None, Some(f64::NAN), Some(0.9)]);
                (0, false, stream.handle.probe(choices.pick(&["1", "1", ""]), probability, now))
            }
            7 => {
                let left = max.saturating_sub(stream.counted);
                let n = choices.mostly(&[0, 1, left / 2, left], &[left.saturating_add(7)]).min(1 << 30);
                (n, true, stream.handle.text("", Some(n), now))
            }
            8 => {
                let usage = usage(choices, stream.output(), entry.input_estimate, stream.max_tokens);
                stream.lost &= !Reports::tells(&usage, stream.shown());
                stream.reports.add(&usage, stream.shown(), &entry.prices);
                (0, false, stream.handle.usage(usage, now))
            }
            _ => {
                let text = choices
                    .pick(&["some text that no one counts", "", "x"])
                    .repeat(choices.pick(&[1, 1, 40]));
                stream.bytes += text.len() as u64;
                (0, false, stream.handle.text(&text, None, now))
            }
        };
        stream.counted += tokens;
        stream.bare += if bare { tokens } else { 0 };
        stream.began = true;
        stream.look();
        if Self::obey(entry, sample, action) {
            // More was granted in the middle of a stream: a grant like any other.
            self.check_grants();
            (self.exposure, self.escalated) = (self.exposures(), self.escalated());
        }
    }

    /// Notes what a stop or a discarding ramp gives up, and whether one granted more to a stream that goes on.
    fn obey(entry: &mut Entry, sample: usize, action: Action) -> bool {
        if matches!(action.reason, Reason::Gated | Reason::Loop) && action.scope == Scope::Sample {
            entry.streams[sample].gated |= action.reason == Reason::Gated;
        }
        if action.kind != ActionKind::Ramp || action.scope == Scope::Run {
            return false;
        }
        let more = action.tokens.filter(|_| !action.discards);
        if let Some(more) = more {
            entry.streams[sample].extra += more;
            entry.streams[sample].look();
        }
        more.is_some()
    }

    fn anyone(&mut self, choices: &mut impl Choices) -> (usize, usize) {
        // Mostly the newest call, as a host would; at times any, ended or not.
        let calls = self.entries.len() as u64;
        let call = if choices.below(4) == 0 { choices.below(calls) } else { calls - 1 } as usize;
        (call, choices.below(self.entries[call].streams.len() as u64) as usize)
    }

    fn finish(&mut self, call: usize, sample: usize, choices: &mut impl Choices) {
        let now = self.time(choices);
        let answer = choices.pick(&[None, Some("1"), Some("1"), Some(" 1 "), Some("2"), Some(""), Some("3")]);
        let stream = &mut self.entries[call].streams[sample];
        let result = stream.handle.finish(answer, now);
        assert_eq!(result.is_err(), stream.ended, "a stream ends once");
        if !stream.ended {
            (stream.began, stream.ended) = (true, true);
        }
    }

    /// A failure of any kind, with any wish to wait.
    fn failure(choices: &mut impl Choices) -> Failure<'static> {
        Failure {
            kind: choices.pick(&FailureKind::ALL),
            error: "failed",
            sent: choices.pick(&[None, None, Some(true), Some(false)]),
            retry_after: choices.mostly(
                &[None, Some(0.0), Some(2.0), Some(1e9)],
                &[Some(f64::NAN), Some(f64::INFINITY), Some(-1.0), Some(f64::MAX)],
            ),
        }
    }

    fn fail(&mut self, call: usize, choices: &mut impl Choices) {
        let (now, failure) = (self.time(choices), Self::failure(choices));
        let entry = &mut self.entries[call];
        let over = entry.failed || entry.streams.iter().all(|s| s.ended);
        let failed = entry.call.fail_with(&failure, now);
        assert_eq!(failed.is_err(), over);
        if !over {
            entry.failed = true;
            for i in 0..entry.streams.len() {
                self.lose(call, i, &failure);
            }
        }
    }

    fn fail_stream(&mut self, call: usize, sample: usize, choices: &mut impl Choices) {
        let (now, failure) = (self.time(choices), Self::failure(choices));
        let stream = &self.entries[call].streams[sample];
        assert_eq!(stream.handle.fail_with(&failure, now).is_err(), stream.ended);
        self.lose(call, sample, &failure);
    }

    /// Enters the failure of a stream that has not ended.
    fn lose(&mut self, call: usize, sample: usize, failure: &Failure<'_>) {
        let entry = &mut self.entries[call];
        let stream = &mut entry.streams[sample];
        if stream.ended {
            return;
        }
        // An engine may have worked on it if the host says so, or else by the kind, or because something came.
        let spends = matches!(failure.kind, FailureKind::Transient | FailureKind::Refusal);
        let sent = failure.sent.unwrap_or(spends || stream.began);
        (stream.ended, stream.lost, stream.waived) = (true, sent, !sent && self.waivable > 0);
        entry.failed |= entry.streams.iter().all(|s| s.ended);
        if !sent && entry.call.kind == CallKind::Generate {
            self.waivable = self.waivable.saturating_sub(1);
        }
    }

    fn cancel(&mut self, call: usize, sample: usize, choices: &mut impl Choices) {
        let now = self.time(choices);
        let stream = &mut self.entries[call].streams[sample];
        assert_eq!(stream.handle.cancel(now).is_err(), stream.ended, "a stream ends once");
        if !stream.ended {
            (stream.began, stream.ended) = (true, true);
        }
    }

    fn usage(&mut self, call: usize, choices: &mut impl Choices) {
        let now = self.time(choices);
        let entry = &mut self.entries[call];
        let (seen, estimate) = (entry.seen(), entry.input_estimate);
        let whole = entry.call.max_tokens.saturating_mul(u64::from(entry.call.samples));
        let usage = usage(choices, seen, estimate, whole);
        entry.call.report(usage, now);
        let reports = entry.reports.get_or_insert_default();
        reports.add(&usage, seen, &entry.prices);
        if Reports::tells(&usage, seen) {
            entry.streams.iter_mut().for_each(|s| s.lost = false);
        }
    }

    pub(crate) fn play(&mut self, choices: &mut impl Choices) {
        if choices.below(8) == 0 {
            let now = self.time(choices);
            self.run.tick(now);
        }
        for _ in 0..choices.pick(&[2, 8, 25]) {
            if self.entries.is_empty() || choices.below(5) == 0 {
                self.ask(choices);
            }
            if self.entries.is_empty() {
                break;
            }
            let (call, sample) = self.anyone(choices);
            match choices.below(20) {
                19 => self.cancel(call, sample, choices),
                18 => self.fail_stream(call, sample, choices),
                17 => {
                    let now = self.time(choices);
                    let result = choices.pick(&[Ok("a"), Ok("b"), Err("1"), Err("no")]);
                    self.run.turn(choices.pick(&["x", "y", ""]), result, now);
                }
                16 => {
                    let evidence = choices.pick(&Evidence::ALL);
                    let now = self.time(choices);
                    self.run.observe(evidence, now);
                }
                0 => self.fail(call, choices),
                1 => self.usage(call, choices),
                2..=5 => self.finish(call, sample, choices),
                6 if choices.below(10) == 0 => {
                    let now = self.time(choices);
                    self.run.close(now);
                    return;
                }
                _ => self.signal(choices),
            }
            self.check_event();
        }
        self.wind_up(choices);
    }

    /// A host that ends every stream always comes to an end.
    fn wind_up(&mut self, choices: &mut impl Choices) {
        for _ in 0..200 {
            for call in 0..self.entries.len() {
                for sample in 0..self.entries[call].streams.len() {
                    if !self.entries[call].streams[sample].ended {
                        self.finish(call, sample, choices);
                    }
                }
            }
            self.check_event();
            if self.ask(choices) == 0 {
                assert!(self.run.done(), "nothing in flight, nothing granted, and yet not done");
                return;
            }
        }
        panic!("the run never ends");
    }
}
