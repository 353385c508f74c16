//! Requests that a browser sends for another site: where no key is asked for, any page that a user opens could spend.
//!
//! ```text
//! Sec-Fetch-Site  cross-site: another site's page asks
//! Origin          the site that asks; only this machine's own names may
//! Host            the name that was asked for: a foreign one was made to point here (DNS rebinding), which only a page needs
//! ```

use http::Uri;
use http::header::{HOST, HeaderMap, ORIGIN};
use std::net::IpAddr;

/// True if another site's page may have sent a request; `asked` is the host in its first line, if there is one.
pub(crate) fn is_foreign(headers: &HeaderMap, asked: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let site = text("sec-fetch-site");
    if site == Some("cross-site") {
        return true;
    }
    let origin = text(ORIGIN.as_str());
    if origin.is_some_and(|origin| !origin.parse::<Uri>().is_ok_and(|uri| uri.host().is_some_and(is_here))) {
        return true;
    }
    let host = asked.or_else(|| text(HOST.as_str()).map(without_port));
    let is_page = site.is_some() || origin.is_some();
    is_page && host.is_some_and(|host| !is_here(host))
}

/// A host without its port.
fn without_port(host: &str) -> &str {
    let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    port.map_or(host, |(name, _)| name)
}

/// True for names of this machine alone.
fn is_here(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = bare.strip_suffix('.').unwrap_or(bare).to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test that fails here has failed
    use super::*;

    fn foreign(headers: &[(&'static str, &'static str)]) -> bool {
        let map =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        is_foreign(&map, None)
    }

    #[test]
    fn pages_of_other_sites_are_foreign_and_programs_are_not() {
        for mine in [
            &[][..],
            &[("host", "127.0.0.1:8787")],
            &[("host", "gateway.internal")],
            &[("host", "localhost:8787"), ("sec-fetch-site", "none")],
            &[
                ("host", "localhost:8787"),
                ("origin", "http://localhost:3000"),
                ("sec-fetch-site", "same-site"),
            ],
            &[("host", "[::1]:8787"), ("origin", "http://[::1]:8787"), ("sec-fetch-site", "same-origin")],
            &[("host", "app.localhost"), ("origin", "http://app.localhost")],
        ] {
            assert!(!foreign(mine), "{mine:?}");
        }
        for other in [
            &[("host", "127.0.0.1:8787"), ("origin", "https://evil.example")][..],
            &[("host", "127.0.0.1:8787"), ("origin", "null")],
            &[("host", "127.0.0.1:8787"), ("origin", "http://localhost.evil.example")],
            &[("host", "127.0.0.1:8787"), ("origin", "http://localhost@evil.example")],
            &[("host", "127.0.0.1:8787"), ("sec-fetch-site", "cross-site")],
            &[("host", "evil.example"), ("sec-fetch-site", "same-origin")],
            &[("host", "evil.example:8787"), ("sec-fetch-site", "none")],
        ] {
            assert!(foreign(other), "{other:?}");
        }
    }
}
