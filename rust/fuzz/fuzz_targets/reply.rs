//! Any bytes as a reply on any surface, cut anywhere: the events together are the bytes, and what is put together is JSON and does not
//! depend on the cuts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rheostat_wire::reply::{Reader, surfaces};

fn read(surface: &str, pieces: [&[u8]; 3]) -> (Vec<u8>, Vec<u8>) {
    let Ok(mut reader) = Reader::new(surface) else { return Default::default() };
    let fed = pieces.map(|piece| reader.feed(piece)).into_iter().chain([reader.end()]);
    let events = fed.flat_map(Result::unwrap_or_default).flat_map(|event| event.raw);
    (events.collect(), reader.reply())
}

fuzz_target!(|input: (&[u8], u8, u16, u16)| {
    let (bytes, surface, first, second) = input;
    let surface = surfaces().nth(usize::from(surface) % surfaces().count()).unwrap_or_default();
    let (start, end) = bytes.split_at(usize::from(first).min(bytes.len()));
    let (middle, end) = end.split_at(usize::from(second).min(end.len()));
    let (raw, reply) = read(surface, [start, middle, end]);
    assert_eq!(raw, bytes);
    assert!(serde_json::from_slice::<serde_json::Value>(&reply).is_ok());
    assert_eq!(read(surface, [bytes, b"", b""]).1, reply);
});
