//! Reads an artifact. Everything is checked before anything is used.

use super::{FORMAT, HEADER, MAGIC, MAX_BYTES, MAX_SECTIONS, SECTION_HEADER, crc32, padded};
use crate::{Error, Result};

/// An artifact with a correct header and correct checksums.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    sections: Vec<Section<'a>>,
}

/// One section: its name and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section<'a> {
    name: [u8; 8],
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads an artifact of the given schema.
    ///
    /// # Errors
    /// [`Error::Artifact`] names the failed check: size, magic, version, schema, length or checksum.
    pub fn new(bytes: &'a [u8], schema: u64) -> Result<Self> {
        Self::within(bytes, schema, MAX_BYTES)
    }

    /// Reads an artifact of the given schema and at most `most` bytes.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn within(bytes: &'a [u8], schema: u64, most: usize) -> Result<Self> {
        if bytes.len() > most {
            return Err(Error::artifact(format!("{} bytes; at most {most} are read", bytes.len())));
        }
        let header = bytes.get(..HEADER).ok_or_else(|| {
            Error::artifact(format!("truncated: {} bytes, and the header alone has {HEADER}", bytes.len()))
        })?;
        if header[..4] != MAGIC {
            return Err(Error::artifact("it does not begin with RHEO, so it is not a rheostat artifact"));
        }
        let format = u16::from_le_bytes([header[4], header[5]]);
        if format != FORMAT {
            return Err(Error::artifact(format!(
                "format version {format}; this library reads version {FORMAT}"
            )));
        }
        if number(header, 16) != crc32(&header[..16]) {
            return Err(Error::artifact("the header's checksum does not match: the file is damaged"));
        }
        let found = u64::from(number(header, 8)) | u64::from(number(header, 12)) << 32;
        if found != schema {
            return Err(Error::artifact(format!(
                "made for feature schema {found:016x}; this library has {schema:016x}: train it again"
            )));
        }
        let count = usize::from(u16::from_le_bytes([header[6], header[7]]));
        if count > MAX_SECTIONS {
            return Err(Error::artifact(format!("{count} sections; at most {MAX_SECTIONS} are read")));
        }
        Self::sections(&bytes[HEADER..], count)
    }

    fn sections(mut rest: &'a [u8], count: usize) -> Result<Self> {
        let mut sections = Vec::with_capacity(count);
        for i in 0..count {
            let truncated = || Error::artifact(format!("truncated in section {i} of {count}"));
            let (head, tail) = rest.split_at_checked(SECTION_HEADER).ok_or_else(truncated)?;
            let length = number(head, 8) as usize;
            let (bytes, tail) = tail.split_at_checked(length).ok_or_else(truncated)?;
            let checked: Vec<u8> = head[..12].iter().chain(bytes).copied().collect();
            let mut name = [0; 8];
            name.copy_from_slice(&head[..8]);
            let section = Section { name, bytes };
            if number(head, 12) != crc32(&checked) {
                let name = section.name();
                return Err(Error::artifact(format!("the checksum of section {name:?} does not match")));
            }
            if sections.iter().any(|before: &Section<'_>| before.name == section.name) {
                return Err(Error::artifact(format!("two sections have the name {:?}", section.name())));
            }
            sections.push(section);
            rest = tail;
        }
        if !rest.is_empty() {
            return Err(Error::artifact(format!("{} bytes follow the last section", rest.len())));
        }
        Ok(Self { sections })
    }

    /// The section of a name.
    ///
    /// # Errors
    /// [`Error::Artifact`] when there is none.
    pub fn section(&self, name: &str) -> Result<Section<'a>> {
        let found = self.sections.iter().find(|section| section.name == padded(name));
        found.copied().ok_or_else(|| Error::artifact(format!("it has no section {name:?}")))
    }
}

impl<'a> Section<'a> {
    /// The section's name.
    pub fn name(&self) -> String {
        let end = self.name.iter().position(|&b| b == 0).unwrap_or(8);
        self.name[..end].iter().map(|&b| char::from(b)).collect()
    }

    /// Its bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its bytes, if there are exactly `count`.
    ///
    /// # Errors
    /// [`Error::Artifact`] with both counts.
    pub fn exactly(&self, count: usize) -> Result<&'a [u8]> {
        if self.bytes.len() == count {
            return Ok(self.bytes);
        }
        let (name, found) = (self.name(), self.bytes.len());
        Err(Error::artifact(format!("section {name:?} has {found} bytes; {count} were expected")))
    }

    /// Its bytes as `count` finite numbers of 32 bits.
    ///
    /// # Errors
    /// [`Error::Artifact`] when the count differs or a number is not finite.
    pub fn floats(&self, count: usize) -> Result<Vec<f32>> {
        let (quads, _) = self.exactly(count * 4)?.as_chunks::<4>();
        let floats: Vec<f32> = quads.iter().map(|&quad| f32::from_le_bytes(quad)).collect();
        match floats.iter().position(|x| !x.is_finite()) {
            None => Ok(floats),
            Some(i) => Err(Error::artifact(format!("number {i} of section {:?} is not finite", self.name()))),
        }
    }
}

/// The little-endian u32 at `at`. The caller has checked the length.
fn number(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk::<4>().map_or(0, |&quad| u32::from_le_bytes(quad))
}
