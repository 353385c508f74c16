//! A vote as an artifact: its options, its answers, and its samples in launch order.
//!
//! Reading consumes the samples again, so no derived state is stored that could contradict them.

use super::order::Slot;
use super::{MAX_CAP, MAX_TEXT, Normal, Prior, Vote, VoteOptions, VoteRule};
use crate::artifact::bytes::{Bytes, put_f64, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::{Error, Result};
use std::sync::Arc;

/// Names this layout in the place of a feature schema.
const SCHEMA: u64 = 0x564f_5445_0000_0002;
/// Bytes of one sample: kind, answer, weight.
const SLOT: usize = 1 + 4 + 8;
/// The most rows of a prior.
const MOST_ROWS: usize = 4_096;

impl Vote {
    /// Writes the vote as an artifact with checksums. It contains the answers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(SCHEMA);
        writer.section("options", self.write_options());
        if let Some(prior) = &self.options.prior {
            let mut out = Vec::new();
            put_u32(&mut out, prior.rows().len() as u32);
            prior.rows().iter().flatten().for_each(|&x| put_f64(&mut out, x));
            writer.section("prior", out);
        }
        let mut texts = Vec::new();
        put_u32(&mut texts, self.answers.all().count() as u32);
        for (spelling, key) in self.answers.all() {
            put_str(&mut texts, spelling);
            put_str(&mut texts, key);
        }
        writer.section("answers", texts);
        writer.section("consumed", write_slots(self.order.consumed().iter()));
        writer.section("waiting", write_slots(self.order.waiting()));
        writer.finish()
    }

    /// Reads a vote from [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// [`Error::Artifact`] when the bytes are damaged, or are not a vote's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::new(bytes, SCHEMA)?;
        let mut options = Bytes::new("options", reader.section("options")?.bytes());
        let mut vote = Self::with(read_options(&mut options, read_prior(&reader)?)?)
            .map_err(|error| Error::artifact(error.to_string()))?;
        let (late, dropped, suspended) = (options.u64()?, options.u32()?, options.u32()?);
        options.end()?;
        let mut texts = Bytes::new("answers", reader.section("answers")?.bytes());
        let known = texts.count(8, MAX_CAP as usize)? as u32;
        for number in 0..known {
            let (spelling, key) = (texts.text(MAX_TEXT)?, texts.text(MAX_TEXT)?);
            let fits =
                !key.is_empty() && vote.answers.intern(&key, &spelling, vote.options.cap) == Some(number);
            if !fits {
                return Err(texts.refused("an answer is empty, repeated or one too many"));
            }
        }
        texts.end()?;
        let consumed = read_slots(&reader, "consumed", known)?;
        let waiting = read_slots(&reader, "waiting", known)?;
        let suspended = Some(suspended).filter(|at| *at < u32::MAX);
        if !vote.replay(&consumed, &waiting, suspended) {
            return Err(Error::artifact("the samples of the vote do not fit its rule and its answers"));
        }
        (vote.late, vote.dropped) = (late, dropped);
        Ok(vote)
    }

    fn write_options(&self) -> Vec<u8> {
        let o = &self.options;
        let position = |found: Option<usize>| found.unwrap_or(0) as u8;
        let mut out = vec![
            position(VoteRule::ALL.iter().position(|rule| *rule == o.rule)),
            position(Normal::ALL.iter().position(|kind| *kind == o.normal)),
        ];
        put_u32(&mut out, o.cap);
        put_u32(&mut out, o.window);
        for number in [o.confidence, o.alpha, o.odds, o.concentration] {
            put_f64(&mut out, number);
        }
        put_u64(&mut out, self.late);
        put_u32(&mut out, self.dropped);
        put_u32(&mut out, self.suspended_at.unwrap_or(u32::MAX));
        out
    }

    /// Consumes the samples again; false if no vote with these options can have been in this state.
    fn replay(&mut self, consumed: &[Slot], waiting: &[Slot], suspended: Option<u32>) -> bool {
        if consumed.len() + waiting.len() > self.options.cap as usize {
            return false;
        }
        for &slot in consumed {
            if suspended == Some(self.consumed()) {
                self.suspend();
            }
            if self.stopped || slot == Slot::Missing {
                return false;
            }
            self.put(self.consumed(), slot);
        }
        if suspended == Some(self.consumed()) {
            self.suspend();
        }
        for (ahead, &slot) in (0..).zip(waiting) {
            if slot != Slot::Missing {
                self.order.put(self.consumed() + ahead, slot);
            }
        }
        // A vote that goes on waits for a sample that is missing, and nothing trails those that are in.
        let next_is_in = waiting.first().is_some_and(|slot| *slot != Slot::Missing);
        let trails = waiting.last() == Some(&Slot::Missing);
        suspended == self.suspended_at && !trails && (self.stopped || !next_is_in)
    }
}

fn read_options(bytes: &mut Bytes<'_>, prior: Option<Arc<Prior>>) -> Result<VoteOptions> {
    let rule = VoteRule::ALL.get(usize::from(bytes.u8()?)).copied();
    let normal = Normal::ALL.get(usize::from(bytes.u8()?)).copied();
    let (Some(rule), Some(normal)) = (rule, normal) else {
        return Err(bytes.refused("a rule or normal form that this library does not know"));
    };
    let (cap, window) = (bytes.u32()?, bytes.u32()?);
    let [confidence, alpha, odds, concentration] = [bytes.f64()?, bytes.f64()?, bytes.f64()?, bytes.f64()?];
    Ok(VoteOptions { rule, confidence, cap, alpha, normal, window, odds, concentration, prior })
}

fn read_prior(reader: &Reader<'_>) -> Result<Option<Arc<Prior>>> {
    let Ok(section) = reader.section("prior") else { return Ok(None) };
    let mut bytes = Bytes::new("prior", section.bytes());
    let rows: Result<Vec<_>> =
        (0..bytes.count(24, MOST_ROWS)?).map(|_| Ok([bytes.f64()?, bytes.f64()?, bytes.f64()?])).collect();
    let prior = Prior::new(&rows?).map_err(|error| bytes.refused(&error.to_string()))?;
    bytes.end()?;
    Ok(Some(Arc::new(prior)))
}

fn write_slots<'a>(slots: impl ExactSizeIterator<Item = &'a Slot>) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 + slots.len() * SLOT);
    put_u32(&mut out, slots.len() as u32);
    for slot in slots {
        let (kind, id, weight) = match *slot {
            Slot::Missing => (0, 0, 0.0),
            Slot::Abstained => (1, 0, 0.0),
            Slot::Cut => (2, 0, 0.0),
            Slot::Answer { id, weight } => (3, id, weight),
        };
        out.push(kind);
        put_u32(&mut out, id);
        put_f64(&mut out, weight);
    }
    out
}

fn read_slots(reader: &Reader<'_>, section: &'static str, known: u32) -> Result<Vec<Slot>> {
    let mut bytes = Bytes::new(section, reader.section(section)?.bytes());
    let slots: Result<Vec<_>> = (0..bytes.count(SLOT, MAX_CAP as usize)?)
        .map(|_| match (bytes.u8()?, bytes.u32()?, bytes.f64()?) {
            (0, _, _) => Ok(Slot::Missing),
            (1, _, _) => Ok(Slot::Abstained),
            (2, _, _) => Ok(Slot::Cut),
            (3, id, weight) if id < known && weight >= 0.0 => Ok(Slot::Answer { id, weight }),
            _ => Err(bytes.refused("a sample of no known kind")),
        })
        .collect();
    let slots = slots?;
    bytes.end()?;
    Ok(slots)
}
