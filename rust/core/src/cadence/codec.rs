//! Saves and restores a cadence, so that a loop goes on where it was when its process starts again.

use super::belief::Rate;
use super::channel::{Channel, MAX_KINDS, MAX_NAME};
use super::options::{CadenceOptions, LATEST};
use super::profile::Profile;
use super::state::{Cadence, Forced, Lock};
use crate::Result;
use crate::artifact::bytes::{Bytes, put_f64, put_str, put_u32, put_u64};
use crate::artifact::{Reader, Writer};
use crate::ledger::{Cost, Purse};
use crate::money::Usd;

/// Names the layout and its version, in the place of a feature schema.
const LAYOUT: u64 = u64::from_le_bytes(*b"cadence2");
const SECTION: &str = "cadence";
const MOST: f64 = 1e15;

impl Cadence {
    /// Writes what the cadence knows, has spent and waits for. Settings and journal are not in it.
    pub fn state(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        put_u32(&mut out, self.options.modes.len() as u32);
        for m in 0..self.options.modes.len() {
            let rate = self.belief.rates[m];
            for x in [self.belief.chances[m], self.belief.untrue[m], rate.found, rate.seconds, rate.polls] {
                put_f64(&mut out, x);
            }
        }
        let times = &self.times;
        for time in [
            Some(times.seen),
            times.started,
            Some(times.ended),
            Some(times.believed),
            Some(times.polled),
            self.wake,
        ] {
            put_f64(&mut out, time.unwrap_or(-1.0));
        }
        put_u32(&mut out, self.lock.map_or(0, |lock| lock.left));
        put_u32(&mut out, self.lock.map_or(0, |lock| lock.mode as u32));
        put_f64(&mut out, self.forced.map_or(-1.0, |forced| forced.until));
        put_u32(&mut out, self.forced.map_or(0, |forced| forced.mode as u32));
        put_u32(&mut out, u32::from(self.running));
        put_f64(&mut out, self.deferred);
        put_u64(&mut out, self.purse.window);
        for cost in [self.purse.spent, self.purse.held, self.purse.total, self.purse.overshoot] {
            put_u64(&mut out, cost.tokens);
            put_u64(&mut out, cost.usd.0);
        }
        for price in self.prices.cold.iter().chain(&self.prices.warm) {
            put_f64(&mut out, *price);
        }
        put_f64(&mut out, self.prices.needed);
        put_u32(&mut out, self.channels.all.len() as u32);
        for (kind, channel) in &self.channels.all {
            put_str(&mut out, kind);
            for x in [channel.hits, channel.false_alarms, channel.missed, channel.seconds] {
                put_f64(&mut out, x);
            }
            put_u32(&mut out, u32::from(channel.pending));
            put_u32(&mut out, u32::from(channel.during));
        }
        self.profile.write(&mut out);
        let mut writer = Writer::new(LAYOUT);
        writer.section(SECTION, out);
        writer.finish()
    }

    /// A cadence with these settings, that goes on from a [state](Self::state). Settings may differ from those of the state's
    /// cadence but for the number of modes.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) as [`new`](Self::new), and [`Error::Artifact`](crate::Error::Artifact) when the
    /// state is damaged or has another number of modes.
    pub fn restore(options: CadenceOptions, state: &[u8]) -> Result<Self> {
        let mut made = Self::new(options)?;
        let reader = Reader::new(state, LAYOUT)?;
        let mut bytes = Bytes::new(SECTION, reader.section(SECTION)?.bytes());
        let modes = bytes.u32()? as usize;
        if modes != made.options.modes.len() {
            let reason = format!("it has {modes} modes, and the settings have {}", made.options.modes.len());
            return Err(bytes.refused(&reason));
        }
        for m in 0..modes {
            made.belief.chances[m] = bytes.f64_in(0.0, 1.0)?;
            made.belief.untrue[m] = bytes.f64_in(0.0, 1.0)?;
            made.belief.rates[m] = Rate {
                found: bytes.f64_in(1e-6, MOST)?,
                seconds: bytes.f64_in(1e-6, MOST)?,
                polls: bytes.f64_in(0.0, MOST)?,
            };
        }
        let mut time =
            || Ok::<_, crate::Error>(Some(bytes.f64_in(-1.0, LATEST)?).filter(|time| *time >= 0.0));
        let known = |time: Option<f64>| time.unwrap_or_default();
        made.times.seen = known(time()?);
        made.times.started = time()?;
        (made.times.ended, made.times.believed, made.times.polled) =
            (known(time()?), known(time()?), known(time()?));
        made.wake = time()?;
        made.hold(&mut bytes)?;
        made.purse = purse(&mut bytes)?;
        for price in made.prices.cold.iter_mut().chain(&mut made.prices.warm) {
            *price = bytes.f64_in(0.0, 1e20)?;
        }
        made.prices.needed = bytes.f64_in(0.0, 1.0)?;
        for _ in 0..bytes.count(40, MAX_KINDS)? {
            let kind = bytes.text(MAX_NAME)?;
            let mut number = || bytes.f64_in(0.0, MOST);
            let mut channel = Channel::new(1.0);
            (channel.hits, channel.false_alarms, channel.missed) = (number()?, number()?, number()?);
            channel.seconds = bytes.f64_in(1e-6, MOST)?;
            (channel.pending, channel.during) = (bytes.flag()?, bytes.flag()?);
            made.channels.all.push((kind, channel));
        }
        made.profile = Profile::read(&mut bytes)?;
        bytes.end()?;
        Ok(made)
    }

    /// Reads lock, forced mode and whether a beat is in flight.
    fn hold(&mut self, bytes: &mut Bytes<'_>) -> Result<()> {
        let modes = self.options.modes.len();
        let mode = |bytes: &mut Bytes<'_>| {
            let mode = bytes.u32()? as usize;
            if mode < modes { Ok(mode) } else { Err(bytes.refused(&format!("there is no mode {mode}"))) }
        };
        let left = bytes.u32()?.min(self.options.lock);
        let locked = mode(bytes)?;
        self.lock = (left > 0).then_some(Lock { mode: locked, left });
        let until = bytes.f64_in(-1.0, 2.0 * LATEST)?;
        let forced = mode(bytes)?;
        self.forced = (until >= 0.0).then_some(Forced { mode: forced, until });
        self.running = bytes.flag()?;
        self.deferred = bytes.f64_in(0.0, 1.0)?;
        Ok(())
    }
}

fn purse(bytes: &mut Bytes<'_>) -> Result<Purse> {
    let window = bytes.u64()?;
    let mut cost = || Ok::<_, crate::Error>(Cost::new(bytes.u64()?, Usd(bytes.u64()?)));
    Ok(Purse { window, spent: cost()?, held: cost()?, total: cost()?, overshoot: cost()? })
}
