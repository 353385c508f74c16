//! The way back: open messages from the newest one, until one has words of its own.

use super::candidate::Candidate;
use super::{Conversation, RECENT};
use crate::ask::block::Origin;
use crate::ask::calls::{Calls, calls_in_text};
use crate::ask::chore;
use crate::ask::frame::{Framed, framed};
use crate::ask::gather::{Ask, join};
use crate::ask::lean::{Lean, is_brief, leans, objects_first, points_at_text};
use crate::ask::phrases::{is_acknowledgement, is_courtesy, is_denial, is_greeting, is_praise, is_thanks};
use crate::ask::protocol::refers;
use crate::ask::result::form_of;
use crate::ask::said::said;
use crate::text::Texts;
use memchr::memmem;
use rheostat::Result;
use rheostat::query::Turn;

/// Bytes of the assistant's newest text that are searched for calls of tools.
const CALL_WINDOW: usize = 1024;
/// Bytes at the end of the assistant's newest text that are searched for a question.
const QUESTION: usize = 240;

/// The kind of an open message.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    Words,
    /// An acknowledgement, or words that point at an earlier ask.
    GoesOn,
    Result,
    /// Blocks of programs only, or nothing.
    Nothing,
}

impl<'a, M: Clone> Conversation<'a, M> {
    /// The newest ask among the open turns. Turns that are not scored become history.
    pub(super) fn newest_open<C: Texts<'a, Mark = M>>(&mut self, c: &mut C) -> Result<Option<Ask<'a>>> {
        let answered = self.answer.as_ref().map(|answer| answer.number);
        let mut blocks = false;
        loop {
            let floor = self.open.last().or(self.ask.as_ref()).map_or(0, |turn| turn.number);
            if !self.told.is_empty()
                && let Some(ask) = self.said_above(c, floor)?
            {
                return Ok(Some(ask));
            }
            let Some(turn) = self.open.pop() else { break };
            if self.undecided && blocks && answered.is_some_and(|answer| turn.number < answer) {
                // A program alone has written since the assistant has.
                self.turn_is(Turn::ToolResult);
            }
            let mut ask = turn.read(c, self.cap)?;
            self.plans.push((turn.number, ask.planning));
            if turn.system && !ask.wrapped {
                ask = ask.quoted();
            }
            let mut reading = self.reading(c, &turn, &ask)?;
            if reading == Reading::Result
                && let Some(words) = said(&turn.read_raw(c, self.cap)?)
            {
                // The human's words stand in a result that is sent as text.
                ask = Ask::told(&words, self.cap);
                self.structure.tool_result_bytes += turn.weight.bytes.saturating_sub(ask.bytes);
                reading = Reading::Words;
            }
            if self.undecided {
                self.decide(c, &turn, &ask, reading)?;
                blocks |= self.undecided && ask.blocks > 0;
            }
            // Without an earlier ask, the oldest message is scored itself.
            let beside = reading == Reading::Nothing && turn.results;
            if reading == Reading::Result && !self.has_asked() {
                // The ask that it serves is not in the request.
                self.structure.tool_result_bytes += turn.weight.bytes;
                return Ok(Some(Ask::default()));
            }
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

    /// Decides the newest turn by an open message, unless that says nothing.
    fn decide<C: Texts<'a, Mark = M>>(
        &mut self,
        c: &mut C,
        turn: &Candidate<M>,
        ask: &Ask<'a>,
        reading: Reading,
    ) -> Result<()> {
        let answered = self.answer.as_ref().map(|answer| answer.number);
        let asked_before = |ask: &Candidate<M>| Some(ask.number) < answered;
        let decided = match reading {
            Reading::Words => Some(Turn::Ask),
            Reading::GoesOn => Some(Turn::Continuation),
            Reading::Result => Some(Turn::ToolResult),
            Reading::Nothing if turn.results => Some(Turn::ToolResult),
            Reading::Nothing => match turn.before {
                Some(Turn::Ask) if ask.blocks > 0 && self.ask.as_ref().is_none_or(asked_before) => {
                    Some(Turn::ToolResult)
                }
                before => before,
            },
        };
        self.turn = decided.unwrap_or(self.turn);
        self.undecided = decided.is_none();
        let words = ask.words.trim_ascii();
        // "Sure?" doubts.
        let asks = words.ends_with(b"?") || words.ends_with("？".as_bytes());
        let polite = !asks && (is_acknowledgement(words) || is_courtesy(words));
        let objects = match reading {
            Reading::Words => !ask.wrapped && objects_first(words),
            Reading::GoesOn if is_denial(words) => !turn.shows && !self.questions(c)?,
            Reading::GoesOn => {
                !polite && !refers(words) && (leans(words) == Some(Lean::Objects) || objects_first(words))
            }
            _ => false,
        };
        self.request.objects = objects;
        self.request.doubtful = match reading {
            Reading::Words => objects || !is_greeting(words) && self.may_lean(c, words, ask.wrapped)?,
            // The work may be what the assistant wrote, or the assistant was wrong.
            Reading::GoesOn => objects || !polite && refers(words),
            _ => false,
        };
        // An agent goes on behind praise; behind the whole answer of a chat there is nothing to go on with.
        let thanks = is_thanks(words) || self.structure.tools_offered == 0 && is_praise(words);
        self.request.courtesy = reading == Reading::GoesOn && !turn.shows && thanks && !self.questions(c)?;
        Ok(())
    }

    /// Classifies an open message.
    fn reading<C: Texts<'a, Mark = M>>(
        &self,
        c: &mut C,
        turn: &Candidate<M>,
        ask: &Ask<'a>,
    ) -> Result<Reading> {
        let words = ask.words.trim_ascii();
        let (answered, asked) = (self.answer.is_some(), self.has_asked());
        let lent = match ask.origin {
            Origin::Own => false,
            Origin::Material => self.asks_before(c, turn)?,
            Origin::Program => asked,
        };
        Ok(if words.is_empty() || lent {
            Reading::Nothing
        } else if (answered || asked) && !ask.wrapped && is_result(c, turn, words)? {
            Reading::Result
        } else if answered && goes_on(words, ask.material) && !self.is_chore(words)
            || refers(words) && asked
            || answered && !ask.wrapped && framed(words) == Some(Framed::Alone)
        {
            Reading::GoesOn
        } else {
            Reading::Words
        })
    }

    /// True if words ask for a program's chore: "Please summarize the above conversation."
    fn is_chore(&self, words: &[u8]) -> bool {
        chore::of(words, self.structure.tools_offered > 0).is_some()
    }

    /// True if a message before a message asks, in words of its own, and the assistant has not answered since.
    fn asks_before<C: Texts<'a, Mark = M>>(&self, c: &mut C, turn: &Candidate<M>) -> Result<bool> {
        let answer = |turn: &Candidate<M>| turn.after.as_ref().map(|answer| answer.number);
        let newest = answer(turn);
        let before = self.open.iter().rev().chain(&self.ask).take(RECENT);
        for before in before.take_while(|before| answer(before) == newest) {
            let ask = before.read(c, self.cap)?;
            let words = ask.words.trim_ascii();
            if !words.is_empty() && ask.origin == Origin::Own {
                return Ok(leans(words).is_none() && !refers(words));
            }
        }
        Ok(false)
    }

    /// True if the newest message may lean on what was said before, or if a program may have written it: the assistant has
    /// asked something or called a tool in its text, or the message before was a tool's result.
    fn may_lean<C: Texts<'a, Mark = M>>(&self, c: &mut C, words: &[u8], wrapped: bool) -> Result<bool> {
        let Some(answer) = &self.answer else { return Ok(false) };
        if framed(words).is_some() {
            return Ok(true);
        }
        let text = answer.read(c, CALL_WINDOW)?;
        let questioned = text.trim_ascii_end().ends_with(b"?") || text.ends_with("？".as_bytes());
        if leans(words) == Some(Lean::AsksOn) {
            return Ok(true);
        }
        if is_brief(words, questioned) {
            return Ok(true);
        }
        if wrapped {
            return Ok(false);
        }
        if calls_in_text(&text, words) {
            return Ok(true);
        }
        let Some(turn) = self.open.last() else { return Ok(false) };
        let before = turn.read(c, self.cap)?;
        Ok(!before.wrapped && is_result(c, turn, before.words.trim_ascii())?)
    }

    /// True if the assistant's newest message asks something at its end.
    fn questions<C: Texts<'a, Mark = M>>(&self, c: &mut C) -> Result<bool> {
        let Some(answer) = &self.answer else { return Ok(false) };
        let text = answer.read(c, CALL_WINDOW)?;
        let end = text.get(text.len().saturating_sub(QUESTION)..).unwrap_or_default();
        Ok(["?", "？", "؟"].iter().any(|mark| memmem::find(end, mark.as_bytes()).is_some()))
    }

    /// The human's words in the newest result of a tool that has any, in messages above a number: a call that the human has
    /// refused or commented on, or a queued message. They are the ask of the turns behind them.
    fn said_above<C: Texts<'a, Mark = M>>(&mut self, c: &mut C, floor: u32) -> Result<Option<Ask<'a>>> {
        while let Some((number, mark)) = self.told.pop_if(|(number, _)| *number > floor) {
            let text = join(c, &mark, self.cap)?;
            let Some(words) = said(&text) else { continue };
            let ask = Ask::told(&words, self.cap);
            let s = &mut self.structure;
            s.tool_result_bytes = s.tool_result_bytes.saturating_sub(ask.bytes);
            if self.answer.as_ref().is_none_or(|answer| answer.number < number) {
                // Only blocks and other results are newer.
                self.turn_is(Turn::Ask);
            } else if self.undecided {
                self.turn_is(Turn::ToolResult);
            }
            self.retire();
            return Ok(Some(ask));
        }
        Ok(None)
    }
}

/// True if words behind an answer go on with what was said. Those that ask on, and point at material beside them, are an ask.
fn goes_on(words: &[u8], material: bool) -> bool {
    let asks_of_text = || material && points_at_text(words);
    is_acknowledgement(words)
        || is_courtesy(words)
        || leans(words).is_some_and(|lean| lean != Lean::AsksOn || !asks_of_text()) && !is_greeting(words)
}

/// True if a message is the result of a tool, or a program's complaint.
fn is_result<'a, C: Texts<'a>>(c: &mut C, turn: &Candidate<C::Mark>, words: &[u8]) -> Result<bool> {
    let Some(form) = form_of(words) else { return Ok(false) };
    form.is_result(words, || match &turn.after {
        None => Ok(Calls::Not),
        Some(answer) => {
            let calls = Calls::of_text(&answer.read(c, CALL_WINDOW)?);
            Ok(if answer.calls { calls.max(Calls::Perhaps) } else { calls })
        }
    })
}
