//! A run as JSON.

use super::CallKind;
use super::state::State;
use super::streams::{Status, Stream};
use crate::json::{Object, quoted, real};
use std::fmt::Write;

/// Most answers that are written.
const MOST_ANSWERS: usize = 64;

/// One object: spending, moves and reasons, and the confidence of answers; neither questions nor answers.
pub(super) fn run(out: &mut String, state: &State) {
    let name = |i: usize| state.judge.brief().rungs.get(i).map_or("", |rung| rung.name.as_str());
    let spent = state.spent();
    Object::write(out, |o| {
        o.text("phase", state.phase().as_str());
        match state.ended() {
            Some(reason) => o.text("ended", reason.as_str()),
            None => o.raw("ended", "null"),
        }
        o.flag("settled", state.settled());
        o.flag("certified", state.judge.round().certified());
        o.text("rung", name(state.judge.round().rung()));
        o.count("escalations", state.judge.escalations().into());
        o.object("spent", |s| {
            s.count("tokens", spent.tokens);
            s.real("usd", spent.usd);
            s.real("seconds", spent.seconds);
            s.count("samples", spent.samples.into());
            s.count("calls", spent.calls.into());
            s.count("estimated_tokens", spent.estimated_tokens);
            s.real("estimated_usd", spent.estimated_usd);
        });
        o.list("trail", state.trail().iter(), |out, event| {
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
        o.count("trail_dropped", state.trail().dropped());
        let generates = |s: &Stream| state.streams.grant_of(s).is_some_and(|g| g.kind == CallKind::Generate);
        let answers = state.streams.iter().filter(|s| s.status() == Status::Finished && generates(s));
        o.count("answers_dropped", answers.clone().count().saturating_sub(MOST_ANSWERS) as u64);
        o.list("answers", answers.take(MOST_ANSWERS), |out, sample| {
            let readings = sample.readings();
            Object::write(out, |o| {
                let rung = state.streams.grant_of(sample).map_or(usize::MAX, |grant| grant.rung as usize);
                o.text("rung", name(rung));
                o.count("tokens", readings.tokens);
                for (signal, lowest) in [
                    ("lowest", readings.lowest),
                    ("lowest_logprob", readings.lowest_logprob),
                    ("lowest_top_logprob", readings.lowest_top_logprob),
                ] {
                    o.value(signal, |out| real(out, lowest.unwrap_or(f64::NAN)));
                }
            });
        });
    });
}
