//! Dialects: what providers and harnesses write, read in one form. Tables are data; nothing is decided here, and no I/O is done.
//!
//! ```text
//! write             JSON, written
//! weight  text      a text that is converted only as far as it is read, and its size for a model
//! ask               the newest human ask of messages; what harnesses put around it
//! body              the shapes of requests by provider, as JSON or as a host's objects
//! rewrite           a plan, spliced into the body of a request
//! usage  ending     what providers report as used, and how they say that a stream ended
//! failure           their statuses and codes of failed requests
//! reply             a provider's reply, streamed or whole, as events, and put together again
//! translate         a request of one provider as one of another, and the reply back
//! gateway           body in; plan, body, headers or refusal out
//! ```
//!
//! Each line may use those above it. A query is the core's [`Query`](rheostat::query::Query).
#![deny(missing_docs)]
#![deny(unsafe_code)]

pub mod ask;
pub mod body;
pub mod ending;
pub mod failure;
pub mod gateway;
pub mod reply;
pub mod rewrite;
mod text;
pub mod translate;
pub mod usage;
mod weight;
mod write;

pub use text::LazyText;
pub use weight::Weight;
