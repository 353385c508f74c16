//! A plan as JSON, and decision records.

use super::Plan;
use crate::json::{Object, quoted};

impl Plan {
    /// The plan as one JSON object, without the query's text.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(1024);
        plan(&mut out, self);
        out
    }
}

/// The plan as one object.
fn plan(out: &mut String, plan: &Plan) {
    let (estimate, limit, rung) = (&plan.estimate, &plan.limit, plan.rung_ref());
    Object::write(out, |o| {
        o.shown("id", plan.id);
        o.text("rung", &rung.name);
        o.text("model", &rung.model);
        o.count("thinking_tokens", plan.dials.thinking_tokens);
        o.count("answer_tokens", plan.dials.answer_tokens);
        o.count("samples", plan.dials.samples.into());
        o.count("depth", plan.dials.depth.into());
        o.real("p_correct", plan.p_correct);
        o.real("expected_usd", plan.expected_usd);
        o.count("input_tokens", plan.input_tokens.into());
        o.text("turn", plan.turn.as_str());
        if let Some(quantile) = plan.quantile {
            o.real("quantile", quantile);
        }
        o.object("estimate", |e| {
            e.real("difficulty", estimate.difficulty);
            e.real("coverage", estimate.coverage);
            e.count("tokens", estimate.input_tokens.into());
            e.count("output_tokens", estimate.output_tokens.into());
            e.text("domain", estimate.domain.as_str());
        });
        o.object("limit", |l| {
            l.count("tokens", limit.tokens);
            l.real("usd", limit.usd);
            l.real("seconds", limit.seconds);
            l.count("samples", limit.samples.into());
            l.count("depth", limit.depth.into());
            l.count("escalations", limit.escalations.into());
        });
        o.list("clamped", &plan.clamped, |out, clamp| {
            Object::write(out, |c| {
                c.text("field", clamp.field.as_str());
                c.real("wanted", clamp.wanted);
                c.real("got", clamp.got);
            });
        });
        o.list("why", plan.why.iter(), |out, reason| quoted(out, reason.as_str()));
        o.list("reasons", plan.reasons(), |out, reason| quoted(out, &reason));
        o.text("version", plan.version());
    });
}

/// The subject of a record: a decision, or an outcome.
#[derive(Debug, Clone, Copy)]
pub enum About<'a> {
    /// A plan, and its run as `Run::to_json` writes it.
    Decision(&'a Plan, Option<&'a str>),
    /// The id of a plan.
    Outcome(&'a str),
}

/// A decision record: the decision and its reasons, without the query's words.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The subject.
    pub about: About<'a>,
    /// Unix time, in seconds.
    pub at: f64,
    /// The conversation.
    pub session: Option<&'a str>,
    /// The customer.
    pub tenant: Option<&'a str>,
    /// Further fields of the host: JSON without braces.
    pub fields: Option<&'a str>,
}

impl Record<'_> {
    /// Appends one line to `out`. It begins with `head`, fields that are JSON already. P(correct) is written for those of
    /// `rungs` that are on the plan's ladder, or else for the plan's rung.
    pub fn line(&self, head: &str, rungs: &[String], out: &mut String) {
        Object::write(out, |o| {
            o.fields(head);
            match self.about {
                About::Decision(plan, _) => {
                    o.text("kind", "decision");
                    o.real("at", self.at);
                    o.shown("id", plan.id);
                }
                About::Outcome(id) => {
                    o.text("kind", "outcome");
                    o.real("at", self.at);
                    o.text("id", id);
                }
            }
            for (name, value) in [("session", self.session), ("tenant", self.tenant)] {
                if let Some(value) = value {
                    o.text(name, value);
                }
            }
            if let Some(fields) = self.fields {
                o.fields(fields);
            }
            if let About::Decision(made, run) = self.about {
                o.text("version", made.version());
                o.object("p_correct", |p| chances(p, made, rungs));
                if let Some(run) = run {
                    o.raw("run", run);
                }
                o.value("plan", |out| plan(out, made));
            }
        });
        out.push('\n');
    }
}

fn chances(object: &mut Object<'_>, plan: &Plan, rungs: &[String]) {
    let mut chance = |i: usize, name: &str| {
        let p = plan.p_correct_of(i);
        object.real(name, (p * 1e6).round() / 1e6);
    };
    if rungs.is_empty() {
        chance(plan.rung, &plan.rung_ref().name);
    }
    for name in rungs {
        if let Some(i) = plan.snapshot.ladder.rungs().iter().position(|rung| rung.name == *name) {
            chance(i, name);
        }
    }
}
