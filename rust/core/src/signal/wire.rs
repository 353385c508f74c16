//! The state of a signal as bytes: an artifact of one section, which is named after the signal.

use crate::artifact::bytes::{Bytes, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::{Error, Result};

/// Changes whenever the layout of any signal's state does.
const SCHEMA: u64 = u64::from_le_bytes(*b"signals1");

/// Collects numbers, little-endian.
#[derive(Debug, Default)]
pub(super) struct Pack(Vec<u8>);

impl Pack {
    pub(super) fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    pub(super) fn u32(mut self, value: u32) -> Self {
        put_u32(&mut self.0, value);
        self
    }

    pub(super) fn u64(mut self, value: u64) -> Self {
        put_u64(&mut self.0, value);
        self
    }

    pub(super) fn f64(self, value: f64) -> Self {
        self.u64(value.to_bits())
    }

    pub(super) fn option(self, value: Option<f64>) -> Self {
        self.u8(u8::from(value.is_some())).f64(value.unwrap_or(0.0))
    }

    pub(super) fn u32s(self, values: &[u32]) -> Self {
        values.iter().fold(self.u32(values.len() as u32), |pack, &value| pack.u32(value))
    }

    pub(super) fn u64s(self, values: &[u64]) -> Self {
        values.iter().fold(self.u32(values.len() as u32), |pack, &value| pack.u64(value))
    }

    pub(super) fn f64s(self, values: &[f64]) -> Self {
        values.iter().fold(self.u32(values.len() as u32), |pack, &value| pack.f64(value))
    }

    pub(super) fn text(self, text: &str) -> Self {
        let mut pack = self.u32(text.len() as u32);
        pack.0.extend_from_slice(text.as_bytes());
        pack
    }

    /// The artifact of the signal `kind` (at most eight letters).
    pub(super) fn finish(self, kind: &str) -> Vec<u8> {
        let mut writer = Writer::new(SCHEMA);
        writer.section(kind, self.0);
        writer.finish()
    }
}

/// Reads what [`Pack`] wrote; every number is checked by whoever asked for it.
#[derive(Debug)]
pub(super) struct Unpack<'a>(Bytes<'a>);

impl<'a> Unpack<'a> {
    /// The state of the signal `kind` in an artifact.
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged, or the state of something else.
    pub(super) fn new(bytes: &'a [u8], kind: &'static str) -> Result<Self> {
        Ok(Self(Bytes::new(kind, Reader::new(bytes, SCHEMA)?.section(kind)?.bytes())))
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        self.0.u8()
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.0.u32()
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        self.0.u64()
    }

    /// A finite number.
    pub(super) fn f64(&mut self) -> Result<f64> {
        self.0.f64()
    }

    /// A number that something was counted by: no stream reaches 2⁶⁰, and sums of a few such numbers cannot overflow.
    pub(super) fn tally(&mut self) -> Result<u64> {
        let value = self.u64()?;
        if value < 1 << 60 { Ok(value) } else { Err(self.0.refused(&format!("a count is {value}"))) }
    }

    pub(super) fn flag(&mut self) -> Result<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.0.refused(&format!("a flag is {other}; it must be 0 or 1"))),
        }
    }

    pub(super) fn option(&mut self) -> Result<Option<f64>> {
        let (some, value) = (self.flag()?, self.f64()?);
        Ok(some.then_some(value))
    }

    pub(super) fn u32s(&mut self, most: usize) -> Result<Vec<u32>> {
        let count = self.0.count(4, most)?;
        (0..count).map(|_| self.u32()).collect()
    }

    pub(super) fn u64s(&mut self, most: usize) -> Result<Vec<u64>> {
        let count = self.0.count(8, most)?;
        (0..count).map(|_| self.u64()).collect()
    }

    pub(super) fn f64s(&mut self, most: usize) -> Result<Vec<f64>> {
        let count = self.0.count(8, most)?;
        (0..count).map(|_| self.f64()).collect()
    }

    pub(super) fn text(&mut self, most: usize) -> Result<String> {
        self.0.text(most)
    }

    /// That nothing is left over.
    pub(super) fn end(&self) -> Result<()> {
        self.0.end()
    }
}

/// That a loaded state holds together.
pub(super) fn check(holds: bool, what: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::artifact(format!("the state does not hold together: {what}"))) }
}
