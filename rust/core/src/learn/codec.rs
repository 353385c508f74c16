//! The artifact of a learner.

use super::rows::{MOST_ROWS, Place, Row, Rows};
use super::sketch::Sketch;
use crate::artifact::bytes::{Bytes, put_f32, put_f64, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::estimate::inputs::{BUCKETS, INPUTS, MOST_WORDS};
use crate::estimate::schema;
use crate::outcome::OutcomeKind;
use crate::{Error, Result};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Largest learner that is read, in bytes.
pub const MOST_BYTES: usize = 1 << 28;
const LEARNER: &[u8] = b"learner 2";
const LONGEST_NAME: usize = 256;

impl Sketch {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.words.to_le_bytes());
        put_f32(out, self.location);
        put_f32(out, self.coverage);
        put_f32(out, self.tilt);
        for &x in &self.inputs {
            put_f32(out, x);
        }
        put_u32(out, self.terms.len() as u32);
        for &(bucket, times) in &self.terms {
            out.extend_from_slice(&bucket.to_le_bytes());
            out.push(times);
        }
    }

    fn read(bytes: &mut Bytes<'_>) -> Result<Self> {
        let words = bytes.u16()?;
        if usize::from(words) > MOST_WORDS {
            return Err(bytes.refused(&format!("a query of {words} words; at most {MOST_WORDS} are kept")));
        }
        let (location, coverage, tilt) = (bytes.f32()?, bytes.f32()?, bytes.f32()?);
        let mut inputs = [0.0; INPUTS.len()];
        for x in &mut inputs {
            *x = bytes.f32()?;
        }
        let count = bytes.count(3, 2 * MOST_WORDS)?;
        let mut terms = Vec::with_capacity(count);
        for _ in 0..count {
            let term = (bytes.u16()?, bytes.u8()?);
            let ordered = terms.last().is_none_or(|&(before, _)| before < term.0);
            if usize::from(term.0) >= 2 * BUCKETS || term.1 == 0 || !ordered {
                return Err(bytes.refused("terms out of order or out of bounds"));
            }
            terms.push(term);
        }
        Ok(Self { terms: terms.into(), words, inputs, location, coverage, tilt })
    }
}

/// Writes a learner: its rows, and the version of the prior that they were sketched with. Equal sketches are stored once.
pub(super) fn write_learner(rows: &Rows, prior: &str) -> Vec<u8> {
    let mut bounds = Vec::new();
    put_u64(&mut bounds, rows.most() as u64);
    put_f64(&mut bounds, rows.half_life().unwrap_or(0.0));
    put_str(&mut bounds, prior);
    let mut places: BTreeMap<&Place, u32> = rows.iter().map(|row| (&*row.place, 0)).collect();
    let (mut names, mut sketches, mut table) = (Vec::new(), Vec::new(), Vec::new());
    put_u32(&mut names, places.len() as u32);
    for (number, (place, slot)) in places.iter_mut().enumerate() {
        *slot = number as u32;
        put_str(&mut names, &place.rung);
        put_str(&mut names, &place.model);
    }
    let mut known: HashMap<u64, u32> = HashMap::new();
    put_u32(&mut table, rows.len() as u32);
    for row in rows.iter() {
        let next = known.len() as u32;
        let sketch = *known.entry(row.sketch.fingerprint()).or_insert_with(|| {
            row.sketch.write(&mut sketches);
            next
        });
        put_u64(&mut table, row.query);
        put_u64(&mut table, row.group);
        put_u32(&mut table, places.get(&*row.place).copied().unwrap_or(0));
        put_u32(&mut table, sketch);
        put_f64(&mut table, row.score);
        put_f64(&mut table, row.weight);
        put_f64(&mut table, row.at);
        table.push(row.kind as u8);
    }
    let mut counted = Vec::new();
    put_u32(&mut counted, known.len() as u32);
    counted.append(&mut sketches);
    let mut writer = Writer::new(schema());
    writer.section("kind", LEARNER.to_vec());
    writer.section("bounds", bounds);
    writer.section("places", names);
    writer.section("sketches", counted);
    writer.section("rows", table);
    writer.finish()
}

/// Reads what [`write_learner`] wrote.
pub(super) fn read_learner(bytes: &[u8]) -> Result<(Rows, String)> {
    let reader = Reader::within(bytes, schema(), MOST_BYTES)?;
    if reader.section("kind")?.bytes() != LEARNER {
        return Err(Error::artifact("it is no learner of this version"));
    }
    let mut bounds = Bytes::new("bounds", reader.section("bounds")?.bytes());
    let most = bounds.u64()?.min(usize::MAX as u64) as usize;
    let half_life = Some(bounds.f64()?).filter(|&x| x != 0.0);
    let prior = bounds.text(LONGEST_NAME)?;
    bounds.end()?;
    let mut rows = Rows::new(most, half_life).map_err(|e| bounds.refused(&e.to_string()))?;
    let places = read_places(reader.section("places")?.bytes())?;
    let sketches = read_sketches(reader.section("sketches")?.bytes())?;
    let mut table = Bytes::new("rows", reader.section("rows")?.bytes());
    let count = table.count(49, MOST_ROWS)?;
    for _ in 0..count {
        let (query, group) = (table.u64()?, table.u64()?);
        let (place, sketch) = (table.u32()? as usize, table.u32()? as usize);
        let (score, weight, at) = (table.f64()?, table.f64()?, table.f64()?);
        let kind = OutcomeKind::ALL.get(usize::from(table.u8()?)).copied();
        let (Some(place), Some(sketch), Some(kind)) = (places.get(place), sketches.get(sketch), kind) else {
            return Err(table.refused("a row names what is not there"));
        };
        let (place, sketch) = (place.clone(), sketch.clone());
        let row = Row { query, group, place, score, weight, kind, at, sketch };
        rows.add(row).map_err(|e| table.refused(&e.to_string()))?;
    }
    table.end()?;
    if rows.len() != count {
        return Err(table.refused("rows of one key, or more than are kept"));
    }
    Ok((rows, prior))
}

fn read_places(bytes: &[u8]) -> Result<Vec<Arc<Place>>> {
    let mut bytes = Bytes::new("places", bytes);
    let count = bytes.count(8, MOST_ROWS)?;
    let mut places = Vec::with_capacity(count);
    for _ in 0..count {
        places.push(Arc::new(Place { rung: bytes.text(LONGEST_NAME)?, model: bytes.text(LONGEST_NAME)? }));
    }
    bytes.end()?;
    Ok(places)
}

fn read_sketches(bytes: &[u8]) -> Result<Vec<Arc<Sketch>>> {
    let mut bytes = Bytes::new("sketches", bytes);
    let count = bytes.count(18 + 4 * INPUTS.len(), MOST_ROWS)?;
    let sketches = (0..count).map(|_| Sketch::read(&mut bytes).map(Arc::new)).collect::<Result<Vec<_>>>()?;
    bytes.end()?;
    Ok(sketches)
}
