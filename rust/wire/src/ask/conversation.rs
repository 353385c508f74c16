//! Finds the newest human ask of a conversation.
//!
//! ```text
//! forwards   sizes of each message; messages before the assistant's first are judged at once, later ones are kept open
//! backwards  from the newest open message: results of tools in text, acknowledgements, pointers and blocks are passed
//!            over; the first message with words of its own is the ask
//! ```
//!
//! Texts are read only on the way back, so a long conversation costs no more than its last few messages.

use super::acknowledgement::is_acknowledgement;
use super::block::{is_output, queued_last};
use super::chore::{self, HEAD};
use super::facts::{Facts, Role};
use super::gather::{Ask, gather, join};
use super::lean::{Lean, is_brief, leans, says_nothing};
use super::protocol::{calls_in_text, is_result, may_quote, queued, refers, said_in_result, says_planning};
use crate::text::LazyText;
use crate::text::Texts;
use crate::weight::Weight;
use rheostat::Result;
use rheostat::query::{Query, Request, Structure, Turn};
use std::borrow::Cow;

/// The most messages since the assistant's newest whose blocks are searched for plan mode.
const RECENT: usize = 16;
/// The most bytes of a message, and tokens of its answer, that test a connection.
const TEST: (usize, u64) = (8, 16);
/// Bytes of an operator's prompt that are searched for plan mode.
const PROMPT: usize = 4096;
/// Bytes of the assistant's newest text that are searched for calls of tools.
const CALL_WINDOW: usize = 1024;

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
    answer: Option<Candidate<M>>,
    /// Positions of the operator's prompts.
    pub(crate) prompts: Vec<M>,
    /// The weight of everything.
    weight: Weight,
    /// Messages of users since then.
    recent: Vec<Candidate<M>>,
    /// Results of tools since then.
    results: Vec<Candidate<M>>,
    /// True if the provider keeps earlier turns, so that they are not in the request.
    elsewhere: bool,
    /// The newest words that point at an earlier ask.
    pointer: Option<Ask<'a>>,
    /// Statements about plan mode in messages that have been read, by number.
    plans: Vec<(u32, Option<bool>)>,
}

/// A message whose text may be scored.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // independent properties, not the states of one thing
struct Candidate<M> {
    mark: Option<M>,
    weight: Weight,
    /// Its number among the messages.
    number: u32,
    /// True if it asks something without words: about a picture, or a document.
    shows: bool,
    /// True if it has blocks of programs only.
    blocks: bool,
    /// True if it holds results of tools beside its text.
    results: bool,
    /// True if the operator's role brings it: only a queued message of the human counts.
    system: bool,
    /// The turn before it, if that was decided.
    before: Option<Turn>,
}

/// The kind of text in a user's message.
enum Judgement {
    Words,
    /// Decided later.
    Open,
    Blocks,
    Nothing,
}

/// The kind of an open message.
#[derive(PartialEq)]
enum Reading {
    Words,
    /// An acknowledgement, or words that point at an earlier ask.
    GoesOn,
    Result,
    /// Blocks of programs only, or nothing.
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
            prompts: Vec::new(),
            weight: Weight::default(),
            recent: Vec::new(),
            results: Vec::new(),
            elsewhere: false,
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
        let candidate = Candidate::of(facts, self.structure.messages);
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
                self.answer = Some(candidate);
                // While tools run, the mode of their ask holds.
                if facts.calls == 0 {
                    self.recent.clear();
                }
                self.results.clear();
                return Ok(());
            }
            Role::Tool => {
                self.structure.tool_result_bytes += facts.text.bytes;
                self.turn_is(Turn::ToolResult);
                self.request.tools = true;
                self.results.extend(candidate.mark.is_some().then_some(candidate));
            }
            Role::User => self.hear(c, facts, candidate)?,
        }
        if let Some(mark) = &facts.result {
            self.results.push(Candidate { mark: Some(mark.clone()), ..Candidate::of(facts, 0) });
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
        let said = if self.turn == Turn::ToolResult { self.said(c)? } else { None };
        let (ask, shows) = match (said, open, self.ask.take()) {
            (Some(said), open, ask) => {
                self.structure.history_bytes +=
                    open.map_or(0, |ask| ask.bytes) + ask.map_or(0, |turn| turn.weight.bytes);
                self.turn = Turn::Ask;
                (said, false)
            }
            (None, Some(ask), _) => (ask, false),
            (None, None, Some(turn)) => {
                let ask = turn.read(c, self.cap)?;
                self.plans.push((turn.number, ask.planning));
                (ask, turn.shows)
            }
            (None, None, None) => (Ask::default(), false),
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
        self.request.doubtful |= turn == Turn::Ask && says_nothing(words);
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

    /// Looks for a program's chore in the operator's prompts and in the messages since the assistant's newest.
    fn find_chore<C: Texts<'a, Mark = M>>(&mut self, c: &mut C) -> Result<()> {
        let offers_tools = self.structure.tools_offered > 0;
        let newest = self.prompts.last().filter(|_| self.prompts.len() > 1);
        for mark in self.prompts.first().into_iter().chain(newest) {
            let head = join(c, mark, HEAD)?;
            self.request.chore = self.request.chore.or_else(|| chore::of_prompt(&head, offers_tools));
        }
        let recent = if self.recent.len() > 1 { self.recent.as_slice() } else { &[] };
        for mark in recent.iter().filter_map(|candidate| candidate.mark.as_ref()) {
            let head = join(c, mark, HEAD)?;
            self.request.chore = self.request.chore.or_else(|| chore::of(&head, offers_tools));
        }
        Ok(())
    }

    /// Looks for plan mode in the operator's prompts, and in every block since the assistant's newest message that called no tool.
    /// The last statement counts.
    fn find_planning<C: Texts<'a, Mark = M>>(&mut self, c: &mut C) -> Result<()> {
        let prompts = std::mem::take(&mut self.prompts);
        let newest = prompts.last().filter(|_| prompts.len() > 1);
        for mark in prompts.first().into_iter().chain(newest) {
            let head = join(c, mark, PROMPT)?;
            self.request.planning |= says_planning(std::iter::once(&*head)) == Some(true);
        }
        for candidate in std::mem::take(&mut self.recent) {
            let read = self.plans.iter().find(|(number, _)| *number == candidate.number);
            let says = match read {
                Some((_, says)) => *says,
                None if has_marks(c, &candidate)? => candidate.read(c, self.cap)?.planning,
                None => None,
            };
            self.request.planning = says.unwrap_or(self.request.planning);
        }
        Ok(())
    }

    /// The newest ask among the open turns. Turns that are not scored become history.
    fn newest_open<C: Texts<'a, Mark = M>>(&mut self, c: &mut C) -> Result<Option<Ask<'a>>> {
        let answered = self.answer.as_ref().map(|answer| answer.number);
        let mut blocks = false;
        while let Some(turn) = self.open.pop() {
            if self.undecided && blocks && answered.is_some_and(|answer| turn.number < answer) {
                // A program alone has written since the assistant has.
                self.turn_is(Turn::ToolResult);
            }
            let mut ask = turn.read(c, self.cap)?;
            self.plans.push((turn.number, ask.planning));
            if turn.system && !ask.wrapped {
                ask = ask.quoted();
            }
            let reading = self.reading(&ask);
            if self.undecided {
                self.undecided = false;
                match reading {
                    Reading::Words => self.turn = Turn::Ask,
                    Reading::GoesOn => self.turn = Turn::Continuation,
                    Reading::Result => self.turn = Turn::ToolResult,
                    Reading::Nothing if turn.results => self.turn = Turn::ToolResult,
                    Reading::Nothing => match turn.before {
                        Some(Turn::Ask)
                            if ask.blocks > 0
                                && self.ask.as_ref().is_none_or(|ask| Some(ask.number) < answered) =>
                        {
                            self.turn = Turn::ToolResult;
                        }
                        Some(before) => self.turn = before,
                        None => {
                            self.undecided = true;
                            blocks |= ask.blocks > 0;
                        }
                    },
                }
                let words = ask.words.trim_ascii();
                self.request.doubtful = match reading {
                    Reading::Words => self.may_lean(c, words, ask.wrapped)?,
                    // The work may be what the assistant wrote, or the assistant was wrong.
                    Reading::GoesOn => {
                        !is_acknowledgement(words) && (refers(words) || leans(words) == Some(Lean::Objects))
                    }
                    _ => false,
                };
            }
            // Without an earlier ask, the oldest message is scored itself.
            let beside = reading == Reading::Nothing && turn.results;
            if reading == Reading::Words || !(beside || self.has_asked()) {
                self.retire();
                return Ok(Some(ask));
            }
            match reading {
                Reading::Result => self.structure.tool_result_bytes += turn.weight.bytes,
                Reading::Nothing if beside || ask.blocks > 0 => {
                    self.structure.document_bytes += turn.weight.bytes;
                }
                _ => self.structure.history_bytes += turn.weight.bytes,
            }
            if reading == Reading::GoesOn && self.pointer.is_none() && refers(ask.words.trim_ascii()) {
                self.pointer = Some(ask);
            }
        }
        if self.undecided && blocks && answered.is_some() {
            self.turn_is(Turn::ToolResult);
        }
        Ok(None)
    }

    /// Classifies an open message.
    fn reading(&self, ask: &Ask<'a>) -> Reading {
        let words = ask.words.trim_ascii();
        let answered = self.answer.is_some();
        if words.is_empty() {
            Reading::Nothing
        } else if answered && !ask.wrapped && (is_result(words) || is_output(words)) {
            Reading::Result
        } else if answered && (is_acknowledgement(words) || leans(words).is_some())
            || refers(words) && self.has_asked()
        {
            Reading::GoesOn
        } else {
            Reading::Words
        }
    }

    /// True if the newest message may lean on what was said before, or if a program may have written it: the assistant has
    /// asked something or called a tool in its text, or the message before was a tool's result.
    fn may_lean<C: Texts<'a, Mark = M>>(&self, c: &mut C, words: &[u8], wrapped: bool) -> Result<bool> {
        let Some(answer) = &self.answer else { return Ok(false) };
        let text = answer.read_raw(c, CALL_WINDOW)?;
        let questioned = text.trim_ascii_end().ends_with(b"?") || text.ends_with("？".as_bytes());
        if is_brief(words, questioned) {
            return Ok(true);
        }
        if wrapped {
            return Ok(false);
        }
        if calls_in_text(&text, words) {
            return Ok(true);
        }
        let Some(before) = self.open.last() else { return Ok(false) };
        let before = before.read(c, self.cap)?;
        let words = before.words.trim_ascii();
        Ok(!before.wrapped && (is_result(words) || is_output(words)))
    }

    /// The human's words in the newest results of tools: a call that the human has refused or commented on.
    fn said<C: Texts<'a, Mark = M>>(&mut self, c: &mut C) -> Result<Option<Ask<'a>>> {
        for result in std::mem::take(&mut self.results).iter().rev() {
            let mut may = false;
            if let Some(mark) = &result.mark {
                c.texts(mark, &mut |text| {
                    may |= text.has_marks() || text.with(may_quote);
                })?;
            }
            if !may {
                continue;
            }
            let text = result.read_raw(c, self.cap)?;
            if let Some(words) = said_in_result(&text).or_else(|| queued_last(&text)) {
                let ask = Ask::wrapped(&Ask::of(words, self.cap).words);
                let s = &mut self.structure;
                s.tool_result_bytes = s.tool_result_bytes.saturating_sub(ask.bytes);
                return Ok(Some(ask));
            }
        }
        Ok(None)
    }
}

impl<M: Clone> Candidate<M> {
    fn of(facts: &Facts<M>, number: u32) -> Self {
        Self {
            mark: facts.mark.clone(),
            weight: facts.text,
            number,
            shows: facts.media.count > 0 || facts.documents > 0,
            blocks: false,
            results: facts.results > 0,
            system: false,
            before: None,
        }
    }

    /// Reads its text, cut and without blocks.
    fn read<'a, C: Texts<'a, Mark = M>>(&self, c: &mut C, cap: usize) -> Result<Ask<'a>> {
        let Some(mark) = &self.mark else { return Ok(Ask::default()) };
        Ok(Ask { message: self.weight, ..gather(c, mark, cap)? })
    }

    /// Reads its text, cut, with its blocks.
    fn read_raw<'a, C: Texts<'a, Mark = M>>(&self, c: &mut C, cap: usize) -> Result<Cow<'a, [u8]>> {
        let Some(mark) = &self.mark else { return Ok(Cow::default()) };
        join(c, mark, cap)
    }
}

/// True if an operator's message quotes a new message of the human.
fn quotes_human<'a, C: Texts<'a>>(c: &mut C, candidate: &Candidate<C::Mark>) -> Result<bool> {
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
fn has_marks<'a, C: Texts<'a>>(c: &mut C, candidate: &Candidate<C::Mark>) -> Result<bool> {
    let mut found = false;
    if let Some(mark) = &candidate.mark {
        c.texts(mark, &mut |text| found |= text.has_marks())?;
    }
    Ok(found)
}
