//! Routes: how the requests of a path, of a model's name or of a tenant are governed.
//!
//! The first route whose conditions all hold is a request's; without one, the settings of `[proxy]` are.

use super::limits::{count, seconds};
use crate::app::surface_of;
use crate::tables::{ProxyTable, RouteTable};
use rheostat::ladder::{Ceiling, Ladder};
use rheostat::{Error, Result};
use rheostat_host::Judge;
use rheostat_wire::rewrite::Surface;

/// The settings of a route's requests, and its conditions.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) name: String,
    /// The conditions; an empty one holds for every request.
    surface: Option<Surface>,
    pub(crate) models: Vec<String>,
    tenants: Vec<String>,
    /// When the first byte of a stream goes out, and how much is held back for how long.
    pub(crate) judge: Judge,
    pub(crate) hold_tokens: u64,
    pub(crate) hold_seconds: f64,
    /// The most streams of one request at once.
    pub(crate) concurrency: usize,
    /// A tighter ceiling.
    pub(crate) ceiling: Option<Ceiling>,
    /// Models of the ladder that its requests may be sent to; None: all.
    allow: Option<Vec<String>>,
}

impl Route {
    /// The route of requests that no other takes.
    pub(super) fn usual(table: &ProxyTable) -> Result<Self> {
        Self::read_usual(table).map_err(|error| error.within("proxy"))
    }

    fn read_usual(table: &ProxyTable) -> Result<Self> {
        Ok(Self {
            name: "proxy".to_owned(),
            surface: None,
            models: Vec::new(),
            tenants: Vec::new(),
            judge: Judge::from_name(&table.judge)?,
            hold_tokens: table.hold_tokens,
            hold_seconds: seconds("hold_seconds", table.hold_seconds, 0.0)?.as_secs_f64(),
            concurrency: count("concurrency", table.concurrency, 1, 1_024)?,
            ceiling: None,
            allow: None,
        })
    }

    pub(super) fn new(table: RouteTable, usual: &Self, ladder: &Ladder) -> Result<Self> {
        let place = format!("route {:?}", table.name);
        Self::read(table, usual, ladder).map_err(|error| error.within(&place))
    }

    fn read(table: RouteTable, usual: &Self, ladder: &Ladder) -> Result<Self> {
        if table.name.is_empty() || table.name.len() > 64 {
            return Err(Error::invalid("name", table.name.len(), "1 to 64 bytes long"));
        }
        let surface =
            match &table.path {
                None => None,
                Some(path) => Some(surface_of(path).ok_or_else(|| {
                    Error::unknown("path", path, crate::app::SURFACES.map(|(path, _)| path))
                })?),
            };
        if let Some(empty) = table.models.iter().chain(&table.tenants).position(String::is_empty) {
            return Err(Error::invalid("models and tenants", format!("an empty name at {empty}"), "names"));
        }
        let judge = table.judge.as_deref().map_or(Ok(usual.judge), Judge::from_name)?;
        let hold = table.hold_seconds.map_or(Ok(usual.hold_seconds), |given| {
            seconds("hold_seconds", given, 0.0).map(|hold| hold.as_secs_f64())
        })?;
        let streams =
            table.concurrency.map_or(Ok(usual.concurrency), |given| count("concurrency", given, 1, 1_024))?;
        let ceiling =
            table.ceiling.map(Ceiling::try_from).transpose().map_err(|error| error.within("ceiling"))?;
        for name in table.allow.iter().flatten() {
            if !ladder.rungs().iter().any(|rung| rung.model == *name) {
                return Err(Error::unknown(
                    "allow",
                    name,
                    ladder.rungs().iter().map(|rung| rung.model.as_str()),
                ));
            }
        }
        if table.allow.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::invalid("allow", "no model", "at least one model of the ladder"));
        }
        Ok(Self {
            name: table.name,
            surface,
            models: table.models,
            tenants: table.tenants,
            judge,
            hold_tokens: table.hold_tokens.unwrap_or(usual.hold_tokens),
            hold_seconds: hold,
            concurrency: streams,
            ceiling,
            allow: table.allow,
        })
    }

    /// True for the requests that are its own.
    pub(super) fn takes(&self, surface: Option<Surface>, model: Option<&str>, tenant: Option<&str>) -> bool {
        let is_one = |names: &[String], name: Option<&str>| {
            names.is_empty() || name.is_some_and(|name| names.iter().any(|one| one == name))
        };
        (self.surface.is_none() || self.surface == surface)
            && is_one(&self.models, model)
            && is_one(&self.tenants, tenant)
    }

    /// The models that are open to one of its requests, of those that are open anyway. None: all.
    pub(crate) fn open(&self, models: Option<&[String]>) -> Option<Vec<String>> {
        match (&self.allow, models) {
            (None, models) => models.map(<[String]>::to_vec),
            (Some(allow), None) => Some(allow.clone()),
            (Some(allow), Some(models)) => {
                Some(allow.iter().filter(|name| models.contains(name)).cloned().collect())
            }
        }
    }
}
