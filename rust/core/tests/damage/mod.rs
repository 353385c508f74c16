//! Artifacts that are sound by their checksums and wrong inside. The fuzz targets read this file, too.

use rheostat::artifact::{MAGIC, crc32};

const HEADER: usize = 20;
const SECTION_HEADER: usize = 16;

/// An artifact with bytes changed as `edits` say (three bytes for the place, one for the change), and checksums made right.
pub(crate) fn damaged(good: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for edit in edits.chunks_exact(4) {
        let place = u32::from_le_bytes([edit[0], edit[1], edit[2], 0]) as usize % bytes.len();
        bytes[place] ^= edit[3];
    }
    seal(&mut bytes);
    bytes
}

/// Makes the checksums right, also of an artifact within a section, as far as there is still an artifact.
fn seal(bytes: &mut [u8]) {
    let Some((header, mut rest)) = bytes.split_at_mut_checked(HEADER) else { return };
    if !header.starts_with(&MAGIC) {
        return;
    }
    let sum = crc32(&header[..HEADER - 4]);
    header[HEADER - 4..].copy_from_slice(&sum.to_le_bytes());
    while let Some((head, tail)) = rest.split_at_mut_checked(SECTION_HEADER) {
        let length = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
        let Some((inner, tail)) = tail.split_at_mut_checked(length) else { return };
        seal(inner);
        let sum = crc32(&[&head[..12], inner].concat());
        head[12..].copy_from_slice(&sum.to_le_bytes());
        rest = tail;
    }
}
