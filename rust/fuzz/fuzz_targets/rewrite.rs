//! Any bytes as a body on any surface: a rewritten body or a typed error, never a panic; and a rewritten body does not change again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rheostat_wire::rewrite::{Draws, Settings, Surface, rewrite};

/// Models of all kinds of thinking.
const MODELS: [&str; 8] = [
    "gpt-5",
    "gpt-5.1",
    "gpt-4o",
    "claude-sonnet-4-5",
    "claude-opus-4-7",
    "gemini-2.5-pro",
    "gemini-3-pro",
    "x",
];

fuzz_target!(|input: (&[u8], u8, u8, u32, u16, u8)| {
    let (body, surface, model, thinking, answer, flags) = input;
    let settings = Settings {
        model: MODELS[usize::from(model) % MODELS.len()],
        thinking_tokens: thinking.into(),
        answer_tokens: u64::from(answer).max(1),
        samples: if flags & 1 == 0 { Draws::Client { most: 2 } } else { Draws::Plan(3) },
        keep_wishes: flags & 2 != 0,
        most_tokens: if flags & 4 == 0 { u64::MAX } else { 9_000 },
    };
    let surface = Surface::ALL[usize::from(surface) % Surface::ALL.len()];
    if let Ok(new) = rewrite(body, surface, &settings) {
        let text = new.body.as_deref().unwrap_or(body);
        let again = rewrite(text, surface, &settings);
        assert!(again.is_ok_and(|again| again.body.is_none()));
    }
});
