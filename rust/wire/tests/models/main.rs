//! Refusals of providers, model by model: a rewritten body gives no cause for one, and says what it lost.
#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat_wire::rewrite::{Draws, Settings, Surface, Why, rewrite};
use serde_json::Value;

mod bedrock;
mod claude;
mod every;
mod gemini;
mod ollama;
mod open;
mod openai;
mod openrouter;
mod sampling;
mod wish;

const ASK: &str = r#""messages":[{"role":"user","content":"Why?"}]"#;
const CHAT_LOOP: &str = r#""messages":[{"role":"user","content":"Why?"},{"role":"assistant","content":null,"tool_calls":[{"id":"a"}]},{"role":"tool","tool_call_id":"a","content":"3"},{"role":"tool","tool_call_id":"b","content":"3"}]"#;

struct Sent {
    body: Value,
    said: Vec<(&'static str, Why)>,
}

impl Sent {
    fn says(&self, why: Why) -> bool {
        self.said.iter().any(|(_, said)| *said == why)
    }

    fn has(&self, field: &str, why: Why) -> bool {
        self.said.iter().any(|(name, said)| *name == field && *said == why)
    }

    /// The first reason for a field.
    fn why(&self, field: &str) -> Option<Why> {
        self.said.iter().find(|(name, _)| *name == field).map(|(_, why)| *why)
    }
}

/// No thinking, and room for 2,000 tokens of answer.
const SETTINGS: Settings<'static> = Settings {
    model: "m",
    thinking_tokens: 0,
    answer_tokens: 2_000,
    samples: Draws::Client { most: 1_000 },
    keep_wishes: false,
    most_tokens: 0,
};

/// The body for a model and tokens of thinking.
fn sent(surface: &str, model: &str, thinking_tokens: u64, members: &str) -> Sent {
    by(surface, &Settings { model, thinking_tokens, ..SETTINGS }, members)
}

fn by(surface: &str, settings: &Settings<'_>, members: &str) -> Sent {
    let body = format!("{{{members}}}");
    let surface = Surface::from_name(surface).unwrap();
    let new = rewrite(body.as_bytes(), surface, settings).unwrap();
    let text = new.body.clone().unwrap_or_else(|| body.clone().into_bytes());
    // A seed is counted up each time.
    let samples = if matches!(settings.samples, Draws::After(_)) { Draws::Plan(1) } else { settings.samples };
    let again = Settings { samples, ..*settings };
    assert_eq!(
        rewrite(&text, surface, &again).unwrap().body,
        None,
        "{body} does not stay as it was rewritten"
    );
    let said = new.changes.iter().map(|change| (change.field, change.why)).collect();
    Sent { body: serde_json::from_slice(&text).unwrap(), said }
}
