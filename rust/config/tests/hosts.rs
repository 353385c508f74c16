//! Tables of a host's own, beside those of the library.

#![allow(clippy::unwrap_used)] // a test that fails here has failed

use rheostat::Error;
use rheostat_config::Config;
use serde::Deserialize;
use std::collections::BTreeMap;

const RUNG: &str = "[[rung]]\nname = 'a'\n";

/// The tables of some host.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Own {
    proxy: Option<Proxy>,
    upstream: BTreeMap<String, Upstream>,
    key: Vec<Key>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proxy {
    listen: std::net::SocketAddr,
    #[serde(default)]
    workers: u8,
    #[serde(default)]
    tls: Option<Tls>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tls {
    Off,
    Files { certificate: String },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Upstream {
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    tenant: String,
}

fn own(text: &str) -> Result<Own, Error> {
    let (config, own) =
        Config::read_with(&format!("{text}\n{RUNG}"), "x.toml", &["proxy", "upstream", "key"])?;
    assert_eq!(config.ladder.rungs().len(), 1);
    Ok(own)
}

#[test]
fn a_host_has_tables_of_its_own() {
    assert_eq!(own("").unwrap(), Own::default());
    let text = "
        [proxy]
        listen = '127.0.0.1:8080'
        workers = 4
        tls = { files = { certificate = 'c.pem' } }
        [upstream.main]
        url = 'https://example.com'
        headers = { x = 'y' }
        [[key]]
        tenant = 'acme'
    ";
    let upstream =
        Upstream { url: "https://example.com".into(), headers: BTreeMap::from([("x".into(), "y".into())]) };
    let proxy = Proxy {
        listen: "127.0.0.1:8080".parse().unwrap(),
        workers: 4,
        tls: Some(Tls::Files { certificate: "c.pem".into() }),
    };
    let wanted = Own {
        proxy: Some(proxy),
        upstream: BTreeMap::from([("main".into(), upstream)]),
        key: vec![Key { tenant: "acme".into() }],
    };
    assert_eq!(own(text).unwrap(), wanted);
    assert_eq!(own("[proxy]\nlisten = '[::1]:80'\ntls = 'off'").unwrap().proxy.unwrap().tls, Some(Tls::Off));
    for (text, message) in [
        ("[proxy]", "proxy: listen must be given, got none"),
        ("[proxy]\nlisten = 80", "proxy: listen: got integer, wanted a string"),
        ("[proxy]\nlisten = 'here'", "proxy: listen is malformed at byte 17: invalid socket address syntax"),
        ("[proxy]\nlisten = '[::1]:80'\nworkers = 256", "proxy: workers must be between 0 and 255, got 256"),
        (
            "[proxy]\nlisten = '[::1]:80'\nport = 1",
            "proxy: unknown field \"port\"; known: listen, workers, tls",
        ),
        ("[proxy]\nlisten = '[::1]:80'\ntls = 'on'", "proxy: tls: unknown name \"on\"; known: off, files"),
        (
            "[proxy]\nlisten = '[::1]:80'\ntls = { files = { certificate = 1 } }",
            "proxy: tls: files: certificate: got integer, wanted a string",
        ),
        (
            "[proxy]\nlisten = '[::1]:80'\ntls = { files = {}, off = {} }",
            "proxy: tls must be a table of one field, got 2 fields",
        ),
        ("[proxy]\nlisten = '[::1]:80'\ntls = 1", "proxy: tls: got integer, wanted a string or a table"),
        (
            "[upstream.main]\nurl = 'u'\nheaders = { x = 1 }",
            "upstream: main: headers: x: got integer, wanted a string",
        ),
        ("[[key]]\ntenant = 'a'\n[[key]]\ntenan = 'b'", "key[1]: unknown field \"tenan\"; known: tenant"),
        ("key = 1", "key: got integer, wanted a list"),
        (
            "keys = 1",
            "unknown field \"keys\"; known: default, start_max, thinking, forbid, rung, policy, ceiling, rules, cap, ledger, sessions, sleep, \
             proxy, upstream, key",
        ),
    ] {
        assert_eq!(own(text).unwrap_err().to_string(), format!("x.toml: {message}"), "{text}");
    }
}
