//! Writing an artifact.

use super::{FORMAT, MAGIC, crc32, padded};

/// Collects sections and writes the artifact.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    schema: u64,
    sections: Vec<([u8; 8], Vec<u8>)>,
}

impl Writer {
    /// A writer for an artifact of a schema.
    pub fn new(schema: u64) -> Self {
        Self { schema, sections: Vec::new() }
    }

    /// Adds a section. Only the first eight bytes of its name are written.
    pub fn section(&mut self, name: &str, bytes: Vec<u8>) {
        self.sections.push((padded(name), bytes));
    }

    /// The artifact's bytes.
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&(self.sections.len() as u16).to_le_bytes());
        out.extend_from_slice(&self.schema.to_le_bytes());
        out.extend_from_slice(&crc32(&out).to_le_bytes());
        for (name, bytes) in self.sections {
            let mut head = name.to_vec();
            head.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            // The checksum covers name and length, too.
            let mut checked = head.clone();
            checked.extend_from_slice(&bytes);
            out.extend_from_slice(&head);
            out.extend_from_slice(&crc32(&checked).to_le_bytes());
            out.extend_from_slice(&bytes);
        }
        out
    }
}
