//! A reply in provider-neutral form.

use super::fields::Fields;
use crate::reply::{Call, Reader};
use crate::usage;
use rheostat::run::{Ending, Usage};

/// A reply, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) model: String,
    pub(super) text: String,
    pub(super) refusal: String,
    pub(super) reasoning: String,
    pub(super) calls: Vec<Call>,
    pub(super) ending: Option<Ending>,
    pub(super) usage: Usage,
}

impl Answer {
    /// The reply that a reader has read.
    pub(super) fn of(reader: &Reader) -> Self {
        let (text, refusal) = (reader.text(), reader.refusal());
        // The reader's text holds the refusal, too, which comes last.
        let (text, refusal) = match text.strip_suffix(&*refusal) {
            Some(text) => (text, refusal),
            None => (text, String::new()),
        };
        let mut answer = Self {
            id: reader.label("id"),
            model: reader.label("model"),
            text: text.to_owned(),
            refusal,
            reasoning: reader.reasoning().to_owned(),
            calls: reader.all_calls(),
            ending: reader.ending(),
            usage: usage::read(&reader.reply()).map(|report| report.usage).unwrap_or_default(),
        };
        answer.check_calls();
        answer
    }

    /// Leaves out the calls that are not whole: a client would run them with other arguments than the model meant. An end that does not
    /// fit what is left is mended.
    fn check_calls(&mut self) {
        let came = self.calls.len();
        let is_over = matches!(self.ending, Some(Ending::Complete | Ending::ToolCalls | Ending::Unknown));
        let mut place = 0;
        self.calls.retain_mut(|call| {
            place += 1;
            // A call begins with empty arguments. The last one of a reply that was cut may have had more to come.
            let may_be_empty = is_over || place < came;
            let is_empty = matches!(call.arguments.trim(), "" | "null");
            if is_empty && may_be_empty {
                "{}".clone_into(&mut call.arguments);
            }
            if call.id.is_empty() {
                call.id = format!("call_{}_{place}", self.id);
            }
            match Fields::read(call.arguments.as_bytes()) {
                Ok(fields) => may_be_empty || !fields.is_empty(),
                Err(_) => false,
            }
        });
        self.ending = match self.ending {
            Some(_) if is_over && self.calls.len() < came => Some(Ending::Cut),
            Some(Ending::Complete | Ending::Unknown) if came > 0 => Some(Ending::ToolCalls),
            Some(Ending::ToolCalls) if came == 0 => Some(Ending::Complete),
            ending => ending,
        };
    }

    /// The input that was neither read from a cache nor written to one.
    pub(super) fn fresh(&self) -> u64 {
        let Usage { input, cached, written, .. } = self.usage;
        input.unwrap_or(0).saturating_sub(cached.unwrap_or(0)).saturating_sub(written.unwrap_or(0))
    }
}
