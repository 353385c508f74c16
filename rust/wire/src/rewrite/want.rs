//! Decides the value of each parameter: the settings, as far as the surface and the model take them.

use super::change::{Change, Why};
use super::family::Family;
use super::field::Field::{
    self, Fallbacks, Limit, MinTokens, Model, OldLimit, Samples, Temperature, Versioned, Wrap,
};
use super::field::{FIELDS, Node};
use super::scan::Sites;
use super::surface::{Row, place};
use super::thought::Thought;
use super::value::{Value, count, number, whole};
use super::{Draws, Settings};
use std::ops::Range;

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
    by_field: [Want<'a>; FIELDS],
    /// Items of lists that are cut out, in the order of the body.
    pub(super) cuts: Vec<Range<usize>>,
    pub(super) changes: Vec<Change<'a>>,
}

impl<'a> Wants<'a> {
    /// Decides them for a body whose parameters have been found.
    pub(super) fn decide(body: &'a [u8], sites: &Sites, row: &'static Row, settings: &Settings<'a>) -> Self {
        let family = Family::of(row.families, settings.model);
        let places = sites.objects.get(0).map_or(row.places, |root| root.nodes);
        let wants = Self::none();
        let found = [None; FIELDS];
        let mut decision = Decision { body, sites, row, places, settings, family, wants, found };
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
        decision.vary();
        decision.samples();
        decision.refusals(thinking.on);
        decision.wants
    }

    /// Wants nothing.
    pub(super) fn none() -> Self {
        Self { by_field: [Want::Keep; FIELDS], cuts: Vec::new(), changes: Vec::new() }
    }

    pub(super) fn want(&mut self, field: Field, want: Want<'a>) {
        self.by_field[field as usize] = want;
    }

    pub(super) fn of(&self, field: Field) -> Want<'a> {
        self.by_field[field as usize]
    }
}

pub(super) struct Decision<'a, 's> {
    pub(super) body: &'a [u8],
    pub(super) sites: &'s Sites,
    row: &'static Row,
    /// The surface's places, in the form that the body has.
    places: &'static [Node],
    pub(super) settings: &'s Settings<'a>,
    pub(super) family: &'static Family,
    pub(super) wants: Wants<'a>,
    /// The client's values, as JSON. The last of a name counts.
    found: [Option<&'a [u8]>; FIELDS],
}

impl<'a> Decision<'a, '_> {
    pub(super) fn found(&self, field: Field) -> Option<&'a [u8]> {
        self.found[field as usize]
    }

    /// Forgets the members of an object of the same name that stood before.
    fn forget(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.found[node.field as usize] = None;
            self.forget(node.inner);
        }
    }

    /// The client's values of a parameter, as JSON, where it stands more than once.
    pub(super) fn values(&self, field: Field) -> impl Iterator<Item = &'a [u8]> {
        self.sites.of(field).map(|site| self.body.get(site.value()).unwrap_or_default())
    }

    /// True if the client has set a parameter, though a later object of the same name may hide it.
    fn is_set(&self, field: Field) -> bool {
        self.values(field).any(|raw| raw != b"null")
    }

    fn has_place(&self, field: Field) -> bool {
        place(self.places, field).is_some()
    }

    /// The path of a parameter, as the client spells it, or as it is going to be written.
    pub(super) fn path(&self, field: Field) -> &'static str {
        let nodes = || self.sites.sites.iter().filter_map(|site| site.node);
        let spelled = nodes().find(|node| node.field == field);
        // Its object may have two spellings, too.
        let inserted = || nodes().filter_map(|node| place(node.inner, field)).last();
        spelled.or_else(inserted).or_else(|| place(self.places, field)).map_or("", |node| node.path)
    }

    pub(super) fn say(
        &mut self,
        field: &'static str,
        from: Option<&'a [u8]>,
        to: Option<Value<'a>>,
        why: Why,
    ) {
        let from = from.map(|raw| start_of(raw.get(..SHOWN).unwrap_or(raw)));
        self.wants.changes.push(Change { field, from, to, why });
    }

    pub(super) fn set(&mut self, field: Field, value: Value<'a>, why: Why) {
        if !self.has_place(field) {
            return;
        }
        self.wants.by_field[field as usize] = Want::Set(value);
        if self.found(field).is_none() || self.values(field).any(|raw| !value.is(raw)) {
            self.say(self.path(field), self.found(field), Some(value), why);
        }
    }

    /// Removes a parameter that the client has set.
    pub(super) fn remove(&mut self, field: Field, why: Why) {
        if self.is_set(field) {
            self.wants.by_field[field as usize] = Want::Remove;
            self.say(self.path(field), self.found(field), None, why);
        }
    }

    fn model(&mut self) {
        let model = Value::Text(self.settings.model);
        // Bodies for Bedrock and Vertex, and wrapped ones, have a model only if the client wrote one.
        let elsewhere = self.found(Versioned).is_some() || self.found(Wrap).is_some();
        if self.has_place(Model) && !(elsewhere && self.found(Model).is_none()) {
            self.set(Model, model, Why::Plan);
        } else {
            self.say("model", None, Some(model), Why::Path);
        }
        // A list of models to fall back on would pass over the plan.
        self.remove(Fallbacks, Why::Plan);
    }

    fn limit(&mut self, thinking: Thought) {
        let limit = Value::Number(thinking.total);
        if self.found(MinTokens).and_then(count).is_some_and(|least| least > thinking.total) {
            self.set(MinTokens, limit, Why::Limit);
        }
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
        let takes = self.has_place(Samples) && !self.family.refuses(Samples, true);
        let own = self.found(Samples).and_then(whole);
        let cold = self.found(Temperature).and_then(number) == Some(0.0);
        let greedy = self.row.greedy && cold && self.wants.of(Temperature) == Want::Keep;
        let (taken, why) = if greedy { (1, Why::Unsupported) } else { (self.row.samples, Why::Most) };
        match self.settings.samples {
            Draws::Client { most } => {
                let most = u64::from(most.max(1));
                // Some servers read "50" as a number, too: what is no number counts as more than any.
                let values = self.values(Samples).filter(|raw| *raw != b"null");
                let asked = values.map(|raw| whole(raw).unwrap_or(u64::MAX)).max();
                let why = if taken < most { why } else { Why::Ceiling };
                let most = most.min(taken);
                if takes && asked.is_some_and(|asked| asked > most) {
                    self.set(Samples, Value::Number(own.unwrap_or(most).min(most)), why);
                }
            }
            Draws::After(_) if takes && own.is_some() => self.set(Samples, Value::Number(1), Why::Plan),
            Draws::Plan(samples) if takes && (samples > 1 || own.is_some()) => {
                let samples = u64::from(samples.max(1));
                let why = if samples > taken { why } else { Why::Plan };
                self.set(Samples, Value::Number(samples.min(taken)), why);
            }
            Draws::Plan(samples) if samples > 1 => {
                self.say("samples", None, Some(Value::Number(1)), Why::Unsupported);
            }
            Draws::Plan(_) | Draws::After(_) => {}
        }
    }
}

/// The start of some bytes, as far as it is UTF-8.
fn start_of(raw: &[u8]) -> &str {
    let valid = std::str::from_utf8(raw).map_or_else(|error| error.valid_up_to(), str::len);
    raw.get(..valid).and_then(|raw| std::str::from_utf8(raw).ok()).unwrap_or_default()
}

/// The plan's name for the budget of thinking.
pub(super) const THINKING: &str = "thinking_tokens";
/// The most bytes of a client's value that a change shows.
const SHOWN: usize = 80;
