//! The reader of bodies alone: `cargo bench -p rheostat-wire`.

// A bench that cannot set itself up has nothing to report.
#![allow(clippy::expect_used)]

#[path = "../../core/benches/prompts/mod.rs"]
#[allow(dead_code)] // the core's benches use the rest
mod prompts;

use divan::{Bencher, black_box};
use prompts::{Rotation, prompts};
use rheostat::query::Window;
use rheostat_wire::body::read;

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
