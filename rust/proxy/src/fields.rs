//! The few fields of a body that the proxy itself looks at.

use rheostat::json::Json;

/// The fields of one request.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) model: String,
    pub(crate) stream: bool,
    /// True if the client asks for the usage of a stream.
    pub(crate) reports_usage: bool,
    /// The client's own number of answers, if it is not one.
    pub(crate) several: Option<String>,
}

impl Fields {
    /// Reads a body; None if it is no JSON object with a model.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let (mut fields, mut named) = (Self::default(), false);
        let mut json = Json::new(body);
        json.members(|json, name| {
            match &*name.decoded() {
                b"model" if json.peek() == Some(b'"') => {
                    fields.model = String::from_utf8_lossy(&json.read_string()?.decoded()).into_owned();
                    named = true;
                }
                b"stream" => fields.stream = json.read_raw()? == b"true",
                b"n" => {
                    let value = json.read_raw()?;
                    fields.several = (!matches!(value, b"1" | b"null"))
                        .then(|| String::from_utf8_lossy(value).into_owned());
                }
                b"stream_options" if json.peek() == Some(b'{') => json.members(|json, name| {
                    let value = json.read_raw()?;
                    fields.reports_usage |= *name.decoded() == b"include_usage"[..] && value == b"true";
                    Ok(())
                })?,
                _ => json.read_raw().map(drop)?,
            }
            Ok(())
        })
        .ok()?;
        json.end().ok()?;
        named.then_some(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn the_fields_of_a_body_are_read_wherever_they_stand() {
        let body = br#"{"messages": [{"model": "no"}], "stream_options": {"include_usage": true}, "n": 2, "model": "a\u0075to", "stream": true}"#;
        let read =
            Fields { model: "auto".into(), stream: true, reports_usage: true, several: Some("2".into()) };
        assert_eq!(Fields::read(body), Some(read));
        for none in [&b"{}"[..], b"[]", b"", b"{\"model\": 5}", b"{\"model\": \"a\"} x", b"{\"model\": \"a\""]
        {
            assert_eq!(Fields::read(none), None, "{}", none.escape_ascii());
        }
        for one in [
            &b"{\"model\":\"a\",\"n\":1}"[..],
            b"{\"model\":\"a\",\"n\":null}",
            b"{\"stream\":false,\"model\":\"a\"}",
        ] {
            assert_eq!(Fields::read(one), Some(Fields { model: "a".into(), ..Fields::default() }));
        }
    }
}
