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

mod limits;
mod otel;
mod route;
mod secret;
mod shadow;
mod tls;
mod upstream;

pub(crate) use limits::Limits;
pub(crate) use otel::OtelSettings;
pub(crate) use route::Route;
pub(crate) use secret::Secret;
pub(crate) use shadow::{Arm, Shadow};
pub(crate) use tls::Tls;
pub(crate) use upstream::Upstream;

use crate::log::Logging;
use crate::tables::{KeyTable, LearningTable, LogTable, StateTable, Tables};
use rheostat::learn::Schedule;
use rheostat::{Error, Result};
use rheostat_config::{Config, HOST_TABLES};
use rheostat_wire::rewrite::Surface;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

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
    /// Names of models that are governed, without those of routes.
    pub(crate) models: Vec<String>,
    /// The routes; the last takes every request.
    routes: Vec<Route>,
    pub(crate) shadow: Option<Shadow>,
    pub(crate) limits: Limits,
    /// When outcomes are learned from; None: never.
    pub(crate) schedule: Option<Schedule>,
    /// The collector of traces and metrics, if there is one.
    pub(crate) otel: Option<OtelSettings>,
    /// TLS for clients, if they speak it.
    pub(crate) tls: Option<Tls>,
    /// The newest decisions that are kept for the pages.
    pub(crate) decisions: usize,
    pub(crate) logging: Logging,
    /// The file that keeps what was learned, if there is one.
    pub(crate) saving: Option<Saving>,
    pub(crate) upstreams: Vec<Upstream>,
    pub(crate) keys: Vec<Key>,
}

/// A client's key, and the tenant that pays for its requests.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) tenant: String,
    pub(crate) secret: Secret,
    /// True if its holder sees what belongs to others.
    pub(crate) operator: bool,
}

impl Settings {
    /// Reads a file's text; messages name it `source`.
    pub(crate) fn read(text: &str, source: &str) -> Result<Self> {
        let (config, tables) = Config::read_with::<Tables>(text, source, &HOST_TABLES)?;
        let Tables { proxy, upstream, route, shadow, learning, tls, key, state, log, otel } = tables;
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
        let usual = Route::usual(&proxy)?;
        let mut routes = route
            .into_iter()
            .map(|one| Route::new(one, &usual, &config.ladder))
            .collect::<Result<Vec<_>>>()?;
        routes.push(usual);
        let settings = Self {
            listen,
            limits: Limits::new(&proxy)?,
            models: proxy.models,
            routes,
            shadow: shadow.map(Shadow::new).transpose()?,
            schedule: learning.schedule()?,
            otel: otel.map(OtelSettings::new).transpose()?,
            tls: tls.as_ref().map(Tls::read).transpose()?,
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
        for (i, one) in self.upstreams.iter().enumerate() {
            if self.upstreams.iter().take(i).any(|other| other.name == one.name) {
                return Err(Error::invalid("upstream: name", &one.name, "given to one upstream alone"));
            }
        }
        for (i, one) in self.keys.iter().enumerate() {
            if self.keys.iter().take(i).any(|other| other.secret.expose() == one.secret.expose()) {
                return Err(Error::invalid(
                    format!("key of {:?}", one.tenant),
                    "the secret of another",
                    "a secret of its own",
                ));
            }
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

    /// True if requests for a model are governed.
    pub(crate) fn governs(&self, model: &str) -> bool {
        self.governed().any(|one| one == model)
    }

    /// The names of models that are governed.
    pub(crate) fn governed(&self) -> impl Iterator<Item = &String> {
        self.models.iter().chain(self.routes.iter().flat_map(|route| &route.models))
    }

    /// The route of a request.
    pub(crate) fn route(
        &self,
        surface: Option<Surface>,
        model: Option<&str>,
        tenant: Option<&str>,
    ) -> Option<&Route> {
        self.routes.iter().find(|one| one.takes(surface, model, tenant))
    }

    /// Why a model's name is refused: routes name it, and none of them takes such a request. Their settings, such as a ceiling, would not
    /// hold for it.
    pub(crate) fn out_of_route(
        &self,
        surface: Option<Surface>,
        model: &str,
        tenant: Option<&str>,
    ) -> Option<Error> {
        // The last route is that of `[proxy]`, which takes all.
        let (_, routes) = self.routes.split_last()?;
        let named = routes.iter().find(|route| route.models.iter().any(|one| one == model))?;
        let of_all = self.models.iter().any(|one| one == model);
        if of_all || routes.iter().any(|route| route.takes(surface, Some(model), tenant)) {
            return None;
        }
        let bound = format!("asked for on the path and by the tenants of its route {:?}", named.name);
        Some(Error::invalid("model", model, bound))
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

impl Key {
    fn new(table: KeyTable) -> Result<Self> {
        if table.tenant.is_empty() {
            return Err(Error::invalid("key: tenant", "an empty name", "the name of who pays"));
        }
        let what = format!("key of {:?}", table.tenant);
        let secret = Secret::read(&what, table.env.as_deref(), table.file.as_deref())?;
        Ok(Self { tenant: table.tenant, secret, operator: table.operator })
    }
}

impl LearningTable {
    fn schedule(&self) -> Result<Option<Schedule>> {
        let schedule = Schedule::new(self.outcomes, self.growth, Some(self.seconds))
            .map_err(|error| error.within("learning"))?;
        Ok(self.enabled.then_some(schedule))
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
