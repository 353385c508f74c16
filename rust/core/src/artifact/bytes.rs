//! Little-endian numbers and names. The reader checks every length before it allocates.

use crate::{Error, Result};

pub(crate) fn put_str(out: &mut Vec<u8>, text: &str) {
    put_u32(out, text.len() as u32);
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn put_u32(out: &mut Vec<u8>, x: u32) {
    out.extend_from_slice(&x.to_le_bytes());
}

pub(crate) fn put_u64(out: &mut Vec<u8>, x: u64) {
    out.extend_from_slice(&x.to_le_bytes());
}

pub(crate) fn put_f64(out: &mut Vec<u8>, x: f64) {
    out.extend_from_slice(&x.to_le_bytes());
}

pub(crate) fn put_f32(out: &mut Vec<u8>, x: f32) {
    out.extend_from_slice(&x.to_le_bytes());
}

/// Reads one section.
#[derive(Debug)]
pub(crate) struct Bytes<'a> {
    section: &'static str,
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(section: &'static str, bytes: &'a [u8]) -> Self {
        Self { section, rest: bytes }
    }

    pub(crate) fn refused(&self, reason: &str) -> Error {
        Error::artifact(format!("section {:?}: {reason}", self.section))
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (head, tail) =
            self.rest.split_at_checked(count).ok_or_else(|| self.refused("it ends too early"))?;
        self.rest = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A flag: 0 or 1.
    pub(crate) fn flag(&mut self) -> Result<bool> {
        match self.u32()? {
            0 => Ok(false),
            1 => Ok(true),
            x => Err(self.refused(&format!("{x} is neither 0 nor 1"))),
        }
    }

    /// A finite number.
    pub(crate) fn f64(&mut self) -> Result<f64> {
        let x = f64::from_le_bytes(self.array()?);
        if x.is_finite() { Ok(x) } else { Err(self.refused("a number is not finite")) }
    }

    /// A finite number.
    pub(crate) fn f32(&mut self) -> Result<f32> {
        let x = f32::from_le_bytes(self.array()?);
        if x.is_finite() { Ok(x) } else { Err(self.refused("a number is not finite")) }
    }

    /// A number in a range.
    pub(crate) fn f64_in(&mut self, low: f64, high: f64) -> Result<f64> {
        let x = self.f64()?;
        if (low..=high).contains(&x) {
            Ok(x)
        } else {
            Err(self.refused(&format!("{x} is outside [{low}, {high}]")))
        }
    }

    /// The number of entries that follow, each of at least `size` bytes; `most` is the bound.
    pub(crate) fn count(&mut self, size: usize, most: usize) -> Result<usize> {
        let count = self.u32()? as usize;
        if count > most || count.saturating_mul(size) > self.rest.len() {
            return Err(self.refused(&format!("{count} entries do not fit")));
        }
        Ok(count)
    }

    pub(crate) fn text(&mut self, most: usize) -> Result<String> {
        let count = self.count(1, most)?;
        let bytes = self.take(count)?.to_vec();
        String::from_utf8(bytes).map_err(|_| self.refused("a name is not UTF-8"))
    }

    pub(crate) fn end(&self) -> Result<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.refused(&format!("{} bytes too many", self.rest.len())))
        }
    }
}
