//! A run as JSON.

use super::state::State;
use crate::json::{Object, quoted, real};
use std::fmt::Write;

/// One object: what it spent, where and why it moved, and neither questions nor answers.
pub(super) fn run(out: &mut String, state: &State) {
    let name = |i: usize| state.brief.rungs.get(i).map_or("", |rung| rung.name.as_str());
    let spent = state.spent();
    Object::write(out, |o| {
        o.text("phase", state.phase.as_str());
        match state.ended {
            Some(reason) => o.text("ended", reason.as_str()),
            None => o.raw("ended", "null"),
        }
        o.flag("settled", state.settled);
        o.flag("certified", state.round.certified());
        o.text("rung", name(state.round.rung));
        o.count("escalations", state.escalations.into());
        o.object("spent", |s| {
            s.count("tokens", spent.tokens);
            s.real("usd", spent.usd);
            s.real("seconds", spent.seconds);
            s.count("samples", spent.samples.into());
            s.count("calls", spent.calls.into());
        });
        o.list("trail", state.trail.iter(), |out, event| {
            out.push('[');
            real(out, event.at);
            for text in [event.phase.as_str(), event.reason.as_str(), name(event.rung as usize)] {
                out.push_str(", ");
                quoted(out, text);
            }
            match event.call {
                // Writing to a string cannot fail.
                Some(call) => drop(write!(out, ", {call}]")),
                None => out.push_str(", null]"),
            }
        });
        o.count("trail_dropped", state.trail.dropped());
    });
}
