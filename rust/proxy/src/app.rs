//! The state that all requests share: settings, governor, upstream connections, clock and counters.

use crate::clock::{Clock, unix};
use crate::decisions::{Decision, Decisions};
use crate::keys::Keys;
use crate::leasing::Leasing;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::otel::Otel;
use crate::queue::Places;
use crate::settings::{Secret, Settings};
use crate::store::{Store, StoreError};
use crate::upstream::Client;
use crate::ways::Ways;
use arc_swap::ArcSwap;
use http::uri::PathAndQuery;
use rheostat::Result;
use rheostat::governor::{Governor, Scratch};
use rheostat_config::LedgerUrl;
use rheostat_wire::rewrite::Surface;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;

/// Surfaces that are governed, by their paths.
pub(crate) const SURFACES: [(&str, Surface); 3] = [
    ("/v1/chat/completions", Surface::OpenAiChat),
    ("/v1/responses", Surface::OpenAiResponses),
    ("/v1/messages", Surface::AnthropicMessages),
];

/// The state of a proxy.
#[derive(Debug)]
pub(crate) struct App {
    rules: ArcSwap<Rules>,
    pub(crate) governor: Governor,
    pub(crate) client: Client,
    pub(crate) metrics: Metrics,
    pub(crate) decisions: Decisions,
    pub(crate) log: Log,
    /// Traces and metrics for a collector, if there is one.
    pub(crate) otel: Option<Otel>,
    /// The file that keeps the ledger, if there is one.
    store: Option<Store>,
    /// The server that leases blocks of the shared caps, if there is one.
    leasing: Option<Leasing>,
    /// Where it listens, whatever a later file says.
    listen: SocketAddr,
    clock: Clock,
}

/// The contents of a file, ready to be used. A request keeps the rules that it began with.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) settings: Settings,
    pub(crate) keys: Keys,
    /// The ways of the ladder's rungs, for each of [`SURFACES`].
    ways: [Ways; SURFACES.len()],
    /// The places of requests that are served at once.
    pub(crate) places: Arc<Places>,
}

impl Rules {
    fn new(mut settings: Settings, old: Option<&Self>) -> Self {
        let keys = Keys::new(std::mem::take(&mut settings.keys));
        let most = settings.limits.max_requests;
        let same = old.filter(|old| old.places.most() == most).map(|old| Arc::clone(&old.places));
        let places = same.unwrap_or_else(|| Arc::new(Places::new(most)));
        Self { keys, ways: SURFACES.map(|(_, surface)| Ways::new(&settings, surface)), places, settings }
    }

    /// The ways of a surface's requests.
    pub(crate) fn ways(&self, surface: Surface) -> Option<&Ways> {
        let place = SURFACES.iter().position(|(_, one)| *one == surface)?;
        self.ways.get(place)
    }
}

impl App {
    /// Opens the ledger's file, too, if the settings name one.
    pub(crate) fn new(settings: Settings) -> std::result::Result<Self, String> {
        let clock = Clock::start();
        let said = |error: rheostat::Error| error.to_string();
        let settings = aligned(settings, clock).map_err(said)?;
        let governor =
            settings.config.governor().and_then(rheostat::governor::Builder::build).map_err(said)?;
        let store = match (&settings.config.ledger_file, governor.ledger()) {
            (Some(file), Some(ledger)) => {
                Some(Store::open(Arc::clone(ledger), file).map_err(|e| e.to_string())?)
            }
            _ => None,
        };
        let leasing = match (&settings.config.ledger_server, governor.ledger()) {
            (Some(server), Some(ledger)) => {
                let url = url_of(&server.url).map_err(said)?;
                Some(Leasing::open(Arc::clone(ledger), &url, &server.options, clock)?)
            }
            _ => None,
        };
        Ok(Self {
            client: Client::new(settings.limits.connect, store.is_some()),
            metrics: Metrics::default(),
            decisions: Decisions::new(settings.decisions),
            log: Log::new(settings.logging),
            otel: settings.otel.clone().map(Otel::new),
            governor,
            listen: settings.listen,
            rules: ArcSwap::from_pointee(Rules::new(settings, None)),
            store,
            leasing,
            clock,
        })
    }

    /// The rules of now.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    /// Takes new settings for the requests to come: ladder, policy, ceiling, rules, models, upstreams and keys. What was learned stays,
    /// and so do the connections, the ledger and the sessions. False if the file has other caps than the ledger.
    ///
    /// # Errors
    /// Those of the settings; and for a file without keys, where the proxy already listens to other machines.
    pub(crate) fn replace(&self, settings: Settings) -> Result<bool> {
        let old = self.rules();
        if settings.keys.is_empty() && !self.listen.ip().is_loopback() {
            let bound = format!(
                "there while the proxy listens at {}: anybody who reaches it could spend",
                self.listen
            );
            return Err(rheostat::Error::invalid("[[key]]", "none", bound));
        }
        let mut settings = aligned(settings, self.clock)?;
        settings.config = settings.config.keeping(&old.settings.config);
        let same_caps = settings.config.keeps_ledger(&old.settings.config);
        let learned = Arc::clone(&self.governor.snapshot().estimator);
        self.governor.replace(settings.config.governor()?.estimator(learned).snapshot()?)?;
        self.rules.store(Arc::new(Rules::new(settings, Some(&old))));
        Ok(same_caps)
    }

    /// The time, as runs and plans take it.
    pub(crate) fn now(&self) -> f64 {
        self.clock.now()
    }

    /// Decides in a turn of the ledger's file, if there is one: what is reserved is in the file before this returns.
    pub(crate) fn turn<T>(&self, decide: impl FnOnce() -> T) -> std::result::Result<T, StoreError> {
        match &self.store {
            None => Ok(decide()),
            // The file may be in use by others, and a flush takes milliseconds.
            Some(store) => tokio::task::block_in_place(|| store.turn(decide)),
        }
    }

    /// Writes what a run has spent beyond its claims, if the ledger has a file. After an error the next turn writes it.
    pub(crate) fn settle(&self) {
        if let Some(store) = &self.store {
            tokio::task::block_in_place(|| store.write_urgent()).ok();
        }
    }

    /// Keeps and logs a decision. `make` is called where anybody reads it.
    pub(crate) fn note(&self, make: impl FnOnce() -> Decision) {
        if self.decisions.off() && !self.log.on() {
            return;
        }
        let decision = Arc::new(make());
        if self.log.on() {
            self.log.line(decision.record.clone());
        }
        self.decisions.add(decision);
    }

    /// The leases of the ledger's shared caps, if there are any.
    pub(crate) fn leasing(&self) -> Option<&Leasing> {
        self.leasing.as_ref()
    }

    /// The file that keeps the ledger.
    pub(crate) fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }
}

/// The URL of a ledger's server.
fn url_of(url: &LedgerUrl) -> Result<String> {
    match url {
        LedgerUrl::Plain(url) => Ok(url.clone()),
        LedgerUrl::Env(name) => Ok(Secret::read("ledger: redis_env", Some(name), None)?.expose().to_owned()),
    }
}

/// Settings whose windows of caps begin with the days of Unix time.
fn aligned(mut settings: Settings, clock: Clock) -> Result<Settings> {
    settings.config = settings.config.with_offset(unix() - clock.now())?;
    Ok(settings)
}

/// The surface of a path.
pub(crate) fn surface_of(path: &str) -> Option<Surface> {
    SURFACES.iter().find(|(one, _)| *one == path.trim_end_matches('/')).map(|(_, surface)| *surface)
}

/// The path of a surface.
pub(crate) fn path_of(surface: Surface) -> Option<PathAndQuery> {
    let (path, _) = SURFACES.iter().find(|(_, one)| *one == surface)?;
    Some(PathAndQuery::from_static(path))
}

/// Runs a decision with this thread's scratch space.
pub(crate) fn with_scratch<T>(decide: impl FnOnce(&mut Scratch) -> T) -> T {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
    }
    SCRATCH.with_borrow_mut(decide)
}
