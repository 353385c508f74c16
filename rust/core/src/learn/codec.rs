//! Learners and heads as artifacts.

use super::calibration::Calibration;
use super::heads::{HeadRung, Heads, MOST_HEADS, lanes};
use super::mean::{Kept, MOST_KEPT, Mean};
use super::report::{GainReport, Report, RungReport};
use super::rows::{MOST_ROWS, Place, Row, Rows};
use super::sketch::{BUCKETS, INPUTS, MOST_WORDS, Sketch};
use crate::artifact::bytes::{Bytes, put_f32, put_f64, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::estimate::{Curve, schema};
use crate::governor::OutcomeKind;
use crate::ladder::MAX_RUNGS;
use crate::{Error, Result};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The largest learner that is read, in bytes.
pub const MOST_BYTES: usize = 1 << 28;
const LEARNER: &[u8] = b"learner 2";
const HEADS: &[u8] = b"heads 3";
const LONGEST_NAME: usize = 256;

impl Sketch {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.words.to_le_bytes());
        put_f32(out, self.location);
        put_f32(out, self.evidence);
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
        let (location, evidence, tilt) = (bytes.f32()?, bytes.f32()?, bytes.f32()?);
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
        Ok(Self { terms: terms.into(), words, inputs, location, evidence, tilt })
    }
}

/// The artifact of a learner: its rows, and the version of the prior that they were sketched with.
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

impl Heads {
    /// The heads as an artifact.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut names = Vec::new();
        put_u32(&mut names, self.models.len() as u32);
        for model in &self.models {
            put_str(&mut names, model);
        }
        put_u32(&mut names, self.rungs.len() as u32);
        for rung in &self.rungs {
            put_str(&mut names, &rung.name);
            names.push(rung.model);
            for x in [rung.ability, rung.dials, rung.level, rung.gain_level] {
                put_f64(&mut names, x);
            }
            put_u32(&mut names, u32::from(rung.calibration.is_some()));
            for x in rung.calibration.iter().flat_map(|map| map.0) {
                put_f32(&mut names, x);
            }
        }
        let mut numbers = Vec::new();
        put_f64(&mut numbers, self.share);
        self.mean.write(&mut numbers);
        let features = self.features.iter().flatten();
        put_f32(&mut numbers, self.teaches_mean);
        for &x in self.units.iter().chain(&self.means).chain(&self.scales).chain(features) {
            put_f32(&mut numbers, x);
        }
        let mut writer = Writer::new(schema());
        writer.section("kind", HEADS.to_vec());
        writer.section("names", names);
        writer.section("numbers", numbers);
        writer.section("table", self.table.iter().flat_map(|x| x.to_le_bytes()).collect());
        writer.section("teaches", self.teaches.clone());
        writer.section("report", write_report(&self.report));
        writer.finish()
    }

    /// Reads heads.
    ///
    /// # Errors
    /// [`Error::Artifact`] when they are damaged, too large, or of another version or feature schema.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let reader = Reader::new(bytes, schema())?;
        if reader.section("kind")?.bytes() != HEADS {
            return Err(Error::artifact("these are no heads of this version"));
        }
        let (models, rungs) = read_names(reader.section("names")?.bytes())?;
        let mut numbers = Bytes::new("numbers", reader.section("numbers")?.bytes());
        let share = numbers.f64_in(0.0, 1.0)?;
        let mean = Mean::read(&mut numbers, models.len())?;
        let teaches_mean = numbers.f32()?;
        let mut units = [0.0; MOST_HEADS];
        let (mut means, mut scales) = ([0.0; INPUTS.len()], [0.0; INPUTS.len()]);
        let mut features = vec![[0.0; INPUTS.len()]; models.len()];
        for x in units.iter_mut().chain(&mut means).chain(&mut scales).chain(features.iter_mut().flatten()) {
            *x = numbers.f32()?;
        }
        numbers.end()?;
        let table = reader.section("table")?.exactly(2 * BUCKETS * lanes(models.len()) * 2)?;
        let table = table.as_chunks::<2>().0.iter().map(|&pair| i16::from_le_bytes(pair)).collect();
        let teaches = reader.section("teaches")?.exactly(2 * BUCKETS)?.to_vec();
        let report = read_report(reader.section("report")?.bytes())?;
        Ok(Self {
            models,
            rungs,
            table,
            units,
            means,
            scales,
            features,
            mean,
            share,
            teaches,
            teaches_mean,
            report,
        })
    }
}

impl Mean {
    fn write(&self, out: &mut Vec<u8>) {
        let kept = [self.kept.common, self.kept.chances, self.kept.length];
        let numbers = [self.curve.slope, self.curve.base, self.tilt.0, self.tilt.1].into_iter().chain(kept);
        for x in numbers.chain(self.asked.iter().copied()).chain(self.steps.iter().copied()) {
            put_f64(out, x);
        }
    }

    /// What [`write`](Self::write) wrote of so many models.
    fn read(numbers: &mut Bytes<'_>, models: usize) -> Result<Self> {
        let curve = Curve { slope: numbers.f64_in(1e-6, 1e6)?, base: numbers.f64_in(-100.0, 100.0)? };
        let tilt = (numbers.f64_in(-1e3, 1e3)?, numbers.f64_in(0.0, 1e3)?);
        let kept = Kept {
            common: numbers.f64_in(0.0, 1.0)?,
            chances: numbers.f64_in(0.0, 1.0)?,
            length: numbers.f64_in(-MOST_KEPT, MOST_KEPT)?,
        };
        let asked = (0..models).map(|_| numbers.f64_in(-100.0, 100.0)).collect::<Result<_>>()?;
        let steps = (0..models).map(|_| numbers.f64_in(-1.0, 1.0)).collect::<Result<_>>()?;
        Ok(Self { curve, asked, steps, tilt, kept })
    }
}

fn read_names(bytes: &[u8]) -> Result<(Vec<String>, Vec<HeadRung>)> {
    let mut names = Bytes::new("names", bytes);
    let count = names.count(4, MOST_HEADS)?;
    let models = (0..count).map(|_| names.text(LONGEST_NAME)).collect::<Result<Vec<_>>>()?;
    let count = names.count(41, MAX_RUNGS)?;
    let mut rungs = Vec::with_capacity(count);
    for _ in 0..count {
        let (name, model) = (names.text(LONGEST_NAME)?, names.u8()?);
        if usize::from(model) >= models.len() {
            return Err(names.refused("a rung names a model that is not there"));
        }
        let mut number = || names.f64_in(-100.0, 100.0);
        let (ability, dials, level, gain_level) = (number()?, number()?, number()?, number()?);
        let calibration = read_calibration(&mut names)?;
        rungs.push(HeadRung { name, model, ability, dials, level, gain_level, calibration });
    }
    names.end()?;
    Ok((models, rungs))
}

fn read_calibration(bytes: &mut Bytes<'_>) -> Result<Option<Calibration>> {
    if !bytes.flag()? {
        return Ok(None);
    }
    let mut map = Calibration::EMPTY;
    let mut before = 0.0;
    for value in &mut map.0 {
        *value = bytes.f32()?;
        if !(before..=1.0).contains(value) {
            return Err(bytes.refused("a calibration does not rise from 0 to 1"));
        }
        before = *value;
    }
    Ok(Some(map))
}

fn write_report(report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    for count in [report.outcomes, report.queries, report.groups, report.folds] {
        put_u64(&mut out, count as u64);
    }
    for x in [report.share, report.brier_prior, report.brier] {
        put_f64(&mut out, x);
    }
    put_u32(&mut out, u32::from(report.kept_prior));
    put_u32(&mut out, report.rungs.len() as u32);
    for rung in &report.rungs {
        put_str(&mut out, &rung.rung);
        put_u64(&mut out, rung.outcomes as u64);
        for x in [rung.mean_score, rung.ability, rung.brier_prior, rung.brier] {
            put_f64(&mut out, x);
        }
    }
    put_u32(&mut out, u32::from(report.gain.is_some()));
    if let Some(gain) = &report.gain {
        put_str(&mut out, &gain.low);
        put_str(&mut out, &gain.high);
        put_u64(&mut out, gain.pairs as u64);
        for x in [gain.mean, gain.apgr_prior, gain.apgr, gain.interval.0, gain.interval.1] {
            put_f64(&mut out, x);
        }
    }
    out
}

fn read_report(bytes: &[u8]) -> Result<Report> {
    let mut bytes = Bytes::new("report", bytes);
    let mut counts = [0; 4];
    for count in &mut counts {
        *count = bytes.u64()? as usize;
    }
    let [outcomes, queries, groups, folds] = counts;
    let share = bytes.f64_in(0.0, 1.0)?;
    let (brier_prior, brier) = (bytes.f64()?, bytes.f64()?);
    let kept_prior = bytes.flag()?;
    let count = bytes.count(44, MAX_RUNGS)?;
    let mut rungs = Vec::with_capacity(count);
    for _ in 0..count {
        let (rung, outcomes) = (bytes.text(LONGEST_NAME)?, bytes.u64()? as usize);
        let (mean_score, ability) = (bytes.f64()?, bytes.f64()?);
        let (brier_prior, brier) = (bytes.f64()?, bytes.f64()?);
        rungs.push(RungReport { rung, outcomes, mean_score, ability, brier_prior, brier });
    }
    let mut gain = None;
    if bytes.flag()? {
        let (low, high) = (bytes.text(LONGEST_NAME)?, bytes.text(LONGEST_NAME)?);
        let pairs = bytes.u64()? as usize;
        let (mean, apgr_prior, apgr) = (bytes.f64()?, bytes.f64()?, bytes.f64()?);
        let interval = (bytes.f64()?, bytes.f64()?);
        gain = Some(GainReport { low, high, pairs, mean, apgr_prior, apgr, interval });
    }
    bytes.end()?;
    Ok(Report { outcomes, queries, groups, folds, rungs, share, kept_prior, brier_prior, brier, gain })
}
