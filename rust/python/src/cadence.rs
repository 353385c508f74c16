//! When an agent's loop runs next.

use crate::args;
use crate::cap::{Amount, Cap, cost};
use crate::clock::{At, wall};
use crate::error::{Failure, Result, wrong_type};
use crate::getters::getters;
use crate::typed::named;
use crate::whole::{Int, int, whole};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rheostat::cadence as core;
use std::sync::{Mutex, MutexGuard, PoisonError};

named!(Beat((f64, f64, usize, String, &'static str, bool, u64, f64)));
named!(Wake((f64, f64, bool, &'static str)));
named!(Transition((f64, usize, usize, &'static str)));
named!(SignalWorth((String, f64, f64, f64)));
named!(CadenceCounts((u64, u64, u64, u64, u64, u64)));

impl Beat {
    fn of(beat: &core::Beat<'_>) -> Self {
        let core::Beat { at, delay, mode, rung, reason, locked, grant } = beat;
        Self((
            *at,
            *delay,
            *mode,
            (*rung).to_owned(),
            reason.as_str(),
            *locked,
            grant.tokens,
            grant.usd.dollars(),
        ))
    }
}

/// When an agent's loop runs next and on which rung: within floor and ceiling, under a cap.
///
/// It keeps a posterior over modes from what beats find and what signals say. A likely mode is locked for some beats; only a signal
/// from outside can prolong that. It has no clock and sends nothing: the host waits until `next` says, asks `start`, and reports by
/// `tick`. `rheostat.cadence` has drivers for asyncio and threads. Thread-safe.
///
/// Args:
///     modes: Pairs of an interval in seconds and a rung's name, slowest first; 2 to 8. The slowest one is the pace of rest. The
///         intervals' ratio is the one of the square-root rule: a mode four times as fast is for sixteen times as much to find.
///     floor: Least seconds between the starts of two beats, whatever happens.
///     ceiling: Most seconds between them, whatever happens.
///     lock: Most beats that a lock lasts.
///     cooldown: Seconds after the end of a beat before a signal may start another one.
///     cap: Bound on what all beats spend. Its scope and key are names only: it is this cadence's own.
///     tokens: The most output tokens of one beat; needed where the cap bounds tokens.
///     usd: The most US dollars of one beat, its context read without a cache; needed where the cap bounds money.
///     cached_usd: Price of a beat that finds its context in the provider's cache. If given, delays are just under the cache's life
///         where that is cheaper, and never just above.
///     cache_ttl: Seconds for which the provider keeps a context cached.
///
/// Raises:
///     InvalidValueError: A value is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> cadence = rh.Cadence([(600, "fast"), (60, "think")], cap=rh.Cap("session", usd=5, per=86_400), usd=0.05)
///     >>> beat = cadence.start(at=0)
///     >>> beat.rung, beat.usd
///     ('fast', 0.05)
///     >>> cadence.tick(found=True, usd=0.02, at=3)
///     >>> cadence.next(at=3).delay, cadence.next(at=3).reason
///     (57.0, 'lock')
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Cadence {
    inner: Mutex<core::Cadence>,
}

impl Cadence {
    fn lock(&self) -> MutexGuard<'_, core::Cadence> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

getters! {
    Cadence, |this| {
        /// The posterior chances of the modes, slowest first.
        chances: Vec<f64> = this.lock().chances().to_vec();
        /// Spending of all beats since it was made.
        spent: Amount = Amount::of(this.lock().spent().0);
        /// Spending above what beats had been granted.
        overshoot: Amount = Amount::of(this.lock().spent().1);
        /// The rest of the cap in its window, or None without a cap.
        room: Option<Amount> = this.lock().spent().2.map(Amount::of);
        /// Its counts so far.
        counts: CadenceCounts = {
            let core::Counts { beats, refused, unchanged, signals, wakes, lost } = this.lock().counts();
            CadenceCounts((beats, refused, unchanged, signals, wakes, lost))
        };
    }
}

#[pymethods]
impl Cadence {
    #[new]
    #[pyo3(signature = (
        modes: "Iterable[tuple[float, str]]", *, floor = 5.0, ceiling = 3_600.0, lock = 20, cooldown = 60.0,
        cap: "Cap | None" = None, tokens = 0, usd = 0.0, cached_usd = None, cache_ttl = 300.0
    ))]
    #[allow(clippy::too_many_arguments)] // keywords
    fn new(
        modes: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::real::floor)] floor: f64,
        #[pyo3(from_py_with = args::real::ceiling)] ceiling: f64,
        #[pyo3(from_py_with = int)] lock: i128,
        #[pyo3(from_py_with = args::real::cooldown)] cooldown: f64,
        cap: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = int)] tokens: i128,
        #[pyo3(from_py_with = args::real::usd)] usd: f64,
        #[pyo3(from_py_with = args::some_real::cached_usd)] cached_usd: Option<f64>,
        #[pyo3(from_py_with = args::real::cache_ttl)] cache_ttl: f64,
    ) -> Result<Self> {
        let modes = args::read_list(modes, "modes", "pairs of an interval and a rung", |item, what| {
            let pair = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>();
            let (interval, rung) =
                pair.map_err(|_| wrong_type(what, item, "a pair of an interval and a rung"))?;
            Ok(core::Mode {
                interval: args::read_real(&interval, what)?,
                rung: args::read_text(&rung, what)?,
            })
        })?;
        let cap =
            cap.map(|cap| Ok::<_, Failure>(args::instance::<Cap>(cap, "cap", "a Cap")?.get().inner.clone()));
        let inner = core::Cadence::new(core::CadenceOptions {
            modes,
            floor,
            ceiling,
            lock: whole("cadence: lock", lock, 0..=u32::MAX)?,
            cooldown,
            cap: cap.transpose()?,
            beat: cost("tokens", tokens, usd)?,
            cached: cached_usd.map(|usd| cost("tokens", 0, usd)).transpose()?.map(|cost| cost.usd),
            cache_ttl,
        })?;
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// The next beat, as things stand. It claims nothing.
    ///
    /// Args:
    ///     at: The time, in seconds from 0 to 1e11; Unix time if not given. Windows of the cap start at multiples of their length.
    ///
    /// Raises:
    ///     InvalidValueError: The time is out of bounds.
    #[pyo3(signature = (*, at = None))]
    fn next(&self, #[pyo3(from_py_with = args::some_time::at)] at: Option<At>) -> Result<Beat> {
        Ok(Beat::of(&self.lock().next(wall(at))?))
    }

    /// Starts the beat that is due, and claims what it may cost. None when it is not due yet, when another one is in flight, or when
    /// the cap has no room: then this beat is over without a cost, and the next one is due after the ceiling.
    ///
    /// Args:
    ///     at: The time, as for `next`.
    ///
    /// Raises:
    ///     InvalidValueError: The time is out of bounds.
    #[pyo3(signature = (*, at = None))]
    fn start(&self, #[pyo3(from_py_with = args::some_time::at)] at: Option<At>) -> Result<Option<Beat>> {
        Ok(self.lock().start(wall(at))?.as_ref().map(Beat::of))
    }

    /// Ends the beat in flight. Without one it is a look that the host had by itself.
    ///
    /// Args:
    ///     found: True if it found something to do.
    ///     salience: How sure that is, in [0, 1], instead of `found`.
    ///     tokens: Output tokens that it has cost.
    ///     usd: US dollars that it has cost. Above the beat's grant they are counted in full, and the next beats wait for them.
    ///     at: The time, as for `next`.
    ///
    /// Raises:
    ///     InvalidValueError: A value is out of bounds. Nothing has changed then.
    #[pyo3(signature = (*, found = false, salience = None, tokens = 0, usd = 0.0, at = None))]
    fn tick(
        &self,
        #[pyo3(from_py_with = args::flag::found)] found: bool,
        #[pyo3(from_py_with = args::some_real::salience)] salience: Option<f64>,
        #[pyo3(from_py_with = int)] tokens: i128,
        #[pyo3(from_py_with = args::real::usd)] usd: f64,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<()> {
        let found = salience.unwrap_or(f64::from(u8::from(found)));
        Ok(self.lock().tick(found, cost("tokens", tokens, usd)?, wall(at))?)
    }

    /// Notes that nothing has changed since the last beat, as a free check has shown: the beat that was due is not needed.
    ///
    /// Args:
    ///     at: The time, as for `next`.
    ///
    /// Raises:
    ///     StateError: A beat is in flight.
    #[pyo3(signature = (*, at = None))]
    fn unchanged(&self, #[pyo3(from_py_with = args::some_time::at)] at: Option<At>) -> Result<()> {
        Ok(self.lock().unchanged(wall(at))?)
    }

    /// Takes note of something that happened outside, such as a message or a changed file. It may lock a mode anew, and it brings
    /// the next beat forward where that is worth its price: after the cooldown, not before the floor, never past the cap.
    ///
    /// Args:
    ///     kind: The kind of signal, at most 32 of them. How often a kind is right, and how much it misses, is learned.
    ///     strength: Above 0 and at most 1.
    ///     at: The time, as for `next`.
    ///
    /// Raises:
    ///     InvalidValueError: A value is out of bounds.
    ///     UnknownNameError: There are 32 other kinds already.
    #[pyo3(signature = (kind, strength = 1.0, *, at = None))]
    fn signal(
        &self,
        #[pyo3(from_py_with = args::text::kind)] kind: String,
        #[pyo3(from_py_with = args::real::strength)] strength: f64,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<Wake> {
        let core::Wake { at, delay, woken, reason } = self.lock().signal(&kind, strength, wall(at))?;
        Ok(Wake((at, delay, woken, reason.as_str())))
    }

    /// Holds a mode until a time, whatever beats find. Floor, ceiling and cap hold all the same.
    ///
    /// Args:
    ///     mode: Index of the mode, 0 for the slowest.
    ///     until: The time at which it ends.
    ///     at: The time, as for `next`.
    ///
    /// Raises:
    ///     InvalidValueError: No such mode, or `until` is before `at`.
    #[pyo3(signature = (mode, until, *, at = None))]
    fn force(
        &self,
        mode: Int,
        #[pyo3(from_py_with = args::real::until)] until: f64,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<()> {
        Ok(self.lock().force(whole("cadence: mode", mode, 0..=usize::MAX)?, until, wall(at))?)
    }

    /// The transitions since the last call, oldest first. At most 1,024 are kept.
    fn drain_transitions(&self) -> Vec<Transition> {
        let row = |t: core::Transition| Transition((t.at, t.from, t.to, t.cause.as_str()));
        self.lock().drain().0.into_iter().map(row).collect()
    }

    /// The worth of each kind of signal, as learned.
    fn worth(&self) -> Vec<SignalWorth> {
        let row = |w: core::SignalWorth| SignalWorth((w.kind, w.precision, w.recall, w.false_rate));
        self.lock().worth().into_iter().map(row).collect()
    }

    /// Its knowledge, spending and waits, as bytes. Settings and transitions are not in it.
    fn state<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.lock().state())
    }

    /// Goes on from a state.
    ///
    /// Raises:
    ///     ArtifactError: The state is damaged, or has another number of modes. Nothing has changed then.
    fn restore(&self, state: &[u8]) -> Result<()> {
        let mut inner = self.lock();
        *inner = core::Cadence::restore(inner.options().clone(), state)?;
        Ok(())
    }

    fn __repr__(&self) -> String {
        let inner = self.lock();
        let counts = inner.counts();
        format!(
            "Cadence({} modes, {} beats, {} signals)",
            inner.options().modes.len(),
            counts.beats,
            counts.signals
        )
    }
}
