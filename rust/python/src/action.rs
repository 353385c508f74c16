//! Actions: the answers of a run to events.

use crate::error::Result;
use crate::getters::getters;
use crate::rung::{Rung, Rungs, rung};
use crate::typed::typed;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use rheostat::run as core;

typed!(Kind(&'static str): "Literal['continue', 'ramp', 'stop', 'ceiling']");
typed!(Scope(&'static str): "Literal['sample', 'unsent', 'call', 'run']");
typed!(Dial(&'static str): "_Dial");

/// Kind of an action: `CONTINUE`, `RAMP` (more compute is granted: ask the run for it), `STOP` or `CEILING` (a limit is
/// reached). Equal to its name in small letters, so it compares and serialises as a string.
#[pyclass(frozen, module = "rheostat.types", rename_all = "SCREAMING_SNAKE_CASE")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActionKind {
    Continue,
    Ramp,
    Stop,
    Ceiling,
}

impl ActionKind {
    const ALL: [Self; 4] = [Self::Continue, Self::Ramp, Self::Stop, Self::Ceiling];

    fn name(self) -> &'static str {
        match self {
            Self::Continue => core::ActionKind::Continue.as_str(),
            Self::Ramp => core::ActionKind::Ramp.as_str(),
            Self::Stop => core::ActionKind::Stop.as_str(),
            Self::Ceiling => core::ActionKind::Ceiling.as_str(),
        }
    }

    /// One object for each kind, so that `is` works as well as `==`.
    fn object(self, py: Python<'_>) -> PyResult<Py<Self>> {
        static OBJECTS: PyOnceLock<Vec<Py<ActionKind>>> = PyOnceLock::new();
        let class = || py.get_type::<Self>();
        let objects = OBJECTS.get_or_try_init(py, || {
            let one = |kind: Self| -> PyResult<Py<Self>> {
                Ok(class().getattr(kind.name().to_uppercase())?.cast_into::<Self>()?.unbind())
            };
            Self::ALL.into_iter().map(one).collect::<PyResult<Vec<_>>>()
        })?;
        match objects.get(self as usize) {
            Some(object) => Ok(object.clone_ref(py)),
            None => Py::new(py, self),
        }
    }
}

impl From<core::ActionKind> for ActionKind {
    fn from(kind: core::ActionKind) -> Self {
        match kind {
            core::ActionKind::Continue => Self::Continue,
            core::ActionKind::Ramp => Self::Ramp,
            core::ActionKind::Stop => Self::Stop,
            core::ActionKind::Ceiling => Self::Ceiling,
        }
    }
}

#[pymethods]
impl ActionKind {
    /// The kind's name, in small letters.
    #[getter]
    fn value(&self) -> Kind {
        Kind(self.name())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        match (other.cast::<Self>(), other.cast::<PyString>()) {
            (Ok(other), _) => other.get() == self,
            (_, Ok(text)) => text.to_str().is_ok_and(|text| text == self.name()),
            _ => false,
        }
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, self.name()).hash()
    }

    /// Travels as an attribute of its class, so that copies and unpickled kinds are the constant itself.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let constant = (py.get_type::<Self>(), self.name().to_uppercase());
        Ok((py.import("builtins")?.getattr("getattr")?, constant.into_pyobject(py)?))
    }

    fn __str__(&self) -> &'static str {
        self.name()
    }

    fn __repr__(&self) -> String {
        format!("rheostat.{}", self.name().to_uppercase())
    }
}

/// The answer of a run to an event.
///
/// Example:
///     >>> import rheostat as rh
///     >>> ladder = rh.Ladder([rh.Rung("fast")])
///     >>> plan = rh.Governor(ladder, policy=rh.policy.Utility(2.0)).plan("What is the capital of France?")
///     >>> with plan.start() as run:
///     ...     action = run.sample(0).finish(answer="Paris")
///     >>> action.kind == rh.STOP, action.stops
///     (True, True)
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Action {
    inner: core::Action,
    /// Only where the action names a rung.
    rungs: Option<Rungs>,
}

impl Action {
    /// The Python object of an action. The commonest one, for each token of a stream, is one shared object.
    pub(crate) fn object(py: Python<'_>, inner: core::Action, rungs: &Rungs) -> Result<Py<Self>> {
        static GOING: PyOnceLock<Py<Action>> = PyOnceLock::new();
        let usual = inner.reason == core::Reason::Going
            && inner.scope == core::Scope::Sample
            && inner.kind == core::ActionKind::Continue
            && inner.rung.is_none();
        if usual {
            let going = GOING.get_or_try_init(py, || Py::new(py, Self { inner, rungs: None }))?;
            return Ok(going.clone_ref(py));
        }
        let rungs = inner.rung.map(|_| rungs.clone());
        Ok(Py::new(py, Self { inner, rungs })?)
    }
}

getters! {
    Action, |this| {
        /// The action's kind.
        kind(py): PyResult<Py<ActionKind>> = ActionKind::from(this.inner.kind).object(py);
        /// True if the host must stop reading the scope: a stop, a ceiling, or a ramp that abandons it.
        stops: bool = this.inner.stops();
        /// The subject of the action: `"sample"`, `"unsent"` (samples of the call that were not sent yet), `"call"` or `"run"`.
        scope: Scope = Scope(this.inner.scope.as_str());
        /// The dial that a ramp turns: `"thinking_tokens"`, `"samples"`, `"depth"` or `"model"`.
        dial: Option<Dial> = this.inner.dial.map(|dial| Dial(dial.as_str()));
        /// Tokens that a ramp of thinking grants: the new budget, or the addition for a stream that goes on.
        tokens: Option<u64> = this.inner.tokens;
        /// The reason, in words.
        reason: &'static str = this.inner.reason.as_str();
    }
}

#[pymethods]
impl Action {
    /// The rung that a ramp goes to, when it changes.
    #[getter]
    fn rung(&self, py: Python<'_>) -> Result<Option<Py<Rung>>> {
        match (self.inner.rung, &self.rungs) {
            (Some(index), Some(rungs)) => rung(py, rungs, index as usize).map(Some),
            _ => Ok(None),
        }
    }

    fn __repr__(&self) -> String {
        let a = &self.inner;
        let dial = a.dial.map_or(String::new(), |d| format!(", dial={:?}", d.as_str()));
        format!(
            "Action({}, scope={:?}{dial}, reason={:?})",
            a.kind.as_str(),
            a.scope.as_str(),
            a.reason.as_str()
        )
    }
}
