//! Decides the value of each parameter: the settings, as far as the surface and the model take them.

use super::change::{Change, Why};
use super::family::{Family, LEVELS, Off, Thinking, level};
use super::field::Field::{
    self, Budget, Display, Effort, Fallbacks, Forced, Limit, Mode, Model, OldLimit, Samples, Switch,
    TopEffort,
};
use super::field::{FIELDS, Node};
use super::scan::Sites;
use super::surface::{Row, place};
use super::value::{Value, whole};
use super::{Draws, Settings};

/// The wanted value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Want<'a> {
    /// The client's, if there is one.
    Keep,
    /// This one.
    Set(Value<'a>),
    /// None.
    Remove,
}

/// The wanted values, by field, and what was changed.
#[derive(Debug)]
pub(super) struct Wants<'a> {
    wants: [Want<'a>; FIELDS],
    pub(super) changes: Vec<Change<'a>>,
}

impl<'a> Wants<'a> {
    /// Decides them for a body whose parameters have been found.
    pub(super) fn decide(body: &'a [u8], sites: &Sites, row: &'static Row, settings: &Settings<'a>) -> Self {
        let family = Family::of(row.families, settings.model);
        let wants = Self { wants: [Want::Keep; FIELDS], changes: Vec::new() };
        let mut decision = Decision { body, sites, row, settings, family, wants, found: [None; FIELDS] };
        for site in sites.sites.iter() {
            let raw = body.get(site.value()).unwrap_or_default();
            if let Some(node) = site.node {
                decision.found[node.field as usize] = (raw != b"null").then_some(raw);
                decision.forget(node.inner);
            }
        }
        decision.model();
        let thinking = decision.thinking();
        decision.limit(thinking);
        decision.samples();
        decision.refusals(thinking.on);
        decision.wants
    }

    pub(super) fn of(&self, field: Field) -> Want<'a> {
        self.wants[field as usize]
    }
}

/// The decision about thinking.
#[derive(Debug, Clone, Copy)]
struct Thought {
    /// True if the model thinks.
    on: bool,
    /// Tokens of thinking and answer together.
    total: u64,
}

struct Decision<'a, 's> {
    body: &'a [u8],
    sites: &'s Sites,
    row: &'static Row,
    settings: &'s Settings<'a>,
    family: &'static Family,
    wants: Wants<'a>,
    /// The client's values, as JSON. The last of a name counts.
    found: [Option<&'a [u8]>; FIELDS],
}

impl<'a> Decision<'a, '_> {
    fn found(&self, field: Field) -> Option<&'a [u8]> {
        self.found[field as usize]
    }

    /// Forgets the members of an object of the same name that stood before.
    fn forget(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.found[node.field as usize] = None;
            self.forget(node.inner);
        }
    }

    /// True if the client has set a parameter, though a later object of the same name may hide it.
    fn is_set(&self, field: Field) -> bool {
        let mut values = self.sites.sites.iter().filter(|site| site.field() == Some(field));
        values.any(|site| self.body.get(site.value()).is_some_and(|raw| raw != b"null"))
    }

    fn has_place(&self, field: Field) -> bool {
        place(self.row.places, field).is_some()
    }

    /// The path of a parameter, as the client spells it, or as it is going to be written.
    fn path(&self, field: Field) -> &'static str {
        let nodes = || self.sites.sites.iter().filter_map(|site| site.node);
        let spelled = nodes().find(|node| node.field == field);
        // Its object may have two spellings, too.
        let inserted = || nodes().filter_map(|node| place(node.inner, field)).last();
        spelled.or_else(inserted).or_else(|| place(self.row.places, field)).map_or("", |node| node.path)
    }

    fn say(&mut self, field: &'static str, from: Option<&'a [u8]>, to: Option<Value<'a>>, why: Why) {
        let from = from.map(|raw| start_of(raw.get(..SHOWN).unwrap_or(raw)));
        self.wants.changes.push(Change { field, from, to, why });
    }

    fn set(&mut self, field: Field, value: Value<'a>, why: Why) {
        let Some(want) =
            self.wants.wants.get_mut(field as usize).filter(|_| place(self.row.places, field).is_some())
        else {
            return;
        };
        *want = Want::Set(value);
        let mut values = self.sites.sites.iter().filter(|site| site.field() == Some(field));
        if self.found(field).is_none()
            || values.any(|site| !value.is(self.body.get(site.value()).unwrap_or_default()))
        {
            self.say(self.path(field), self.found(field), Some(value), why);
        }
    }

    /// Removes a parameter that the client has set.
    fn remove(&mut self, field: Field, why: Why) {
        if self.is_set(field) {
            self.wants.wants[field as usize] = Want::Remove;
            self.say(self.path(field), self.found(field), None, why);
        }
    }

    fn model(&mut self) {
        let model = Value::Text(self.settings.model);
        if self.has_place(Model) {
            self.set(Model, model, Why::Plan);
        } else {
            self.say("model", None, Some(model), Why::Path);
        }
        // A list of models to fall back on would pass over the plan.
        self.remove(Fallbacks, Why::Plan);
    }

    /// The client's own limit on tokens.
    fn room(&self) -> Option<u64> {
        [Limit, OldLimit].into_iter().filter_map(|field| self.found(field).and_then(whole)).min()
    }

    /// Tokens of thinking that the client asks for, and how it says so.
    fn wish(&self) -> Option<(u64, &'a [u8])> {
        let budget = self.found(Budget).and_then(|raw| Some((whole(raw)?, raw)));
        let levels = [Effort, TopEffort, Switch, Mode].into_iter().filter_map(|field| self.found(field));
        let mut levels = levels.filter_map(|raw| {
            let name = raw.strip_prefix(b"\"").and_then(|raw| raw.strip_suffix(b"\"")).unwrap_or(raw);
            let level = LEVELS.iter().find(|(level, _)| name.eq_ignore_ascii_case(level.as_bytes()));
            let tokens = match name {
                b"false" | b"disabled" => 0,
                b"true" | b"enabled" | b"adaptive" => self.settings.thinking_tokens.max(MEDIUM),
                _ => level?.1,
            };
            Some((tokens, raw))
        });
        budget.or_else(|| levels.next())
    }

    /// The plan's tokens of thinking, or the client's where they are kept, within the client's limit.
    fn tokens(&mut self) -> (u64, u64) {
        let &Settings { thinking_tokens, answer_tokens, keep_wishes, .. } = self.settings;
        let room = self.room().unwrap_or(u64::MAX);
        let answer = answer_tokens.max(1);
        let whole = thinking_tokens.saturating_add(answer).min(room);
        let mut tokens = thinking_tokens.min(room.saturating_sub(answer));
        if let Some((wish, raw)) = self.wish().filter(|_| keep_wishes) {
            // A level bounds nothing, so only a budget is cut to leave room for the answer.
            let bounds = matches!(self.family.thinking, Thinking::Budget(..) | Thinking::Either);
            let bounded = bounds || self.found(Budget).is_some();
            let most = if bounded { whole - answer.min(whole / 2) } else { u64::MAX };
            tokens = wish.min(most);
            let why = if wish > most { Why::Ceiling } else { Why::Client };
            self.say(THINKING, Some(raw), Some(Value::Number(tokens)), why);
            return (tokens, whole);
        }
        if tokens < thinking_tokens {
            self.say(THINKING, None, Some(Value::Number(tokens)), Why::Limit);
        }
        (tokens, tokens.saturating_add(answer).min(room))
    }

    fn is_tool_forced(&self) -> bool {
        self.found(Forced).is_some_and(|raw| raw.starts_with(b"{") || raw == b"\"any\"" || raw == b"\"tool\"")
    }

    fn thinking(&mut self) -> Thought {
        let (mut tokens, total) = self.tokens();
        // Thinking that does not take place leaves its tokens unspent, unless the client's wish has come before the plan's.
        let answer = if self.settings.keep_wishes { total } else { total - tokens.min(total) };
        if tokens > 0 && self.is_tool_forced() {
            self.say(THINKING, None, Some(Value::Number(0)), Why::ForcedTool);
            tokens = 0;
        }
        match self.family.thinking {
            Thinking::Never => {
                if tokens > 0 {
                    self.say(THINKING, None, Some(Value::Number(0)), Why::Unsupported);
                }
                self.forbid();
                return Thought { on: false, total: answer };
            }
            Thinking::Always => {
                self.forbid();
                if tokens == 0 {
                    self.say(THINKING, None, None, Why::Floor);
                }
                return Thought { on: true, total };
            }
            Thinking::Levels(field, levels) => {
                let name = level(levels, tokens);
                let why = match (tokens, name) {
                    (0, "none") => Why::Plan,
                    (0, _) => Why::Floor,
                    _ => Why::Level,
                };
                self.set(field, Value::Text(name), why);
                return Thought { on: name != "none", total };
            }
            Thinking::Guess(levels, off) => self.guess(tokens, levels, off),
            Thinking::Budget(least, most, off) => {
                let tokens = self.budget(tokens, least, most, off);
                let total =
                    if self.settings.keep_wishes { total } else { tokens.saturating_add(answer).min(total) };
                return Thought { on: tokens > 0, total };
            }
            Thinking::Adaptive(levels) => self.adaptive(tokens, levels),
            Thinking::Switch => self.switch(tokens),
            Thinking::Mode(levels) if tokens > 0 => {
                self.set(Mode, Value::Text("enabled"), Why::Plan);
                self.set(Effort, Value::Text(level(levels, tokens)), Why::Level);
            }
            Thinking::Mode(_) => {
                self.set(Mode, Value::Text("disabled"), Why::Plan);
                self.remove(Effort, Why::Plan);
            }
            Thinking::Either => self.either(tokens),
        }
        Thought { on: tokens > 0, total: if tokens > 0 { total } else { answer } }
    }

    /// Removes every parameter of thinking.
    fn forbid(&mut self) {
        let holder = self.path(Field::Thinking);
        self.remove(Field::Thinking, Why::Refused);
        for field in [Effort, TopEffort, Switch, Budget] {
            if holder.is_empty() || !self.path(field).starts_with(holder) {
                self.remove(field, Why::Refused);
            }
        }
    }

    fn guess(&mut self, tokens: u64, levels: &'static [&'static str], off: Option<&'static str>) {
        match off {
            _ if tokens > 0 => self.set(Effort, Value::Text(level(levels, tokens)), Why::Level),
            Some(off) if self.found(Effort).is_some() => self.set(Effort, Value::Text(off), Why::Plan),
            _ => self.remove(Effort, Why::Plan),
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
            self.say(THINKING, None, Some(Value::Number(0)), Why::Least);
        }
        if off == Off::Zero {
            self.set(Budget, Value::Number(0), Why::Plan);
            // Shown thoughts without thinking are refused.
            self.remove(Display, Why::Refused);
        } else {
            self.disable(off == Off::Disabled);
        }
        0
    }

    /// Turns thinking off by its mode, always or only where the client had asked for it.
    fn disable(&mut self, always: bool) {
        if always || self.found(Field::Thinking).is_some() {
            self.set(Mode, Value::Text("disabled"), Why::Plan);
            self.remove(Budget, Why::Plan);
            self.remove(Display, Why::Plan);
        }
    }

    fn adaptive(&mut self, tokens: u64, levels: &'static [&'static str]) {
        if tokens > 0 {
            self.set(Mode, Value::Text("adaptive"), Why::Plan);
            self.set(Effort, Value::Text(level(levels, tokens)), Why::Level);
            self.remove(Budget, Why::Renamed);
            return;
        }
        self.disable(false);
        if self.found(Effort).is_some() {
            self.set(Effort, Value::Text(level(levels, 0)), Why::Plan);
        }
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
            self.set(Effort, Value::Text(level(&["low", "medium", "high"], tokens)), Why::Level);
        }
    }

    fn either(&mut self, tokens: u64) {
        if tokens > 0 {
            self.set(Budget, Value::Number(tokens), Why::Plan);
            self.remove(Effort, Why::Renamed);
        } else {
            self.set(Effort, Value::Text("none"), Why::Plan);
            self.remove(Budget, Why::Plan);
        }
        self.remove(Switch, Why::Renamed);
        self.remove(TopEffort, Why::Renamed);
    }

    fn limit(&mut self, thinking: Thought) {
        let limit = Value::Number(thinking.total);
        let old = self.has_place(OldLimit);
        if old && self.family.refuses(OldLimit, thinking.on) {
            self.remove(OldLimit, Why::Renamed);
            self.set(Limit, limit, Why::Plan);
            return;
        }
        let field = if old { self.family.limit } else { Limit };
        let found = [Limit, OldLimit].map(|field| self.found(field).is_some());
        if found[0] || !found[1] && field == Limit {
            self.set(Limit, limit, Why::Plan);
        }
        if found[1] || !found[0] && field == OldLimit {
            self.set(OldLimit, limit, Why::Plan);
        }
    }

    fn samples(&mut self) {
        let has = self.has_place(Samples) && !self.family.refuses(Samples, true);
        let own = self.found(Samples).and_then(whole);
        match self.settings.samples {
            Draws::Client { most } => {
                let most = u64::from(most.max(1));
                let values = self.sites.sites.iter().filter(|site| site.field() == Some(Samples));
                // Some servers read "50" as a number, too: what is no number counts as more than any.
                let values =
                    values.filter_map(|site| self.body.get(site.value())).filter(|raw| **raw != *b"null");
                let asked = values.map(|raw| whole(raw).unwrap_or(u64::MAX)).max();
                if has && asked.is_some_and(|asked| asked > most) {
                    self.set(Samples, Value::Number(own.unwrap_or(most).min(most)), Why::Ceiling);
                }
            }
            Draws::Plan(samples) if has && (samples > 1 || own.is_some()) => {
                self.set(Samples, Value::Number(samples.max(1).into()), Why::Plan);
            }
            Draws::Plan(samples) if samples > 1 => {
                self.say("samples", None, Some(Value::Number(1)), Why::Unsupported);
            }
            Draws::Plan(_) => {}
        }
    }

    fn refusals(&mut self, thinks: bool) {
        let always = self.family.refuses.iter();
        let thinking = self.family.refuses_thinking.iter().filter(|_| thinks);
        for field in always.chain(thinking).copied() {
            let neutral = self.found(field).is_some_and(|raw| field.is_neutral(raw));
            if !neutral && self.wants.of(field) == Want::Keep {
                self.remove(field, Why::Refused);
            }
        }
    }
}

/// The start of some bytes, as far as it is UTF-8.
fn start_of(raw: &[u8]) -> &str {
    let valid = std::str::from_utf8(raw).map_or_else(|error| error.valid_up_to(), str::len);
    raw.get(..valid).and_then(|raw| std::str::from_utf8(raw).ok()).unwrap_or_default()
}

/// The plan's name for the budget of thinking.
const THINKING: &str = "thinking_tokens";
/// The most bytes of a client's value that a change shows.
const SHOWN: usize = 80;
/// Tokens of thinking for a client that says only "on": the medium level.
const MEDIUM: u64 = 8_192;
