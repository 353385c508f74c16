//! Which of a conversation's messages is the newest human ask.

use super::acknowledgement::{LONGEST, is_acknowledgement};
use super::ask::{Ask, gather};
use super::cursor::{Cursor, Text};
use super::facts::{Facts, Role};
use super::shape::texts;
use super::{Query, Request, Structure, Turn};
use crate::error::Result;

/// Takes messages in order, and remembers of each no more than its sizes. The texts stay where they are: only those
/// that may be something else than an ask are looked at, and only as far as it takes to know.
#[derive(Debug)]
pub(super) struct Conversation<'a, M> {
    pub(super) structure: Structure,
    pub(super) request: Request<'a>,
    cap: usize,
    turn: Turn,
    ask: Option<Candidate<M>>,
    /// Whether the assistant has said anything yet.
    answered: bool,
    /// Whether earlier turns are kept by the provider, where they cannot be seen.
    elsewhere: bool,
}

/// A message whose text may be what is scored.
#[derive(Debug)]
struct Candidate<M> {
    mark: Option<M>,
    bytes: u64,
    pieces: u32,
    /// Whether it asks something even without words: about a picture, or a document.
    shows: bool,
}

/// What the text in a user's message is.
enum Judgement {
    Words,
    Acknowledgement,
    Blocks,
    Nothing,
}

impl<'a, M: Clone> Conversation<'a, M> {
    pub(super) fn new(cap: usize) -> Self {
        Self {
            structure: Structure::default(),
            request: Request::default(),
            cap,
            turn: Turn::Empty,
            ask: None,
            answered: false,
            elsewhere: false,
        }
    }

    /// The next message.
    pub(super) fn push<C: Texts<'a, Mark = M>>(
        &mut self,
        c: &mut C,
        role: Role,
        facts: &Facts<M>,
    ) -> Result<()> {
        self.structure.messages += 1;
        facts.enter(&mut self.structure, &mut self.request);
        match role {
            Role::System => self.structure.system_bytes += facts.text_bytes,
            Role::Assistant => {
                self.structure.history_bytes += facts.text_bytes;
                self.answered = true;
            }
            Role::Tool => {
                self.structure.tool_result_bytes += facts.text_bytes;
                self.turn = Turn::ToolResult;
                self.request.tools = true;
            }
            Role::User => self.hear(c, facts)?,
        }
        Ok(())
    }

    /// A message of the human, or of a program that uses the human's role.
    fn hear<C: Texts<'a, Mark = M>>(&mut self, c: &mut C, facts: &Facts<M>) -> Result<()> {
        let shows = facts.media.count > 0 || facts.documents > 0;
        let (mark, bytes, pieces) = (facts.mark.clone(), facts.text_bytes, facts.texts);
        let candidate = Candidate { mark, bytes, pieces, shows };
        match self.judge(c, facts)? {
            Judgement::Words => self.ask_anew(candidate),
            Judgement::Acknowledgement => {
                self.turn = Turn::Continuation;
                self.pass_or_keep(candidate);
            }
            _ if facts.results > 0 => {
                self.turn = Turn::ToolResult;
                self.structure.document_bytes += facts.text_bytes;
            }
            // A picture or a document without a word is an ask of which nothing can be said.
            _ if shows => self.ask_anew(candidate),
            Judgement::Blocks if self.ask.is_some() => self.structure.document_bytes += facts.text_bytes,
            Judgement::Blocks | Judgement::Nothing => self.pass_or_keep(candidate),
        }
        Ok(())
    }

    fn ask_anew(&mut self, candidate: Candidate<M>) {
        let before = self.ask.replace(candidate);
        self.structure.history_bytes += before.map_or(0, |ask| ask.bytes);
        self.turn = Turn::Ask;
    }

    /// A message that is scored only if there is nothing else.
    fn pass_or_keep(&mut self, candidate: Candidate<M>) {
        if self.ask.is_some() {
            self.structure.history_bytes += candidate.bytes;
        } else {
            self.ask = Some(candidate);
        }
    }

    fn judge<C: Texts<'a, Mark = M>>(&self, c: &mut C, facts: &Facts<M>) -> Result<Judgement> {
        let Some(mark) = &facts.mark else { return Ok(Judgement::Nothing) };
        let long = facts.text_bytes > LONGEST as u64;
        if facts.words && (!self.answered || (long && !has_marks(c, mark)?)) {
            return Ok(Judgement::Words);
        }
        let ask = read(c, mark, facts.text_bytes, facts.texts, self.cap)?;
        Ok(match ask.words.trim_ascii() {
            words if self.answered && is_acknowledgement(words) => Judgement::Acknowledgement,
            [] if ask.blocks == 0 => Judgement::Nothing,
            [] => Judgement::Blocks,
            _ => Judgement::Words,
        })
    }

    /// Says whether earlier turns are kept by the provider.
    pub(super) fn continues_elsewhere(&mut self, elsewhere: bool) {
        self.elsewhere = elsewhere;
    }

    /// The query, once all messages have been taken.
    pub(super) fn finish<C: Texts<'a, Mark = M>>(mut self, c: &mut C) -> Result<Query<'a>> {
        let candidate = self.ask.take();
        let shows = candidate.as_ref().is_some_and(|ask| ask.shows);
        let ask = match candidate {
            Some(Candidate { mark: Some(mark), bytes, pieces, .. }) => {
                read(c, &mark, bytes, pieces, self.cap)?
            }
            _ => Ask::default(),
        };
        let turn = match self.turn {
            // There may be words, but none where anybody looks.
            Turn::Ask if !shows && ask.words.trim_ascii().is_empty() => Turn::Empty,
            Turn::Ask if self.elsewhere && is_acknowledgement(&ask.words) => Turn::Continuation,
            turn => turn,
        };
        Ok(ask.into_query(self.structure, self.request, turn))
    }
}

/// The ask in the message at `mark`.
fn read<'a, C: Texts<'a>>(c: &mut C, mark: &C::Mark, bytes: u64, pieces: u32, cap: usize) -> Result<Ask<'a>> {
    let joints = u64::from(pieces.saturating_sub(1));
    gather((bytes + joints) as usize, cap, |each| c.texts(mark, each))
}

/// Whether a message may hold blocks or quotations, so that there are fewer words in it than it seems.
fn has_marks<'a, C: Texts<'a>>(c: &mut C, mark: &C::Mark) -> Result<bool> {
    let mut found = false;
    c.texts(mark, &mut |text| found |= text.has_marks())?;
    Ok(found)
}

/// What can go back to a message and read its texts.
pub(super) trait Texts<'a> {
    type Mark: Clone;
    type Text: Text<'a>;

    /// Hands over each text of the message, in order. Where the reader stood before is where it stands afterwards.
    fn texts(&mut self, mark: &Self::Mark, each: &mut dyn FnMut(&Self::Text)) -> Result<()>;
}

impl<'a, C: Cursor<'a>> Texts<'a> for C {
    type Mark = C::Mark;
    type Text = C::Text;

    fn texts(&mut self, mark: &C::Mark, each: &mut dyn FnMut(&C::Text)) -> Result<()> {
        let here = self.mark();
        self.go_to(mark);
        texts(self, each)?;
        self.go_to(&here);
        Ok(())
    }
}
