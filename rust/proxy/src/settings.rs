//! The proxy's own tables of the configuration file.
//!
//! ```toml
//! [proxy]
//! listen = "127.0.0.1:8787"
//! models = ["auto"]
//!
//! [[upstream]]
//! name = "openai"
//! url = "https://api.openai.com/v1"
//! key_env = "OPENAI_API_KEY"
//!
//! [[key]]
//! tenant = "team-a"
//! env = "TEAM_A_KEY"
//! ```
//!
//! Secrets stand in the environment or in files, never in the configuration. Upstreams come from here alone: no header of a client
//! chooses where a request goes.

use crate::log::Logging;
use crate::tables::{KeyTable, LogTable, StateTable, Tables, UpstreamTable};
use crate::upstream::key_header;
use http::header::{HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use rheostat::{Error, Result};
use rheostat_config::{Config, HOST_TABLES};
use rheostat_host::Judge;
use rheostat_wire::rewrite::Surface;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Largest secret, in bytes.
const MOST_SECRET: usize = 4_096;
/// The most decisions that are kept: at about 3 KB each.
const MOST_DECISIONS: usize = 100_000;

/// The file that keeps what was learned, and how often it is written.
#[derive(Debug, Clone)]
pub(crate) struct Saving {
    pub(crate) file: PathBuf,
    pub(crate) every: Duration,
}

/// The settings of a proxy.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    pub(crate) listen: SocketAddr,
    /// Names of models that are governed.
    pub(crate) models: Vec<String>,
    pub(crate) judge: Judge,
    pub(crate) hold_tokens: u64,
    pub(crate) hold_seconds: f64,
    /// The most streams of one request at once.
    pub(crate) concurrency: usize,
    /// Largest body of a request, in bytes.
    pub(crate) max_body: usize,
    pub(crate) max_connections: usize,
    /// Bound on the time in which a client sends its head, and its body.
    pub(crate) read: Duration,
    /// Bound on the time in which a client takes nothing of a stream that is there.
    pub(crate) write: Duration,
    /// Bound on the time until a connection to an upstream stands.
    pub(crate) connect: Duration,
    /// Bound on the time that requests in flight get when the proxy ends.
    pub(crate) drain: Duration,
    /// The newest decisions that are kept for the pages.
    pub(crate) decisions: usize,
    pub(crate) logging: Logging,
    /// The file that keeps what was learned, if there is one.
    pub(crate) saving: Option<Saving>,
    pub(crate) upstreams: Vec<Upstream>,
    pub(crate) keys: Vec<Key>,
}

/// A provider's API.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) name: String,
    /// Scheme, host and path, without a slash at the end.
    base: Uri,
    surfaces: Vec<Surface>,
    /// Models that it serves; empty: all.
    models: Vec<String>,
    /// Its key. Without one, the client's own goes on.
    pub(crate) key: Option<Secret>,
}

/// A client's key, and the tenant that pays for its requests.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) tenant: String,
    pub(crate) secret: Secret,
}

/// A secret, which no message shows.
pub(crate) struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Reads the one place that is named.
    fn read(what: &str, env: Option<&str>, file: Option<&Path>) -> Result<Self> {
        let (place, text) = match (env, file) {
            (Some(name), None) => (
                format!("the environment variable {name}"),
                std::env::var(name).map_err(|_| {
                    Error::state(format!("{what}: the environment variable {name} is not set"))
                })?,
            ),
            (None, Some(path)) => {
                let shown = path.display();
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Error::state(format!("{what}: the file {shown} cannot be read: {error}"))
                })?;
                (format!("the file {shown}"), text)
            }
            _ => {
                return Err(Error::invalid(
                    what,
                    "none, or both",
                    "either an environment variable or a file",
                ));
            }
        };
        let text = text.trim();
        let plain =
            !text.is_empty() && text.len() <= MOST_SECRET && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::state(format!(
            "{what}: {place} holds no key: it must be 1 to {MOST_SECRET} printable ASCII characters"
        )))
    }
}

impl Settings {
    /// Reads a file's text; messages name it `source`.
    pub(crate) fn read(text: &str, source: &str) -> Result<Self> {
        let (config, tables) = Config::read_with::<Tables>(text, source, &HOST_TABLES)?;
        let Tables { proxy, upstream, key, state, log } = tables;
        let listen: SocketAddr = proxy.listen.parse().map_err(|_| {
            Error::invalid("proxy: listen", &proxy.listen, "an address and a port, such as 127.0.0.1:8787")
        })?;
        if key.is_empty() && !listen.ip().is_loopback() {
            let bound = "an address of this machine alone while there is no [[key]]: anybody who reaches it can spend";
            return Err(Error::invalid("proxy: listen", listen, bound));
        }
        if proxy.models.is_empty() || proxy.models.iter().any(String::is_empty) {
            return Err(Error::invalid(
                "proxy: models",
                "an empty name or list",
                "the names of governed models",
            ));
        }
        let settings = Self {
            listen,
            models: proxy.models,
            judge: Judge::from_name(&proxy.judge)?,
            hold_tokens: proxy.hold_tokens,
            hold_seconds: seconds("hold_seconds", proxy.hold_seconds, 0.0)?.as_secs_f64(),
            concurrency: count("concurrency", proxy.concurrency, 1_024)?,
            max_body: count("max_body", proxy.max_body, 1 << 30)?,
            max_connections: count("max_connections", proxy.max_connections, 1 << 20)?,
            read: seconds("read_seconds", proxy.read_seconds, 0.1)?,
            write: seconds("write_seconds", proxy.write_seconds, 0.1)?,
            connect: seconds("connect_seconds", proxy.connect_seconds, 0.1)?,
            drain: seconds("drain_seconds", proxy.drain_seconds, 0.0)?,
            upstreams: upstream.into_iter().map(Upstream::new).collect::<Result<_>>()?,
            keys: key.into_iter().map(Key::new).collect::<Result<_>>()?,
            decisions: kept(proxy.decisions)?,
            logging: log.logging()?,
            saving: state.map(StateTable::saving).transpose()?,
            config,
        };
        settings.check()?;
        Ok(settings)
    }

    /// Checks what several tables have to do with each other.
    fn check(&self) -> Result<()> {
        if self.upstreams.is_empty() {
            return Err(Error::invalid("upstream", "none", "at least one [[upstream]] table"));
        }
        for rung in self.config.ladder.rungs() {
            for name in rung.deployments().flatten() {
                if self.named(name).is_none() {
                    let known = self.upstreams.iter().map(|one| one.name.as_str());
                    return Err(Error::unknown(format!("deployment of rung {:?}", rung.name), name, known));
                }
            }
            if !self.upstreams.iter().any(|one| one.serves(&rung.model)) {
                let what = format!("rung {:?}: model", rung.name);
                return Err(Error::invalid(what, &rung.model, "a model that one of the upstreams serves"));
            }
        }
        Ok(())
    }

    /// The upstream of a name.
    pub(crate) fn named(&self, name: &str) -> Option<&Upstream> {
        self.upstreams.iter().find(|one| one.name == name)
    }

    /// The upstream of a model on a surface: the first that serves both.
    pub(crate) fn upstream(&self, surface: Option<Surface>, model: &str) -> Option<&Upstream> {
        self.upstreams
            .iter()
            .find(|one| surface.is_none_or(|surface| one.speaks(surface)) && one.serves(model))
    }
}

impl Upstream {
    fn new(table: UpstreamTable) -> Result<Self> {
        let what = format!("upstream {:?}", table.name);
        let wrong = || {
            let bound = "an http or https address with a host and a path, such as https://api.openai.com/v1";
            // What stands before the @ may be a secret.
            let shown = table.url.rsplit_once('@').map_or(&*table.url, |_| "an address with a user's name");
            Error::invalid(format!("{what}: url"), shown, bound)
        };
        let base: Uri = table.url.trim_end_matches('/').parse().map_err(|_| wrong())?;
        let known = matches!(base.scheme_str(), Some("http" | "https"));
        let plain = base.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if !known || !plain || base.query().is_some() {
            return Err(wrong());
        }
        let key = match (&table.key_env, &table.key_file) {
            (None, None) => None,
            (env, file) => Some(Secret::read(&format!("{what}: key"), env.as_deref(), file.as_deref())?),
        };
        let surfaces = if table.surfaces.is_empty() {
            vec![Surface::OpenAiChat, Surface::OpenAiResponses]
        } else {
            table.surfaces.iter().map(|name| Surface::from_name(name)).collect::<Result<_>>()?
        };
        Ok(Self { name: table.name, base, surfaces, models: table.models, key })
    }

    /// True if it takes bodies of a surface.
    pub(crate) fn speaks(&self, surface: Surface) -> bool {
        self.surfaces.contains(&surface)
    }

    /// True if it has a model.
    fn serves(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|one| one == model)
    }

    /// The address of a path of the proxy's, such as `/v1/chat/completions`.
    pub(crate) fn uri(&self, path: &PathAndQuery) -> Option<Uri> {
        let behind = path.as_str().strip_prefix("/v1")?;
        let whole = format!("{}{behind}", self.base.path().trim_end_matches('/'));
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = Some(whole.parse().ok()?);
        Uri::from_parts(parts).ok()
    }

    /// The header with its key, as its API wants it.
    pub(crate) fn authorization(&self) -> Option<(HeaderName, HeaderValue)> {
        key_header(self.key.as_ref()?.expose(), self.speaks(Surface::AnthropicMessages))
    }
}

impl Key {
    fn new(table: KeyTable) -> Result<Self> {
        let what = format!("key of {:?}", table.tenant);
        let secret = Secret::read(&what, table.env.as_deref(), table.file.as_deref())?;
        Ok(Self { tenant: table.tenant, secret })
    }
}

impl LogTable {
    fn logging(&self) -> Result<Logging> {
        match self.format.as_deref() {
            None | Some("none") if self.prompts => {
                Err(Error::invalid("log: prompts", "true", "given together with format = \"json\""))
            }
            None | Some("none") => Ok(Logging::default()),
            Some("json") => Ok(Logging { json: true, prompts: self.prompts }),
            Some(other) => Err(Error::unknown("log: format", other, ["none", "json"])),
        }
    }
}

impl StateTable {
    fn saving(self) -> Result<Saving> {
        let seconds = self.seconds.unwrap_or(60.0);
        if !(0.1..=86_400.0).contains(&seconds) {
            return Err(Error::invalid("state: seconds", seconds, "between 0.1 and 86400 seconds"));
        }
        Ok(Saving { file: self.file, every: Duration::from_secs_f64(seconds) })
    }
}

fn kept(decisions: usize) -> Result<usize> {
    if decisions <= MOST_DECISIONS {
        return Ok(decisions);
    }
    Err(Error::invalid("proxy: decisions", decisions, format!("at most {MOST_DECISIONS}")))
}

fn seconds(name: &str, value: f64, least: f64) -> Result<Duration> {
    if (least..=86_400.0).contains(&value) {
        return Ok(Duration::from_secs_f64(value));
    }
    Err(Error::invalid(format!("proxy: {name}"), value, format!("between {least} and 86400 seconds")))
}

fn count(name: &str, value: usize, most: usize) -> Result<usize> {
    if (1..=most).contains(&value) {
        return Ok(value);
    }
    Err(Error::invalid(format!("proxy: {name}"), value, format!("between 1 and {most}")))
}
