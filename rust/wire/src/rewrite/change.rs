//! Changes of a body, and the reasons for them.

use super::value::Value;
use std::borrow::Cow;
use std::fmt;

/// Why a parameter was changed, or what could not be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// `plan`: the plan decides.
    Plan,
    /// `level`: a level of effort, or a switch, stands for the plan's tokens of thinking. It bounds nothing.
    Level,
    /// `least`: fewer tokens of thinking than the model takes, so none.
    Least,
    /// `floor`: the model cannot think less.
    Floor,
    /// `most`: the model takes no more.
    Most,
    /// `refused`: the model refuses the parameter.
    Refused,
    /// `renamed`: another parameter says it.
    Renamed,
    /// `limit`: the client's own limit on tokens leaves no more.
    Limit,
    /// `ceiling`: the query's ceiling allows no more.
    Ceiling,
    /// `forced_tool`: the model does not think where it is forced to call a tool, as the client asks.
    ForcedTool,
    /// `tool_loop`: the model does not begin to think in a loop of tool calls that has begun without thinking.
    ToolLoop,
    /// `tools`: the model does not think beside function tools on this surface.
    Tools,
    /// `prefill`: the model does not think where the client has begun its answer.
    Prefill,
    /// `client`: the client's own wish, which was kept.
    Client,
    /// `path`: the surface has the model in the path of the request, which the host has to set.
    Path,
    /// `unsupported`: the surface or the model does not have it.
    Unsupported,
    /// `rung`: the rung's own parameters say so.
    Rung,
    /// `samples`: samples that are compared must be able to differ.
    Samples,
    /// `unknown`: no table has the model, so its thinking is left as it came.
    Unknown,
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 19] = [
        Self::Plan,
        Self::Level,
        Self::Least,
        Self::Floor,
        Self::Most,
        Self::Refused,
        Self::Renamed,
        Self::Limit,
        Self::Ceiling,
        Self::ForcedTool,
        Self::ToolLoop,
        Self::Tools,
        Self::Prefill,
        Self::Client,
        Self::Path,
        Self::Unsupported,
        Self::Rung,
        Self::Samples,
        Self::Unknown,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Level => "level",
            Self::Least => "least",
            Self::Floor => "floor",
            Self::Most => "most",
            Self::Refused => "refused",
            Self::Renamed => "renamed",
            Self::Limit => "limit",
            Self::Ceiling => "ceiling",
            Self::ForcedTool => "forced_tool",
            Self::ToolLoop => "tool_loop",
            Self::Tools => "tools",
            Self::Prefill => "prefill",
            Self::Client => "client",
            Self::Path => "path",
            Self::Unsupported => "unsupported",
            Self::Rung => "rung",
            Self::Samples => "samples",
            Self::Unknown => "unknown",
        }
    }

    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plan => "the plan decides",
            Self::Level => "a level stands for the plan's tokens of thinking; it bounds nothing",
            Self::Least => "fewer tokens of thinking than the model takes, so none",
            Self::Floor => "the model cannot think less",
            Self::Most => "the model takes no more",
            Self::Refused => "the model refuses the parameter",
            Self::Renamed => "another parameter says it",
            Self::Limit => "the client's own limit on tokens leaves no more",
            Self::Ceiling => "the query's ceiling allows no more",
            Self::ForcedTool => "the model does not think where it is forced to call a tool",
            Self::ToolLoop => {
                "the model does not begin to think in a loop of tool calls that has begun without thinking"
            }
            Self::Tools => "the model does not think beside function tools on this surface",
            Self::Prefill => "the model does not think where the client has begun its answer",
            Self::Client => "the client's own wish, kept",
            Self::Path => "the model stands in the path of the request, which the host has to set",
            Self::Unsupported => "the surface or the model does not have it",
            Self::Rung => "the rung's parameters say so",
            Self::Samples => "samples that are compared must be able to differ",
            Self::Unknown => "no table has the model, so its thinking is left as it came",
        }
    }
}

/// One change of a body, or one thing that could not be said in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change<'a> {
    /// The parameter, as a path from the top of the body: `generationConfig.maxOutputTokens`. For what a surface cannot express,
    /// the plan's name for it.
    pub field: &'static str,
    /// The client's value, as JSON; none if there was none. Cut to 80 bytes.
    pub from: Option<&'a str>,
    /// The new value; none if the parameter was removed, or was not written.
    pub to: Option<Value<'a>>,
    /// The reason.
    pub why: Why,
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.from.unwrap_or("nothing");
        match self.to {
            Some(to) => write!(f, "{}: {from} → {to}: {}", self.field, self.why.words()),
            None => write!(f, "{}: {from} → nothing: {}", self.field, self.why.words()),
        }
    }
}

/// A [`Change`] with texts of its own. Values are JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The parameter, as a path from the top of the body; for what a surface cannot express, the plan's name for it.
    pub field: Cow<'static, str>,
    /// The client's value.
    pub from: Option<String>,
    /// The new value.
    pub to: Option<String>,
    /// The reason.
    pub why: Why,
}

impl From<&Change<'_>> for Said {
    fn from(change: &Change<'_>) -> Self {
        let &Change { field, from, to, why } = change;
        let field = Cow::Borrowed(field);
        Self { field, from: from.map(str::to_owned), to: to.map(|to| to.to_string()), why }
    }
}
