//! The query.

use super::request::Request;
use super::structure::Structure;
use super::turn::Turn;
use std::borrow::Cow;

/// One query: the scored words and their surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'a> {
    /// The newest human ask in UTF-8: its head and its tail, joined by a line feed, if it is longer than the window.
    pub ask: Cow<'a, [u8]>,
    /// The kind of its newest turn.
    pub turn: Turn,
    /// The surroundings of the ask, as sizes and counts.
    pub structure: Structure,
    /// Limits and needs of the request.
    pub request: Request<'a>,
}
