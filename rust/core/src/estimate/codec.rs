//! The artifact of heads.

use super::calibration::Calibration;
use super::curve::Curve;
use super::heads::{HeadRung, Heads, lanes};
use super::inputs::{BUCKETS, INPUTS, MOST_HEADS};
use super::model::schema;
use super::report::{GainReport, Report, RungReport};
use super::tempering::{MAX_LENGTH_SHARE, PriorMean, PriorShares};
use crate::artifact::bytes::{Bytes, put_f32, put_f64, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::ladder::MAX_RUNGS;
use crate::{Error, Result};

const HEADS: &[u8] = b"heads 3";
const LONGEST_NAME: usize = 256;

impl Heads {
    /// Writes the heads as an artifact.
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
        let mean = PriorMean::read(&mut numbers, models.len())?;
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

impl PriorMean {
    fn write(&self, out: &mut Vec<u8>) {
        let shares = [self.shares.common, self.shares.chances, self.shares.length];
        let numbers = [self.curve.slope, self.curve.base, self.tilt.0, self.tilt.1].into_iter().chain(shares);
        for x in numbers.chain(self.asked.iter().copied()).chain(self.steps.iter().copied()) {
            put_f64(out, x);
        }
    }

    /// Reads the mean of `models` models.
    fn read(numbers: &mut Bytes<'_>, models: usize) -> Result<Self> {
        let curve = Curve { slope: numbers.f64_in(1e-6, 1e6)?, base: numbers.f64_in(-100.0, 100.0)? };
        let tilt = (numbers.f64_in(-1e3, 1e3)?, numbers.f64_in(0.0, 1e3)?);
        let shares = PriorShares {
            common: numbers.f64_in(0.0, 1.0)?,
            chances: numbers.f64_in(0.0, 1.0)?,
            length: numbers.f64_in(-MAX_LENGTH_SHARE, MAX_LENGTH_SHARE)?,
        };
        let asked = (0..models).map(|_| numbers.f64_in(-100.0, 100.0)).collect::<Result<_>>()?;
        let steps = (0..models).map(|_| numbers.f64_in(-1.0, 1.0)).collect::<Result<_>>()?;
        Ok(Self { curve, asked, steps, tilt, shares })
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
