//! Several samples of a call in one request, where the provider has `n`: one stream of bytes in, a reply for each sample out.
//!
//! The first sample's stream leads: the driver opens, feeds and ends it alone. The others are open with it, and get their parts of its
//! bytes. Samples that end while others go on are in [`Host::finished`].

use crate::host::Host;
use crate::relay::Together;
use crate::reply::MISSING;
use crate::stream::Stream;
use rheostat::Result;
use rheostat::run::{Call, CallKind, Failure, Usage};
use rheostat_wire::reply::{Choices, Part};
use rheostat_wire::rewrite::Surface;

/// The samples of one request.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// Their streams, the leading one first.
    members: Vec<u32>,
    choices: Choices,
    /// True once the driver has left the request.
    left: bool,
}

impl Bundle {
    pub(crate) fn new(members: Vec<u32>) -> Self {
        let choices = Choices::new(members.len() as u64);
        Self { members, choices, left: false }
    }
}

impl Host {
    /// Number of answers that the request of a call's first stream asks for: all of its samples, or one.
    pub fn answers(&self, call: u32) -> u32 {
        let lead = self.streams.iter().find(|one| one.call().id == call);
        lead.and_then(|one| one.bundle.as_ref()).map_or(1, |bundle| bundle.members.len() as u32)
    }

    /// The streams that one request serves: those that a stream leads, or itself alone.
    pub fn members(&self, stream: u32) -> Vec<u32> {
        let bundle = self.stream(stream).and_then(|one| one.bundle.as_ref());
        bundle.map_or_else(|| vec![stream], |bundle| bundle.members.clone())
    }

    /// True once nothing more is to be read of a stream's request.
    pub fn closed(&self, stream: u32) -> bool {
        self.every(stream, |one| one.over)
    }

    /// True once nothing but the usage of a stream's request is due.
    pub fn ending(&self, stream: u32) -> bool {
        self.every(stream, |one| one.over || one.ending())
    }

    /// True if it holds for each stream that one request serves. Asked for each piece, so without a list of them.
    fn every(&self, stream: u32, holds: impl Fn(&Stream) -> bool) -> bool {
        let Some(one) = self.stream(stream) else { return true };
        match &one.bundle {
            None => holds(one),
            Some(bundle) => bundle.members.iter().all(|one| self.stream(*one).is_none_or(&holds)),
        }
    }

    /// Streams within a request that are to be ended by [`end`](Self::end) while it goes on.
    pub fn finished(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.finished)
    }

    /// Names models whose requests ask for one answer each: their servers know no `n`.
    pub fn asks_singly(&mut self, models: Vec<String>) {
        self.single = models;
    }

    /// True if the samples of a call go into one request.
    pub(crate) fn bundles(&self, call: &Call, room: usize) -> bool {
        let Some(reading) = self.reading() else { return false };
        let Ok(surface) = Surface::from_name(&reading.surface) else { return false };
        let most = match reading.together {
            Together::Never => 1,
            // Sent one after another, samples that a vote does not need any more cost nothing.
            Together::Known if room < call.samples as usize => 1,
            Together::Known => surface.answers(&call.model, false),
            Together::Always => surface.answers(&call.model, true),
        };
        if self.single.iter().any(|one| **one == *call.model) {
            return false;
        }
        // A server that ignores `n` gives one answer; the others are asked for one by one.
        call.kind == CallKind::Generate && (2..=most).contains(&call.samples.into())
    }

    /// The stream whose request serves a stream.
    pub fn lead_of(&self, stream: u32) -> u32 {
        self.stream(stream).and_then(|one| one.lead).unwrap_or(stream)
    }

    /// Hears bytes of a request that serves several streams. True to read on.
    pub(crate) fn feed_bundle(&mut self, lead: u32, bytes: &[u8], now: f64) -> bool {
        let members = self.members(lead);
        let Some(mut choices) = self.choices_of(lead).map(std::mem::take) else { return false };
        let ends = bytes.is_empty();
        let read = if ends { Ok(choices.end()) } else { choices.feed(bytes) };
        match read {
            Ok(parts) => parts.iter().for_each(|part| self.hear(&members, part, now)),
            Err(error) => {
                let why = error.to_string();
                for one in &members {
                    self.break_off(*one, &why);
                }
            }
        }
        if let Some(kept) = self.choices_of(lead) {
            *kept = choices;
        }
        if ends {
            self.end_replies(&members, now);
        }
        !ends && !self.over && !self.closed(lead)
    }

    fn choices_of(&mut self, lead: u32) -> Option<&mut Choices> {
        Some(&mut self.streams.get_mut(lead as usize)?.bundle.as_mut()?.choices)
    }

    /// Ends the replies of a request. One that never came, though another did, was never asked for: the server passed over `n`.
    fn end_replies(&mut self, members: &[u32], now: f64) {
        let said = |host: &Self, one: u32| {
            host.stream(one).and_then(|one| one.reply.as_ref()).is_some_and(|reply| reply.said > 0)
        };
        let answered = members.iter().any(|one| said(self, *one));
        for one in members {
            if !answered || said(self, *one) {
                self.feed_one(*one, b"", false, now);
                continue;
            }
            self.break_off(*one, MISSING);
        }
    }

    fn hear(&mut self, members: &[u32], part: &Part, now: f64) {
        if let Some(usage) = part.usage.filter(|usage| *usage != Usage::default())
            && let Some(call) =
                members.first().and_then(|one| self.stream(*one)).map(|one| one.call().clone())
        {
            if let Some(lead) = members.first().and_then(|lead| self.streams.get_mut(*lead as usize)) {
                lead.usage = Some(usage);
            }
            // It is that of all answers together.
            let action = call.report(usage, now);
            self.obey(action, None, now);
        }
        for (answer, one) in (0..).zip(members) {
            let hears = part.answer.is_none_or(|other| other == answer);
            if hears && !self.finished.contains(one) && self.stream(*one).is_some_and(|one| !one.over) {
                let goes_on = self.feed_one(*one, &part.bytes, false, now);
                if !goes_on {
                    self.finished.push(*one);
                }
            }
        }
        // One that has ended counts at once, so that the rest may be closed. The last waits for the usage of all.
        let open =
            |one: &&u32| self.stream(**one).is_some_and(|one| !one.over) && !self.finished.contains(one);
        let ended = |one: &u32| self.stream(*one).is_some_and(|one| one.ending.is_some());
        let (ended, going): (Vec<u32>, Vec<u32>) = members.iter().filter(open).partition(|one| ended(one));
        if !going.is_empty() {
            self.finished.extend(ended);
        }
    }

    /// Ends all streams that a stream leads; `extracted` has what the caller's function found in the text of each.
    ///
    /// # Errors
    /// As [`end`](Self::end).
    pub fn end_all(&mut self, lead: u32, extracted: &[(u32, Option<String>)], now: f64) -> Result<()> {
        self.leave_request(lead);
        extracted.iter().try_for_each(|(one, found)| self.end(*one, found.as_deref(), now))
    }

    /// Notes that the driver has left a request: no command is to close it again.
    fn leave_request(&mut self, lead: u32) {
        // An answer within it may have settled the run just now, and so have asked for its end.
        self.cancelled.retain(|one| *one != lead);
        if let Some(bundle) = self.streams.get_mut(lead as usize).and_then(|one| one.bundle.as_mut()) {
            bundle.left = true;
        }
    }

    /// Has a request closed whose last stream was given up.
    pub(crate) fn cancel_request(&mut self, stream: u32) {
        let lead = self.lead_of(stream);
        let left = self.stream(lead).and_then(|one| one.bundle.as_ref()).is_some_and(|bundle| bundle.left);
        if !left && self.closed(lead) && !self.cancelled.contains(&lead) {
            self.cancelled.push(lead);
        }
    }

    /// Fails all streams that a stream leads; `extracted` has what the caller's function found in the text of each.
    ///
    /// # Errors
    /// As [`fail`](Self::fail).
    pub fn fail_all(
        &mut self,
        lead: u32,
        failure: &Failure<'_>,
        extracted: &[(u32, Option<String>)],
        now: f64,
    ) -> Result<()> {
        self.leave_request(lead);
        let (mut came, mut failed) = (false, Vec::new());
        for (one, found) in extracted {
            let Some(stream) = self.stream(*one).filter(|one| !one.over) else { continue };
            if stream.is_told() {
                self.end_told(*one, found.as_deref(), now)?;
                continue;
            }
            came |= stream.came;
            self.keep_found(*one, found.as_deref());
            failed.push(*one);
        }
        let Some(call) = self.stream(lead).filter(|_| !failed.is_empty()).map(|one| one.call().clone())
        else {
            return Ok(());
        };
        let sent = came.then_some(true).or(failure.sent);
        let action = call.fail_with(&Failure { sent, ..*failure }, now);
        for one in failed {
            self.note_failed(one);
            self.leave(one);
        }
        self.obey(action?, Some(lead), now);
        Ok(())
    }
}
