//! Parameters of a provider that a rung carries into its requests: a service tier, a verbosity, a provider's own switches.

use crate::digest::{Digest, Digestible};
use crate::json::{Json, quoted};
use crate::{Error, Result};
use std::sync::Arc;

/// The most bytes of a rung's parameters, as JSON.
const MOST_BYTES: usize = 1 << 16;
/// The deepest nesting of objects in them.
const DEPTH: usize = 16;

/// The parameters that the governor writes, whatever a provider calls them, and the conversation that it has read. Names are in
/// their plain form: see [`plain`]. The wire's tests hold that no place of its tables is missing.
const GOVERNED: &[&str] = &[
    "model",
    "models",
    "maxtokens",
    "maxcompletiontokens",
    "maxoutputtokens",
    "mintokens",
    "n",
    "stream",
    "streamoptions.includeusage",
    "reasoningeffort",
    "reasoning.effort",
    "reasoning.maxtokens",
    "reasoning.enabled",
    "thinking.type",
    "thinking.budgettokens",
    "thinking.tokenbudget",
    "thinkingtokenbudget",
    "think",
    "promptmode",
    "outputconfig.effort",
    "chattemplatekwargs.enablethinking",
    "generationconfig.maxoutputtokens",
    "generationconfig.candidatecount",
    "generationconfig.thinkingconfig.thinkingbudget",
    "generationconfig.thinkingconfig.thinkinglevel",
    "options.numpredict",
    "inferenceconfig.maxtokens",
    "additionalmodelrequestfields.maxtokens",
    "additionalmodelrequestfields.reasoningeffort",
    "additionalmodelrequestfields.thinking.type",
    "additionalmodelrequestfields.thinking.budgettokens",
    "additionalmodelrequestfields.reasoningconfig.type",
    "additionalmodelrequestfields.reasoningconfig.budgettokens",
    "additionalmodelrequestfields.reasoningconfig.maxreasoningeffort",
    "additionalmodelrequestfields.reasoning.effort",
    "additionalmodelrequestfields.outputconfig.effort",
    "messages",
    "input",
    "contents",
    "prompt",
    "request",
];

/// One value of a rung's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// JSON that is written as it stands.
    Raw(String),
    /// An object, which joins the one in the request member by member.
    Object(Vec<(String, Param)>),
}

/// Parameters of a provider, in the order of their names. Immutable, and cheap to copy.
///
/// ```
/// use rheostat::ladder::Params;
/// let params = Params::read(br#"{"service_tier": "flex", "text": {"verbosity": "low"}}"#)?;
/// assert_eq!(params.to_string(), r#"{"service_tier":"flex","text":{"verbosity":"low"}}"#);
/// assert!(Params::read(br#"{"max_tokens": 5}"#).is_err());
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    members: Option<Arc<[(String, Param)]>>,
}

impl Params {
    /// Reads a JSON object. No bytes are no parameters.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no JSON object; [`Error::Invalid`] for a parameter that the governor writes itself, a name
    /// that stands twice, or too many bytes.
    pub fn read(json: &[u8]) -> Result<Self> {
        if json.is_empty() {
            return Ok(Self::default());
        }
        if json.len() > MOST_BYTES {
            return Err(Error::invalid("params", json.len(), format!("at most {MOST_BYTES} bytes of JSON")));
        }
        let mut reader = Json::new(json);
        let members = members(&mut reader, 1)?;
        reader.end()?;
        if reader.repaired() {
            return Err(Error::invalid("params", "half a surrogate pair", "text"));
        }
        let members = Some(members).filter(|members| !members.is_empty()).map(Arc::from);
        let params = Self { members };
        params.refuse_governed()?;
        Ok(params)
    }

    /// The parameters, by name.
    pub fn members(&self) -> &[(String, Param)] {
        self.members.as_deref().unwrap_or_default()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_none()
    }

    /// Refuses what the governor writes itself, by its path.
    fn refuse_governed(&self) -> Result<()> {
        let mut path = String::new();
        refuse(self.members(), &mut path, &mut String::new())
    }
}

/// A name without regard to case and to signs between words: providers read `maxTokens` and `max_tokens` alike.
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
}

fn refuse(members: &[(String, Param)], path: &mut String, flat: &mut String) -> Result<()> {
    let (path_before, flat_before) = (path.len(), flat.len());
    for (name, value) in members {
        if !path.is_empty() {
            path.push('.');
            flat.push('.');
        }
        path.push_str(name);
        // A dot in a name is no step of a path.
        flat.push_str(&plain(name).replace('.', "\0"));
        let within = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        // A value that is no object would take the place of all that stands below it.
        let replaces = !matches!(value, Param::Object(_));
        let governed = |one: &&&str| within(one, flat) || replaces && within(flat, one);
        if let Some(one) = GOVERNED.iter().find(governed) {
            let why = if within(one, flat) { "left to the governor" } else { "an object" };
            let mut shown = String::new();
            value.write(&mut shown);
            return Err(Error::invalid(format!("params: {path}"), shown, why));
        }
        if let Param::Object(inner) = value {
            refuse(inner, path, flat)?;
        }
        path.truncate(path_before);
        flat.truncate(flat_before);
    }
    Ok(())
}

fn members(json: &mut Json<'_>, depth: usize) -> Result<Vec<(String, Param)>> {
    if depth > DEPTH {
        return Err(Error::invalid(
            "params",
            format!("depth {depth}"),
            format!("at most {DEPTH} objects deep"),
        ));
    }
    let mut found: Vec<(String, Param)> = Vec::new();
    json.members(|json, name| {
        let name = String::from_utf8_lossy(&name.decoded()).into_owned();
        if found.iter().any(|(other, _)| *other == name) {
            return Err(Error::invalid(format!("params: {name}"), "it twice", "given once"));
        }
        let value = if json.peek() == Some(b'{') {
            Param::Object(members(json, depth + 1)?)
        } else {
            Param::Raw(String::from_utf8_lossy(json.read_raw()?).into_owned())
        };
        found.push((name, value));
        Ok(())
    })?;
    // Equal however they were written.
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

impl Param {
    /// Appends it as JSON.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Raw(json) => out.push_str(json),
            Self::Object(members) => write_members(members, out),
        }
    }

    /// Appends it as a member of an object.
    pub fn write_member(&self, name: &str, out: &mut String) {
        quoted(out, name);
        out.push(':');
        self.write(out);
    }
}

fn write_members(members: &[(String, Param)], out: &mut String) {
    out.push('{');
    for (at, (name, value)) in members.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        value.write_member(name, out);
    }
    out.push('}');
}

/// As JSON, in the order of their names.
impl std::fmt::Display for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut json = String::new();
        write_members(self.members(), &mut json);
        f.write_str(&json)
    }
}

impl Digestible for Params {
    fn write_to(&self, digest: &mut Digest) {
        digest.put(&self.to_string());
    }
}
