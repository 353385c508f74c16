//! Providers' reports of a failed request: its HTTP status, the code in its body, and how long to wait.
//!
//! As the providers' API references described them in 2025. Case and the signs between words of a code are ignored, so
//! `rate_limit_error` and `RateLimitError` are one code. To add one, add a row.

use crate::ending::meaning;
use rheostat::run::FailureKind;
use rheostat::run::FailureKind::{Overloaded, Permanent, RateLimit, Refusal, Transient, Unreached};
use std::time::{Duration, UNIX_EPOCH};

/// Statuses that differ from the others of their hundred.
const STATUSES: &[(u16, FailureKind)] = &[
    (408, Transient),  // Request Timeout
    (409, Transient),  // Conflict: the OpenAI and Anthropic clients try it again
    (424, Transient),  // Bedrock: the model failed
    (425, Overloaded), // Too Early
    (429, RateLimit),
    (499, Transient),  // nginx: the client closed the connection
    (501, Permanent),  // Not Implemented
    (503, Overloaded), // Service Unavailable
    (505, Permanent),  // HTTP Version Not Supported
    (521, Unreached),  // Cloudflare: the origin refused the connection
    (522, Unreached),  // Cloudflare: no connection to the origin in time
    (523, Unreached),  // Cloudflare: no route to the origin
    (529, Overloaded), // Anthropic
];

const CODES: &[(&str, FailureKind)] = &[
    ("invalid api key", Permanent),                  // OpenAI
    ("insufficient quota", Permanent),               // OpenAI: a 429 that no wait mends
    ("billing hard limit reached", Permanent),       // OpenAI
    ("billing not active", Permanent),               // OpenAI
    ("context length exceeded", Permanent),          // OpenAI
    ("string above max length", Permanent),          // OpenAI
    ("model not found", Permanent),                  // OpenAI, Ollama
    ("invalid request error", Permanent),            // OpenAI, Anthropic
    ("rate limit exceeded", RateLimit),              // OpenAI, Groq
    ("server error", Transient),                     // OpenAI
    ("content filter", Refusal),                     // Azure OpenAI
    ("content policy violation", Refusal),           // OpenAI
    ("invalid prompt", Permanent),                   // OpenAI responses
    ("data residency mismatch", Permanent),          // OpenAI responses
    ("bio policy", Refusal),                         // OpenAI responses
    ("vector store timeout", Transient),             // OpenAI responses
    ("invalid image", Permanent),                    // OpenAI responses
    ("invalid image format", Permanent),             // OpenAI responses
    ("invalid base64 image", Permanent),             // OpenAI responses
    ("invalid image url", Permanent),                // OpenAI responses
    ("image too large", Permanent),                  // OpenAI responses
    ("image too small", Permanent),                  // OpenAI responses
    ("image parse error", Permanent),                // OpenAI responses
    ("image content policy violation", Refusal),     // OpenAI responses
    ("invalid image mode", Permanent),               // OpenAI responses
    ("image file too large", Permanent),             // OpenAI responses
    ("unsupported image media type", Permanent),     // OpenAI responses
    ("empty image file", Permanent),                 // OpenAI responses
    ("failed to download image", Transient),         // OpenAI responses
    ("image file not found", Permanent),             // OpenAI responses
    ("authentication error", Permanent),             // Anthropic
    ("billing error", Permanent),                    // Anthropic
    ("permission error", Permanent),                 // Anthropic
    ("not found error", Permanent),                  // Anthropic
    ("request too large", Permanent),                // Anthropic
    ("rate limit error", RateLimit),                 // Anthropic
    ("timeout error", Transient),                    // Anthropic
    ("api error", Transient),                        // Anthropic
    ("overloaded error", Overloaded),                // Anthropic
    ("invalid argument", Permanent),                 // Google
    ("failed precondition", Permanent),              // Google
    ("permission denied", Permanent),                // Google
    ("unauthenticated", Permanent),                  // Google
    ("not found", Permanent),                        // Google
    ("unimplemented", Permanent),                    // Google
    ("resource exhausted", RateLimit),               // Google
    ("internal", Transient),                         // Google
    ("unavailable", Overloaded),                     // Google
    ("deadline exceeded", Transient),                // Google
    ("access denied exception", Permanent),          // Bedrock
    ("validation exception", Permanent),             // Bedrock
    ("resource not found exception", Permanent),     // Bedrock
    ("service quota exceeded exception", Permanent), // Bedrock
    ("unrecognized client exception", Permanent),    // Bedrock
    ("expired token exception", Permanent),          // Bedrock
    ("throttling exception", RateLimit),             // Bedrock
    ("model not ready exception", Overloaded),       // Bedrock
    ("service unavailable exception", Overloaded),   // Bedrock
    ("internal server exception", Transient),        // Bedrock
    ("model timeout exception", Transient),          // Bedrock
    ("model error exception", Transient),            // Bedrock
    ("model stream error exception", Transient),     // Bedrock
];

/// The kind of an HTTP status; None for one that is no failure.
///
/// ```
/// use rheostat::run::FailureKind;
/// use rheostat_wire::failure;
/// assert_eq!(failure::of_status(401), Some(FailureKind::Permanent));
/// assert_eq!(failure::of_status(502), Some(FailureKind::Transient));
/// assert_eq!(failure::of_status(200), None);
/// ```
pub fn of_status(status: u16) -> Option<FailureKind> {
    let known = STATUSES.iter().find(|(known, _)| *known == status);
    known.map(|(_, kind)| *kind).or(match status {
        // A redirection that the client did not follow comes again.
        300..=499 => Some(Permanent),
        500..=599 => Some(Transient),
        _ => None,
    })
}

/// The kind of a code in the body of an error; None for one that the table does not have.
pub fn of_code(code: &str) -> Option<FailureKind> {
    meaning(CODES, code)
}

/// The kind of a failed request: by the first of its codes that the table has, or else by its status.
///
/// ```
/// use rheostat::run::FailureKind;
/// use rheostat_wire::failure;
/// assert_eq!(failure::read(Some(429), ["insufficient_quota"]), Some(FailureKind::Permanent));
/// assert_eq!(failure::read(Some(429), ["tokens"]), Some(FailureKind::RateLimit));
/// ```
pub fn read<'a>(status: Option<u16>, codes: impl IntoIterator<Item = &'a str>) -> Option<FailureKind> {
    codes.into_iter().find_map(of_code).or_else(|| status.and_then(of_status))
}

/// Seconds of a `Retry-After` header: a number of seconds, or an HTTP date, of which `now`, in seconds of Unix time, is subtracted.
/// None for a header that is neither.
///
/// ```
/// use rheostat_wire::failure::retry_after;
/// assert_eq!(retry_after("1.5", 0.0), Some(1.5));
/// assert_eq!(retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 45.0), Some(15.0));
/// assert_eq!(retry_after("soon", 0.0), None);
/// ```
pub fn retry_after(header: &str, now: f64) -> Option<f64> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        return Some(seconds).filter(|seconds| *seconds >= 0.0 && seconds.is_finite());
    }
    let at = httpdate::parse_http_date(header).ok()?;
    let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64();
    Some((since - now).max(0.0)).filter(|seconds| seconds.is_finite())
}

#[cfg(test)]
#[path = "../tests/unit/failure.rs"]
mod tests;
