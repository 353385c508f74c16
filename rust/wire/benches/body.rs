//! The reader of bodies, the rewriter, and the door for gateways with both: `cargo bench -p rheostat-wire`.

// A bench that cannot set itself up has nothing to report.
#![allow(clippy::expect_used)]

#[path = "../../core/benches/prompts/mod.rs"]
#[allow(dead_code)] // the core's benches use the rest
mod prompts;

use divan::{Bencher, black_box};
use prompts::{Rotation, prompts};
use rheostat::governor::{Governor, Scratch};
use rheostat::ladder::{Ladder, Rung};
use rheostat::query::Window;
use rheostat_wire::body::read;
use rheostat_wire::gateway::{Asked, decide_and_rewrite};
use rheostat_wire::rewrite::{Draws, Settings, Surface, rewrite};

fn main() {
    divan::main();
}

/// A chat body of `size` bytes in the middle of an agent's work: a system prompt, a call, its result, an ask of 420.
fn bodies(size: usize) -> Vec<String> {
    let body = |(ask, filler): (String, String)| {
        let quoted = filler.replace(" ? ", "\\n\\\"x\\\": ");
        format!(
            r#"{{"model": "auto", "messages": [{{"role": "system", "content": "{}"}}, {{"role": "user", "content": "Go on."}},
            {{"role": "assistant", "content": null, "tool_calls": [{{"id": "1", "type": "function", "function":
            {{"name": "search", "arguments": "{{\"limit\": 5}}"}}}}]}}, {{"role": "tool", "content": "{quoted}"}},
            {{"role": "user", "content": "{ask}"}}], "tools": [{{"type": "function", "function": {{"name": "search",
            "parameters": {{"type": "object", "properties": {{"limit": {{"type": "integer"}}}}}}}}}}], "stream": true}}"#,
            &filler[..filler.len() / 4],
        )
    };
    prompts(420).into_iter().zip(prompts(size * 4 / 5 - 800)).map(body).collect()
}

#[divan::bench(args = [2_000, 8_192, 131_072], sample_size = 64)]
fn body(bencher: Bencher, size: usize) {
    let bodies = bodies(size);
    let mut rotation = Rotation::new(&bodies);
    bencher.bench_local(|| {
        let query = read(rotation.next().as_bytes(), Window::default().bytes);
        black_box(query.expect("a valid body").structure.total_bytes)
    });
}

#[divan::bench(args = [2_000, 8_192, 131_072], sample_size = 64)]
fn splice(bencher: Bencher, size: usize) {
    let bodies = bodies(size);
    let mut rotation = Rotation::new(&bodies);
    let samples = Draws::Client { most: 1 };
    let settings = Settings {
        model: "gpt-5",
        thinking_tokens: 4_096,
        answer_tokens: 4_096,
        samples,
        keep_wishes: false,
        most_tokens: 8_192,
    };
    bencher.bench_local(|| {
        let new = rewrite(black_box(rotation.next().as_bytes()), Surface::OpenAiChat, &settings);
        black_box(new.expect("a valid body").body)
    });
}

#[divan::bench(args = [2_000, 8_192, 131_072], sample_size = 64)]
fn door(bencher: Bencher, size: usize) {
    let bodies = bodies(size);
    let mut rotation = Rotation::new(&bodies);
    let rungs =
        vec![Rung::new("fast", "gpt-5-mini"), Rung { thinking_tokens: 4_096, ..Rung::new("deep", "gpt-5") }];
    let ladder = Ladder::new(rungs, None, None).expect("a valid ladder");
    let governor = Governor::builder(ladder.into()).build().expect("a valid governor");
    let (asked, mut scratch) = (Asked::new(Surface::OpenAiChat), Scratch::default());
    bencher.bench_local(|| {
        let body = black_box(rotation.next().as_bytes());
        black_box(decide_and_rewrite(&governor, body, &asked, &mut scratch).expect("valid options").body)
    });
}
