//! The ceiling, as a property: no order of events, no values and no threads take what is *granted* past any limit.
//!
//! A host that behaves at random plays each run against a second set of books, kept here by other means than the
//! core's: the action that every stream got, the rest of its grant, the provider's reports in any order and form. At every
//! grant the books must still be inside the limit; between grants only an engine that writes past its grant may take them
//! out of it. What is counted or reported never falls. A failed call keeps its grant until its usage is known.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test that fails here has failed

use proptest::prelude::*;
use rheostat::ladder::{Dials, Limit, Load, Moves, Rung, ThinkingMove};
use rheostat::rules::{Evidence, Move, Rules};
use rheostat::run::{Action, ActionKind, Brief, Call, CallKind, Reason, Run, Sample, Scope, Usage, Worth};
use rheostat::strategy::Strategy;

const LOAD: Load = Load { input_tokens: 50.0, output_tokens: 50.0, difficulty: 0.5 };

/// Where a run's choices come from: a generator, or bytes that proptest can shrink.
trait Choices {
    /// A number below `n`.
    fn below(&mut self, n: u64) -> u64;

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// One of `usual`, but once in sixteen one of `odd`.
    fn mostly<T: Copy>(&mut self, usual: &[T], odd: &[T]) -> T {
        if self.below(16) == 15 { self.pick(odd) } else { self.pick(usual) }
    }
}

struct Generator(u64);

impl Choices for Generator {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % n
    }
}

struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Choices for Bytes<'_> {
    fn below(&mut self, n: u64) -> u64 {
        u64::from(self.0.next().copied().unwrap_or(0)) % n
    }
}

/// A provider's reports of one stream or call, by the definition: the maximum of each field.
#[derive(Default, Clone, Copy)]
struct Reports {
    input: Option<u64>,
    cached: u64,
    written: u64,
    /// Output and reasoning, each at its largest.
    output: Option<u64>,
    reasoning: u64,
    /// The largest output, with a reasoning that is counted apart, and what was (counted, seen) then.
    most: Option<(u64, u64, u64)>,
    fell: bool,
    dollars: f64,
}

impl Reports {
    fn add(&mut self, usage: &Usage, shown: [u64; 3], prices: &[f64; 4]) {
        let [counted, _, seen] = shown;
        let real = |value: Option<u64>| value.filter(|&value| value > 0 || seen == 0);
        let apart = [usage.cached, usage.written].into_iter().flatten().any(|n| n > 0)
            || self.cached + self.written > 0;
        self.fell |= usage.output.zip(self.output).is_some_and(|(new, old)| 0 < new && new < old);
        self.input = self.input.max(usage.input.filter(|_| apart).or(real(usage.input)));
        self.output = self.output.max(real(usage.output));
        self.cached = self.cached.max(usage.cached.unwrap_or(0));
        self.written = self.written.max(usage.written.unwrap_or(0));
        self.reasoning = self.reasoning.max(usage.reasoning.unwrap_or(0));
        if let Some(output) = self.output {
            let all = if self.reasoning > output { output + self.reasoning } else { output };
            if self.most.is_none() || all > self.output(shown)[0] {
                self.most = Some((all, counted, seen));
            }
        }
        let (input, special) = (self.input.unwrap_or(0), self.cached + self.written);
        let plain = if special > input { input } else { input - special };
        let [fresh, cached, written, _] = prices;
        let parts = [(plain, fresh), (self.cached, cached), (self.written, written)];
        let dollars: f64 = parts.iter().map(|(tokens, price)| *tokens as f64 * **price).sum();
        self.dollars = self.dollars.max(dollars);
    }

    /// True if a report tells the output.
    fn tells(usage: &Usage, [_, least, seen]: [u64; 3]) -> bool {
        usage.output.is_some_and(|output| (output > 0 || seen == 0) && !(0 < output && output < least))
    }

    /// Output tokens that are certain, the fewest and the expected, given those that streams show.
    fn output(&self, [counted, least, seen]: [u64; 3]) -> [u64; 3] {
        let Some((most, counted_then, seen_then)) = self.most else {
            return [counted, least, seen].map(|tokens| tokens.max(self.reasoning));
        };
        let certain = counted.max(most + counted.saturating_sub(counted_then));
        let least = least.max(certain);
        let since = most + seen.saturating_sub(seen_then);
        [certain, least, least.max(if self.fell { since.max(seen) } else { since })]
    }
}

/// One stream in the books.
#[expect(clippy::struct_excessive_bools, reason = "books, not an interface")]
struct Stream {
    handle: Sample,
    /// Tokens counted, and those of them that came without text.
    counted: u64,
    bare: u64,
    /// Bytes of text (ASCII) without tokens.
    bytes: u64,
    /// The most tokens shown so far, and the fewest that the text can be.
    seen: u64,
    least: u64,
    reports: Reports,
    max_tokens: u64,
    /// Tokens granted while it ran.
    extra: u64,
    began: bool,
    ended: bool,
    /// It failed, and its usage is not known.
    lost: bool,
    /// It never reached its engine, so that it takes no place among the samples.
    waived: bool,
    gated: bool,
}

impl Stream {
    /// Looks at the text again: four bytes are a token, but for what counted tokens without text explain.
    fn look(&mut self) {
        let granted = self.max_tokens.saturating_add(self.extra);
        let explained = if self.bare > 0 { 6 * self.bare + 64 } else { 0 };
        let estimate = self.bytes.saturating_sub(explained).div_ceil(4);
        let all = self.counted + estimate;
        let slack = estimate.min(granted / 8 * 3 + 16);
        self.seen = self.seen.max(self.counted).max(all.min(granted.max(all - slack)));
        self.least = (self.counted + estimate / 4).min(self.seen);
    }

    fn shown(&self) -> [u64; 3] {
        [self.counted, self.least, self.seen]
    }

    fn output(&self) -> [u64; 3] {
        self.reports.output(self.shown())
    }

    /// The rest of its grant that it may still spend.
    fn left(&self) -> u64 {
        let open = !self.ended || self.lost;
        if open { self.max_tokens.saturating_add(self.extra).saturating_sub(self.output()[2]) } else { 0 }
    }
}

/// One call in the books.
struct Entry {
    call: Call,
    streams: Vec<Stream>,
    /// Dollars per million tokens: input, cached, written, output.
    prices: [f64; 4],
    input_estimate: u64,
    reports: Option<Reports>,
    failed: bool,
}

impl Entry {
    /// Tokens that its streams show: certain, the fewest, the expected.
    fn seen(&self) -> [u64; 3] {
        let outputs = self.streams.iter().map(Stream::output);
        outputs.fold([0_u64; 3], |sum, each| std::array::from_fn(|i| sum[i].saturating_add(each[i])))
    }

    /// Tokens written: the provider's report if there is one, and what streams showed after it.
    fn output(&self) -> [u64; 3] {
        let seen = self.seen();
        self.reports.map_or(seen, |reports| reports.output(seen))
    }

    /// Most tokens it may reach: the rest of its open streams, at most the whole grant.
    fn exposure(&self) -> u64 {
        let left = self.streams.iter().fold(0_u64, |sum, s| sum.saturating_add(s.left()));
        let granted = |s: &Stream| s.max_tokens.saturating_add(s.extra);
        let granted = self.streams.iter().fold(0_u64, |sum, s| sum.saturating_add(granted(s)));
        let output = self.output()[2];
        output.max(output.saturating_add(left).min(granted))
    }

    /// Cost of the input: reported, or else estimated for each stream that began or may yet begin.
    fn input(&self) -> (f64, f64) {
        let reported: f64 = self.streams.iter().map(|s| s.reports.dollars).sum();
        if let Some(reports) = self.reports.filter(|reports| reports.input.is_some()) {
            let dollars = reports.dollars.max(reported);
            return (dollars, dollars);
        }
        let reported = reported.max(self.reports.map_or(0.0, |reports| reports.dollars));
        let unreported = |s: &&Stream| s.reports.input.is_none();
        let reading =
            self.streams.iter().filter(unreported).filter(|s| s.began || !s.ended || s.lost).count();
        (reported, reported + (self.input_estimate * reading as u64) as f64 * self.prices[0])
    }

    fn dollars(&self) -> f64 {
        (self.input().1 + self.exposure() as f64 * self.prices[3]) / 1e6
    }

    /// Dollars that are counted or reported.
    fn certain_dollars(&self) -> f64 {
        (self.input().0 + self.output()[0] as f64 * self.prices[3]) / 1e6
    }

    fn samples(&self) -> u32 {
        let charged = self.call.kind == CallKind::Generate;
        if charged { self.streams.iter().filter(|s| !s.waived).count() as u32 } else { 0 }
    }
}

/// One run, its limit, and the books.
struct Books {
    run: Run,
    limit: Limit,
    rungs: Vec<Rung>,
    input_tokens: u64,
    entries: Vec<Entry>,
    /// The newest time that was a number.
    now: f64,
    deadline: f64,
    overshot: bool,
    exposure: u64,
    /// Tokens and dollars counted or reported at the last look.
    certain: (u64, f64),
    /// Unsent samples that may still give their place back.
    waivable: u32,
    /// The host's events so far: asked, reported, ended, closed.
    events: u64,
}

const ODD_TIMES: [f64; 5] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0];
const ODD_VALUES: [f32; 8] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, 5.0, f32::MAX, f32::MIN, -1.0];

fn rung(choices: &mut impl Choices, i: u64) -> Rung {
    let samples = choices.pick(&[1, 1, 2, 3, 5, 40]);
    let agree = 2 + choices.below(u64::from(samples)) as u32;
    let probes = Strategy::ProbeFirst { agree, in_turn: choices.below(2) == 0 };
    Rung {
        strategy: if agree <= samples && choices.below(2) == 0 { probes } else { Strategy::Vote },
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

fn moves(choices: &mut impl Choices) -> Moves {
    let way = choices.pick(&[
        ThinkingMove::Restart,
        ThinkingMove::Never,
        ThinkingMove::Continue,
        ThinkingMove::Raise,
    ]);
    let yes = choices.mostly(&[true], &[false]);
    Moves { thinking: way, samples: choices.mostly(&[true], &[false]), depth: yes, model: true }
}

fn worth(choices: &mut impl Choices, rungs: usize) -> Option<Worth> {
    let usd_per_error = choices.pick(&[None, None, Some(0.0), Some(0.1), Some(1e9)])?;
    let price_of_compute = choices.pick(&[0.0, 1.0, 50.0]);
    let p_correct = (0..rungs).map(|i| 0.5 + 0.1 * i as f64).collect();
    Some(Worth { usd_per_error, price_of_compute, p_correct, load: LOAD })
}

fn rules(choices: &mut impl Choices) -> Rules {
    let mut rules = Rules { window: choices.pick(&[1, 3]), ..Rules::default() };
    rules.low_confidence = choices.pick(&[rules.low_confidence, None]);
    rules.probe_every = choices.pick(&[0, 0, 0, 2]);
    rules.exit = choices.pick(&[None, Some(0.5)]);
    rules.entropy_rise = choices.pick(&[None, Some(0.5)]);
    rules.branching = choices.pick(&[None, Some(0.0)]);
    rules.gate = choices.pick(&[None, Some(0.5), Some(1.0)]);
    rules.gate_warmup = choices.pick(&[1, 1, 2, 16]);
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

fn prices(rung: &Rung) -> [f64; 4] {
    let cached = rung.cached_price.unwrap_or(rung.input_price);
    [rung.input_price, cached, rung.input_price, rung.output_price]
}

impl Books {
    fn open(choices: &mut impl Choices) -> Self {
        let count = 1 + choices.below(4);
        let rungs: Vec<Rung> = (0..count).map(|i| rung(choices, i)).collect();
        let limit = Limit {
            tokens: choices.mostly(&[100, 500, 3000, 50_000], &[0, 1, 99, u64::MAX]),
            usd: choices.mostly(&[0.002, 0.05, 1.0], &[0.0, 1e-6, 1e30, f64::INFINITY]),
            seconds: choices.mostly(&[5.0, 30.0, 1e9], &[0.0, f64::NAN, f64::INFINITY]),
            samples: choices.mostly(&[2, 4, 9, 40], &[0, 1, u32::MAX]),
            depth: choices.pick(&[1, 2, 3]),
            escalations: choices.pick(&[0, 1, 2, 9]),
        };
        let start = choices.below(count) as usize;
        let (first, input_tokens) = (&rungs[start], choices.pick(&[0, 1, 200]));
        let brief = Brief {
            rungs: rungs.clone().into(),
            allowed: choices.pick(&[false, true]).then(|| (0..count).map(|i| i % 2 == 0).collect()),
            rung: start,
            dials: Dials::of(first),
            input_tokens,
            limit,
            derived_usd: false,
            moves: moves(choices),
            worth: worth(choices, count as usize),
            rules: rules(choices).into(),
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
            certain: (0, 0.0),
            waivable: limit.samples,
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
            assert!(call.max_tokens >= 1 && call.samples >= 1);
            let room = rung.answer_tokens.min(call.max_tokens);
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
                prices: prices(rung),
                input_estimate: self.input_tokens + draft,
                reports: None,
                failed: false,
                call,
            });
        }
        if granted > 0 {
            self.check_grants();
        }
        self.exposure = self.exposures();
        granted
    }

    fn exposures(&self) -> u64 {
        // An engine may go past a grant of nearly all numbers.
        self.entries.iter().map(Entry::exposure).fold(0, u64::saturating_add)
    }

    fn check_grants(&self) {
        let (tokens, limit) = (self.exposures(), &self.limit);
        assert!(tokens <= limit.tokens, "{tokens} tokens granted under {}", limit.tokens);
        let usd: f64 = self.entries.iter().map(Entry::dollars).sum();
        assert!(usd <= limit.usd * (1.0 + 1e-9) + 1e-9, "{usd} dollars granted under {}", limit.usd);
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
        self.exposure = exposure;
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
            self.exposure = self.exposures();
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
        entry.streams[sample].extra += more.unwrap_or(0);
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

    fn fail(&mut self, call: usize, choices: &mut impl Choices) {
        let now = self.time(choices);
        let sent = choices.below(3) > 0;
        let entry = &mut self.entries[call];
        let over = entry.failed || entry.streams.iter().all(|s| s.ended);
        let failed =
            if sent { entry.call.fail("reset", now) } else { entry.call.fail_unsent("no route", now) };
        assert_eq!(failed.is_err(), over);
        if !over {
            entry.failed = true;
            for stream in entry.streams.iter_mut().filter(|s| !s.ended) {
                (stream.ended, stream.lost, stream.waived) = (true, sent, !sent && self.waivable > 0);
                if !sent && entry.call.kind == CallKind::Generate {
                    self.waivable = self.waivable.saturating_sub(1);
                }
            }
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

    fn play(&mut self, choices: &mut impl Choices) {
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
            match choices.below(18) {
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

/// A report in any form: right, too small, zero, without a field, with parts counted apart, or absurd.
fn usage(choices: &mut impl Choices, [counted, _, all]: [u64; 3], input: u64, whole: u64) -> Usage {
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

/// Coverage of the generated runs, so that a change cannot quietly make the property empty.
#[derive(Debug, Default)]
struct Met {
    events: u64,
    calls: usize,
    escalated: usize,
    revised: usize,
    clamped: usize,
    stopped: usize,
    raised: usize,
    verified: usize,
    probed: usize,
    gated: usize,
    uncertain: usize,
    exited: usize,
    stalled: usize,
}

impl Met {
    fn note(&mut self, books: &Books) {
        self.events += books.events;
        self.calls += books.entries.len();
        self.escalated += usize::from(books.run.escalations() > 0);
        self.revised += usize::from(books.entries.iter().any(|e| e.call.kind == CallKind::Revise));
        self.raised += usize::from(books.entries.iter().any(|e| e.streams.iter().any(|s| s.extra > 0)));
        self.verified += usize::from(books.entries.iter().any(|e| e.call.kind == CallKind::Verify));
        self.probed += usize::from(books.entries.iter().any(|e| e.call.kind == CallKind::Probe));
        let met = |reason| usize::from(books.run.trail().iter().any(|e| e.reason == reason));
        self.gated += books.entries.iter().flat_map(|e| &e.streams).filter(|s| s.gated).count();
        self.uncertain += met(Reason::Uncertain);
        self.exited += met(Reason::ProbeSure);
        self.stalled += met(Reason::Stall) + met(Reason::ToolErrors);
        self.clamped += usize::from(books.run.trail().iter().any(|e| e.reason == Reason::Clamped));
        self.stopped += usize::from(books.run.ended().is_some_and(Reason::is_ceiling));
    }
}

/// Generated runs, each of up to some hundred events: about three million events. `RHEOSTAT_RUNS` asks for more, and
/// `RHEOSTAT_FIRST` for another first seed, so that several processes can share a long check.
fn runs() -> u64 {
    number("RHEOSTAT_RUNS").unwrap_or(200_000)
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn no_run_passes_any_ceiling() {
    let mut met = Met::default();
    let first = number("RHEOSTAT_FIRST").unwrap_or(0);
    for seed in first..first + runs() {
        let mut choices = Generator(seed.wrapping_mul(0xd134_2543_de82_ef95));
        let mut books = Books::open(&mut choices);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| books.play(&mut choices)));
        assert!(result.is_ok(), "seed {seed}, under {:?}", books.limit);
        met.note(&books);
    }
    println!("{} runs from seed {first}: {met:?}", runs());
    assert!(met.events > 10 * runs(), "{met:?}");
    let runs = runs() as usize;
    assert!(met.calls > runs && met.escalated > runs / 25, "{met:?}");
    assert!(met.raised > runs / 2000 && met.verified > runs / 200 && met.probed > runs / 200, "{met:?}");
    assert!(met.uncertain > runs / 200 && met.exited > runs / 400 && met.stalled > runs / 200, "{met:?}");
    assert!(met.gated > runs / 2000, "{met:?}");
    assert!(met.revised > runs / 100 && met.clamped > runs / 20 && met.stopped > runs / 10, "{met:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Runs a script from bytes, so that a failure shrinks to its shortest script.
    #[test]
    fn no_script_passes_any_ceiling(script in prop::collection::vec(any::<u8>(), 20..300)) {
        let mut choices = Bytes(script.iter());
        Books::open(&mut choices).play(&mut choices);
    }
}

/// Hosts on several threads, all asking and all streaming within their grants: no sum passes its limit.
#[test]
fn no_threads_pass_any_ceiling() {
    for seed in 0..1500_u64 {
        let mut choices = Generator(seed ^ 0x5eed);
        let books = Books::open(&mut choices);
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let (run, mut choices) = (books.run.clone(), Generator(seed * 3 + thread));
                scope.spawn(move || host(&run, &mut choices));
            }
        });
        let (spent, limit) = (books.run.spent(), &books.limit);
        assert!(spent.tokens <= limit.tokens, "seed {seed}: {} tokens under {}", spent.tokens, limit.tokens);
        assert!(
            spent.usd <= limit.usd * (1.0 + 1e-9) + 1e-9,
            "seed {seed}: {} under {}",
            spent.usd,
            limit.usd
        );
        assert!(spent.samples <= limit.samples && books.run.escalations() <= limit.escalations);
    }
}

fn host(run: &Run, choices: &mut Generator) {
    let mut now = 1.0;
    for _ in 0..6 {
        now += 0.5;
        for call in run.next(now).unwrap() {
            for i in 0..call.samples {
                let sample = call.sample(i).unwrap();
                for _ in 0..call.max_tokens.min(choices.below(6)) {
                    sample.token(None, &[-2.0, choices.pick(&ODD_VALUES)], None, now);
                }
                let _ = sample.finish(choices.pick(&[None, Some("1"), Some("2")]), now);
            }
        }
        run.tick(now);
    }
}
