#![allow(clippy::missing_errors_doc)]
use super::Structure;
use std::borrow::Cow;
/// What the newest turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// a
    Ask,
    /// a
    Continuation,
    /// a
    ToolResult,
    /// a
    Empty,
}
impl Turn {
    /// a
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Continuation => "continuation",
            Self::ToolResult => "tool_result",
            Self::Empty => "empty",
        }
    }
}
/// a
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// a
    pub ask: Cow<'a, [u8]>,
    /// a
    pub structure: Structure,
    /// a
    pub turn: Turn,
}
impl<'a> Query<'a> {
    /// a
    pub fn bytes(text: &'a [u8], _cap: usize) -> Self {
        let structure = Structure {
            messages: 1,
            ask_bytes: text.len() as u64,
            total_bytes: text.len() as u64,
            ..Structure::default()
        };
        Self {
            ask: Cow::Borrowed(text),
            structure,
            turn: if text.is_empty() { Turn::Empty } else { Turn::Ask },
        }
    }
    /// a
    pub fn text(text: &'a str, cap: usize) -> Self {
        Self::bytes(text.as_bytes(), cap)
    }
}
impl Structure {
    /// a
    pub fn needs(&self) -> [Option<&'static str>; 3] {
        [(self.images > 0).then_some("vision"), (self.tools_offered > 0).then_some("tools"), None]
    }
}
impl Query<'static> {
    /// a
    pub fn messages(_m: Vec<u8>, _cap: usize) -> crate::Result<Self> {
        Err(crate::Error::state("stub"))
    }
    /// a
    pub fn body(_m: &[u8], _cap: usize) -> crate::Result<Self> {
        Err(crate::Error::state("stub"))
    }
}
