//! A plan as JSON.

use super::plan::Plan;
use std::fmt::Write;

/// One JSON object. Numbers are the shortest that read back as the same number; those that are none are null.
pub(super) fn plan(plan: &Plan) -> String {
    let (estimate, limit, rung) = (&plan.estimate, &plan.limit, plan.rung_ref());
    let mut o = Object::new();
    o.text("id", &plan.id.to_string());
    o.text("rung", &rung.name);
    o.text("model", &rung.model);
    o.count("thinking_tokens", plan.thinking_tokens);
    o.count("answer_tokens", plan.answer_tokens);
    o.count("samples", plan.samples.into());
    o.count("depth", plan.depth.into());
    o.real("p_correct", plan.p_correct);
    o.real("expected_usd", plan.expected_usd);
    o.count("input_tokens", plan.input_tokens.into());
    o.text("turn", plan.turn.as_str());
    let mut e = Object::new();
    e.real("difficulty", estimate.difficulty);
    e.real("evidence", estimate.evidence);
    e.count("tokens", estimate.input_tokens.into());
    e.count("output_tokens", estimate.output_tokens.into());
    e.text("domain", estimate.domain.name());
    o.raw("estimate", &e.finish());
    let mut l = Object::new();
    l.count("tokens", limit.tokens);
    l.real("usd", limit.usd);
    l.real("seconds", limit.seconds);
    l.count("samples", limit.samples.into());
    l.count("depth", limit.depth.into());
    l.count("escalations", limit.escalations.into());
    o.raw("limit", &l.finish());
    let clamped = plan.clamped.iter().map(|clamp| {
        let mut c = Object::new();
        c.text("field", clamp.field.as_str());
        c.real("wanted", clamp.wanted);
        c.real("got", clamp.got);
        c.finish()
    });
    o.raw("clamped", &array(clamped));
    o.raw("why", &array(plan.why.iter().map(|reason| quoted(reason.as_str()))));
    o.raw("reasons", &array(plan.reasons().iter().map(|reason| quoted(reason))));
    o.text("version", plan.version());
    o.finish()
}

struct Object(String);

impl Object {
    fn new() -> Self {
        Self(String::from("{"))
    }

    fn raw(&mut self, name: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push_str(", ");
        }
        self.0.push_str(&quoted(name));
        self.0.push_str(": ");
        self.0.push_str(value);
    }

    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &quoted(value));
    }

    fn count(&mut self, name: &str, value: u64) {
        self.raw(name, &value.to_string());
    }

    fn real(&mut self, name: &str, value: f64) {
        let text = if value.is_finite() { format!("{value:?}") } else { "null".into() };
        self.raw(name, &text);
    }

    fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // Writing to a string cannot fail.
            c if c < ' ' => drop(write!(out, "\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(quoted("a\"b\\c\nd\u{1}é"), "\"a\\\"b\\\\c\\u000ad\\u0001é\"");
        let mut o = Object::new();
        o.real("x", f64::NAN);
        o.real("y", 0.1);
        assert_eq!(o.finish(), "{\"x\": null, \"y\": 0.1}");
    }
}
