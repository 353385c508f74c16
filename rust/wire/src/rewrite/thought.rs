//! Decides the parameters of thinking: the plan's tokens, or the client's wish, in the form that the model takes.

use super::Settings;
use super::change::Why;
use super::family::{Off, Thinking};
use super::field::Field::{
    self, Budget, Display, Effort, InnerEffort, Limit, Mode, NovaEffort, NovaMode, NovaThinking, OldLimit,
    Reasoning, Switch, TopEffort,
};
use super::level::{ALL, LEVELS, MEDIUM, ROOM_FOR_MAX, TO_HIGH, TOP, fit, level, top};
use super::value::{Value, count, unquoted};
use super::want::{Decision, THINKING};

/// The decision about thinking.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thought {
    /// True if the model thinks.
    pub(super) on: bool,
    /// Tokens of thinking and answer together.
    pub(super) total: u64,
}

/// A client's wish.
struct Wish<'a> {
    tokens: u64,
    raw: &'a [u8],
    /// True if it is a level, which stands for any number up to its own.
    level: bool,
}

impl<'a> Decision<'a, '_> {
    /// The client's own limit on tokens.
    fn room(&self) -> Option<u64> {
        [Limit, OldLimit].into_iter().filter_map(|field| self.found(field).and_then(count)).min()
    }

    /// Tokens of thinking that the client asks for, and how it says so.
    fn wish(&self) -> Option<Wish<'a>> {
        let budget = self.found(Budget).and_then(|raw| Some(Wish { tokens: count(raw)?, raw, level: false }));
        let fields = [Effort, TopEffort, InnerEffort, NovaEffort, Switch, Mode, NovaMode];
        let mut levels = fields.into_iter().filter_map(|field| self.found(field)).filter_map(|raw| {
            let name = unquoted(raw).unwrap_or(raw);
            let level = LEVELS.iter().find(|(level, _)| name.eq_ignore_ascii_case(level.as_bytes()));
            let (tokens, level) = match name {
                b"false" | b"disabled" => (0, false),
                b"true" | b"enabled" | b"adaptive" => (self.settings.thinking_tokens.max(MEDIUM), false),
                _ => (level?.1.min(ROOM_FOR_MAX), true),
            };
            Some(Wish { tokens, raw, level })
        });
        budget.or_else(|| levels.next())
    }

    /// The plan's tokens of thinking and of thinking with the answer, or the client's where they are kept, within the client's limit.
    fn tokens(&mut self, narrowed: Option<&'static [&'static str]>) -> (u64, u64) {
        let &Settings { thinking_tokens, answer_tokens, keep_wishes, .. } = self.settings;
        let room = self.room().unwrap_or(u64::MAX);
        let answer = answer_tokens.max(1);
        let plan = thinking_tokens.min(room.saturating_sub(answer));
        let turns = !matches!(self.family.thinking, Thinking::Never | Thinking::Always);
        if let Some(wish) = self.wish().filter(|_| keep_wishes && turns) {
            return self.keep(&wish, self.dial(narrowed), plan, room);
        }
        if plan < thinking_tokens {
            self.say(THINKING, None, Some(Value::Number(plan)), Why::Limit);
        }
        (plan, plan.saturating_add(answer).min(room))
    }

    /// Keeps a client's wish, as far as the room, its limit, and the ceiling hold it.
    fn keep(
        &mut self,
        wish: &Wish<'a>,
        levels: Option<&'static [&'static str]>,
        plan: u64,
        room: u64,
    ) -> (u64, u64) {
        let &Settings { thinking_tokens, answer_tokens, most_tokens, .. } = self.settings;
        let answer = answer_tokens.max(1);
        let off = matches!(self.family.thinking, Thinking::Levels(..) | Thinking::Adaptive(_, Off::Never))
            || (wish.tokens == 0) == (plan == 0);
        let written = match (levels, self.family.thinking) {
            (Some(levels), _) => off && level(levels, wish.tokens) == level(levels, plan),
            (_, Thinking::Either(least)) => plan == 0 && Value::Text(least).is(wish.raw),
            _ => false,
        };
        // What the plan writes needs no room but the plan's.
        if written {
            self.say_wish(wish.raw, None, Why::Client);
            return (plan, plan.saturating_add(answer).min(room));
        }
        let most = most_tokens.max(thinking_tokens.saturating_add(answer));
        let whole = room.min(most);
        let held = whole - answer.min(whole / 2);
        let (tokens, to) = match levels {
            Some(levels) => fit(levels, wish.tokens, held),
            None if wish.level && wish.tokens > held => fit(ALL, wish.tokens, held),
            None => (wish.tokens.min(held), None),
        };
        let least = levels.map_or(u64::MAX, top).min(if wish.level { TOP } else { u64::MAX });
        let why = match tokens < wish.tokens.min(least) {
            false => Why::Client,
            true if room < most => Why::Limit,
            true => Why::Ceiling,
        };
        let to = match to {
            _ if wish.level && why == Why::Client => None,
            Some(name) => Some(Value::Text(name)),
            None => Some(Value::Number(tokens)),
        };
        self.say_wish(wish.raw, to, why);
        (tokens, tokens.saturating_add(answer).min(whole))
    }

    /// The levels of the model's dial, if it has levels; `narrowed` are those that it takes in this request, if they are fewer.
    fn dial(&self, narrowed: Option<&'static [&'static str]>) -> Option<&'static [&'static str]> {
        match self.family.thinking {
            Thinking::Levels(_, levels) => Some(narrowed.unwrap_or(levels)),
            Thinking::Adaptive(levels, _) | Thinking::Mode(_, _, levels) => Some(levels),
            Thinking::Switch if self.found(Effort).is_some() && self.found(Budget).is_none() => Some(TO_HIGH),
            _ => None,
        }
    }

    /// Says what became of a client's wish; a level that is kept stands for itself.
    fn say_wish(&mut self, raw: &'a [u8], to: Option<Value<'a>>, why: Why) {
        let kept = || std::str::from_utf8(unquoted(raw)?).ok().map(Value::Text);
        self.say(THINKING, Some(raw), to.or_else(kept), why);
    }

    pub(super) fn thinking(&mut self) -> Thought {
        // Read once, since a rule may read the tools.
        let narrowed = self.levels();
        let (mut tokens, total) = self.tokens(narrowed);
        // Thinking that does not take place leaves its tokens unspent.
        let answer = total - tokens.min(total);
        if tokens > 0
            && let Some(why) = self.still()
        {
            self.say_still(why);
            tokens = 0;
        }
        let thought = |on: bool| Thought { on, total: if on { total } else { answer } };
        match self.family.thinking {
            Thinking::Unknown => self.leave(total),
            Thinking::UnlessOff if tokens > 0 => self.leave(total),
            Thinking::UnlessOff => {
                self.set(Switch, Value::Flag(false), Why::Plan);
                thought(false)
            }
            Thinking::Never => {
                if tokens > 0 {
                    self.say_still(Why::Unsupported);
                }
                self.forbid();
                thought(false)
            }
            Thinking::Always => {
                self.forbid();
                if tokens == 0 {
                    self.say(THINKING, None, None, Why::Floor);
                }
                Thought { on: true, total }
            }
            Thinking::Levels(field, levels) => {
                let on = self.effort(field, narrowed.unwrap_or(levels), tokens);
                Thought { on, total: if tokens > 0 { total } else { answer } }
            }
            Thinking::Budget(least, most, off) => {
                let tokens = self.budget(tokens, least, most, off);
                // Beside a budget stands at most an effort of the answer's.
                if let Some((levels, effort)) = narrowed.zip(self.found(Effort)) {
                    self.narrow(levels, effort);
                }
                Thought { on: tokens > 0, total: tokens.saturating_add(answer).min(total) }
            }
            Thinking::Adaptive(levels, off) => {
                let on = self.adaptive(tokens, levels, off);
                Thought { on, total: if tokens > 0 { total } else { answer } }
            }
            Thinking::Switch => {
                self.switch(tokens);
                thought(tokens > 0)
            }
            Thinking::Mode(mode, effort, levels) => {
                if tokens > 0 {
                    self.set(mode, Value::Text("enabled"), Why::Plan);
                    self.set(effort, Value::Text(level(levels, tokens)), Why::Level);
                } else {
                    self.set(mode, Value::Text("disabled"), Why::Plan);
                    self.remove(effort, Why::Plan);
                }
                thought(tokens > 0)
            }
            Thinking::Either(off) => {
                self.either(tokens, off);
                thought(tokens > 0)
            }
        }
    }

    /// Leaves the thinking of an unknown model, and says so.
    fn leave(&mut self, total: u64) -> Thought {
        self.say(THINKING, None, None, Why::Unknown);
        Thought { on: false, total }
    }

    /// Writes an effort. Returns whether the model thinks.
    fn effort(&mut self, field: Field, levels: &'static [&'static str], tokens: u64) -> bool {
        let name = level(levels, tokens);
        let why = match (tokens, name) {
            (0, "none") => Why::Plan,
            (0, _) => Why::Floor,
            _ => Why::Level,
        };
        self.set(field, Value::Text(name), why);
        name != "none"
    }

    /// Lowers a client's effort to the levels that the model has.
    fn narrow(&mut self, levels: &'static [&'static str], effort: &[u8]) {
        let found = LEVELS.iter().find(|(name, _)| Value::Text(name).is(effort));
        if let Some((_, tokens)) = found.filter(|(name, _)| !levels.contains(name)) {
            self.set(Effort, Value::Text(level(levels, *tokens)), Why::Most);
        }
    }

    /// Removes every parameter of thinking.
    fn forbid(&mut self) {
        let holders = [Field::Thinking, Reasoning, NovaThinking].map(|field| (field, self.path(field)));
        for (holder, _) in holders {
            self.remove(holder, Why::Refused);
        }
        for field in [Effort, TopEffort, Switch, Budget] {
            let path = self.path(field);
            let within = |(_, holder): &(Field, &str)| {
                path.strip_prefix(holder).is_some_and(|rest| !holder.is_empty() && rest.starts_with('.'))
            };
            if !holders.iter().any(within) {
                self.remove(field, Why::Refused);
            }
        }
    }

    /// Writes a budget. Returns it.
    fn budget(&mut self, tokens: u64, least: u64, most: u64, off: Off) -> u64 {
        if tokens >= least && tokens > 0 {
            let why = if tokens > most { Why::Most } else { Why::Plan };
            let tokens = tokens.min(most);
            self.set(Mode, Value::Text("enabled"), Why::Plan);
            self.set(Budget, Value::Number(tokens), why);
            return tokens;
        }
        if off == Off::Never {
            self.set(Budget, Value::Number(least), Why::Floor);
            return least;
        }
        if tokens > 0 {
            self.say_still(Why::Least);
        }
        if off == Off::Zero {
            self.set(Budget, Value::Number(0), Why::Plan);
            // Shown thoughts without thinking are refused.
            self.remove(Display, Why::Refused);
        } else {
            self.rest(off);
        }
        0
    }

    /// Turns thinking off.
    fn rest(&mut self, off: Off) {
        let mode = match off {
            Off::Omit => {
                self.remove(Field::Thinking, Why::Plan);
                return;
            }
            Off::Mode(mode) => mode,
            _ if self.found(Field::Thinking).is_none() => return,
            _ => "disabled",
        };
        self.set(Mode, Value::Text(mode), Why::Plan);
        self.remove(Budget, Why::Plan);
        self.remove(Display, Why::Plan);
    }

    /// Lets the model decide, up to a level. Returns whether it thinks.
    fn adaptive(&mut self, tokens: u64, levels: &'static [&'static str], off: Off) -> bool {
        if tokens == 0 && off != Off::Never {
            self.rest(off);
            if self.found(Effort).is_some() {
                self.set(Effort, Value::Text(level(levels, 0)), Why::Plan);
            }
            return false;
        }
        if tokens > 0 || self.found(Field::Thinking).is_some() {
            self.set(Mode, Value::Text("adaptive"), Why::Plan);
        }
        self.effort(Effort, levels, tokens);
        self.remove(Budget, Why::Renamed);
        true
    }

    fn switch(&mut self, tokens: u64) {
        let on = tokens > 0;
        self.set(Switch, Value::Flag(on), if on { Why::Level } else { Why::Plan });
        // The server takes these only where it was started for them, as the client knows.
        if !on {
            self.remove(Budget, Why::Plan);
            self.remove(Effort, Why::Plan);
            return;
        }
        if self.found(Budget).is_some() {
            self.set(Budget, Value::Number(tokens), Why::Plan);
        }
        if self.found(Effort).is_some() {
            self.set(Effort, Value::Text(level(TO_HIGH, tokens)), Why::Level);
        }
    }

    fn either(&mut self, tokens: u64, off: &'static str) {
        if tokens > 0 {
            self.set(Budget, Value::Number(tokens), Why::Plan);
            self.remove(Effort, Why::Renamed);
        } else {
            self.set(Effort, Value::Text(off), if off == "none" { Why::Plan } else { Why::Floor });
            self.remove(Budget, Why::Plan);
        }
        self.remove(Switch, Why::Renamed);
        self.remove(TopEffort, Why::Renamed);
    }
}
