//! Outcomes of answers: `POST /v1/outcomes` with `{"id": …, "rung": …, "score": …, "kind": …}`, or a list of them.
//!
//! The id is that of the header `x-rheostat-plan`, the rung that of `x-rheostat-rung`.

use crate::app::App;
use crate::clock::unix;
use crate::reply;
use axum::body::Body;
use http::{Response, StatusCode};
use rheostat::outcome::{Outcome, OutcomeKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most outcomes of one request.
const MOST: usize = 10_000;

/// One outcome.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    /// The plan's id: that of the header `x-rheostat-plan`.
    id: String,
    /// The rung that gave the answer: that of the header `x-rheostat-rung`.
    rung: String,
    /// How good the answer was.
    #[schemars(range(min = 0.0, max = 1.0))]
    score: f64,
    /// The kind of its source; `graded` if not given.
    kind: Option<String>,
}

/// The answer to outcomes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Taken {
    /// The number that was taken.
    taken: usize,
}

impl Given {
    fn outcome(self, at: f64) -> rheostat::Result<Outcome> {
        let kind = OutcomeKind::from_name(self.kind.as_deref().unwrap_or("graded"))?;
        Ok(Outcome { plan_id: self.id, rung: self.rung, score: self.score, kind, at })
    }
}

fn named(row: usize, error: &rheostat::Error) -> String {
    format!("outcome {row}: {error}; none of the request's outcomes was taken")
}

/// Keeps an outcome, to be learned from.
pub(crate) fn keep(
    app: &App,
    plan_id: String,
    rung: String,
    score: f64,
    kind: OutcomeKind,
) -> rheostat::Result<()> {
    app.governor.outcome(Outcome { plan_id, rung, score, kind, at: unix() })
}

/// Takes outcomes. `seen` is the tenant whose decisions the client may see; None: all.
pub(crate) fn take(app: &App, body: &[u8], seen: Option<&str>) -> Response<Body> {
    let given = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Array(several)) if several.len() > MOST => {
            let why = format!("{} outcomes in one request; at most {MOST} are taken", several.len());
            return reply::bad_request(None, &why, None);
        }
        Ok(Value::Array(several)) => several,
        Ok(one) => vec![one],
        Err(error) => return reply::bad_request(None, &format!("the body is no JSON: {error}"), None),
    };
    let given: Vec<Given> = match given.into_iter().map(serde_json::from_value).collect() {
        Ok(given) => given,
        Err(error) => {
            let why = format!("an outcome has id, rung, score and, if it is not \"graded\", kind: {error}");
            return reply::bad_request(None, &why, None);
        }
    };
    let foreign = app.decisions.foreign(seen);
    if let Some((row, one)) = given.iter().enumerate().find(|(_, one)| foreign.contains(&one.id)) {
        let error = rheostat::Error::invalid("id", &one.id, "that of a decision for the key's own tenant");
        return reply::bad_request(None, &named(row, &error), None);
    }
    // All or none: a client that sends the list again after an error counts no outcome twice.
    let at = unix();
    let outcomes: Result<Vec<Outcome>, String> = (0..)
        .zip(given)
        .map(|(row, one): (usize, Given)| one.outcome(at).map_err(|error| named(row, &error)))
        .collect();
    let kept = outcomes.and_then(|outcomes| {
        let taken = outcomes.len();
        app.governor.record(outcomes).map_err(|(row, error)| named(row, &error)).map(|()| taken)
    });
    let taken = match kept {
        Ok(taken) => taken,
        Err(why) => return reply::bad_request(None, &why, None),
    };
    reply::json_of(StatusCode::OK, json!(Taken { taken }).to_string())
}
