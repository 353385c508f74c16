//! Ladders.

use crate::args;
use crate::callback::within;
use crate::convert::utf8;
use crate::error::{Result, wrong_type};
use crate::estimate::queries;
use crate::getters::getters;
use crate::governor::warn;
use crate::rules::forbidden;
use crate::rung::{Rung, Rungs, rung};
use crate::typed::{Array, named};
use crate::values::{Arguments, hash_of, keywords};
use crate::whole::{int, whole};
use numpy::ndarray::Ix2;
use numpy::{PyArrayMethods, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use rheostat::ladder as core;
use std::sync::Arc;

named!(Ability((f64, bool)));

/// A rung's name or its index: a special method takes its types from Rust alone.
struct Key<'py>(Bound<'py, PyAny>);

impl<'py> FromPyObject<'_, 'py> for Key<'py> {
    type Error = std::convert::Infallible;
    #[cfg(feature = "stub")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = crate::typed::python("str | int");

    fn extract(key: Borrowed<'_, 'py, PyAny>) -> std::result::Result<Self, Self::Error> {
        Ok(Self(key.to_owned()))
    }
}

/// The ordered rungs of a deployment, lowest first.
///
/// Args:
///     rungs: At least one `Rung`; names are unique.
///     default: The rung for queries of which the estimate knows nothing. If not given: the middle one, but never the lowest
///         of several.
///     start_max: The highest rung that a prompt alone may start at. If not given: the top one of up to two rungs, and the
///         one below the top of more, so that words alone do not buy the top rung. `Shares` of your own may use the top
///         rung, unless you name another here.
///     thinking: How engines let a sample think longer: `"restart"` (by a new request, which every provider can),
///         `"continue"` (from what was written), `"raise"` (while it runs) or `"never"`.
///     forbid: Dials that no run may turn: `"samples"`, `"depth"`, `"model"` or `"thinking_tokens"`.
///
/// Raises:
///     InvalidValueError: The ladder is empty, a name is used twice, or a rung's field is out of bounds.
///     UnknownNameError: `default` or `start_max` is no rung, or no such way to think or dial to forbid.
///
/// Example:
///     >>> import rheostat as rh
///     >>> ladder = rh.Ladder([rh.Rung("fast"), rh.Rung("deep", samples=5)], default="fast")
///     >>> len(ladder), ladder["deep"].samples, ladder.default.name
///     (2, 5, 'fast')
#[pyclass(frozen, subclass, module = "rheostat._native")]
pub(crate) struct Ladder {
    pub(crate) inner: Arc<core::Ladder>,
    pub(crate) rungs: Rungs,
}

getters! {
    Ladder, |this| {
        /// The rungs, lowest first.
        rungs(py): Vec<Py<Rung>> = this.rungs.iter().map(|rung| rung.clone_ref(py)).collect();
        /// The rung for queries of which the estimate knows nothing.
        default(py): Result<Py<Rung>> = rung(py, &this.rungs, this.inner.default());
        /// The highest rung that a prompt alone may start at.
        start_max(py): Result<Py<Rung>> = rung(py, &this.rungs, this.inner.start_max());
    }
}

#[pymethods]
impl Ladder {
    #[new]
    #[pyo3(signature = (
        rungs: "Iterable[Rung]", default = None, start_max = None, *,
        thinking: "_Thinking" = "restart",
        forbid: "Sequence[_Dial] | None" = None
    ))]
    fn new(
        rungs: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::some_text::default)] default: Option<String>,
        #[pyo3(from_py_with = args::some_text::start_max)] start_max: Option<String>,
        #[pyo3(from_py_with = args::choice::thinking)] thinking: &str,
        #[pyo3(from_py_with = args::some_names::forbid)] forbid: Option<Vec<String>>,
    ) -> Result<Self> {
        args::ordered(rungs, "rungs", "a list or a tuple of Rung, lowest first")?;
        let shared = args::instances(rungs, "rungs", "an iterable of Rung", |rung: &Bound<'_, Rung>| {
            rung.clone().unbind()
        })?;
        let rungs = shared.iter().map(|rung| rung.get().inner.clone()).collect();
        let moves = core::Moves::without(thinking, &forbid.unwrap_or_default())?;
        let inner =
            Arc::new(core::Ladder::new(rungs, default.as_deref(), start_max.as_deref())?.with_moves(moves));
        Ok(Self { inner, rungs: shared.into() })
    }

    /// A ladder that probes first: each rung but the top draws `agree` samples, settles if all of them agree, and otherwise goes up.
    /// On recorded answers to grade-school arithmetic, three samples of gpt-4o-mini that agree, or else gpt-4o, cost 66 % less than
    /// gpt-4o at 0.2 points of accuracy (`python -m benches.quality evidence`). Every query starts on the lowest rung.
    ///
    /// Args:
    ///     rungs: Two or more, lowest first. A model's name stands for a `Rung` at its list price.
    ///     agree: How many samples must agree, at least 2.
    ///     in_turn: True draws only as many at once as may decide, which costs less and takes longer.
    ///     source, assume: As for `Ladder.of`.
    ///
    /// Raises:
    ///     InvalidValueError: Fewer than two rungs, two of one name, or an `agree` out of bounds.
    ///     InvalidTypeError: A rung is neither a name nor a `Rung`.
    ///     UnknownNameError: No source knows a model's price; the nearest names are listed.
    ///
    /// Warns:
    ///     UserWarning: A price was assumed.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> ladder = rh.Ladder.cascade("gpt-4o-mini", "gpt-4o", agree=3)
    ///     >>> ladder[0].samples, ladder[0].agree, ladder[1].output_price
    ///     (3, 3, 10.0)
    #[staticmethod]
    #[pyo3(signature = (*rungs: "str | Rung", agree = 3, in_turn = false, source: "_CardSource" = "installed", assume = false))]
    fn cascade(
        py: Python<'_>,
        rungs: &Bound<'_, PyTuple>,
        #[pyo3(from_py_with = int)] agree: i128,
        in_turn: bool,
        #[pyo3(from_py_with = args::choice::source)] source: &str,
        assume: bool,
    ) -> Result<Self> {
        let agree = whole("agree", agree, 2..=u32::MAX)?;
        Self::made(
            py,
            core::Ladder::cascade(of_models(py, rungs, Cards { source, assume })?, agree, in_turn)?,
        )
    }

    /// A ladder of models by their names, at list prices, with their context windows and capabilities.
    ///
    /// Args:
    ///     rungs: Lowest first. A model's name stands for a `Rung` of it. `{"model": …, "efforts": […]}` stands for one of each
    ///         effort (see `Rung`), called `model:effort`. A budget leaves room for the answer within what the model writes at most.
    ///     default, start_max: As for `Ladder`.
    ///     source: Where the cards of models come from. `"installed"`: genai-prices and LiteLLM's own map, where they are installed, then
    ///         the shipped list. `"genai-prices"` or `"litellm"`: that package before the shipped list. `"shipped"`: that list alone.
    ///         Packages are read, not asked for news over the network. A price that changes by the hour is the day's dearest.
    ///     assume: True assumes a price for a model that no source knows, ten times that of the rung below, with a warning.
    ///
    /// Raises:
    ///     InvalidValueError: No rung, or two of one name.
    ///     InvalidTypeError: A rung is neither a name, nor such a dictionary, nor a `Rung`.
    ///     UnknownNameError: No source knows a model's price; the nearest names are listed. Or `default` or `start_max` names no rung, or
    ///         there is no such effort or source.
    ///     MissingExtraError: The named source is not installed.
    ///
    /// Warns:
    ///     UserWarning: A price was assumed, or an effort is given to a model that takes none.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> ladder = rh.Ladder.of("gpt-5-mini", "gpt-5", "gpt-5-pro")
    ///     >>> [rung.output_price for rung in ladder.rungs], ladder.start_max
    ///     ([2.0, 10.0, 120.0], 'gpt-5')
    ///     >>> [rung.name for rung in rh.Ladder.of({"model": "gpt-5", "efforts": ["minimal", "high"]}).rungs]
    ///     ['gpt-5:minimal', 'gpt-5:high']
    ///     >>> rh.Ladder.of("gpt5-mini", source="shipped")
    ///     Traceback (most recent call last):
    ///     rheostat.errors.UnknownNameError: unknown model "gpt5-mini"; known: gpt-5-mini, ...
    #[staticmethod]
    #[pyo3(signature = (
        *rungs: "str | Rung | _Efforts", default = None, start_max = None, source: "_CardSource" = "installed", assume = false
    ))]
    fn of(
        py: Python<'_>,
        rungs: &Bound<'_, PyTuple>,
        #[pyo3(from_py_with = args::some_text::default)] default: Option<String>,
        #[pyo3(from_py_with = args::some_text::start_max)] start_max: Option<String>,
        #[pyo3(from_py_with = args::choice::source)] source: &str,
        assume: bool,
    ) -> Result<Self> {
        let rungs = of_models(py, rungs, Cards { source, assume })?;
        Self::made(py, core::Ladder::new(rungs, default.as_deref(), start_max.as_deref())?)
    }

    /// A rung's ability, in (0, 1), with its thinking, samples and depth.
    fn ability(&self, #[pyo3(from_py_with = args::text::name)] name: String) -> Result<Ability> {
        let ability = self.inner.ability(self.inner.index(&name)?);
        Ok(Ability((ability.value, ability.assumed)))
    }

    /// Expected cost of each query of a log on each rung, in US dollars: expected tokens, not caps.
    ///
    /// Args:
    ///     log: An `EstimateBatch`, or an object with the same `difficulty`, `tokens` and `output_tokens`.
    ///
    /// Raises:
    ///     InvalidValueError: Columns of different lengths.
    ///     InvalidTypeError: No such columns.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
    ///     >>> usd = ladder.expected_usd(rh.Estimator().estimate_batch(["Why is the sky blue?"]))
    ///     >>> usd.shape, bool(usd[0, 0] < usd[0, 1])
    ///     ((1, 2), True)
    #[pyo3(signature = (log: "Any"))]
    fn expected_usd(&self, py: Python<'_>, log: &Bound<'_, PyAny>) -> Result<Array<f64, Ix2>> {
        let (queries, rungs) = (queries(log)?, self.inner.rungs());
        let costs: Vec<core::RungCost> = rungs.iter().map(core::RungCost::of).collect();
        let usd: Vec<f64> =
            queries.iter().flat_map(|(_, load)| costs.iter().map(|cost| cost.usd(load))).collect();
        let table = usd.to_pyarray(py).reshape([queries.len(), rungs.len()])?;
        Ok(Array(table.unbind()))
    }

    fn __len__(&self) -> usize {
        self.rungs.len()
    }

    fn __getitem__(&self, py: Python<'_>, key: Key<'_>) -> Result<Py<Rung>> {
        let key = key.0;
        if let Ok(name) = key.cast::<PyString>() {
            return rung(py, &self.rungs, self.inner.index(&utf8(name)?.0)?);
        }
        let Ok(at) = key.extract::<isize>() else {
            return Err(wrong_type("rung", &key, "its name or its index"));
        };
        let index = if at < 0 { self.rungs.len().wrapping_add_signed(at) } else { at.unsigned_abs() };
        if index >= self.rungs.len() {
            // Iteration by index ends with this very exception.
            let error = pyo3::exceptions::PyIndexError::new_err(format!("rung {at} of {}", self.rungs.len()));
            return Err(error.into());
        }
        rung(py, &self.rungs, index)
    }

    fn __contains__(&self, key: &Bound<'_, PyAny>) -> bool {
        match (key.cast::<PyString>(), key.cast::<Rung>()) {
            (Ok(name), _) => name.to_str().is_ok_and(|name| self.inner.index(name).is_ok()),
            (_, Ok(rung)) => self.inner.rungs().contains(&rung.get().inner),
            _ => false,
        }
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        let (ladder, moves) = (&self.inner, self.inner.moves());
        let name = |i: usize| ladder.rungs().get(i).map(|rung| &rung.name);
        let keywords = keywords!(py, thinking = moves.thinking.as_str(), forbid = forbidden(&moves));
        let start_max = ladder.names_start_max().then(|| name(ladder.start_max())).flatten();
        let ends = (name(ladder.default()), start_max);
        Ok(((self.rungs(py), ends.0, ends.1).into_pyobject(py)?, keywords))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().inner == self.inner)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        hash_of(py, &self.__repr__())
    }

    fn __repr__(&self) -> String {
        let names: Vec<_> = self.inner.rungs().iter().map(|r| format!("{:?}", r.name)).collect();
        let name = |i: usize| self.inner.rungs().get(i).map_or("", |r| r.name.as_str());
        let (default, start_max) = (name(self.inner.default()), name(self.inner.start_max()));
        format!("Ladder([{}], default={default:?}, start_max={start_max:?})", names.join(", "))
    }
}

impl Ladder {
    /// The object of a ladder, with one for each of its rungs.
    pub(crate) fn made(py: Python<'_>, inner: impl Into<Arc<core::Ladder>>) -> Result<Self> {
        let inner = inner.into();
        let objects = inner.rungs().iter().map(|rung| Py::new(py, Rung { inner: rung.clone() }));
        let rungs = objects.collect::<PyResult<Vec<_>>>()?.into();
        Ok(Self { inner, rungs })
    }
}

/// Where the cards of models come from, and whether a model without a price gets one.
#[derive(Clone, Copy)]
struct Cards<'a> {
    source: &'a str,
    assume: bool,
}

/// Rungs of which some are models' names.
fn of_models(py: Python<'_>, rungs: &Bound<'_, PyTuple>, cards: Cards<'_>) -> Result<Vec<core::Rung>> {
    let mut list = Vec::with_capacity(rungs.len());
    for (i, item) in rungs.iter().enumerate() {
        let what = format!("rungs[{i}]");
        if let Ok(rung) = item.cast::<Rung>() {
            list.push(rung.get().inner.clone());
        } else if let Ok(name) = item.cast::<PyString>() {
            list.push(cards.of_model(py, &utf8(name)?.0, i)?.1);
        } else if let Ok(table) = item.cast::<PyDict>() {
            let (model, efforts) = args::efforts(table, &what)?;
            let (card, rung) = cards.of_model(py, &model, i)?;
            let rungs = card.at_efforts(&rung, &efforts)?;
            // The shipped list's models are warned of by the governor.
            let unlisted = core::Card::shipped(&model).is_none() && card.thinks == Some(false);
            if unlisted && rungs.iter().any(|rung| rung.thinking_tokens > 0) {
                warn(py, &format!("{model:?} takes no budget for thinking, so its efforts buy nothing"))?;
            }
            list.extend(rungs);
        } else {
            return Err(wrong_type(&what, &item, "a model's name, a dict of model and efforts, or a Rung"));
        }
    }
    Ok(list)
}

impl Cards<'_> {
    /// The card of a model and its rung: at its list price, or, if asked for, at one that its place suggests.
    fn of_model(self, py: Python<'_>, model: &str, place: usize) -> Result<(core::Card, core::Rung)> {
        let found = within(py, || {
            let cards = py.import("rheostat._cards")?.call_method1("cards", (model, self.source))?;
            cards.try_iter()?.map(|card| read_card(&card?)).collect::<PyResult<Vec<_>>>()
        })?;
        let card = found.into_iter().fold(core::Card::default(), |card, next| card.or(Some(next)));
        let card = card.or(core::Card::shipped(model));
        if card.price.is_some() || !self.assume {
            let mut names = if card.price.is_some() { Vec::new() } else { self.names(py)? };
            names.extend(core::Card::names().map(str::to_owned));
            let rung = card.rung(model, names.iter().map(String::as_str))?;
            return Ok((card, rung));
        }
        let rung = card.priced(model, core::Price::assumed(place));
        warn(
            py,
            &format!(
                "no price is known for {model:?}: {} US dollars per million output tokens are assumed, so costs are only \
                 ratios; give a Rung with its prices",
                rung.output_price
            ),
        )?;
        Ok((card, rung))
    }

    /// The names of all models that the sources know.
    fn names(self, py: Python<'_>) -> PyResult<Vec<String>> {
        within(py, || py.import("rheostat._cards")?.call_method1("names", (self.source,))?.extract())
    }
}

/// A card as `rheostat._cards` gives it: a dict without what its source does not know.
fn read_card(card: &Bound<'_, PyAny>) -> PyResult<core::Card> {
    let card = card.cast::<PyDict>()?;
    let real = |name: &str| card.get_item(name)?.map(|value| value.extract::<f64>()).transpose();
    let whole = |name: &str| card.get_item(name)?.map(|value| value.extract::<u64>()).transpose();
    let price = match (real("input_price")?, real("output_price")?) {
        (input, Some(output)) => Some(core::Price {
            input: input.unwrap_or(0.0),
            output,
            cached: real("cached_price")?,
            written: real("written_price")?,
        }),
        _ => None,
    };
    Ok(core::Card {
        price,
        window: whole("context_window")?,
        output: whole("max_output")?,
        capabilities: card.get_item("capabilities")?.map(|value| value.extract()).transpose()?,
        thinks: card.get_item("thinks")?.map(|value| value.extract()).transpose()?,
    })
}
