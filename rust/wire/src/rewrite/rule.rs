//! Applies the rules of a model's row: what it refuses beside something else that the request has.

use super::change::Why;
use super::family::{But, Then, When};
use super::field::Field::{self, Context, Edits, Forced, Functions, Talk, ToolChoice, Tools};
use super::talk;
use super::value::{Value, number};
use super::want::{Decision, THINKING, Want};

impl Decision<'_, '_> {
    /// True in a circumstance. Whether the model thinks is known only after the decision about it.
    fn holds(&self, when: When, thinks: bool) -> bool {
        let talk = || self.found(Talk).unwrap_or_default();
        match when {
            When::Forced => self.is_tool_forced(),
            When::Loop => talk::is_unthought(talk(), self.last_message()),
            When::Prefill => talk::is_prefilled(self.last_message()),
            When::Functions => self.found(Functions).is_some_and(|list| talk::tools(list).0),
            When::Hosted => self.found(Tools).is_some_and(|list| talk::tools(list).1),
            When::Thoughts => talk::has_thoughts(talk()),
            When::With(field) => self.found(field).is_some() && self.wants.of(field) == Want::Keep,
            When::Thinking => thinks,
            When::Idle => !thinks,
            When::Always => true,
        }
    }

    fn last_message(&self) -> &[u8] {
        let site = self.sites.of(Talk).last();
        site.and_then(|site| self.body.get(site.item..site.end.saturating_sub(1))).unwrap_or_default()
    }

    fn is_tool_forced(&self) -> bool {
        let named = |raw: &[u8]| {
            matches!(raw, b"\"any\"" | b"\"required\"" | b"\"tool\"" | b"\"function\"" | b"\"custom\"")
        };
        self.found(Forced).is_some_and(|raw| raw.starts_with(b"{") || named(raw))
            || self.found(ToolChoice).is_some_and(named)
    }

    /// The reason why the model does not think in this request.
    pub(super) fn still(&self) -> Option<Why> {
        self.family.rules.iter().find_map(|rule| match rule.1 {
            Then::Still(why) if self.holds(rule.0, true) => Some(why),
            _ => None,
        })
    }

    /// The levels that the model takes in this request, if they are fewer than usual.
    pub(super) fn levels(&self) -> Option<&'static [&'static str]> {
        self.family.rules.iter().find_map(|rule| match rule.1 {
            Then::Levels(levels) if self.holds(rule.0, true) => Some(levels),
            _ => None,
        })
    }

    /// Removes what the model refuses, once it is known whether it thinks.
    pub(super) fn refusals(&mut self, thinks: bool) {
        let always = self.family.refuses.iter().copied().flatten();
        let thinking = self.family.refuses_thinking.iter().filter(|_| thinks);
        for field in always.chain(thinking).copied() {
            self.refuse(field, But::Neutral);
        }
        for rule in self.family.rules {
            let holds = |this: &Self| this.holds(rule.0, thinks);
            match rule.1 {
                Then::Refuses(field, but) if holds(self) => self.refuse(field, but),
                Then::Cut(field, item, path) if self.found(field).is_some() && holds(self) => {
                    self.cut_items(field, item, path);
                }
                Then::Says(field) if holds(self) => self.say(field, None, None, Why::Unsupported),
                _ => {}
            }
        }
    }

    /// Removes a parameter, unless its value is one that is taken.
    fn refuse(&mut self, field: Field, but: But) {
        let taken = |raw: &[u8]| match but {
            But::Nothing => false,
            But::Neutral => field.is_neutral(raw),
            But::From(least) => number(raw).is_some_and(|number| number >= least),
            But::Except(text) => !Value::Text(text).is(raw),
        };
        if self.wants.of(field) == Want::Keep && self.values(field).any(|raw| raw != b"null" && !taken(raw)) {
            self.remove(field, Why::Refused);
        }
    }

    /// Cuts an item out of a list; the list goes with its last item.
    fn cut_items(&mut self, field: Field, item: &'static str, path: &'static str) {
        let (before, mut kept) = (self.wants.cuts.len(), false);
        let sites = self.sites;
        for site in sites.of(field) {
            let list = self.body.get(site.value()).unwrap_or_default();
            kept |= talk::cuts(list, site.start, item, &mut self.wants.cuts);
        }
        if self.wants.cuts.len() == before {
            return;
        }
        if kept {
            self.say(path, None, None, Why::Refused);
            return;
        }
        self.wants.cuts.truncate(before);
        let alone = sites
            .of(Edits)
            .all(|site| sites.objects.get(site.object).is_some_and(|object| object.members == 1));
        self.remove(if field == Edits && alone { Context } else { field }, Why::Refused);
    }

    /// Says that no thinking takes place.
    pub(super) fn say_still(&mut self, why: Why) {
        self.say(THINKING, None, Some(Value::Number(0)), why);
    }
}
