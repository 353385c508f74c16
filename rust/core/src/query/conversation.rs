//! Finds the newest human ask of a conversation.

use super::acknowledgement::{LONGEST, is_acknowledgement};
use super::ask::{Ask, gather};
use super::cursor::LazyText;
use super::facts::{Facts, Role};
use super::texts::Texts;
use super::{Query, Request, Structure, Turn};
use crate::error::Result;

/// Takes messages in order and keeps only the sizes of each. A text is read only if it may be something other than an ask.
/// Acknowledgements are looked for backwards from the newest turn, so a long conversation of short turns costs no more than its
/// last few.
#[derive(Debug)]
pub(super) struct Conversation<'a, M> {
    pub(super) structure: Structure,
    pub(super) request: Request<'a>,
    cap: usize,
    turn: Turn,
    ask: Option<Candidate<M>>,
    /// Turns after that ask; each is an ask or an acknowledgement, to be read later.
    open: Vec<Candidate<M>>,
    /// True if the newest turn is one of them.
    undecided: bool,
    /// True if the assistant has spoken.
    answered: bool,
    /// True if the provider keeps earlier turns, so that they are not in the request.
    elsewhere: bool,
}

/// A message whose text may be scored.
#[derive(Debug)]
struct Candidate<M> {
    mark: Option<M>,
    bytes: u64,
    pieces: u32,
    /// True if it asks something without words: about a picture, or a document.
    shows: bool,
}

/// The kind of text in a user's message.
enum Judgement {
    Words,
    /// Words or an acknowledgement; decided later.
    Open,
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
            open: Vec::new(),
            undecided: false,
            answered: false,
            elsewhere: false,
        }
    }

    /// Takes the next message.
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
                self.turn_is(Turn::ToolResult);
                self.request.tools = true;
            }
            Role::User => self.hear(c, facts)?,
        }
        Ok(())
    }

    /// Takes a message of the human, or of a program in the human's role.
    fn hear<C: Texts<'a, Mark = M>>(&mut self, c: &mut C, facts: &Facts<M>) -> Result<()> {
        let shows = facts.media.count > 0 || facts.documents > 0;
        let (mark, bytes, pieces) = (facts.mark.clone(), facts.text_bytes, facts.texts);
        let candidate = Candidate { mark, bytes, pieces, shows };
        match self.judge(c, facts, &candidate)? {
            Judgement::Words => self.ask_anew(candidate),
            Judgement::Open => {
                self.open.push(candidate);
                self.undecided = true;
            }
            Judgement::Acknowledgement => {
                self.turn_is(Turn::Continuation);
                self.pass_or_keep(candidate);
            }
            _ if facts.results > 0 => {
                self.turn_is(Turn::ToolResult);
                self.structure.document_bytes += facts.text_bytes;
            }
            // A picture or a document without words is an ask with empty words.
            _ if shows => self.ask_anew(candidate),
            Judgement::Blocks if self.has_asked() => self.structure.document_bytes += facts.text_bytes,
            Judgement::Blocks | Judgement::Nothing => self.pass_or_keep(candidate),
        }
        Ok(())
    }

    fn turn_is(&mut self, turn: Turn) {
        self.turn = turn;
        self.undecided = false;
    }

    fn ask_anew(&mut self, candidate: Candidate<M>) {
        let before = self.ask.replace(candidate);
        let before = before.into_iter().chain(self.open.drain(..));
        self.structure.history_bytes += before.map(|turn| turn.bytes).sum::<u64>();
        self.turn_is(Turn::Ask);
    }

    fn has_asked(&self) -> bool {
        self.ask.is_some() || !self.open.is_empty()
    }

    /// Takes a message that is scored only if there is no other.
    fn pass_or_keep(&mut self, candidate: Candidate<M>) {
        if self.has_asked() {
            self.structure.history_bytes += candidate.bytes;
        } else {
            self.ask = Some(candidate);
        }
    }

    fn judge<C: Texts<'a, Mark = M>>(
        &self,
        c: &mut C,
        facts: &Facts<M>,
        candidate: &Candidate<M>,
    ) -> Result<Judgement> {
        let Some(mark) = &facts.mark else { return Ok(Judgement::Nothing) };
        // "OK" beside a picture asks about the picture.
        let may_go_on = self.answered && !candidate.shows;
        if facts.words {
            let open = may_go_on && (facts.text_bytes <= LONGEST as u64 || has_marks(c, mark)?);
            return Ok(if open { Judgement::Open } else { Judgement::Words });
        }
        let ask = candidate.read(c, self.cap)?;
        Ok(match ask.words.trim_ascii() {
            words if may_go_on && is_acknowledgement(words) => Judgement::Acknowledgement,
            [] if ask.blocks == 0 => Judgement::Nothing,
            [] => Judgement::Blocks,
            _ => Judgement::Words,
        })
    }

    /// Records that the provider keeps earlier turns.
    pub(super) fn continues_elsewhere(&mut self, elsewhere: bool) {
        self.elsewhere = elsewhere;
    }

    /// The query, after the last message.
    pub(super) fn finish<C: Texts<'a, Mark = M>>(mut self, c: &mut C) -> Result<Query<'a>> {
        let (ask, shows) = match self.newest_open(c)? {
            Some(ask) => (ask, false),
            None => match self.ask.take() {
                Some(turn) => (turn.read(c, self.cap)?, turn.shows),
                None => (Ask::default(), false),
            },
        };
        let turn = match self.turn {
            // All words may lie outside the window.
            Turn::Ask if !shows && ask.words.trim_ascii().is_empty() => Turn::Empty,
            Turn::Ask if self.elsewhere && is_acknowledgement(&ask.words) => Turn::Continuation,
            turn => turn,
        };
        Ok(ask.into_query(self.structure, self.request, turn))
    }

    /// The newest ask among the open turns. Turns that are not scored become history.
    fn newest_open<C: Texts<'a, Mark = M>>(&mut self, c: &mut C) -> Result<Option<Ask<'a>>> {
        while let Some(turn) = self.open.pop() {
            let ask = turn.read(c, self.cap)?;
            let goes_on = is_acknowledgement(ask.words.trim_ascii());
            if std::mem::take(&mut self.undecided) {
                self.turn = if goes_on { Turn::Continuation } else { Turn::Ask };
            }
            // Without the ask that it continues, an acknowledgement is scored itself.
            if !goes_on || !self.has_asked() {
                let before = self.ask.iter().chain(&self.open);
                self.structure.history_bytes += before.map(|turn| turn.bytes).sum::<u64>();
                return Ok(Some(ask));
            }
            self.structure.history_bytes += turn.bytes;
        }
        Ok(None)
    }
}

impl<M: Clone> Candidate<M> {
    /// Reads its text, cut and without blocks.
    fn read<'a, C: Texts<'a, Mark = M>>(&self, c: &mut C, cap: usize) -> Result<Ask<'a>> {
        let Some(mark) = &self.mark else { return Ok(Ask::default()) };
        let total = self.bytes + u64::from(self.pieces.saturating_sub(1));
        gather(total as usize, cap, |each| c.texts(mark, each))
    }
}

/// True if a message may contain blocks or quotations, which make its words fewer.
fn has_marks<'a, C: Texts<'a>>(c: &mut C, mark: &C::Mark) -> Result<bool> {
    let mut found = false;
    c.texts(mark, &mut |text| found |= text.has_marks())?;
    Ok(found)
}
