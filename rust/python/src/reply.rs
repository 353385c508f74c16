//! The reader of replies.

use crate::args;
use crate::convert::bytes;
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::show::{or_none, truth};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rheostat_wire::reply as core;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts of input, cached, written, output and reasoning tokens.
type Counts = (Option<u64>, Option<u64>, Option<u64>, Option<u64>, Option<u64>);

/// One event of a reply. A whole reply is one event.
///
/// Example:
///     >>> from rheostat.wire import ReplyReader
///     >>> event, = ReplyReader("openai.chat").feed(b'data: {"choices": [{"delta": {"content": "Four"}}]}\n\n')
///     >>> event.text, event.done
///     ('Four', False)
#[pyclass(frozen, module = "rheostat.wire")]
pub(crate) struct ReplyEvent {
    inner: core::Event,
}

getters!(ReplyEvent, |this| {
    /// The bytes as they came, with their line ends. All events together are all bytes, so a relay that sends them on changes nothing.
    raw(py): Py<PyBytes> = PyBytes::new(py, &this.inner.raw).unbind();
    /// The text that it adds to the first choice's answer or refusal; None if it adds none.
    text: Option<&str> = this.inner.text.as_deref();
    /// The thinking text that it adds to the first choice; None if it adds none.
    reasoning: Option<&str> = this.inner.reasoning.as_deref();
    /// The text of other choices than the first, in chat completions; None if it has none. It is paid for, also where one choice was
    /// asked for.
    others: Option<&str> = this.inner.others.as_deref();
    /// The log-probabilities of the first choice's tokens in it; NaN for null. None if it has none.
    logprobs: Option<Vec<f64>> = this.inner.logprobs.clone();
    /// Those of the likeliest candidates for each of these tokens. None if it has none.
    top_logprobs: Option<Vec<Vec<f64>>> = this.inner.top_logprobs.clone();
    /// The counts of input, cached, written, output and reasoning tokens that it reports; None if it reports no usage.
    usage: Option<Counts> = this.inner.usage.map(|usage| {
        (usage.input, usage.cached, usage.written, usage.output, usage.reasoning)
    });
    /// The provider's word for the end of the first choice, such as `"stop"`.
    finish_reason: Option<&str> = this.inner.finish_reason.as_deref();
    /// The error that it reports, as `"type: message"`.
    error: Option<&str> = this.inner.error.as_deref();
    /// True if it has a piece of a tool call of the first choice.
    calls: bool = this.inner.calls;
    /// True if it says that the reply is over.
    done: bool = this.inner.done;
});

#[pymethods]
impl ReplyEvent {
    fn __repr__(&self) -> String {
        let core::Event { raw, text, finish_reason, error, done, .. } = &self.inner;
        let (text, reason, error) =
            (shown(text.as_deref()), shown(finish_reason.as_deref()), shown(error.as_deref()));
        let done = truth(*done);
        format!(
            "ReplyEvent(bytes={}, text={text}, finish_reason={reason}, error={error}, done={done})",
            raw.len()
        )
    }
}

/// A text in quotes, or None.
fn shown(text: Option<&str>) -> String {
    or_none(text, |text| format!("{text:?}"))
}

/// Reads one reply of a provider, streamed or whole: bytes in, events out.
///
/// Bytes may be cut anywhere. Server-sent events, JSON lines and whole JSON replies are read, whatever the content type says. An
/// event that is no JSON is counted in `malformed` and keeps its bytes. Each byte is looked at a constant number of times, and memory
/// is bounded.
///
/// Args:
///     surface: The format of the reply. vLLM, DeepSeek, OpenRouter and Mistral have names of their own for chat completions.
///
/// Raises:
///     UnknownNameError: There is no surface of this name.
///
/// Example:
///     >>> from rheostat.wire import ReplyReader
///     >>> reader = ReplyReader("openai.chat")
///     >>> reader.feed(b'data: {"choices": [{"delta": {"con')
///     []
///     >>> reader.feed(b'tent": "Four"}}]}\n\ndata: [DONE]\n\n')[0].text
///     'Four'
///     >>> reader.end(), reader.text
///     ([], 'Four')
///     >>> reader.reply()
///     b'{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Four"},"logprobs":null,"finish_reason":null}]}'
#[pyclass(frozen, module = "rheostat.wire")]
pub(crate) struct ReplyReader {
    inner: Mutex<core::Reader>,
}

impl ReplyReader {
    fn lock(&self) -> MutexGuard<'_, core::Reader> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl ReplyReader {
    #[new]
    #[pyo3(signature = (surface: "_ReplySurface"))]
    fn new(#[pyo3(from_py_with = args::choice::surface)] surface: &str) -> Result<Self> {
        Ok(Self { inner: Mutex::new(core::Reader::new(surface)?) })
    }

    /// Reads bytes, cut anywhere. A part of an event is kept for the next bytes.
    ///
    /// Args:
    ///     data: The next bytes of the reply.
    ///
    /// Returns:
    ///     The events that end in these bytes.
    ///
    /// Raises:
    ///     InvalidValueError: An event has more than 16 MiB, or what is kept of the reply more than 64 MiB.
    ///     StateError: The reply has ended.
    #[pyo3(signature = (data: "bytes | bytearray | memoryview"))]
    fn feed(&self, data: &Bound<'_, PyAny>) -> Result<Vec<ReplyEvent>> {
        let Some(data) = bytes(data) else { return Err(wrong_type("data", data, "bytes")) };
        Ok(wrap(self.lock().feed(&data)?))
    }

    /// Ends the reply.
    ///
    /// Returns:
    ///     The event that no line end has finished: the last one of a stream that broke off, or a whole reply.
    ///
    /// Raises:
    ///     InvalidValueError: What is kept of the reply has more than 64 MiB.
    fn end(&self) -> Result<Vec<ReplyEvent>> {
        Ok(wrap(self.lock().end()?))
    }

    /// Builds the reply as one JSON object of its surface, such as a chat completion, from what has come.
    ///
    /// A stream that broke off gives what it said until then; its finish reason is null. Unknown fields of the deltas are kept: strings
    /// are joined, lists are merged by their items' index, and of other values the last one counts. A reply that came as one object is
    /// returned as it came.
    fn reply<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.lock().reply())
    }

    fn __repr__(&self) -> String {
        let reader = self.lock();
        let (reason, error) = (shown(reader.finish_reason()), shown(reader.error()));
        format!("ReplyReader(finish_reason={reason}, error={error}, malformed={})", reader.malformed())
    }
}

getters!(ReplyReader, |this| {
    /// The text of the first choice so far, its refusal included.
    text: String = this.lock().text().to_owned();
    /// The thinking text of the first choice so far.
    reasoning: String = this.lock().reasoning().to_owned();
    /// The tool calls of the first choice so far, as JSON that is equal for equal calls: names and arguments, without ids. None without
    /// a call.
    calls: Option<String> = this.lock().calls();
    /// The provider's last word for the end of the first choice.
    finish_reason: Option<String> = this.lock().finish_reason().map(str::to_owned);
    /// The first error that the reply reported, as `"type: message"`.
    error: Option<String> = this.lock().error().map(str::to_owned);
    /// Number of events whose data was no JSON object.
    malformed: u64 = this.lock().malformed();
});

fn wrap(events: Vec<core::Event>) -> Vec<ReplyEvent> {
    events.into_iter().map(|inner| ReplyEvent { inner }).collect()
}
