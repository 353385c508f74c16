//! Headers that tell a client, or the next hop, about a decision.

use super::Decided;
use rheostat::plan::Plan;
use rheostat::run::Run;
use std::fmt::Write;

impl Decided {
    /// The headers: printable ASCII; other bytes, and `%`, are percent-encoded.
    ///
    /// `x-rheostat-plan`, `-rung`, `-model`, `-difficulty` and `-version` for a plan; `-changed` for changes, as `field=reason` pairs;
    /// `-rejected` for a refusal's kind; `-error` for a body that is sent though it could not be read.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::with_capacity(6);
        headers.extend(self.plan.as_deref().into_iter().flat_map(plan_headers));
        if !self.changes.is_empty() {
            let changes: Vec<String> =
                self.changes.iter().map(|said| format!("{}={}", said.field, said.why.as_str())).collect();
            headers.push(("x-rheostat-changed", changes.join(", ")));
        }
        if let Some(refusal) = &self.reject {
            headers.push(("x-rheostat-rejected", refusal.kind.as_str().to_owned()));
        }
        if let Some(error) = &self.error {
            headers.push(("x-rheostat-error", ascii(error)));
        }
        headers
    }
}

/// The headers of a plan: `x-rheostat-plan`, `-rung`, `-model`, `-difficulty` and `-version`.
pub fn plan_headers(plan: &Plan) -> [(&'static str, String); 5] {
    let rung = plan.rung_ref();
    [
        ("x-rheostat-plan", plan.id.to_string()),
        ("x-rheostat-rung", ascii(&rung.name)),
        ("x-rheostat-model", ascii(&rung.model)),
        ("x-rheostat-difficulty", format!("{:.3}", plan.estimate.difficulty)),
        ("x-rheostat-version", ascii(plan.version())),
    ]
}

/// The headers of a response that a run has answered, or is about to: `x-rheostat-rung` and `-model` of `rung`, which is that of the
/// reply that is given or else the run's; `-settled`; and what it has spent so far, as `-calls`, `-tokens` and `-usd`.
pub fn run_headers(plan: &Plan, run: &Run, rung: usize) -> Vec<(&'static str, String)> {
    let spent = run.spent();
    let mut headers = Vec::with_capacity(6);
    if let Some(rung) = plan.snapshot.ladder.rungs().get(rung) {
        headers.push(("x-rheostat-rung", ascii(&rung.name)));
        headers.push(("x-rheostat-model", ascii(&rung.model)));
    }
    headers.push(("x-rheostat-settled", run.settled().to_string()));
    headers.push(("x-rheostat-calls", spent.calls.to_string()));
    headers.push(("x-rheostat-tokens", spent.tokens.to_string()));
    headers.push(("x-rheostat-usd", format!("{:.9}", spent.usd)));
    headers
}

/// The value of a header: printable ASCII, other bytes and `%` percent-encoded.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.len().saturating_sub(1);
    for (at, byte) in text.bytes().enumerate() {
        // Spaces at the edges would be trimmed on the way.
        let edge = byte == b' ' && (at == 0 || at == last);
        if matches!(byte, b' '..=b'~') && byte != b'%' && !edge {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
