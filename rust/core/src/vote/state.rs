//! A vote as bytes: its options, its answers, and its samples in launch order, which are then consumed again.

use super::order::Slot;
use super::{MAX_CAP, Normal, Prior, Vote, VoteOptions, VoteRule};
use crate::artifact::{Reader, Writer};
use crate::{Error, Result};
use std::sync::Arc;

/// Tells a vote from every other artifact, and this layout from every later one.
const SCHEMA: u64 = 0x564f_5445_0000_0001;
const OPTIONS: usize = 1 + 1 + 4 + 4 + 4 * 8 + 8 + 4 + 4;
const SLOT: usize = 1 + 4 + 8;

impl Vote {
    /// The vote as bytes, for [`from_bytes`](Self::from_bytes): an artifact with checksums. It holds the answers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(SCHEMA);
        writer.section("options", self.pack_options());
        if let Some(prior) = &self.options.prior {
            let rows = prior.rows().iter().flatten();
            writer.section("prior", rows.flat_map(|x| x.to_le_bytes()).collect());
        }
        let mut texts = Vec::new();
        for (spelling, key) in self.answers.all() {
            for text in [spelling, key] {
                texts.extend_from_slice(&(text.len() as u32).to_le_bytes());
                texts.extend_from_slice(text.as_bytes());
            }
        }
        writer.section("answers", texts);
        writer.section("consumed", self.order.consumed().iter().flat_map(pack_slot).collect());
        writer.section("waiting", self.order.waiting().flat_map(pack_slot).collect());
        writer.finish()
    }

    /// A vote from [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// [`Error::Artifact`] when the bytes are damaged, or are not a vote's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::new(bytes, SCHEMA)?;
        let (options, [late, dropped, suspended]) = unpack_options(&reader)?;
        let mut vote = Self::with(options).map_err(|error| Error::artifact(error.to_string()))?;
        let mut cursor = Cursor(reader.section("answers")?.bytes());
        while !cursor.0.is_empty() {
            let (spelling, key) = (cursor.text()?.to_owned(), cursor.text()?);
            let (id, next) =
                (vote.answers.intern(key, &spelling, vote.options.cap), vote.answers.all().count());
            if key.is_empty() || id.is_none_or(|id| id as usize + 1 != next) {
                return Err(Error::artifact("an answer of the vote is empty, repeated or one too many"));
            }
        }
        let suspended = u32::try_from(suspended).ok().filter(|at| *at < u32::MAX);
        vote.replay(reader.section("consumed")?.bytes(), reader.section("waiting")?.bytes(), suspended)?;
        (vote.late, vote.dropped) = (late, dropped as u32);
        Ok(vote)
    }

    fn pack_options(&self) -> Vec<u8> {
        let o = &self.options;
        let position = |found: Option<usize>| found.unwrap_or(0) as u8;
        let mut out = vec![
            position(VoteRule::ALL.iter().position(|rule| *rule == o.rule)),
            position(Normal::ALL.iter().position(|kind| *kind == o.normal)),
        ];
        out.extend_from_slice(&o.cap.to_le_bytes());
        out.extend_from_slice(&o.window.to_le_bytes());
        for number in [o.confidence, o.alpha, o.odds, o.concentration] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&self.late.to_le_bytes());
        out.extend_from_slice(&self.dropped.to_le_bytes());
        out.extend_from_slice(&self.suspended_at.unwrap_or(u32::MAX).to_le_bytes());
        out
    }

    fn replay(&mut self, consumed: &[u8], waiting: &[u8], suspended: Option<u32>) -> Result<()> {
        let known = self.answers.all().count() as u32;
        let wrong = || Error::artifact("the samples of the vote do not fit its rule and its answers");
        let read = |bytes: &[u8]| -> Result<Vec<Slot>> {
            let (slots, rest) = bytes.as_chunks::<SLOT>();
            if !rest.is_empty() || slots.len() > MAX_CAP as usize {
                return Err(wrong());
            }
            slots.iter().map(|slot| unpack_slot(slot, known).ok_or_else(wrong)).collect()
        };
        let (consumed, waiting) = (read(consumed)?, read(waiting)?);
        if consumed.len() + waiting.len() > self.options.cap as usize {
            return Err(wrong());
        }
        for &slot in &consumed {
            if suspended == Some(self.consumed()) {
                self.suspend();
            }
            if self.stopped || slot == Slot::Missing {
                return Err(wrong());
            }
            self.put(self.consumed(), slot);
        }
        if suspended == Some(self.consumed()) {
            self.suspend();
        }
        if suspended != self.suspended_at {
            return Err(wrong());
        }
        for (ahead, &slot) in (0..).zip(&waiting) {
            if slot != Slot::Missing {
                self.order.put(self.consumed() + ahead, slot);
            } else if ahead as usize + 1 == waiting.len() {
                return Err(wrong());
            }
        }
        // A vote that has not stopped waits for a sample that is missing.
        let next = waiting.first().is_some_and(|slot| *slot != Slot::Missing);
        if next && !self.stopped { Err(wrong()) } else { Ok(()) }
    }
}

/// The options, and the counters late, dropped and suspended.
fn unpack_options(reader: &Reader<'_>) -> Result<(VoteOptions, [u64; 3])> {
    let mut cursor = Cursor(reader.section("options")?.exactly(OPTIONS)?);
    let unknown = || Error::artifact("a rule or normal form that this library does not know");
    let rule = VoteRule::ALL.get(usize::from(cursor.byte()?)).copied().ok_or_else(unknown)?;
    let normal = Normal::ALL.get(usize::from(cursor.byte()?)).copied().ok_or_else(unknown)?;
    let (cap, window) = (cursor.u32()?, cursor.u32()?);
    let [confidence, alpha, odds, concentration] =
        [cursor.f64()?, cursor.f64()?, cursor.f64()?, cursor.f64()?];
    let counters = [u64::from_le_bytes(cursor.take()?), u64::from(cursor.u32()?), u64::from(cursor.u32()?)];
    let prior = match reader.section("prior") {
        Err(_) => None,
        Ok(section) => {
            let mut rows = Vec::new();
            let mut cursor = Cursor(section.bytes());
            while !cursor.0.is_empty() {
                rows.push([cursor.f64()?, cursor.f64()?, cursor.f64()?]);
            }
            let prior = Prior::new(&rows).map_err(|error| Error::artifact(error.to_string()))?;
            Some(Arc::new(prior))
        }
    };
    let options = VoteOptions { rule, confidence, cap, alpha, normal, window, odds, concentration, prior };
    Ok((options, counters))
}

fn pack_slot(slot: &Slot) -> [u8; SLOT] {
    let (kind, id, weight) = match *slot {
        Slot::Missing => (0, 0, 0.0),
        Slot::Abstained => (1, 0, 0.0),
        Slot::Cut => (2, 0, 0.0),
        Slot::Answer { id, weight } => (3, id, weight),
    };
    let mut out = [kind; SLOT];
    out[1..5].copy_from_slice(&id.to_le_bytes());
    out[5..].copy_from_slice(&weight.to_le_bytes());
    out
}

fn unpack_slot(bytes: &[u8; SLOT], known: u32) -> Option<Slot> {
    let mut cursor = Cursor(bytes);
    let (kind, id, weight) = (cursor.byte().ok()?, cursor.u32().ok()?, cursor.f64().ok()?);
    match kind {
        0 => Some(Slot::Missing),
        1 => Some(Slot::Abstained),
        2 => Some(Slot::Cut),
        3 if id < known && weight >= 0.0 && weight.is_finite() => Some(Slot::Answer { id, weight }),
        _ => None,
    }
}

/// What is still to be read.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, tail) =
            self.0.split_first_chunk::<N>().ok_or_else(|| Error::artifact("the vote is truncated"))?;
        self.0 = tail;
        Ok(*head)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take::<1>()?[0])
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn f64(&mut self) -> Result<f64> {
        Ok(f64::from_le_bytes(self.take()?))
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = self.u32()? as usize;
        let wrong = || Error::artifact("an answer of the vote is truncated or not UTF-8");
        let (head, tail) = self.0.split_at_checked(length).ok_or_else(wrong)?;
        self.0 = tail;
        std::str::from_utf8(head).map_err(|_| wrong())
    }
}
