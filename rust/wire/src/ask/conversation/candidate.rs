//! A message whose text may be scored, read again when it is needed.

use crate::ask::facts::Facts;
use crate::ask::gather::{Ask, gather, join};
use crate::ask::protocol::queued;
use crate::text::{LazyText, Texts};
use crate::weight::Weight;
use rheostat::Result;
use rheostat::query::Turn;
use std::borrow::Cow;

/// A message whose text may be scored.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // independent properties, not the states of one thing
pub(super) struct Candidate<M> {
    pub(super) mark: Option<M>,
    pub(super) weight: Weight,
    /// Its number among the messages.
    pub(super) number: u32,
    /// True if it asks something without words: about a picture, or a document.
    pub(super) shows: bool,
    /// True if it has blocks of programs only.
    pub(super) blocks: bool,
    /// True if it holds results of tools beside its text.
    pub(super) results: bool,
    /// True if the operator's role brings it: only a queued message of the human counts.
    pub(super) system: bool,
    /// The turn before it, if that was decided.
    pub(super) before: Option<Turn>,
    /// The assistant's newest message before it.
    pub(super) after: Option<Answer<M>>,
}

/// A message of the assistant.
#[derive(Debug, Clone)]
pub(super) struct Answer<M> {
    pub(super) mark: Option<M>,
    /// Its number among the messages.
    pub(super) number: u32,
    /// True if it, or one just before it, has typed calls.
    pub(super) calls: bool,
}

impl<M: Clone> Answer<M> {
    /// Reads the beginning and the end of its text.
    pub(super) fn read<'a, C: Texts<'a, Mark = M>>(&self, c: &mut C, cap: usize) -> Result<Cow<'a, [u8]>> {
        let Some(mark) = &self.mark else { return Ok(Cow::default()) };
        join(c, mark, cap)
    }
}

impl<M: Clone> Candidate<M> {
    pub(super) fn of(facts: &Facts<M>, number: u32) -> Self {
        Self {
            mark: facts.mark.clone(),
            weight: facts.text,
            number,
            shows: facts.media.count > 0 || facts.documents > 0,
            blocks: false,
            results: facts.results > 0,
            system: false,
            before: None,
            after: None,
        }
    }

    /// Reads its text, cut and without blocks.
    pub(super) fn read<'a, C: Texts<'a, Mark = M>>(&self, c: &mut C, cap: usize) -> Result<Ask<'a>> {
        let Some(mark) = &self.mark else { return Ok(Ask::default()) };
        Ok(Ask { message: self.weight, ..gather(c, mark, cap)? })
    }

    /// Reads its text, cut, with its blocks.
    pub(super) fn read_raw<'a, C: Texts<'a, Mark = M>>(
        &self,
        c: &mut C,
        cap: usize,
    ) -> Result<Cow<'a, [u8]>> {
        let Some(mark) = &self.mark else { return Ok(Cow::default()) };
        join(c, mark, cap)
    }
}

/// True if an operator's message quotes a new message of the human.
pub(super) fn quotes_human<'a, C: Texts<'a>>(c: &mut C, candidate: &Candidate<C::Mark>) -> Result<bool> {
    let mut found = false;
    if let Some(mark) = &candidate.mark {
        c.texts(mark, &mut |text| {
            found |= text.with(|head| {
                let inside = memchr::memchr(b'>', head).filter(|_| head.starts_with(b"<"));
                queued(head.get(inside.map_or(0, |at| at + 1)..).unwrap_or_default()).is_some()
            });
        })?;
    }
    Ok(found)
}

/// True if a message may contain blocks or quotations, which make its words fewer.
pub(super) fn has_marks<'a, C: Texts<'a>>(c: &mut C, candidate: &Candidate<C::Mark>) -> Result<bool> {
    let mut found = false;
    if let Some(mark) = &candidate.mark {
        c.texts(mark, &mut |text| found |= text.has_marks())?;
    }
    Ok(found)
}
