//! One span, and the W3C trace context (Trace Context, level 1) that it belongs to.

use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value, json};
use std::hash::{BuildHasher, RandomState};

/// The header of the trace context.
const TRACEPARENT: &str = "traceparent";

/// The trace that a request belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    trace: u128,
    /// The client's span, if it sent one.
    parent: Option<u64>,
    /// The request's own span.
    pub(crate) span: u64,
    /// True if its spans are sent.
    pub(crate) sampled: bool,
}

impl Context {
    /// The context in the headers of a request. Without one it begins a trace, of which the share `traces` is sent; a client's decision
    /// is kept.
    pub(crate) fn of(headers: &HeaderMap, traces: f64) -> Self {
        let given = headers.get(TRACEPARENT).and_then(|value| parse(value.to_str().ok()?));
        let span = drawn();
        if let Some((trace, parent, sampled)) = given {
            return Self { trace, parent: Some(parent), span, sampled: sampled && traces > 0.0 };
        }
        let trace = u128::from(drawn()) << 64 | u128::from(drawn());
        // As OpenTelemetry's sampler by trace id does: all services come to the same decision.
        let sampled = traces >= 1.0 || (trace as u64 as f64) < traces * 18_446_744_073_709_551_616.0;
        Self { trace, parent: None, span, sampled }
    }

    /// The header for a request that a span of this trace makes.
    pub(crate) fn header(&self, span: u64) -> Option<HeaderValue> {
        let flags = u8::from(self.sampled);
        HeaderValue::from_str(&format!("00-{:032x}-{span:016x}-{flags:02x}", self.trace)).ok()
    }

    /// Adds the header.
    pub(crate) fn inject(&self, span: u64, headers: &mut HeaderMap) {
        if let Some(value) = self.header(span) {
            headers.insert(TRACEPARENT, value);
        }
    }
}

/// Trace, span and the sampled flag of a header; None for one that is not valid.
fn parse(text: &str) -> Option<(u128, u64, bool)> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, digits: usize| {
        part.len() == digits && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let whole = is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    // Later versions may have more parts.
    if !whole || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let trace = u128::from_str_radix(trace, 16).ok().filter(|trace| *trace != 0)?;
    let span = u64::from_str_radix(span, 16).ok().filter(|span| *span != 0)?;
    Some((trace, span, u8::from_str_radix(flags, 16).ok()? & 1 == 1))
}

/// A random number that is not 0.
pub(crate) fn drawn() -> u64 {
    RandomState::new().hash_one(0_u8).max(1)
}

/// The role of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Server = 2,
    Client = 3,
}

/// Names and values.
pub(crate) type Attributes = Vec<(&'static str, Value)>;

/// A span that has ended.
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) context: Context,
    /// Its id; the request's own span is the parent of every other.
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// Unix times, in seconds.
    pub(crate) began: f64,
    pub(crate) ended: f64,
    pub(crate) attributes: Attributes,
    /// Time, name and attributes.
    pub(crate) events: Vec<(f64, &'static str, Attributes)>,
    /// The error, if it is one.
    pub(crate) error: Option<String>,
}

impl Span {
    /// A span of the trace below the request's own.
    pub(crate) fn child(context: Context, name: String, began: f64) -> Self {
        Self::new(context, drawn(), Kind::Client, name, began)
    }

    /// The request's own span.
    pub(crate) fn root(context: Context, name: String, began: f64) -> Self {
        Self::new(context, context.span, Kind::Server, name, began)
    }

    fn new(context: Context, id: u64, kind: Kind, name: String, began: f64) -> Self {
        let (attributes, events) = (Vec::new(), Vec::new());
        Self { context, id, kind, name, began, ended: began, attributes, events, error: None }
    }

    /// OTLP's JSON.
    pub(super) fn to_json(&self) -> Value {
        let events: Vec<Value> = self
            .events
            .iter()
            .map(|(at, name, given)| {
                json!({"timeUnixNano": nanos(*at), "name": name, "attributes": attributes(given)})
            })
            .collect();
        let parent = if self.id == self.context.span { self.context.parent } else { Some(self.context.span) };
        let status = match &self.error {
            Some(why) => json!({"code": 2, "message": why}),
            None => json!({}),
        };
        json!({
            "traceId": format!("{:032x}", self.context.trace),
            "spanId": format!("{:016x}", self.id),
            "parentSpanId": parent.map_or_else(String::new, |parent| format!("{parent:016x}")),
            "flags": u8::from(self.context.sampled),
            "name": self.name,
            "kind": self.kind as u8,
            "startTimeUnixNano": nanos(self.began),
            "endTimeUnixNano": nanos(self.ended.max(self.began)),
            "attributes": attributes(&self.attributes),
            "events": events,
            "status": status,
        })
    }
}

/// Attributes in OTLP's JSON. Absent values are left out.
pub(crate) fn attributes(given: &[(&'static str, Value)]) -> Vec<Value> {
    given.iter().filter_map(|(key, value)| Some(json!({"key": key, "value": typed(value)?}))).collect()
}

/// A value with its type. Whole numbers are strings, since JSON's numbers do not hold 64 bits everywhere.
fn typed(value: &Value) -> Option<Value> {
    let (kind, value) = match value {
        Value::Null => return None,
        Value::Bool(so) => ("boolValue", json!(so)),
        Value::Number(number) if number.is_f64() => ("doubleValue", json!(number)),
        Value::Number(number) => ("intValue", json!(number.to_string())),
        Value::String(text) => ("stringValue", json!(text)),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(typed).collect();
            ("arrayValue", json!({"values": items}))
        }
        other @ Value::Object(_) => ("stringValue", json!(other.to_string())),
    };
    Some(Value::Object(Map::from_iter([(kind.to_owned(), value)])))
}

/// A time in nanoseconds, as OTLP writes it.
pub(super) fn nanos(seconds: f64) -> String {
    // A double holds today's time to a quarter of a microsecond.
    format!("{}", (seconds.max(0.0) * 1e9) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_context_is_read_as_its_standard_says() {
        let whole = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let (trace, span) = (0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c, 0xb7ad_6b71_6920_3331);
        assert_eq!(parse(whole), Some((trace, span, true)));
        assert_eq!(parse(&whole.replace("-01", "-00")), Some((trace, span, false)));
        assert_eq!(parse(&format!("cc{}-what-comes", &whole[2..])), Some((trace, span, true)));
        let wrong = [
            "",
            "00",
            &format!("{whole}-more"),
            &format!("ff{}", &whole[2..]),
            &whole.to_uppercase(),
            &whole.replace('b', "+"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        ];
        assert!(wrong.iter().all(|text| parse(text).is_none()), "{wrong:?}");
    }

    #[test]
    fn a_share_of_the_traces_is_sent() {
        let sent = |share| (0..4_000).filter(|_| Context::of(&HeaderMap::new(), share).sampled).count();
        assert_eq!((sent(0.0), sent(1.0)), (0, 4_000));
        assert!((800..1_200).contains(&sent(0.25)));
    }
}
