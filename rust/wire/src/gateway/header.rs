//! Headers that tell a client, or the next hop, about a decision.

use super::Decided;
use std::fmt::Write;

impl Decided {
    /// The headers: printable ASCII; other bytes, and `%`, are percent-encoded.
    ///
    /// `x-rheostat-plan`, `-rung`, `-model`, `-difficulty` and `-version` for a plan; `-changed` for changes, as `field=reason` pairs;
    /// `-rejected` for a refusal's kind; `-error` for a body that is sent though it could not be read.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::with_capacity(6);
        if let Some(plan) = &self.plan {
            let rung = plan.rung_ref();
            headers.push(("x-rheostat-plan", plan.id.to_string()));
            headers.push(("x-rheostat-rung", ascii(&rung.name)));
            headers.push(("x-rheostat-model", ascii(&rung.model)));
            headers.push(("x-rheostat-difficulty", format!("{:.3}", plan.estimate.difficulty)));
            headers.push(("x-rheostat-version", ascii(plan.version())));
        }
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
