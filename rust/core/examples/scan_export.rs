//! The features of many texts, for training: no stand-in of the scan in another language can then differ from it.
//!
//! Reads texts from standard input, each with its length as a little-endian `u32` before it. Writes, for each text,
//! the inputs of linear models as `f32`, the number of its words as `u32`, and the hashes of words and of pairs.

use rheostat::features::Scan;
use rheostat::query::Window;
use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut scan = Scan::new();
    let mut rest = &input[..];
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        let (text, tail) = tail.split_at_checked(length).ok_or(io::ErrorKind::UnexpectedEof)?;
        scan.run(text, Window::default());
        scan.inputs().iter().try_for_each(|x| output.write_all(&x.to_le_bytes()))?;
        output.write_all(&(scan.words.len() as u32).to_le_bytes())?;
        scan.words.iter().chain(&scan.pairs).try_for_each(|x| output.write_all(&x.to_le_bytes()))?;
        rest = tail;
    }
    output.flush()
}
