//! Reading an artifact: everything is checked before anything is used.

use super::{FORMAT, HEADER, MAGIC, MAX_BYTES, MAX_SECTIONS, SECTION_HEADER, crc32, padded};
use crate::{Error, Result};

/// An artifact whose header and checksums are right.
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
    /// [`Error::Artifact`] says which check failed: size, magic, version, schema, length or checksum.
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

    /// Its bytes, of which there must be `count`.
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

/// The little-endian number of 32 bits at `at`; the caller has checked the length.
fn number(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk::<4>().map_or(0, |&quad| u32::from_le_bytes(quad))
}

#[cfg(test)]
mod tests {
    use super::super::Writer;
    use super::*;

    fn artifact() -> Vec<u8> {
        let mut writer = Writer::new(7);
        writer.section("first", vec![1, 2, 3]);
        writer.section("second", 1.5f32.to_le_bytes().to_vec());
        writer.finish()
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = artifact();
        let reader = Reader::new(&bytes, 7).unwrap();
        assert_eq!(reader.section("first").unwrap().exactly(3).unwrap(), [1, 2, 3]);
        assert_eq!(reader.section("second").unwrap().floats(1).unwrap(), [1.5]);
        assert!(reader.section("third").unwrap_err().to_string().contains("no section \"third\""));
        assert!(reader.section("first").unwrap().floats(1).is_err());
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let bytes = artifact();
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(Reader::new(&damaged, 7).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn every_truncation_and_every_excess_is_refused() {
        let mut bytes = artifact();
        for length in 0..bytes.len() {
            assert!(Reader::new(&bytes[..length], 7).is_err(), "{length} bytes");
        }
        bytes.push(0);
        assert!(Reader::new(&bytes, 7).unwrap_err().to_string().contains("1 bytes follow"));
    }

    #[test]
    fn a_name_has_one_section_and_one_way_to_be_written() {
        let mut writer = Writer::new(7);
        writer.section("first", vec![1]);
        writer.section("first", vec![2]);
        assert!(
            Reader::new(&writer.finish(), 7).unwrap_err().to_string().contains("two sections have the name")
        );
        let mut writer = Writer::new(7);
        writer.section("first\0\0x", vec![1]);
        assert!(Reader::new(&writer.finish(), 7).unwrap().section("first").is_err());
    }

    #[test]
    fn errors_name_what_is_wrong() {
        let bytes = artifact();
        let message = |bytes: &[u8], schema| Reader::new(bytes, schema).unwrap_err().to_string();
        assert!(message(&bytes, 8).contains("schema"));
        assert!(message(b"PK\x03\x04 and so on, a zip", 7).contains("RHEO"));
        assert!(message(&vec![0; MAX_BYTES + 1], 7).contains("at most"));
        let mut newer = bytes;
        newer[4] = 2;
        assert!(message(&newer, 7).contains("format version 2"));
    }
}
