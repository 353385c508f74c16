//! A query as it was read.

use super::request::Request;
use super::structure::Structure;
use super::turn::Turn;
use std::borrow::Cow;

/// One query: the words that are scored, and what surrounds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'a> {
    /// The newest human ask in UTF-8: its head and its tail, joined by a line feed, if it is longer than the window.
    pub ask: Cow<'a, [u8]>,
    /// What kind of turn it is.
    pub turn: Turn,
    /// What surrounds the ask, as sizes and counts.
    pub structure: Structure,
    /// What the request asks for besides an answer.
    pub request: Request<'a>,
}
