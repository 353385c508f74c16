//! A request of one provider as a request of another, and the reply back: for rungs that another provider serves.
//!
//! ```text
//! fields     objects whose fields are taken one by one
//! write      JSON, written
//! talk       a request without the form of a provider
//! chat  messages  responses    requests of a surface ⇄ talk
//! answer     a reply without the form of a provider
//! whole      whole replies of a surface
//! stream     replies of a surface as they come
//! ```
//!
//! Fields that a plan writes in any case, such as an effort, and those that change nothing about the answer, such as a user's name, are
//! left out. A request that has anything else that the other provider has no word for is not translated: the error names it. Texts,
//! schemas and arguments stay as they were written.

mod answer;
mod chat;
mod fields;
mod messages;
mod responses;
mod stream;
mod talk;
mod whole;
mod write;

use crate::rewrite::Surface;
use rheostat::{Error, Result};
pub use stream::Writer;

/// The surfaces that are translated into each other.
pub const SURFACES: [Surface; 3] =
    [Surface::OpenAiChat, Surface::OpenAiResponses, Surface::AnthropicMessages];

/// The body of a request of `from` as one of `to`.
///
/// ```
/// use rheostat_wire::rewrite::Surface::{AnthropicMessages, OpenAiChat};
///
/// let body = br#"{"model": "m", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]}"#;
/// let other = rheostat_wire::translate::request(body, OpenAiChat, AnthropicMessages)?;
/// let wanted = r#"{"model":"m","system":[{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":[{"type":"text","text":"Why?"}]}]}"#;
/// assert_eq!(String::from_utf8_lossy(&other), wanted);
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// # Errors
/// [`Error::State`] for a request that `to` has no words for, or that lacks what each request has; [`Error::Malformed`] for a body
/// that is no JSON object.
pub fn request(body: &[u8], from: Surface, to: Surface) -> Result<Vec<u8>> {
    let talk = match from {
        Surface::OpenAiChat => chat::read(body),
        Surface::OpenAiResponses => responses::read(body),
        Surface::AnthropicMessages => messages::read(body),
        other => Err(unknown(other)),
    }?;
    let mut out = Vec::with_capacity(body.len() + body.len() / 8);
    match to {
        Surface::OpenAiChat => chat::write(&talk, &mut out),
        Surface::OpenAiResponses => responses::write(&talk, &mut out),
        Surface::AnthropicMessages => messages::write(&talk, &mut out),
        other => Err(unknown(other)),
    }?;
    Ok(out)
}

fn unknown(surface: Surface) -> Error {
    Error::unknown("surface of a translation", surface.as_str(), SURFACES.map(Surface::as_str))
}
