//! The upstream that serves a rung: one that speaks the client's surface, or else one that a translation reaches.

use crate::settings::{Settings, Upstream};
use bytes::Bytes;
use rheostat_wire::rewrite::Surface;
use rheostat_wire::translate;
use std::sync::OnceLock;

/// How a rung can be served to the clients of a surface.
#[derive(Debug)]
pub(crate) struct Way {
    model: String,
    /// The surfaces on which the model refuses a conversation that ends with the beginning of its answer.
    whole: Vec<Surface>,
    /// The surfaces of the upstreams that may be asked; none if no upstream has the model on a surface that is known.
    surfaces: Vec<Surface>,
}

/// The ways of a ladder's rungs for one surface.
#[derive(Debug)]
pub(crate) struct Ways {
    surface: Surface,
    rungs: Vec<Way>,
    /// The models that are open to bodies as they are; None: all.
    direct: Option<Vec<String>>,
}

/// One request on other surfaces than the client's, and the rungs that it may be sent to.
#[derive(Debug, Default)]
pub(crate) struct Bodies {
    /// Surfaces that it can be said on. The body is written when it is sent for the first time: most requests take a rung of their own
    /// surface.
    spoken: Vec<(Surface, OnceLock<Option<Bytes>>)>,
    /// The client's surface and body.
    own: Option<(Surface, Bytes)>,
    /// The models of the rungs that are open; None: all.
    pub(crate) models: Option<Vec<String>>,
    /// The models that may be asked on another surface than the client's.
    pub(crate) translated: Vec<String>,
    /// Why a surface is closed to this request.
    pub(crate) closed: Vec<String>,
    /// Fields that a surface leaves out of it.
    pub(crate) left_out: Vec<String>,
}

impl Ways {
    pub(crate) fn new(settings: &Settings, surface: Surface) -> Self {
        let way = |rung: &rheostat::ladder::Rung| {
            let mut surfaces: Vec<Surface> = Vec::new();
            let named: Vec<&str> = rung.deployments().flatten().collect();
            let found: Option<Vec<Surface>> = match named.as_slice() {
                [] => serving(settings, surface, None, &rung.model).map(|(_, one)| vec![one]),
                names => names
                    .iter()
                    .map(|name| serving(settings, surface, Some(name), &rung.model).map(|(_, one)| one))
                    .collect(),
            };
            for one in found.unwrap_or_default() {
                if !surfaces.contains(&one) {
                    surfaces.push(one);
                }
            }
            let whole = surfaces.iter().copied().filter(|one| one.refuses_prefill(&rung.model)).collect();
            Way { model: rung.model.clone(), whole, surfaces }
        };
        let rungs: Vec<Way> = settings.config.ladder.rungs().iter().map(way).collect();
        let direct = open(&rungs, |_, one| one == surface);
        Self { surface, rungs, direct }
    }

    /// The models that are open to bodies as they are; None: all.
    pub(crate) fn direct(&self) -> Option<&[String]> {
        self.direct.as_deref()
    }

    /// The surfaces that a rung needs and a request can be said on. `prefilled` is true if it ends with the beginning of the answer.
    pub(crate) fn bodies(&self, body: &Bytes, prefilled: bool) -> Bodies {
        let mut bodies = Bodies::default();
        let mut needed: Vec<Surface> =
            self.rungs.iter().flat_map(|way| way.surfaces.iter().copied()).collect();
        needed.retain(|one| *one != self.surface);
        needed.sort_by_key(|one| one.as_str());
        needed.dedup();
        // Read only where a surface needs it.
        let checked =
            if needed.is_empty() { Vec::new() } else { translate::check(body, self.surface, &needed) };
        for (surface, checked) in needed.iter().zip(checked) {
            let name = surface.as_str();
            match checked {
                Ok(left_out) => {
                    bodies.spoken.push((*surface, OnceLock::new()));
                    if !left_out.is_empty() {
                        let fields: Vec<&str> = left_out.iter().map(|said| &*said.field).collect();
                        bodies.left_out.push(format!("{name}: {}", fields.join(", ")));
                    }
                }
                Err(why) => bodies.closed.push(format!("{name}: {why}")),
            }
        }
        let is_foreign = |way: &&Way| way.surfaces.iter().any(|one| *one != self.surface);
        bodies.translated = self.rungs.iter().filter(is_foreign).map(|way| way.model.clone()).collect();
        bodies.own = Some((self.surface, body.clone()));
        for way in self.rungs.iter().filter(|way| prefilled && !way.whole.is_empty()) {
            let why = "refuses a conversation that ends with the beginning of its answer";
            bodies.closed.push(format!("{} {why}", way.model));
        }
        let speaks = |way: &Way, one: Surface| {
            (one == self.surface || bodies.speaks(one)) && !(prefilled && way.whole.contains(&one))
        };
        bodies.models = open(&self.rungs, speaks);
        bodies
    }
}

impl Bodies {
    fn speaks(&self, surface: Surface) -> bool {
        self.spoken.iter().any(|(one, _)| *one == surface)
    }

    /// The body on another surface than the client's.
    pub(crate) fn of(&self, surface: Surface) -> Option<&Bytes> {
        let (_, body) = self.spoken.iter().find(|(one, _)| *one == surface)?;
        let (own, bytes) = self.own.as_ref()?;
        let write = || translate::request(bytes, *own, surface).ok().map(|(body, _)| body.into());
        body.get_or_init(write).as_ref()
    }
}

/// The models of the rungs whose surfaces all are spoken; None: all.
fn open(rungs: &[Way], speaks: impl Fn(&Way, Surface) -> bool) -> Option<Vec<String>> {
    let is_open = |way: &&Way| !way.surfaces.is_empty() && way.surfaces.iter().all(|one| speaks(way, *one));
    let open: Vec<String> = rungs.iter().filter(is_open).map(|way| way.model.clone()).collect();
    (open.len() < rungs.len()).then_some(open)
}

/// The upstream that serves a model to the clients of a surface, and the surface on which it does: their own, if it can be.
pub(crate) fn serving<'a>(
    settings: &'a Settings,
    surface: Surface,
    deployment: Option<&str>,
    model: &str,
) -> Option<(&'a Upstream, Surface)> {
    let others = translate::SURFACES.into_iter().filter(|_| translate::SURFACES.contains(&surface));
    std::iter::once(surface).chain(others).find_map(|one| {
        let upstream = match deployment {
            Some(name) => settings.named(name).filter(|upstream| upstream.speaks(one)),
            None => settings.upstream(Some(one), model),
        };
        Some((upstream?, one))
    })
}
