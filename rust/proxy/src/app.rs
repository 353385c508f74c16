//! The state that all requests share: settings, governor, upstream connections, clock and counters.

use crate::clock::unix;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::upstream::Client;
use arc_swap::ArcSwap;
use rheostat::Result;
use rheostat::governor::{Governor, Scratch};
use rheostat_wire::rewrite::Surface;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

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
    started: Instant,
}

/// The contents of a file, ready to be used. A request keeps the rules that it began with.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) settings: Settings,
    pub(crate) keys: Keys,
    /// The ladder's models that each of [`SURFACES`] can be served by; None: all.
    open: [Option<Vec<String>>; SURFACES.len()],
}

impl Rules {
    fn new(mut settings: Settings) -> Self {
        let keys = Keys::new(std::mem::take(&mut settings.keys));
        Self { keys, open: SURFACES.map(|(_, surface)| settings.models_on(surface)), settings }
    }

    /// The models that a request of a surface may be sent to; None: all.
    pub(crate) fn open(&self, surface: Surface) -> Option<&[String]> {
        let place = SURFACES.iter().position(|(_, one)| *one == surface)?;
        self.open.get(place)?.as_deref()
    }
}

impl App {
    pub(crate) fn new(settings: Settings) -> Result<Self> {
        let started = Instant::now();
        let settings = aligned(settings, started)?;
        let governor = settings.config.governor()?.build()?;
        Ok(Self {
            client: Client::new(settings.connect),
            metrics: Metrics::default(),
            governor,
            rules: ArcSwap::from_pointee(Rules::new(settings)),
            started,
        })
    }

    /// The rules of now.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    /// Takes new settings for the requests to come: ladder, policy, ceiling, rules, models, upstreams and keys. What was learned stays,
    /// and so do the connections, the ledger and the sessions. False if the file has other caps than the ledger.
    pub(crate) fn replace(&self, settings: Settings) -> Result<bool> {
        let old = self.rules();
        let mut settings = aligned(settings, self.started)?;
        settings.config = settings.config.keeping(&old.settings.config);
        let same_caps = settings.config.keeps_ledger(&old.settings.config);
        let learned = Arc::clone(&self.governor.snapshot().estimator);
        self.governor.replace(settings.config.governor()?.estimator(learned).snapshot()?)?;
        self.rules.store(Arc::new(Rules::new(settings)));
        Ok(same_caps)
    }

    /// The time, as runs and plans take it.
    pub(crate) fn now(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// Settings whose windows of caps begin with the days of Unix time.
fn aligned(mut settings: Settings, started: Instant) -> Result<Settings> {
    settings.config = settings.config.with_offset(unix() - started.elapsed().as_secs_f64())?;
    Ok(settings)
}

/// The surface of a path.
pub(crate) fn surface_of(path: &str) -> Option<Surface> {
    SURFACES.iter().find(|(one, _)| *one == path.trim_end_matches('/')).map(|(_, surface)| *surface)
}

/// Runs a decision with this thread's scratch space.
pub(crate) fn with_scratch<T>(decide: impl FnOnce(&mut Scratch) -> T) -> T {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
    }
    SCRATCH.with_borrow_mut(decide)
}
