//! Finds the newest human ask of a conversation.
//!
//! ```text
//! forwards   sizes of each message; messages before the assistant's first are judged at once, later ones are kept open
//! backwards  from the newest open message: results of tools in text, acknowledgements, pointers and blocks are passed
//!            over; the first message with words of its own is the ask
//! ```
//!
//! Texts are read only on the way back, so a long conversation costs no more than its last few messages.

mod candidate;
mod open;
mod programs;

use super::bare;
use super::facts::{Facts, Role};
use super::gather::Ask;
use super::lean::leans;
use super::phrases::is_acknowledgement;
use super::protocol::refers;
use super::result::labels_media;
use crate::text::Texts;
use crate::weight::Weight;
use candidate::{Answer, Candidate, quotes_human};
use rheostat::Result;
use rheostat::query::{Query, Request, Structure, Turn};

/// The most messages since the assistant's newest whose blocks are searched for plan mode.
const RECENT: usize = 16;
/// The most bytes of a message, and tokens of its answer, that test a connection.
const TEST: (usize, u64) = (8, 16);

/// Takes messages in order and keeps only the sizes of each.
#[derive(Debug)]
pub(crate) struct Conversation<'a, M> {
    pub(crate) structure: Structure,
    pub(crate) request: Request<'a>,
    cap: usize,
    turn: Turn,
    ask: Option<Candidate<M>>,
    /// Turns after that ask; each is an ask or something else, to be read later.
    open: Vec<Candidate<M>>,
    /// True if the newest turn is one of them.
    undecided: bool,
    /// The assistant's newest message, if it has spoken.
    answer: Option<Answer<M>>,
    newest: Newest,
    /// Positions of the operator's prompts.
    pub(crate) prompts: Vec<M>,
    /// The weight of everything.
    weight: Weight,
    /// Messages of users since the assistant's newest that called no tool.
    recent: Vec<Candidate<M>>,
    /// Results of tools that may tell what the human said, with the numbers of their messages.
    told: Vec<(u32, M)>,
    /// True if the provider keeps earlier turns, so that they are not in the request.
    elsewhere: bool,
    /// Position of the last item of the list of messages.
    pub(crate) last_item: Option<M>,
    /// The newest words that point at an earlier ask.
    pointer: Option<Ask<'a>>,
    /// Statements about plan mode in messages that have been read, by number.
    plans: Vec<(u32, Option<bool>)>,
}

/// True for a message in the human's role that shows what a tool has returned: a tool's own message holds no picture in some formats.
fn is_shown_by_tool<'a, C: Texts<'a>>(
    c: &mut C,
    facts: &Facts<C::Mark>,
    candidate: &Candidate<C::Mark>,
    cap: usize,
) -> Result<bool> {
    if !candidate.shows {
        return Ok(false);
    }
    if facts.mark.is_none() || !facts.says {
        return Ok(true);
    }
    Ok(labels_media(candidate.read(c, cap)?.words.trim_ascii()))
}

/// The kind of the newest message, as far as the next one is read by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Newest {
    Answer,
    Result,
    Other,
}

/// The kind of text in a user's message.
enum Judgement {
    Words,
    /// Decided later.
    Open,
    Blocks,
    Nothing,
}

impl<'a, M: Clone> Conversation<'a, M> {
    pub(crate) fn new(cap: usize) -> Self {
        Self {
            structure: Structure::default(),
            request: Request::default(),
            cap,
            turn: Turn::Empty,
            ask: None,
            open: Vec::new(),
            undecided: false,
            answer: None,
            newest: Newest::Other,
            prompts: Vec::new(),
            weight: Weight::default(),
            recent: Vec::new(),
            told: Vec::new(),
            elsewhere: false,
            last_item: None,
            pointer: None,
            plans: Vec::new(),
        }
    }

    /// Takes the next message.
    pub(crate) fn push<C: Texts<'a, Mark = M>>(
        &mut self,
        c: &mut C,
        role: Role,
        facts: &Facts<M>,
    ) -> Result<()> {
        self.structure.messages += 1;
        facts.enter(&mut self.structure, &mut self.request);
        self.add(facts.weight() + Weight::of_tokens(facts.media.tokens));
        self.elsewhere |= facts.reference;
        let mut candidate = Candidate::of(facts, self.structure.messages);
        let newest = match role {
            Role::Assistant => Newest::Answer,
            Role::Tool => Newest::Result,
            Role::User if facts.results > 0 => Newest::Result,
            _ => Newest::Other,
        };
        let before = std::mem::replace(&mut self.newest, newest);
        match role {
            Role::System => {
                self.structure.system_bytes += facts.text.bytes;
                self.prompts.extend(facts.mark.clone());
                if self.answer.is_some() && quotes_human(c, &candidate)? {
                    self.keep_open(Candidate { weight: Weight::default(), system: true, ..candidate });
                }
            }
            Role::Assistant => {
                self.structure.history_bytes += facts.text.bytes;
                let earlier = self.answer.take().filter(|_| before == Newest::Answer);
                let calls = facts.calls > 0 || earlier.as_ref().is_some_and(|answer| answer.calls);
                let mark = candidate.mark.or(earlier.and_then(|answer| answer.mark));
                self.answer = Some(Answer { mark, number: candidate.number, calls });
                // While tools run, the mode of their ask holds.
                if facts.calls == 0 {
                    self.recent.clear();
                }
                return Ok(());
            }
            Role::Tool => {
                self.structure.tool_result_bytes += facts.text.bytes;
                self.turn_is(Turn::ToolResult);
                self.request.tools = true;
                let mark = candidate.mark.filter(|_| facts.tells);
                self.told.extend(mark.map(|mark| (candidate.number, mark)));
            }
            Role::User => {
                candidate.after.clone_from(&self.answer);
                let beside = before == Newest::Result && facts.results == 0 && self.has_asked();
                if beside && is_shown_by_tool(c, facts, &candidate, self.cap)? {
                    self.newest = Newest::Result;
                    self.structure.tool_result_bytes += facts.text.bytes;
                    self.turn_is(Turn::ToolResult);
                } else {
                    self.hear(c, facts, candidate)?;
                }
            }
        }
        if role == Role::Tool || facts.results > 0 {
            let number = self.structure.messages;
            self.told.extend(facts.told.iter().map(|mark| (number, mark.clone())));
        }
        Ok(())
    }

    /// Takes a message of the human, or of a program in the human's role.
    fn hear<C: Texts<'a, Mark = M>>(
        &mut self,
        c: &mut C,
        facts: &Facts<M>,
        candidate: Candidate<M>,
    ) -> Result<()> {
        if facts.says {
            if self.recent.len() == RECENT {
                self.recent.remove(0);
            }
            self.recent.push(candidate.clone());
        }
        let shows = candidate.shows;
        match self.judge(c, facts, &candidate)? {
            Judgement::Words => self.ask_anew(candidate),
            Judgement::Open => self.keep_open(candidate),
            _ if facts.results > 0 => {
                self.turn_is(Turn::ToolResult);
                self.structure.document_bytes += facts.text.bytes;
            }
            _ if facts.approved => {
                self.turn_is(Turn::Continuation);
                self.structure.history_bytes += facts.text.bytes;
            }
            // A picture or a document without words is an ask with empty words.
            _ if shows => self.ask_anew(candidate),
            Judgement::Blocks if self.has_asked() => self.structure.document_bytes += facts.text.bytes,
            Judgement::Blocks => self.pass_or_keep(Candidate { blocks: true, ..candidate }),
            Judgement::Nothing => self.pass_or_keep(candidate),
        }
        Ok(())
    }

    fn keep_open(&mut self, candidate: Candidate<M>) {
        let before = (!self.undecided).then_some(self.turn);
        self.open.push(Candidate { before, ..candidate });
        self.undecided = true;
    }

    /// Adds to the weight of everything.
    pub(crate) fn add(&mut self, weight: Weight) {
        self.weight += weight;
    }

    fn turn_is(&mut self, turn: Turn) {
        self.turn = turn;
        self.undecided = false;
    }

    fn ask_anew(&mut self, candidate: Candidate<M>) {
        self.retire();
        self.ask = Some(candidate);
        self.turn_is(Turn::Ask);
    }

    /// Counts the turns before the ask as history, and those of blocks only as documents.
    fn retire(&mut self) {
        for turn in self.ask.take().into_iter().chain(self.open.drain(..)) {
            let s = &mut self.structure;
            *(if turn.blocks { &mut s.document_bytes } else { &mut s.history_bytes }) += turn.weight.bytes;
        }
    }

    fn has_asked(&self) -> bool {
        self.ask.is_some() || !self.open.is_empty()
    }

    /// Takes a message that is scored only if there is no other.
    fn pass_or_keep(&mut self, candidate: Candidate<M>) {
        if self.has_asked() {
            self.structure.history_bytes += candidate.weight.bytes;
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
        if facts.mark.is_none() || !facts.says {
            return Ok(Judgement::Nothing);
        }
        // "OK" beside a picture asks about the picture. The first ask has nothing to go on with.
        if !candidate.shows && (self.answer.is_some() || self.has_asked()) {
            return Ok(Judgement::Open);
        }
        if facts.words {
            return Ok(Judgement::Words);
        }
        let ask = candidate.read(c, self.cap)?;
        Ok(match ask.words.trim_ascii() {
            [] if ask.blocks == 0 => Judgement::Nothing,
            [] => Judgement::Blocks,
            _ => Judgement::Words,
        })
    }

    /// Records that the provider keeps earlier turns.
    pub(crate) fn continues_elsewhere(&mut self, elsewhere: bool) {
        self.elsewhere |= elsewhere;
    }

    /// The query, after the last message.
    pub(crate) fn finish<C: Texts<'a, Mark = M>>(mut self, c: &mut C) -> Result<Query<'a>> {
        let open = self.newest_open(c)?;
        let (ask, shows) = match (open, self.ask.take()) {
            (Some(ask), _) => (ask, false),
            (None, Some(turn)) => {
                let ask = turn.read(c, self.cap)?;
                self.plans.push((turn.number, ask.planning));
                (ask, turn.shows)
            }
            (None, None) => (Ask::default(), false),
        };
        let ask = match self.pointer.take() {
            // Nothing is there to point at but blocks of programs.
            Some(pointer) if !shows && ask.words.trim_ascii().is_empty() => {
                self.structure.history_bytes =
                    self.structure.history_bytes.saturating_sub(pointer.bytes + pointer.blocks);
                self.structure.document_bytes += ask.blocks;
                self.turn = Turn::Ask;
                pointer
            }
            _ => ask,
        };
        self.find_chore(c)?;
        self.find_planning(c)?;
        let words = ask.words.trim_ascii();
        let goes_on = is_acknowledgement(words) || refers(words) || self.elsewhere && leans(words).is_some();
        let turn = match self.turn {
            // All words may lie outside the window.
            Turn::Ask if !shows && words.is_empty() => Turn::Empty,
            Turn::Ask if self.elsewhere && !shows && goes_on => Turn::Continuation,
            turn => turn,
        };
        if turn == Turn::Ask {
            let beside = shows || ask.material;
            let (doubtful, courtesy) = bare(words, beside);
            self.request.doubtful |= doubtful;
            self.request.courtesy =
                courtesy && self.answer.is_none() && !self.elsewhere && !shows && ask.blocks == 0;
        }
        // "ping" for a few tokens tests the connection.
        let tests = words.len() <= TEST.0 && self.request.max_tokens.is_some_and(|most| most <= TEST.1);
        self.request.probe |= tests && turn == Turn::Ask && self.answer.is_none() && !shows;
        if turn == Turn::Continuation && goes_on {
            // The ask that it continues is not in the request, and an acknowledgement has no difficulty of its own.
            self.structure.history_bytes += ask.bytes;
            self.structure.document_bytes += ask.blocks;
            self.structure.context_tokens = self.weight.tokens();
            return Ok(Ask::default().into_query(self.structure, self.request, turn));
        }
        let rest = self.weight.tokens_64.saturating_sub(ask.tokens_64());
        let rest = Weight { tokens_64: rest, ..Weight::default() };
        self.structure.context_tokens = rest.tokens();
        self.structure.ask_tokens = ask.weighed();
        Ok(ask.into_query(self.structure, self.request, turn))
    }
}
