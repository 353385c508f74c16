//! The few fields of a request that a host decides by before it plans: which model is asked for, and how the reply is sent.

use rheostat::Result;
use rheostat::json::Json;

/// The head of a request of OpenAI's or Anthropic's form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // facts that are independent of each other
pub struct Head {
    /// The model that is asked for.
    pub model: Option<String>,
    /// True if the reply is to be a stream.
    pub streams: bool,
    /// True if the stream is to report its usage in an event of its own.
    pub reports_usage: bool,
    /// The number of answers that are asked for, as JSON; none for null.
    pub n: Option<String>,
    /// True for `messages`, false for `input`; None for a body with neither.
    pub lists_messages: Option<bool>,
    /// True if the last message is the assistant's: the beginning of its answer.
    pub prefilled: bool,
    /// True if the reply is to be written in the background, and asked for later.
    pub background: bool,
}

impl Head {
    /// The reason why a host that reads the replies cannot serve the request: the parameter, and the words.
    ///
    /// ```
    /// use rheostat_wire::body::head;
    /// let (param, why) = head(br#"{"model": "auto", "n": 3}"#).unwrap().unserved().unwrap();
    /// assert_eq!(param, "n");
    /// assert!(why.starts_with("n must be 1 where the model is governed, got 3"));
    /// ```
    pub fn unserved(&self) -> Option<(&'static str, String)> {
        let several = self.n.as_deref().filter(|n| n.parse() != Ok(1.0));
        if let Some(several) = several {
            let why = format!(
                "n must be 1 where the model is governed, got {several}: rheostat draws the samples and returns the best reply"
            );
            return Some(("n", why));
        }
        let why = "background must be false where the model is governed: rheostat reads the reply while it is written. Name a model to \
                   have its reply written in the background";
        self.background.then(|| ("background", why.to_owned()))
    }
}

/// Reads the head of a body in one pass. Of a name that stands twice, the last counts. None for a body that is no JSON object.
///
/// ```
/// use rheostat_wire::body::head;
/// let read = head(br#"{"model": "\u0061uto", "stream": true, "messages": []}"#).unwrap();
/// assert_eq!((read.model.as_deref(), read.streams, read.n), (Some("auto"), true, None));
/// assert!(head(br#"{"messages": [{"role": "assistant", "content": "{"}]}"#).unwrap().prefilled);
/// assert_eq!(head(b"[]"), None);
/// ```
pub fn head(body: &[u8]) -> Option<Head> {
    let (mut json, mut head) = (Json::new(body), Head::default());
    read(&mut json, &mut head).and_then(|()| json.end()).ok()?;
    Some(head)
}

fn read(json: &mut Json<'_>, head: &mut Head) -> Result<()> {
    json.members(|json, name| {
        match &*name.decoded() {
            b"model" => {
                head.model = match json.peek() {
                    Some(b'"') => Some(String::from_utf8_lossy(&json.read_string()?.decoded()).into_owned()),
                    _ => json.pass(&mut ()).map(|()| None)?,
                }
            }
            b"background" => head.background = json.read_raw()? == b"true",
            b"stream" => head.streams = json.read_raw()? == b"true",
            b"stream_options" if json.peek() == Some(b'{') => {
                head.reports_usage = false;
                json.members(|json, name| {
                    let raw = json.read_raw()?;
                    if *name.decoded() == b"include_usage"[..] {
                        head.reports_usage = raw == b"true";
                    }
                    Ok(())
                })?;
            }
            b"stream_options" => {
                head.reports_usage = false;
                json.pass(&mut ())?;
            }
            field @ (b"messages" | b"input") => {
                head.lists_messages = Some(field == b"messages");
                if json.peek() != Some(b'[') {
                    return Ok(json.pass(&mut ())?);
                }
                let mut last: &[u8] = b"";
                json.items(|json, _| {
                    last = json.read_raw()?;
                    Ok(())
                })?;
                head.prefilled = is_assistants(last);
            }
            b"n" => {
                let raw = json.read_raw()?;
                head.n = (raw != b"null").then(|| String::from_utf8_lossy(raw).into_owned());
            }
            _ => json.pass(&mut ())?,
        }
        Ok(())
    })
}

/// True if a message, or an item, is the assistant's.
pub(crate) fn is_assistants(message: &[u8]) -> bool {
    let (mut json, mut found) = (Json::new(message), false);
    let read = json.members(|json, name| {
        let says = matches!(&*name.decoded(), b"role" | b"type") && json.peek() == Some(b'"');
        if says {
            found |= *json.read_string()?.decoded() == b"assistant"[..];
            return Ok(());
        }
        Ok(json.pass(&mut ())?)
    });
    message.starts_with(b"{") && read.is_ok() && found
}
