//! The few fields of a request that a host decides by before it plans: which model is asked for, and how the reply is sent.

use rheostat::Result;
use rheostat::json::Json;

/// The head of a request of OpenAI's or Anthropic's form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The model that is asked for.
    pub model: Option<String>,
    /// True if the reply is to be a stream.
    pub streams: bool,
    /// True if the stream is to report its usage in an event of its own.
    pub reports_usage: bool,
    /// The number of answers that are asked for, as JSON; none for null.
    pub n: Option<String>,
}

/// Reads the head of a body in one pass. Of a name that stands twice, the last counts. None for a body that is no JSON object.
///
/// ```
/// use rheostat_wire::body::head;
/// let read = head(br#"{"model": "\u0061uto", "stream": true, "messages": []}"#).unwrap();
/// assert_eq!((read.model.as_deref(), read.streams, read.n), (Some("auto"), true, None));
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
            b"n" => {
                let raw = json.read_raw()?;
                head.n = (raw != b"null").then(|| String::from_utf8_lossy(raw).into_owned());
            }
            _ => json.pass(&mut ())?,
        }
        Ok(())
    })
}
