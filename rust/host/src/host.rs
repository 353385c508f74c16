//! The machine: opens streams, hears pieces, ends and failures.

use crate::bundle::Bundle;
use crate::piece::Piece;
use crate::relay::Relay;
use crate::stream::Stream;
use rheostat::Result;
use rheostat::run::{Action, ActionKind, Call, CallKind, Ending, Failure, Finish, Run, Scope};
use rheostat::vote::is_blank;
use rheostat_wire::ending;
use std::collections::VecDeque;

/// A task of the driver besides its I/O.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Tell whoever watches the run of an action other than to go on.
    Report {
        /// The stream that it answers.
        stream: u32,
        /// The action.
        action: Action,
    },
    /// Take the answer out of the text of a stream that broke off, and pass it to [`Host::keep`].
    Keep {
        /// The stream.
        stream: u32,
        /// Its text.
        text: String,
    },
}

/// The rules of a host for one run. Streams are numbered from 0, in the order of their grants. Times are as a [`Run`] takes them.
///
/// ```
/// use rheostat_host::{Host, Piece};
/// # use rheostat::{governor::Governor, ladder::{Ladder, Rung}, query::Query, run::Run};
/// # let ladder = Ladder::new(vec![Rung::new("fast", "fast")], None, None)?;
/// # let governor = Governor::builder(ladder.into()).build()?;
/// # let query = Query::text("What is the capital of France?", 1 << 14);
/// # let plan = governor.plan(&query, &Default::default(), &mut Default::default())?;
/// let mut host = Host::new(Run::start(&plan, 0.0), false);
/// while !host.over() {
///     let streams = host.next(usize::MAX, 0.0)?;
///     if streams.is_empty() {
///         break;
///     }
///     for stream in streams {
///         host.tell(stream, &Piece::of_text("Paris"), 0.0);
///         host.end(stream, None, 0.0)?;
///     }
/// }
/// host.close(0.0);
/// assert_eq!(host.run().answer().as_deref(), Some("Paris"));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug)]
pub struct Host {
    run: Run,
    /// True if answers are taken out of the texts by a function of the caller's.
    pub(crate) extracts: bool,
    pub(crate) over: bool,
    /// True once something came that is an answer, whatever fails behind it.
    pub(crate) heard: bool,
    pub(crate) calls: Vec<Call>,
    pub(crate) streams: Vec<Stream>,
    /// Granted and not sent.
    pub(crate) waiting: VecDeque<u32>,
    /// Sent and not ended, in the order of sending.
    pub(crate) open: Vec<u32>,
    /// Calls of which some streams were given up before they were sent.
    pub(crate) unsent: Vec<u32>,
    pub(crate) cancelled: Vec<u32>,
    /// Streams of bundles that have ended while their request goes on.
    pub(crate) finished: Vec<u32>,
    /// Models whose requests ask for one answer each.
    pub(crate) single: Vec<String>,
    pub(crate) commands: VecDeque<Command>,
    /// Where clients give bytes.
    pub(crate) relay: Option<Relay>,
}

impl Host {
    /// A host of a run. With `extracts`, a function of the caller's takes the answers out of the texts: the driver asks it where
    /// [`text_of`](Self::text_of) and [`Command::Keep`] say so.
    pub fn new(run: Run, extracts: bool) -> Self {
        Self {
            run,
            extracts,
            over: false,
            heard: false,
            calls: Vec::new(),
            streams: Vec::new(),
            waiting: VecDeque::new(),
            open: Vec::new(),
            unsent: Vec::new(),
            cancelled: Vec::new(),
            finished: Vec::new(),
            single: Vec::new(),
            commands: VecDeque::new(),
            relay: None,
        }
    }

    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// True once the run has its answer or has met its ceiling: nothing more is to be sent or read.
    pub fn over(&self) -> bool {
        self.over
    }

    /// One of its streams.
    pub fn stream(&self, stream: u32) -> Option<&Stream> {
        self.streams.get(stream as usize)
    }

    /// Asks the run for calls. Returns the streams to open now, each after its call's delay: at most `room`, and all probes, since
    /// the stream that a probe asks about is running. The others wait.
    ///
    /// # Errors
    /// As [`Run::next`].
    pub fn next(&mut self, room: usize, now: f64) -> Result<Vec<u32>> {
        if !self.asks(now) {
            return Ok(Vec::new());
        }
        let calls = self.run.next(now)?;
        Ok(self.granted(calls, room))
    }

    /// True while the open streams only have to be read. If false, ask [`next`](Self::next) and [`cancelled`](Self::cancelled): a call
    /// may be granted, a stream was given up, or all is [`over`](Self::over).
    pub fn steady(&self) -> bool {
        !self.over && self.cancelled.is_empty() && self.unsent.is_empty() && !self.run.asks()
    }

    /// True if streams wait for room: ask [`next`](Self::next) when another has ended.
    pub fn holds_back(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The first half of [`next`](Self::next), for a driver that asks the run itself: gives back what was abandoned before it was
    /// sent, so that the next rung has the room. False if nothing more is to be asked.
    pub fn asks(&mut self, now: f64) -> bool {
        if self.over {
            return false;
        }
        let unsent = std::mem::take(&mut self.unsent);
        for call in unsent {
            if self.open.iter().any(|one| self.call_of(*one) == call) {
                self.unsent.push(call);
            } else {
                self.give_back(call, now);
            }
        }
        true
    }

    /// The second half of [`next`](Self::next): takes what the run has granted, and returns the streams to open now.
    pub fn granted(&mut self, calls: Vec<Call>, room: usize) -> Vec<u32> {
        for call in calls {
            let first = self.streams.len() as u32;
            for index in 0..call.samples {
                let Ok(sample) = call.sample(index) else { continue };
                let reply = self.reply();
                self.streams.push(Stream::new(call.clone(), index, sample, reply));
            }
            let members: Vec<u32> = (first..self.streams.len() as u32).collect();
            if self.bundles(&call, room) {
                for one in self.streams.iter_mut().skip(first as usize + 1) {
                    one.lead = Some(first);
                }
                if let Some(one) = self.streams.get_mut(first as usize) {
                    one.bundle = Some(Bundle::new(members));
                }
                self.waiting.push_back(first);
            } else {
                self.waiting.extend(members);
            }
            self.calls.push(call);
        }
        let is_probe =
            |one: &u32| self.streams.get(*one as usize).is_some_and(|one| one.call().kind == CallKind::Probe);
        let (mut ready, others): (Vec<u32>, Vec<u32>) = self.waiting.drain(..).partition(is_probe);
        let sent = room.saturating_sub(ready.len()).min(others.len());
        ready.extend_from_slice(&others[..sent]);
        self.waiting.extend(&others[sent..]);
        for one in &ready {
            let members = self.members(*one);
            self.open.extend(members);
        }
        ready
    }

    /// Notes that a stream's request waits for its call's delay before it is sent: until then it costs nothing. A driver that waits
    /// calls this when it begins to.
    pub fn waits(&mut self, stream: u32, now: f64) {
        for one in self.members(stream) {
            if let Some(one) = self.streams.get_mut(one as usize) {
                one.due = now + one.call().delay;
            }
        }
    }

    /// Hears a piece of a stream. True to read on; if false, call [`end`](Self::end) and close the stream.
    ///
    /// A stream that has used up its grant is read on for up to 64 pieces, because its usage and its answer may come last; its
    /// content is not. Close one that stays silent.
    pub fn tell(&mut self, stream: u32, piece: &Piece<'_>, now: f64) -> bool {
        let Some(one) = self.streams.get_mut(stream as usize) else { return false };
        if one.over || one.stopped {
            return false;
        }
        one.usage = piece.usage.or(one.usage);
        if let Some(word) = &piece.finish_reason {
            one.ending = Some(ending::read(word));
        }
        if one.rest.is_some() && piece.is_content() {
            one.passes_over(&piece.text);
            return one.reads_on();
        }
        if let Some(answer) = piece.answer.as_ref().filter(|answer| !is_blank(answer)) {
            one.answer = Some(answer.to_string());
        }
        one.text.push_str(&piece.text);
        one.came |= piece.has_come();
        one.counts(piece.has_tokens());
        self.heard |= piece.probe.is_some();
        // The run gets the whole piece, even if its beginning stops the stream: the cost is at its end.
        let (actions, count) = piece.tell(&one.sample, now);
        let mut spent = one.rest.is_some() && count == 0;
        if count == 0 {
            // A client may give empty pieces for ever; each lets time pass.
            self.tick(now);
        }
        for action in actions.iter().flatten().copied() {
            spent = action.kind == ActionKind::Ceiling && action.scope == Scope::Sample;
            if spent {
                self.report(action, stream);
            } else if self.obey(action, Some(stream), now)
                && let Some(one) = self.streams.get_mut(stream as usize)
            {
                one.stopped = true;
            }
        }
        let Some(one) = self.streams.get_mut(stream as usize) else { return false };
        one.note(spent, &piece.text);
        one.reads_on()
    }

    /// The text that the caller's function takes an answer out of when the stream ends or fails. None if none is needed: there is no
    /// such function, the client has told the answer, or the stream has ended.
    pub fn text_of(&self, stream: u32) -> Option<&str> {
        let one = self.streams.get(stream as usize).filter(|one| !one.over && one.answer.is_none())?;
        (self.extracts && !one.is_aside()).then_some(&one.text)
    }

    /// The text of a stream that a scorer of the caller's is asked about before it ends; pass its score to [`score`](Self::score).
    /// None if no score is wanted.
    pub fn scored_text(&self, stream: u32) -> Option<&str> {
        let one = self.streams.get(stream as usize).filter(|one| !(one.over || one.stopped))?;
        self.run.wants_score(one.sample.id()).then_some(&one.text)
    }

    /// Hears the score of a stream's text, in `[0, 1]`.
    pub fn score(&mut self, stream: u32, score: f64, now: f64) {
        if let Some(one) = self.streams.get(stream as usize) {
            let action = one.sample.score(score, now);
            self.obey(action, Some(stream), now);
        }
    }

    /// Hears that a stream has ended, with the answer that the caller's function found in [`text_of`](Self::text_of). If it was
    /// stopped, or cut at its grant, only an answer counts.
    ///
    /// # Errors
    /// [`Error::State`](rheostat::Error::State) if somebody else has ended its sample.
    pub fn end(&mut self, stream: u32, extracted: Option<&str>, now: f64) -> Result<()> {
        if let Some(why) = self.broken(stream).map(str::to_owned) {
            return self.fail(stream, &self.failure_of(stream, &why), extracted, now);
        }
        self.found(stream, extracted);
        let Some(one) = self.streams.get(stream as usize).filter(|one| !one.over) else { return Ok(()) };
        let answer = one.answer.as_deref().or(extracted).filter(|answer| !answer.is_empty());
        let text = one.whole().filter(|_| answer.is_none() && (one.is_aside() || !self.extracts));
        // An answer that the client has told counts, however the stream ended. A stream that the run's end stops is closed, as the
        // others are: it costs what came of it.
        let closed = if self.over && one.stopped { Some(Ending::Cancelled) } else { one.ending };
        let ending = closed.filter(|_| answer.is_none()).unwrap_or(Ending::Unknown);
        let came = answer.is_some() || text.is_some();
        if !came && let Some(calls) = one.cut_calls() {
            one.sample.keep(calls);
        } else if !came && !self.extracts {
            one.sample.keep(&one.text);
        }
        let action = one.sample.finish_with(&Finish { answer, text, ending }, now);
        self.heard |= came && !one.is_aside();
        self.leave(stream);
        self.obey(action?, Some(stream), now);
        Ok(())
    }

    /// Hears that a stream has failed, with the answer that the caller's function found in what came before. The kind decides what
    /// the run does next; that its engine has worked is known from what came.
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub fn fail(
        &mut self,
        stream: u32,
        failure: &Failure<'_>,
        extracted: Option<&str>,
        now: f64,
    ) -> Result<()> {
        self.found(stream, extracted);
        let Some(one) = self.stream(stream).filter(|one| !one.over) else { return Ok(()) };
        if one.is_told() {
            return self.end_told(stream, extracted, now);
        }
        let sent = one.came.then_some(true).or(failure.sent);
        self.keep_found(stream, extracted);
        let Some(one) = self.streams.get(stream as usize) else { return Ok(()) };
        let action = one.sample.fail_with(&Failure { sent, ..*failure }, now);
        self.note_failed(stream);
        self.leave(stream);
        self.obey(action?, Some(stream), now);
        Ok(())
    }

    /// Ends a stream whose connection broke behind its answer or its end: that costs nothing.
    pub(crate) fn end_told(&mut self, stream: u32, extracted: Option<&str>, now: f64) -> Result<()> {
        self.feed_one(stream, b"", true, now);
        if let Some(reply) = self.streams.get_mut(stream as usize).and_then(|one| one.reply.as_mut()) {
            reply.broken = None;
        }
        self.end(stream, extracted, now)
    }

    pub(crate) fn note_failed(&mut self, stream: u32) {
        if let Some(one) = self.streams.get_mut(stream as usize) {
            one.failed = true;
        }
    }

    /// Keeps what came of a stream that fails: its answer, or else its text.
    pub(crate) fn keep_found(&mut self, stream: u32, extracted: Option<&str>) {
        self.found(stream, extracted);
        let Some(one) = self.streams.get(stream as usize) else { return };
        self.heard |= one.answer.is_some();
        let kept = one.answer.as_deref().or(extracted);
        if let Some(kept) = kept.or((!self.extracts).then_some(&one.text)) {
            one.sample.keep(kept);
        }
    }

    /// Keeps the answer that the caller's function found in the text of a stream that broke off; see [`Command::Keep`].
    pub fn keep(&mut self, stream: u32, answer: &str) {
        self.found(stream, Some(answer));
        if let Some(one) = self.streams.get(stream as usize) {
            one.sample.keep(answer);
        }
    }

    /// The next thing to do, oldest first. Ask after each event.
    pub fn poll(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// The streams that were abandoned since this was last asked: close their I/O.
    pub fn cancelled(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.cancelled)
    }

    /// Lets time pass, so that a deadline is met while all streams are silent.
    pub fn tick(&mut self, now: f64) {
        let action = self.run.tick(now);
        self.obey(action, None, now);
    }

    /// Ends what is in flight, then what was never sent, then the run.
    pub fn close(&mut self, now: f64) {
        for stream in self.open.clone() {
            // Clients stop at the mark of the end, before their stream has ended. Where a function takes the answers out of the texts,
            // the answer is not known here.
            if !self.extracts && self.stream(stream).is_some_and(Stream::is_told) {
                self.end_told(stream, None, now).ok();
            } else {
                self.cancel(stream, now);
            }
        }
        let mut unsent = std::mem::take(&mut self.unsent);
        for stream in std::mem::take(&mut self.waiting) {
            let call = self.call_of(stream);
            if !unsent.contains(&call) {
                unsent.push(call);
            }
        }
        for call in unsent {
            self.give_back(call, now);
        }
        self.run.close(now);
    }

    /// True if nothing came that is an answer: then the last error of its streams is what the caller gets. The run's answer is the
    /// longest text that came before an error.
    pub fn unanswered(&self) -> bool {
        !(self.heard || self.run.settled())
    }

    /// Gives back a call whose last streams were never sent. If all its streams have ended, nothing is left to give back.
    fn give_back(&self, call: u32, now: f64) {
        if let Some(call) = self.calls.iter().find(|one| one.id == call) {
            call.withdraw(now).ok();
        }
    }

    /// Notes what the caller's function found.
    fn found(&mut self, stream: u32, extracted: Option<&str>) {
        if let Some(one) = self.streams.get_mut(stream as usize).filter(|_| extracted.is_some()) {
            one.extracted = extracted.map(str::to_owned);
        }
    }

    /// The number of the call that a stream belongs to.
    pub(crate) fn call_of(&self, stream: u32) -> u32 {
        self.streams.get(stream as usize).map_or(u32::MAX, |one| one.call().id)
    }

    pub(crate) fn leave(&mut self, stream: u32) {
        self.open.retain(|one| *one != stream);
        if let Some(one) = self.streams.get_mut(stream as usize) {
            one.over = true;
        }
    }
}
