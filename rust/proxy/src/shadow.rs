//! Decisions on paper: the request is served as its client wrote it, and what would have been chosen is counted and logged.

use crate::app::{App, Rules, with_scratch};
use crate::clock::unix;
use crate::decisions::Decision;
use crate::govern::{ARM, Circumstances, asked_words, payer};
use crate::settings::Arm;
use bytes::Bytes;
use http::HeaderMap;
use rheostat::plan::Plan;
use rheostat_wire::body;
use rheostat_wire::rewrite::Surface;
use serde_json::{Value, json};
use std::fmt::Write;

/// Decides a request that is served as it is. Returns the headers that its response gets: the arm and, where there is a plan, its id,
/// by which an outcome may be reported.
#[allow(clippy::too_many_arguments)]
pub(crate) fn decide(
    app: &App,
    rules: &Rules,
    surface: Option<Surface>,
    model: &str,
    arm: Arm,
    body: &Bytes,
    headers: &HeaderMap,
    tenant: Option<&str>,
) -> Vec<(&'static str, String)> {
    let mut said = vec![(ARM, arm.as_str().to_owned())];
    let route = rules.settings.route(surface, Some(model), payer(tenant, headers));
    let open = route.and_then(|route| route.open(None));
    let ceiling = route.and_then(|route| route.ceiling);
    let options = Circumstances { open: open.as_deref(), ceiling, headers, tenant }.options(app.now());
    let plan = body::read(body, app.governor.snapshot().window.bytes).and_then(|query| {
        with_scratch(|scratch| app.governor.plan_as(&query, &options, scratch, |plan| plan))
    });
    // The client is served whether it can be decided or not.
    let Ok(plan) = plan else {
        app.metrics.undecided();
        return said;
    };
    let served = Served::of(&plan, model);
    app.metrics.on_paper(&plan, served.usd);
    app.note(|| {
        let mut fields = served.fields(model, arm);
        if let Some(ask) = asked_words(app, body).filter(|_| app.log.prompts()) {
            let _ = write!(fields, ", \"ask\": {}", Value::from(ask));
        }
        Decision::new(&plan, None, unix(), options.session, options.tenant, Some(&fields))
    });
    said.push(("x-rheostat-plan", plan.id.to_string()));
    said
}

/// The client's own choice, as the ladder knows it.
struct Served<'a> {
    rung: Option<&'a str>,
    /// Its expected cost, in US dollars; None if the ladder has no such model.
    usd: Option<f64>,
}

impl<'a> Served<'a> {
    /// The lowest rung of the model: its client has not asked for the others' dials.
    fn of(plan: &'a Plan, model: &str) -> Self {
        let rungs = plan.snapshot.ladder.rungs();
        let at = rungs.iter().position(|rung| rung.model == model);
        Self {
            rung: at.and_then(|at| rungs.get(at)).map(|rung| rung.name.as_str()),
            usd: at.map(|at| plan.snapshot.expected_usd(&plan.estimate, at)),
        }
    }

    /// Fields of the record: JSON without braces.
    fn fields(&self, model: &str, arm: Arm) -> String {
        let served = json!({"model": model, "rung": self.rung, "expected_usd": self.usd});
        format!("\"arm\": \"{}\", \"served\": {served}", arm.as_str())
    }
}
