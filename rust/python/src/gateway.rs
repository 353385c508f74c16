//! The door for gateways.

use crate::args;
use crate::call::Call;
use crate::clock::At;
use crate::convert::{bytes, utf8};
use crate::error::{Result, wrong_type};
use crate::features::with_scratch;
use crate::getters::getters;
use crate::governor::{Governor, read_ceiling};
use crate::plan::Plan;
use crate::query::Source;
use crate::run::Run;
use crate::typed::{named, typed};
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use rheostat::ledger::Payer;
use rheostat::plan::PlanOptions;
use rheostat::session::Purpose;
use rheostat_wire::gateway as core;
use rheostat_wire::rewrite::{Prompts, Surface, rewrite_call};
use std::borrow::Cow;
use std::collections::BTreeMap;

typed!(Changes<'py>(Bound<'py, PyTuple>): "tuple[BodyChange, ...]");
named!(BodyChange((String, Option<String>, Option<String>, &'static str)));
typed!(RequestHead((Option<String>, bool, bool, Option<(&'static str, String)>)): "tuple[str | None, bool, bool, tuple[str, str] | None]");
named!(Rewritten((Py<PyBytes>, Py<PyTuple>)));
named!(BodyPart((String, &'static str, u64, u64, String)));
named!(BodyReading((Vec<BodyPart>, Vec<&'static str>, bool, bool, bool)));
named!(Refusal((&'static str, u16, Option<u64>, String, Cow<'static, [u8]>)));

/// The decision about the body of one request.
///
/// Example:
///     >>> import rheostat as rh
///     >>> governor = rh.Governor(rh.Ladder([rh.Rung("only", model="gpt-5", answer_tokens=500)]))
///     >>> ask = b'{"model":"auto","messages":[{"role":"user","content":"Why is the sky blue?"}]}'
///     >>> decided = governor.decide_and_rewrite(ask, "openai.chat")
///     >>> decided.body
///     b'{"model":"gpt-5","messages":[{"role":"user","content":"Why is the sky blue?"}],"max_completion_tokens":500,"reasoning_effort":"minimal"}'
///     >>> decided.changes[1]
///     BodyChange(field='reasoning_effort', before=None, after='"minimal"', why='floor')
///     >>> decided.headers["x-rheostat-model"]
///     'gpt-5'
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct Decided {
    inner: core::Decided,
    plan: Option<Py<Plan>>,
    body: Option<Py<PyBytes>>,
}

impl Decided {
    pub(crate) fn read<'py>(
        by: &Bound<'py, Governor>,
        body: &Bound<'py, PyAny>,
        asked: &core::Asked<'_>,
        at: Option<At>,
    ) -> Result<Self> {
        let py = by.py();
        let json = json(body)?;
        let mut source = None;
        let decided = with_scratch(|scratch| {
            let keep = |query: &rheostat::query::Query<'_>, _: &rheostat::plan::Plan| {
                source = Some(Source::keep(None, query));
            };
            core::decide(&by.get().inner, &json, asked, scratch, keep)
        })?;
        let wrap = |(inner, source)| Py::new(py, Plan { inner, governor: by.clone().unbind(), source, at });
        let plan = decided.plan.clone().zip(source).map(wrap).transpose()?;
        let mut inner = decided;
        let sent = match (inner.reject.is_some(), inner.body.take()) {
            (true, _) => None,
            (false, Some(new)) => Some(PyBytes::new(py, &new).unbind()),
            (false, None) => Some(match body.cast::<PyBytes>() {
                Ok(body) => body.clone().unbind(),
                Err(_) => PyBytes::new(py, &json).unbind(),
            }),
        };
        Ok(Self { inner, plan, body: sent })
    }
}

getters!(Decided, |this| {
    /// The plan. None for a body that could not be read, and where the ledger refused.
    plan(py): Option<Py<Plan>> = this.plan.as_ref().map(|plan| plan.clone_ref(py));
    /// The body to send: the client's, but for the parameters that `changes` lists. None if the request is refused.
    body(py): Option<Py<PyBytes>> = this.body.as_ref().map(|body| body.clone_ref(py));
    /// Headers for the client or the next hop, as printable ASCII: `x-rheostat-plan`, `-rung`, `-model`, `-difficulty`, `-version`,
    /// `-changed`, `-rejected` and `-error`, those that apply.
    headers: BTreeMap<&'static str, String> = this.inner.headers().into_iter().collect();
    /// The refusal, to be sent to the client in place of a provider's answer, or None.
    reject: Option<Refusal> = this.inner.reject.clone().map(wrapped);
    /// The reason why the body could not be read or written, where it is sent all the same.
    error: Option<&str> = this.inner.error.as_deref();
});

#[pymethods]
impl Decided {
    /// The changes of the body, and all that it could not say.
    #[getter]
    fn changes<'py>(&self, py: Python<'py>) -> PyResult<Changes<'py>> {
        changes(py, &self.inner.changes)
    }

    fn __repr__(&self) -> String {
        let rung =
            self.inner.plan.as_ref().map_or("None".to_owned(), |plan| format!("{:?}", plan.rung_ref().name));
        let reject =
            self.inner.reject.as_ref().map_or("None".to_owned(), |refusal| refusal.status.to_string());
        format!("Decided(rung={rung}, changes={}, reject={reject})", self.inner.changes.len())
    }
}

#[pymethods]
impl Governor {
    /// Decides the budget of a request and writes it into the request's body: one call for a gateway. All bytes but those of the
    /// changed parameters stay as they are.
    ///
    /// Args:
    ///     body: The raw JSON of the request: bytes, or a `str`.
    ///     surface: Its format: `"openai.chat"`, `"openai.responses"`, `"anthropic.messages"`, `"gemini.generate"`,
    ///         `"ollama.chat"`, `"ollama.generate"`, `"bedrock.converse"`, `"cohere.chat"`, `"mistral.chat"`, `"vllm.chat"`,
    ///         `"openrouter.chat"` or `"deepseek.chat"`.
    ///     session, tenant, ceiling, models, rung, purpose, at: As for `plan`.
    ///     votes: True if the host votes on several answers: the plan's samples are written. Else the client's own number stays, up to
    ///         the ceiling.
    ///     keep_wishes: True if a client's own effort, or budget of thinking, wins over the plan's, with the room that it needs, up to
    ///         the client's limit and the ceiling.
    ///     fail_open: True to send a body that cannot be read as it is, and a query that fits no rung on the plan's; else both are
    ///         refused. A used-up cap is refused in any case.
    ///
    /// Nothing is reserved: requests that are decided at one time may each count on the same room. A host that caps a payer's
    /// spending starts a run from the plan, which reserves each call.
    ///
    /// Raises:
    ///     InvalidValueError: A value out of bounds.
    ///     InvalidTypeError: Something of a wrong type.
    ///     UnknownNameError: No such surface or rung, or no rung has one of the models.
    #[pyo3(signature = (
        body: "_Text", surface: "_Surface", *, session = None, tenant = None, ceiling: "Ceiling | None" = None, models = None,
        rung = None, purpose: "_Purpose | None" = None, votes = false, keep_wishes = false, fail_open = false, at = None
    ))]
    fn decide_and_rewrite<'py>(
        slf: &Bound<'py, Self>,
        body: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = args::choice::surface)] surface: &str,
        #[pyo3(from_py_with = args::some_text::session)] session: Option<String>,
        #[pyo3(from_py_with = args::some_text::tenant)] tenant: Option<String>,
        ceiling: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::some_names::models)] models: Option<Vec<String>>,
        #[pyo3(from_py_with = args::some_text::rung)] rung: Option<String>,
        #[pyo3(from_py_with = args::some_choice::purpose)] purpose: Option<&str>,
        #[pyo3(from_py_with = args::flag::votes)] votes: bool,
        #[pyo3(from_py_with = args::flag::keep_wishes)] keep_wishes: bool,
        #[pyo3(from_py_with = args::flag::fail_open)] fail_open: bool,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<Decided> {
        let (session, tenant, rung) = (session.as_deref(), tenant.as_deref(), rung.as_deref());
        let options = PlanOptions {
            ceiling: ceiling.map(read_ceiling).transpose()?,
            models: models.as_deref(),
            rung,
            session,
            tenant,
            purpose: purpose.map(Purpose::from_name).transpose()?,
            at: slf.get().now(session, at),
            ..PlanOptions::default()
        };
        let asked =
            core::Asked { surface: Surface::from_name(surface)?, options, votes, keep_wishes, fail_open };
        let decided = Decided::read(slf, body, &asked, at)?;
        slf.get().tell(slf.py())?;
        Ok(decided)
    }
}

#[pymethods]
impl Governor {
    /// The refusal of a query whose run has no answer, because a cap of the ledger left no room for its calls. None for a run that
    /// ended otherwise.
    ///
    /// A plan reserves nothing: others may have used up the cap when the run asks for its first call.
    ///
    /// Args:
    ///     run: The run, which has ended.
    ///     surface: The format of the client's request, as for `decide_and_rewrite`.
    ///     session, tenant, at: As for `plan`.
    ///
    /// Raises:
    ///     UnknownNameError: No such surface.
    #[pyo3(signature = (run: "Run", surface: "_Surface", *, session = None, tenant = None, at = None))]
    fn unserved(
        &self,
        run: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::choice::surface)] surface: &str,
        #[pyo3(from_py_with = args::some_text::session)] session: Option<String>,
        #[pyo3(from_py_with = args::some_text::tenant)] tenant: Option<String>,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<Option<Refusal>> {
        let run = args::instance::<Run>(run, "run", "a Run")?;
        let payer = Payer { query: None, session: session.as_deref(), tenant: tenant.as_deref() };
        let ledger = self.inner.ledger().map(|ledger| &**ledger);
        let refused = core::unserved(
            Surface::from_name(surface)?,
            &run.get().inner,
            ledger,
            &payer,
            self.now(session.as_deref(), at),
        );
        Ok(refused.map(wrapped))
    }
}

#[pymethods]
impl Call {
    /// Writes the call into the body of the client's request: model, limit, thinking, the number of answers, and the
    /// turns that a revision, a verification, a probe or a continuation adds. All other bytes stay as they are.
    ///
    /// Args:
    ///     body: The raw JSON of the client's request: bytes, or a `str`.
    ///     surface: Its format, as for `Governor.decide_and_rewrite`.
    ///     streams: True to ask for a stream that reports its usage; False for a whole reply.
    ///     sample: The number of the sample in the call, from 0. Samples whose answers are compared are written so that they can differ:
    ///         only the first keeps a temperature of 0, and each has a seed of its own.
    ///     answers: Number of answers that the request asks for, at least 1: one, or all samples of the call.
    ///     revise, verify, probe, score, distil, refine, resume: The wish behind the resumed text, in place of rheostat's own: to improve a draft; to
    ///         judge an answer, beginning with the verdict; to give the final answer now; to score an answer by a number; to
    ///         distil drafts into notes; to answer by notes; to go on where the text was cut.
    ///
    /// Returns:
    ///     The body to send, and what was changed.
    ///
    /// Raises:
    ///     MalformedError: The body is no JSON object.
    ///     UnknownNameError: No such surface.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> governor = rh.Governor(rh.Ladder([rh.Rung("only", model="gpt-4o-mini", answer_tokens=500)]))
    ///     >>> ask = b'{"model":"auto","messages":[{"role":"user","content":"Why is the sky blue?"}]}'
    ///     >>> with governor.plan(body=ask).start() as run:
    ///     ...     call = run.next()[0]
    ///     ...     call.rewrite(ask, "openai.chat").body
    ///     b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Why is the sky blue?"}],"max_completion_tokens":500,"stream":true,"stream_options":{"include_usage":true}}'
    #[pyo3(signature = (
        body: "_Text", surface: "_Surface", *, streams = true, sample = 0, answers = 1, revise = None, verify = None, probe = None, score = None,
        distil = None, refine = None, resume = None
    ))]
    fn rewrite(
        &self,
        body: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::choice::surface)] surface: &str,
        #[pyo3(from_py_with = args::flag::streams)] streams: bool,
        #[pyo3(from_py_with = int)] sample: i128,
        #[pyo3(from_py_with = int)] answers: i128,
        #[pyo3(from_py_with = args::some_text::revise)] revise: Option<String>,
        #[pyo3(from_py_with = args::some_text::verify)] verify: Option<String>,
        #[pyo3(from_py_with = args::some_text::probe)] probe: Option<String>,
        #[pyo3(from_py_with = args::some_text::score)] score: Option<String>,
        #[pyo3(from_py_with = args::some_text::distil)] distil: Option<String>,
        #[pyo3(from_py_with = args::some_text::refine)] refine: Option<String>,
        #[pyo3(from_py_with = args::some_text::resume)] resume: Option<String>,
    ) -> Result<Rewritten> {
        let py = body.py();
        let json = json(body)?;
        let own = Prompts::default();
        let prompts = Prompts {
            revise: revise.map_or(own.revise, Cow::Owned),
            verify: verify.map_or(own.verify, Cow::Owned),
            probe: probe.map_or(own.probe, Cow::Owned),
            score: score.map_or(own.score, Cow::Owned),
            distil: distil.map_or(own.distil, Cow::Owned),
            refine: refine.map_or(own.refine, Cow::Owned),
            resume: resume.map_or(own.resume, Cow::Owned),
        };
        let sample = whole("sample", sample, 0..=self.inner.samples.saturating_sub(1))?;
        let answers = whole("answers", answers, 1..=u32::MAX)?;
        let surface = Surface::from_name(surface)?;
        let written = rewrite_call(&json, surface, &self.inner, &prompts, streams, sample, answers)?;
        let sent = PyBytes::new(py, written.body.as_deref().unwrap_or(&json));
        Ok(Rewritten((sent.unbind(), self::changes(py, &written.changes)?.0.unbind())))
    }
}

fn wrapped(refusal: core::Refusal) -> Refusal {
    let core::Refusal { kind, status, retry_after, message, body } = refusal;
    Refusal((kind.as_str(), status, retry_after, message, Cow::Owned(body)))
}

fn changes<'py>(py: Python<'py>, changes: &[core::Said]) -> PyResult<Changes<'py>> {
    let change = |said: &core::Said| {
        BodyChange((said.field.to_string(), said.from.clone(), said.to.clone(), said.why.as_str()))
    };
    PyTuple::new(py, changes.iter().map(change).collect::<Vec<_>>()).map(Changes)
}

/// Reads the head of a request's body: the model that it asks for, whether it wants a stream, whether that is to report its usage, and
/// the parameter for which it is refused, with the reason. None for a body that is no JSON object.
#[pyfunction]
pub(crate) fn read_head(body: &Bound<'_, PyBytes>) -> Option<RequestHead> {
    let head = rheostat_wire::body::head(body.as_bytes())?;
    let unserved = head.unserved();
    Some(RequestHead((head.model, head.streams, head.reports_usage, unserved)))
}

/// Shows how a body is read: for the command line.
///
/// Raises:
///     MalformedError: The body is no request.
#[pyfunction]
#[pyo3(signature = (body: "_Text"))]
pub(crate) fn explain_body(body: &Bound<'_, PyAny>) -> Result<BodyReading> {
    let json = json(body)?;
    let explained = rheostat_wire::body::explain(&json, rheostat::query::Window::default().bytes)?;
    let part = |part: rheostat_wire::body::Reading| {
        BodyPart((part.place, part.kind, part.bytes, part.tokens, part.row))
    };
    let request = &explained.query.request;
    let needs = request.needs().into_iter().flatten().collect();
    let doubts = (request.chore.is_some(), request.planning, request.doubtful);
    Ok(BodyReading((explained.parts.into_iter().map(part).collect(), needs, doubts.0, doubts.1, doubts.2)))
}

/// The JSON of a body.
fn json<'a>(body: &'a Bound<'_, PyAny>) -> Result<Cow<'a, [u8]>> {
    match (bytes(body), body.cast::<PyString>()) {
        (Some(bytes), _) => Ok(bytes),
        (None, Ok(text)) => Ok(match utf8(text)?.0 {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }),
        _ => Err(wrong_type("body", body, "bytes of JSON")),
    }
}
