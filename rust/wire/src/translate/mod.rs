//! A request of one provider as a request of another, and the reply back: for rungs that another provider serves.
//!
//! ```text
//! fields     objects whose fields are taken one by one
//! talk       a request in provider-neutral form
//! chat  messages  responses    requests of a surface ⇄ talk
//! answer     a reply in provider-neutral form
//! whole      whole replies of a surface
//! stream     replies of a surface as they come
//! ```
//!
//! Fields that a plan writes in any case, such as an effort, and those that change nothing about the answer, such as a user's name, are
//! left out. Those that the answer does without, such as a seed, are left out and reported. A request that has anything else that the
//! other provider has no word for is not translated: the error names it. Texts, schemas and arguments stay as they were written.

mod answer;
mod chat;
mod fields;
mod messages;
mod responses;
mod stream;
mod talk;
mod whole;

use crate::rewrite::{Said, Surface};
use rheostat::{Error, Result};
pub use stream::Writer;
use talk::Talk;

/// The surfaces that are translated into each other.
pub const SURFACES: [Surface; 3] =
    [Surface::OpenAiChat, Surface::OpenAiResponses, Surface::AnthropicMessages];

/// The body of a request of `from` as one of `to`, and what was left out that the client may miss.
///
/// ```
/// use rheostat_wire::rewrite::Surface::{AnthropicMessages, OpenAiChat};
///
/// let body = br#"{"model": "m", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}], "seed": 7}"#;
/// let (other, left_out) = rheostat_wire::translate::request(body, OpenAiChat, AnthropicMessages)?;
/// let wanted = r#"{"model":"m","system":[{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":[{"type":"text","text":"Why?"}]}]}"#;
/// assert_eq!(String::from_utf8_lossy(&other), wanted);
/// assert_eq!(left_out[0].field, "seed");
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// A limit of the answer is `max_tokens` in chat completions; [`rewrite`](crate::rewrite::rewrite) renames it for the models that refuse that
/// name.
///
/// # Errors
/// [`Error::State`] for a request that `to` has no words for, or that lacks what each request has; [`Error::Malformed`] for a body
/// that is no JSON object.
pub fn request(body: &[u8], from: Surface, to: Surface) -> Result<(Vec<u8>, Vec<Said>)> {
    let talk = read(body, from)?;
    let said = checked(&talk, to)?;
    let mut out = Vec::with_capacity(body.len() + body.len() / 8);
    match to {
        Surface::OpenAiChat => chat::write(&talk, &mut out),
        Surface::OpenAiResponses => responses::write(&talk, &mut out),
        _ => messages::write(&talk, &mut out),
    }
    Ok((out, said))
}

/// For each of some surfaces what [`request`] would leave out, or its error, without writing a body. The request is read once.
pub fn check<'s>(
    body: &[u8],
    from: Surface,
    to: impl IntoIterator<Item = &'s Surface>,
) -> Vec<Result<Vec<Said>>> {
    let talk = read(body, from);
    let check = |to: &Surface| talk.as_ref().map_err(Clone::clone).and_then(|talk| checked(talk, *to));
    to.into_iter().map(check).collect()
}

fn read(body: &[u8], from: Surface) -> Result<Talk<'_>> {
    match from {
        Surface::OpenAiChat => chat::read(body),
        Surface::OpenAiResponses => responses::read(body),
        Surface::AnthropicMessages => messages::read(body),
        other => Err(unknown(other)),
    }
}

/// The fields that a surface leaves out.
fn checked(talk: &Talk<'_>, to: Surface) -> Result<Vec<Said>> {
    let mut said = talk.said.clone();
    match to {
        Surface::OpenAiChat => talk.check_end(),
        Surface::OpenAiResponses => responses::check(talk),
        Surface::AnthropicMessages => messages::check(talk, &mut said),
        other => Err(unknown(other)),
    }?;
    Ok(said)
}

fn unknown(surface: Surface) -> Error {
    Error::unknown("surface of a translation", surface.as_str(), SURFACES.map(Surface::as_str))
}
