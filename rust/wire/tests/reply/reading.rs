//! A stream read to its end.

use rheostat_wire::reply::{Event, Reader};

/// Reads a stream in pieces of the given sizes, over and over.
pub(crate) fn read(surface: &str, stream: &[u8], sizes: &[usize]) -> (Vec<Event>, Reader) {
    let mut reader = Reader::new(surface).unwrap();
    let (mut events, mut rest) = (Vec::new(), stream);
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, tail) = rest.split_at(rest.len().min((*size).max(1)));
        events.extend(reader.feed(piece).unwrap());
        rest = tail;
    }
    events.extend(reader.end().unwrap());
    assert_eq!(events.iter().flat_map(|event| event.raw.clone()).collect::<Vec<_>>(), stream);
    (events, reader)
}
