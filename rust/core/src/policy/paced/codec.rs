//! Saves and restores a pacer's progress, so that a budget lasts its period although the process starts again.

use super::{DEAREST, PARTS, Pacer, Progress, TENANTS, TenantSpend};
use crate::Result;
use crate::artifact::bytes::{Bytes, put_f64, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::keyed::{self, Keyed};

/// Names the layout, in the place of a feature schema.
const LAYOUT: u64 = 0x7061_6365_0000_0001;
const SECTION: &str = "pacing";
/// Longest name of a tenant.
const MOST_NAME: usize = 64 << 10;
/// Largest state that is read, in bytes.
const MOST_BYTES: usize = 1 << 28;
/// Largest number: far above any amount, count or time.
const MOST: f64 = 1e18;
/// Written where no time waits for a second one to confirm it. Times are at least 0.
const NO_LEAP: f64 = -1.0;

impl Pacer {
    /// Writes the progress: the period's spending, the price, the volumes of past periods and the tenants' recent spending. Times are
    /// on the aligned clock.
    pub fn state(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let state = self.lock();
        put_f64(&mut out, self.options.period);
        put_u64(&mut out, state.period);
        put_f64(&mut out, state.leap.unwrap_or(NO_LEAP));
        for number in [
            state.seen,
            state.spent,
            state.count,
            state.total,
            state.log_price,
            state.days,
            state.recent,
            state.recent_at,
        ] {
            put_f64(&mut out, number);
        }
        for volume in state.today.iter().chain(&state.past) {
            put_f64(&mut out, *volume);
        }
        put_u32(&mut out, state.tenants.len() as u32);
        for (name, tenant) in state.tenants.iter() {
            put_str(&mut out, name);
            put_f64(&mut out, tenant.recent);
            put_f64(&mut out, tenant.at);
        }
        drop(state);
        let mut writer = Writer::new(LAYOUT);
        writer.section(SECTION, out);
        writer.finish()
    }

    /// Takes over the progress of a [state](Self::state), in place of its own. False, and no change, if that was made with another
    /// length of period.
    ///
    /// # Errors
    /// [`crate::Error::Artifact`] when it is damaged; then nothing has changed.
    pub fn restore(&self, state: &[u8]) -> Result<bool> {
        let artifact = Reader::within(state, LAYOUT, MOST_BYTES)?;
        let mut bytes = Bytes::new(SECTION, artifact.section(SECTION)?.bytes());
        let length = bytes.f64()?;
        let period = bytes.u64()?;
        let leap = bytes.f64_in(NO_LEAP, MOST)?;
        let mut number = |most: f64| bytes.f64_in(0.0, most);
        let (seen, spent, count, total) = (number(MOST)?, number(MOST)?, number(MOST)?, number(MOST)?);
        let (log_price, days, recent, recent_at) =
            (number(DEAREST.ln())?, number(MOST)?, number(MOST)?, number(MOST)?);
        let mut parts = || (0..PARTS).map(|_| number(MOST)).collect::<Result<Box<[f64]>>>();
        let (today, past) = (parts()?, parts()?);
        let (mut tenants, mut weights) = (Keyed::default(), 0.0);
        for _ in 0..bytes.count(20, TENANTS + 1)? {
            let name = bytes.text(MOST_NAME)?;
            let (recent, at) = (bytes.f64_in(0.0, MOST)?, bytes.f64_in(0.0, MOST)?);
            let hash = keyed::hash(0, &name);
            if tenants.find(hash, &name).is_some() {
                return Err(bytes.refused("a tenant comes twice"));
            }
            let weight = self.weight_of(&name);
            weights += weight;
            tenants.insert(hash, &name, TenantSpend { weight, recent, at });
        }
        bytes.end()?;
        if length.to_bits() != self.options.period.to_bits() {
            return Ok(false);
        }
        *self.lock() = Progress {
            period,
            seen,
            leap: (leap >= 0.0).then_some(leap),
            spent,
            count,
            total,
            log_price,
            today,
            past,
            days,
            tenants,
            weight: weights,
            recent,
            recent_at,
        };
        Ok(true)
    }
}
