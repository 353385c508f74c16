//! The machine of a host, for Python's drivers.

use crate::action::Action;
use crate::args;
use crate::call::Call;
use crate::callback::call;
use crate::clock::{At, now};
use crate::convert::{bytes, text};
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::piece::with_piece;
use crate::run::Run;
use crate::stream::{Machine, Stream};
use crate::whole::{int, whole};
use pyo3::exceptions::{PyKeyboardInterrupt, PySystemExit};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rheostat::Error;
use rheostat::run::{Failure, FailureKind};
use rheostat_host as core;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The rules of a host; `rheostat.host.Host` adds what reads an exception.
#[pyclass(frozen, subclass, module = "rheostat.host")]
pub(crate) struct HostRules {
    machine: Machine,
    run: Py<Run>,
    answer: Option<Py<PyAny>>,
    score: Option<Py<PyAny>>,
    watch: Option<Py<PyAny>>,
    clock: Option<Py<PyAny>>,
    /// By their numbers.
    streams: Mutex<Vec<Py<Stream>>>,
    invalid: AtomicU64,
    /// True where clients give the bytes of replies.
    reads: AtomicBool,
}

impl HostRules {
    /// The time of an event.
    fn now(&self, py: Python<'_>) -> Result<f64> {
        let Some(clock) = &self.clock else { return Ok(now(None)) };
        let at = call(clock.bind(py), ())?;
        if at.is_none() { Ok(now(None)) } else { Ok(now(Some(at.extract::<At>()?))) }
    }

    /// The number of a stream.
    fn number(&self, stream: &Bound<'_, Stream>) -> Result<u32> {
        let stream = stream.get();
        if stream.host.is(&self.machine) {
            return Ok(stream.number);
        }
        Err(Error::state("the stream belongs to another host").into())
    }

    fn streams(&self) -> MutexGuard<'_, Vec<Py<Stream>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The objects of some streams.
    fn objects(&self, py: Python<'_>, numbers: &[u32]) -> Vec<Py<Stream>> {
        let streams = self.streams();
        numbers
            .iter()
            .filter_map(|number| streams.get(*number as usize))
            .map(|one| one.clone_ref(py))
            .collect()
    }

    /// Makes the objects of streams that are new.
    fn grow(&self, py: Python<'_>) -> Result<()> {
        loop {
            let known = self.streams().len();
            // Made without a lock: an allocation may run a finaliser of the caller's.
            let fresh = self.fresh(py, known as u32)?;
            let mut streams = self.streams();
            if streams.len() == known {
                streams.extend(fresh);
                return Ok(());
            }
        }
    }

    /// The objects of the streams from a number on.
    fn fresh(&self, py: Python<'_>, from: u32) -> Result<Vec<Py<Stream>>> {
        let granted: Vec<_> = {
            let host = self.machine.lock();
            let streams = (from..).map_while(|number| host.stream(number));
            streams.map(|one| (one.call().clone(), one.index())).collect()
        };
        let mut fresh = Vec::with_capacity(granted.len());
        let mut last: Option<Py<Call>> = None;
        for (number, (inner, index)) in (from..).zip(granted) {
            let call = match last.take().filter(|last| last.get().inner.id == inner.id) {
                Some(call) => call,
                None => Py::new(py, Call { inner, rungs: self.run.get().rungs.clone() })?,
            };
            last = Some(call.clone_ref(py));
            fresh.push(Py::new(
                py,
                Stream { host: self.machine.clone(), number, call, index, going: AtomicBool::new(true) },
            )?);
        }
        Ok(fresh)
    }

    /// Does what the machine asks for after an event.
    fn follow(&self, py: Python<'_>) -> Result<()> {
        loop {
            let Some(command) = self.machine.lock().poll() else { return Ok(()) };
            match command {
                core::Command::Report { stream, action } => {
                    let Some(watch) = &self.watch else { continue };
                    let Some(stream) = self.objects(py, &[stream]).pop() else { continue };
                    let action = Action::object(py, action, &self.run.get().rungs)?;
                    let stream = stream.get();
                    call(watch.bind(py), (stream.call.clone_ref(py), stream.index, action))?;
                }
                core::Command::Keep { stream, text } => {
                    if let Some(answer) = self.tried(py, &text)? {
                        self.machine.lock().keep(stream, &answer);
                    }
                }
            }
        }
    }

    /// The answer that the caller's function takes out of a text.
    fn extracted(&self, py: Python<'_>, from: &str) -> Result<Option<String>> {
        let Some(answer) = &self.answer else { return Ok(None) };
        let found = call(answer.bind(py), (from,))?;
        if found.is_none() {
            return Ok(None);
        }
        if !found.is_instance_of::<PyString>() {
            return Err(wrong_type("answer: result", &found, "a str or None"));
        }
        Ok(Some(text(&found, "answer")?.into_owned()))
    }

    /// As `extracted`, for a part of a text, on which the function may fail.
    fn tried(&self, py: Python<'_>, from: &str) -> Result<Option<String>> {
        match self.extracted(py, from).map_err(PyErr::from) {
            Err(error)
                if error.is_instance_of::<PyKeyboardInterrupt>(py)
                    || error.is_instance_of::<PySystemExit>(py) =>
            {
                Err(error.into())
            }
            found => Ok(found.unwrap_or(None)),
        }
    }

    fn shown_to(&self, py: Python<'_>) -> Option<Py<Stream>> {
        let shown = self.machine.lock().shown()?;
        self.objects(py, &[shown]).pop()
    }

    /// Asks the caller's scorer about a stream that ends, where its score is wanted.
    fn score(&self, py: Python<'_>, stream: u32) -> Result<()> {
        let Some(score) = &self.score else { return Ok(()) };
        let Some(scored) = self.machine.lock().scored_text(stream).map(str::to_owned) else { return Ok(()) };
        let found = call(score.bind(py), (scored,))?;
        if !found.is_none() {
            let (score, now) = (args::read_real(&found, "score: result")?, self.now(py)?);
            self.machine.lock().score(stream, score, now);
        }
        Ok(())
    }

    fn told(&self, number: u32, piece: &Bound<'_, PyAny>) -> Result<bool> {
        let py = piece.py();
        let now = self.now(py)?;
        if let Some(bytes) = self.reads.load(Ordering::Relaxed).then(|| bytes(piece)).flatten() {
            let goes_on = self.machine.lock().feed(number, &bytes, now);
            self.follow(py)?;
            return Ok(goes_on && !self.end_finished(py, number)?);
        }
        let (goes_on, invalid) = with_piece(piece, |piece| self.machine.lock().tell(number, piece, now))?;
        if invalid > 0 {
            self.invalid.fetch_add(invalid, Ordering::Relaxed);
        }
        self.follow(py)?;
        Ok(goes_on)
    }

    fn end_one(&self, py: Python<'_>, number: u32) -> Result<()> {
        self.score(py, number)?;
        let found = self.text_of(number).map(|text| self.extracted(py, &text)).transpose()?.flatten();
        let now = self.now(py)?;
        self.machine.lock().end(number, found.as_deref(), now)?;
        self.follow(py)
    }

    /// Ends the streams within a request that have ended while it goes on. True if nothing more of it is to be read.
    fn end_finished(&self, py: Python<'_>, number: u32) -> Result<bool> {
        loop {
            let finished = self.machine.lock().finished();
            if finished.is_empty() {
                return Ok(self.machine.lock().closed(number));
            }
            finished.into_iter().try_for_each(|one| self.end_one(py, one))?;
        }
    }

    /// The text that the caller's function is asked about when a stream ends.
    fn text_of(&self, stream: u32) -> Option<String> {
        self.machine.lock().text_of(stream).map(str::to_owned)
    }
}

getters! {
    HostRules, |this| {
        /// The run that is served.
        run(py): Py<Run> = this.run.clone_ref(py);
        /// True once the run has its answer or has met its ceiling: nothing more is to be sent or read.
        over: bool = this.machine.lock().over();
        /// True while the open streams only have to be read. If False, ask `next` and `cancelled`: a call may be granted, a stream was
        /// given up, or all is `over`.
        steady: bool = this.machine.lock().steady();
        /// True if nothing came that is an answer: then the last error of its streams is what the caller gets.
        unanswered: bool = this.machine.lock().unanswered();
        /// The stream that the user sees, or None.
        shown(py): Option<Py<Stream>> = this.shown_to(py);
        /// Number of values that a provider cannot have meant, such as a negative count. They are left out.
        invalid: u64 = this.invalid.load(Ordering::Relaxed);
    }
}

#[pymethods]
impl HostRules {
    #[new]
    #[pyo3(signature = (
        run: "Run", *, answer: "Callable[[str], str | None] | None" = None,
        score: "Callable[[str], float | None] | None" = None,
        watch: "ActionCallback | None" = None, clock: "Clock | None" = None
    ))]
    fn new(
        py: Python<'_>,
        run: &Bound<'_, PyAny>,
        answer: Option<Py<PyAny>>,
        score: Option<Py<PyAny>>,
        watch: Option<Py<PyAny>>,
        clock: Option<Py<PyAny>>,
    ) -> Result<Self> {
        let run: Py<Run> = args::instance::<Run>(run, "run", "a Run")?.clone().unbind();
        for (what, function) in [("answer", &answer), ("score", &score), ("watch", &watch), ("clock", &clock)]
        {
            if let Some(function) = function.as_ref().map(|function| function.bind(py))
                && !function.is_callable()
            {
                return Err(wrong_type(what, function, "a callable or None"));
            }
        }
        let machine = Machine::new(core::Host::new(run.get().inner.clone(), answer.is_some()));
        Ok(Self {
            machine,
            run,
            answer,
            score,
            watch,
            clock,
            streams: Mutex::default(),
            invalid: AtomicU64::new(0),
            reads: AtomicBool::new(false),
        })
    }

    /// The clock of its events, if it is not the process's.
    #[getter]
    fn clock(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.clock.as_ref().map(|clock| clock.clone_ref(py))
    }

    /// Asks the run for calls. Returns the streams to open now, at most `room` and all probes; the others wait.
    ///
    /// Raises:
    ///     StateError: The run is closed.
    ///     StoreError: The ledger is kept in a file that is busy or broken. Nothing was granted; ask again.
    #[pyo3(signature = (room = 1_073_741_824))]
    fn next(&self, py: Python<'_>, #[pyo3(from_py_with = int)] room: i128) -> Result<Vec<Py<Stream>>> {
        let room = whole("room", room.max(0), 0..=usize::MAX)?;
        let now = self.now(py)?;
        if !self.machine.lock().asks(now) {
            return Ok(Vec::new());
        }
        // Not within the lock: a ledger's file may be waited for.
        let calls = self.run.get().granted(py, now)?;
        let ready = self.machine.lock().granted(calls, room);
        self.grow(py)?;
        Ok(self.objects(py, &ready))
    }

    /// Passes a piece of a stream to the run. Returns True to read on; if False, call `end` and close the stream's I/O.
    ///
    /// A stream that has used up its grant is read on for up to 64 pieces, because its usage and its answer may come last; its
    /// content is not. Close one that stays silent.
    ///
    /// Args:
    ///     stream: One of its streams.
    ///     piece: A `Chunk`, or a `str`; after `reads`, bytes of the stream's reply, and no bytes for its end.
    ///
    /// Raises:
    ///     InvalidTypeError: The piece is neither.
    ///     StateError: The stream belongs to another host.
    #[pyo3(signature = (stream, piece: "Chunk | str | bytes"))]
    fn tell(&self, stream: &Bound<'_, Stream>, piece: &Bound<'_, PyAny>) -> Result<bool> {
        let goes_on = self.told(self.number(stream)?, piece)?;
        stream.get().going.store(goes_on, Ordering::Relaxed);
        Ok(goes_on)
    }

    /// As `tell`, for the loop of a driver: returns True while it only has to read the stream's next piece. If False, see whether all is
    /// `steady`, and whether the stream is `going` and `ending`.
    ///
    /// Raises:
    ///     InvalidTypeError: As `tell`.
    ///     StateError: As `tell`.
    #[pyo3(signature = (stream, piece: "Chunk | str | bytes"))]
    fn hear(&self, stream: &Bound<'_, Stream>, piece: &Bound<'_, PyAny>) -> Result<bool> {
        let goes_on = self.tell(stream, piece)?;
        let host = self.machine.lock();
        Ok(goes_on && host.steady() && !host.ending(stream.get().number))
    }

    /// Reports that a stream has ended. If it was stopped, or cut at its grant, only an answer of its client counts.
    fn end(&self, py: Python<'_>, stream: &Bound<'_, Stream>) -> Result<()> {
        let number = self.number(stream)?;
        let members = self.machine.lock().members(number);
        let mut found = Vec::with_capacity(members.len());
        for one in members {
            self.score(py, one)?;
            found.push((one, self.text_of(one).map(|text| self.extracted(py, &text)).transpose()?.flatten()));
        }
        let now = self.now(py)?;
        self.machine.lock().end_all(number, &found, now)?;
        self.follow(py)
    }

    /// Notes that a stream's request waits for its call's delay before it is sent. Until then it costs nothing.
    ///
    /// Raises:
    ///     StateError: The stream belongs to another host.
    fn waits(&self, py: Python<'_>, stream: &Bound<'_, Stream>) -> Result<()> {
        let number = self.number(stream)?;
        let now = self.now(py)?;
        self.machine.lock().waits(number, now);
        Ok(())
    }

    /// Reports that a stream has failed, as `Sample.fail` does. A stream that has told its answer, or its end, has ended with it.
    /// Returns True if it failed.
    #[pyo3(signature = (stream, error: "str", *, kind: "_FailureKind | None" = None, retry_after = None))]
    fn failed(
        &self,
        py: Python<'_>,
        stream: &Bound<'_, Stream>,
        error: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::some_choice::kind)] kind: Option<&str>,
        #[pyo3(from_py_with = args::some_real::retry_after)] retry_after: Option<f64>,
    ) -> Result<bool> {
        let number = self.number(stream)?;
        let error = text(error, "error")?;
        let kind = kind.map(FailureKind::from_name).transpose()?;
        let failure = Failure::reported(&error, kind, None, retry_after)?;
        let members = self.machine.lock().members(number);
        let mut found = Vec::with_capacity(members.len());
        for one in members {
            found.push((one, self.text_of(one).map(|text| self.tried(py, &text)).transpose()?.flatten()));
        }
        let now = self.now(py)?;
        match found.as_slice() {
            [(one, found)] => self.machine.lock().fail(*one, &failure, found.as_deref(), now)?,
            all => self.machine.lock().fail_all(number, &failure, all, now)?,
        }
        let failed = |(one, _): &(u32, _)| self.machine.lock().stream(*one).is_some_and(core::Stream::failed);
        let failed = found.iter().any(failed);
        self.follow(py)?;
        Ok(failed)
    }

    /// Returns the streams that were abandoned since the last call of this method; close their I/O.
    fn cancelled(&self, py: Python<'_>) -> Vec<Py<Stream>> {
        let cancelled = self.machine.lock().cancelled();
        self.objects(py, &cancelled)
    }

    /// Lets time pass, so that a deadline is met while all streams are silent.
    fn tick(&self, py: Python<'_>) -> Result<()> {
        let now = self.now(py)?;
        self.machine.lock().tick(now);
        self.follow(py)
    }

    /// Ends what is in flight, then what was never sent, then the run.
    fn close(&self, py: Python<'_>) -> Result<()> {
        let now = self.now(py)?;
        self.machine.lock().close(now);
        let followed = self.follow(py);
        self.run.get().end(py, now)?;
        followed
    }

    /// From now on, `tell` reads the bytes of replies: their events are the stream's pieces, and may be shown to a user.
    ///
    /// Args:
    ///     surface: The format of the replies.
    ///     reports_usage: True if the user gets the event that has nothing but the usage.
    ///     judge: When the first event goes out; see `rheostat.httpx.govern`.
    ///     hold_tokens: Events of content that are held back.
    ///     hold_seconds: Seconds that they are held back.
    ///     together: True to ask for all samples of a call in one request, where the surface has a parameter for that; False for a
    ///         request each. None: where the model is known to take it.
    ///
    /// Raises:
    ///     UnknownNameError: No reply of this surface is read.
    ///     InvalidValueError: A bound is below 0.
    #[pyo3(signature = (
        surface: "_ReplySurface", *, reports_usage = false, judge: "_Judge" = "before_first_byte",
        hold_tokens = 64, hold_seconds = 2.0, together: "bool | None" = None
    ))]
    fn reads(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = args::choice::surface)] surface: &str,
        #[pyo3(from_py_with = args::flag::reports_usage)] reports_usage: bool,
        #[pyo3(from_py_with = args::choice::judge)] judge: &str,
        #[pyo3(from_py_with = int)] hold_tokens: i128,
        #[pyo3(from_py_with = args::real::hold_seconds)] hold_seconds: f64,
        together: Option<bool>,
    ) -> Result<()> {
        let reading = core::Reading {
            surface: surface.to_owned(),
            reports_usage,
            judge: core::Judge::from_name(judge)?,
            hold_tokens: whole("hold_tokens", hold_tokens, 0..=u64::MAX)?,
            hold_seconds,
            together: match together {
                None => core::Together::Known,
                Some(true) => core::Together::Always,
                Some(false) => core::Together::Never,
            },
        };
        let now = self.now(py)?;
        self.machine.lock().reads(reading, now)?;
        self.reads.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Number of answers that the request of a call's first stream asks for: all samples of the call, or 1.
    fn answers(&self, call: &Bound<'_, Call>) -> u32 {
        self.machine.lock().answers(call.get().inner.id)
    }

    /// The bytes that may go out to the user now. Once some have, the run only goes on, raises the budget or stops.
    fn take<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let now = self.now(py)?;
        let news = self.machine.lock().take(now);
        Ok(PyBytes::new(py, &news))
    }

    /// The bytes that are left when the run has ended: of what was shown, or else of the best reply.
    fn rest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let rest = self.machine.lock().rest();
        PyBytes::new(py, &rest)
    }

    /// The stream whose reply gave the run's answer; without an answer the one that wrote most. None before any reply.
    fn best(&self, py: Python<'_>) -> Option<Py<Stream>> {
        let best = self.machine.lock().best()?;
        self.objects(py, &[best]).pop()
    }

    /// A stream's reply as one object of its surface, from what has come; one that was cut says so. None if nothing is read.
    fn whole<'py>(
        &self,
        py: Python<'py>,
        stream: &Bound<'py, Stream>,
    ) -> Result<Option<Bound<'py, PyBytes>>> {
        let number = self.number(stream)?;
        let whole = self.machine.lock().whole(number);
        Ok(whole.map(|whole| PyBytes::new(py, &whole)))
    }

    /// Why a stream's reply broke off, in words; None if it did not.
    fn broken(&self, stream: &Bound<'_, Stream>) -> Result<Option<String>> {
        let number = self.number(stream)?;
        Ok(self.machine.lock().broken(number).map(str::to_owned))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
        visit.call(&self.answer)?;
        visit.call(&self.score)?;
        visit.call(&self.watch)?;
        visit.call(&self.clock)
    }
}
