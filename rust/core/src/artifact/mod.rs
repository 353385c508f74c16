//! The file format of models: named sections with explicit lengths, a checksum each, and nothing that is executed.
//!
//! ```text
//! magic "RHEO" · format u16 · section count u16 · schema hash u64
//! then, for each section: name (8 bytes, zero-padded) · length u32 · CRC-32 u32 · bytes
//! ```
//!
//! All numbers are little-endian; the header ends with its own CRC-32. A checksum finds damage. It is not a signature: an attacker
//! who replaces the file replaces the checksum.

pub(crate) mod bytes;
mod crc;
mod reader;
mod writer;

pub use crc::crc32;
pub use reader::{Reader, Section};
pub use writer::Writer;

/// The first four bytes of every artifact.
pub const MAGIC: [u8; 4] = *b"RHEO";
/// The version of the format that this library writes, and the only one that it reads.
pub const FORMAT: u16 = 1;
/// The largest artifact that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;
/// The most sections of one artifact.
pub const MAX_SECTIONS: usize = 64;

const HEADER: usize = 4 + 2 + 2 + 8 + 4;
const SECTION_HEADER: usize = 8 + 4 + 4;

/// A section's name as it is written: the first eight bytes, zero-padded.
fn padded(name: &str) -> [u8; 8] {
    let mut padded = [0; 8];
    for (to, from) in padded.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    padded
}
