//! Questions about a text's tier, in the two protocols of decision models: `/v1/systemone` (System One) and `/v1/decisions` (OpenAI).
//!
//! ```text
//! choices   the names of rungs or of their models, or words of difficulty, such as SIMPLE, MEDIUM, COMPLEX, REASONING
//! text      → plan → the choice of its rung; between words, the one at the rung's height on the ladder
//! weight    4^-|steps from the choice|, normalised: the order of the choices and no probability
//! ```
//!
//! Any other question is refused: this is no general classifier.

use crate::app::{App, with_scratch};
use crate::reply;
use axum::body::Body;
use http::{Response, StatusCode};
use rheostat::ladder::Rung;
use rheostat::plan::{Plan, PlanOptions};
use rheostat::query::Query;
use rheostat_wire::rewrite::Surface;
use serde_json::{Map, Value, json};

/// The most questions of one request.
const MOST: usize = 128;
/// Words of difficulty, from the lowest on. A label may have one of them among its words.
const WORDS: [&[&str]; 5] = [
    &[
        "trivial", "simple", "easy", "basic", "low", "cheap", "fast", "small", "weak", "none", "minimal",
        "light",
    ],
    &["medium", "moderate", "standard", "normal", "mid", "average", "balanced"],
    &["complex", "hard", "high", "difficult", "strong", "large", "advanced", "smart"],
    &["reasoning", "thinking", "deep", "expert", "heavy", "premium", "best"],
    &["extreme", "max", "maximum", "xhigh"],
];
/// LiteLLM puts the message behind these words.
const MARK: &str = "Classify this message:\n";

/// A request of either protocol: its model, and the plan of its text.
struct Asked {
    fields: Map<String, Value>,
    plan: Plan,
}

impl Asked {
    /// Reads a body whose text stands under a name, and plans the text.
    fn read(app: &App, body: &[u8], text: &str, tenant: Option<&str>) -> Result<Self, Box<Response<Body>>> {
        let refused = |why: &str| Box::new(reply::bad_request(None, why, None));
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            return Err(refused("the body must be a JSON object"));
        };
        let Some(read) = text_of(fields.get(text)) else {
            return Err(refused(&format!("the body must have {text:?}, as text or messages")));
        };
        let count = match fields.get("questions") {
            Some(Value::Object(questions)) => questions.len(),
            Some(Value::Array(questions)) => questions.len(),
            _ => 0,
        };
        if !(1..=MOST).contains(&count) {
            return Err(refused(&format!("{count} questions; 1 to {MOST} are answered")));
        }
        Ok(Self { plan: plan(app, &read, tenant)?, fields })
    }

    /// The response with the answers.
    fn answered(&self, answers: Value) -> Response<Body> {
        let tokens = self.plan.input_tokens;
        let usage = json!({"input_tokens": tokens, "output_tokens": 0, "total_tokens": tokens});
        let model = self.fields.get("model").cloned().unwrap_or_else(|| json!("rheostat"));
        reply::json_of(
            StatusCode::OK,
            json!({"model": model, "answers": answers, "usage": usage}).to_string(),
        )
    }
}

/// Answers `{"state": text, "questions": {name: {"type": "choice", "criteria": {label: words}}}}`.
pub(crate) fn system_one(app: &App, body: &[u8], tenant: Option<&str>) -> Response<Body> {
    let asked = match Asked::read(app, body, "state", tenant) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    let Some(Value::Object(questions)) = asked.fields.get("questions") else {
        return reply::bad_request(None, "questions must be an object", Some("questions"));
    };
    let mut answers = Map::new();
    for (name, question) in questions {
        let labels = question.get("criteria").and_then(Value::as_object);
        let labels = labels.map(|of| of.keys().cloned().collect());
        let Some(answer) = answer(&asked.plan, question, labels) else { return other(name) };
        let weights: Map<String, Value> =
            answer.weights().map(|(label, weight)| (label.to_owned(), weight.into())).collect();
        let answer = json!({
            "type": "choice", "choice": answer.choice(), "confidence": answer.confidence(), "probabilities": weights,
        });
        answers.insert(name.clone(), answer);
    }
    asked.answered(answers.into())
}

/// Answers `{"input": text, "questions": [{"type": "choice", "name": …, "choices": [{"value": …}]}]}`.
pub(crate) fn decisions(app: &App, body: &[u8], tenant: Option<&str>) -> Response<Body> {
    let asked = match Asked::read(app, body, "input", tenant) {
        Ok(asked) => asked,
        Err(response) => return *response,
    };
    let Some(Value::Array(questions)) = asked.fields.get("questions") else {
        return reply::bad_request(None, "questions must be a list", Some("questions"));
    };
    let mut answers = Vec::new();
    for question in questions {
        let name = question.get("name").and_then(Value::as_str).unwrap_or("question");
        let value = |choice: &Value| choice.get("value").unwrap_or(choice).as_str().map(str::to_owned);
        let labels = question.get("choices").and_then(Value::as_array);
        let labels = labels.and_then(|of| of.iter().map(value).collect());
        let Some(answer) = answer(&asked.plan, question, labels) else { return other(name) };
        let weights: Vec<Value> =
            answer.weights().map(|(label, weight)| json!({"value": label, "probability": weight})).collect();
        answers.push(json!({
            "type": "choice", "name": name, "choice": answer.choice(), "confidence": answer.confidence(), "probabilities": weights,
        }));
    }
    asked.answered(answers.into())
}

/// The text that is judged: a text, or the last text of a list of messages.
fn text_of(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let last =
                items.iter().rev().find_map(|item| item.get("content").or_else(|| item.get("text")))?;
            match last {
                Value::Array(parts) => {
                    parts.iter().filter_map(|part| part.get("text")?.as_str()).collect::<Vec<_>>().join("\n")
                }
                one => one.as_str()?.to_owned(),
            }
        }
        _ => return None,
    };
    Some(text.rsplit_once(MARK).map(|(_, message)| message.to_owned()).unwrap_or(text))
}

fn plan(app: &App, text: &str, tenant: Option<&str>) -> Result<Plan, Box<Response<Body>>> {
    let query = Query::text(text, app.governor.snapshot().window.bytes);
    let options = PlanOptions { tenant, at: app.now(), ..PlanOptions::default() };
    let plan = with_scratch(|scratch| app.governor.plan_as(&query, &options, scratch, |plan| plan));
    let plan = plan.map_err(|error| {
        Box::new(reply::error(None, StatusCode::TOO_MANY_REQUESTS, &error.to_string(), "rate_limit_error"))
    })?;
    app.metrics.planned(&plan, tenant);
    Ok(plan)
}

fn other(name: &str) -> Response<Body> {
    let why = format!(
        "question {name:?} is none about difficulty: it must be a choice between rungs, their models, or words such as SIMPLE, \
         MEDIUM and COMPLEX"
    );
    reply::bad_request(None::<Surface>, &why, Some("questions"))
}

/// An answer: the labels from the lowest on, and the place of the choice among them.
#[derive(Debug, PartialEq)]
struct Answer {
    labels: Vec<String>,
    place: usize,
}

impl Answer {
    fn choice(&self) -> &str {
        &self.labels[self.place]
    }

    fn weights(&self) -> impl Iterator<Item = (&str, f64)> {
        let weight = |place: usize| 0.25_f64.powi(place.abs_diff(self.place).try_into().unwrap_or(i32::MAX));
        let sum: f64 = (0..self.labels.len()).map(weight).sum();
        self.labels.iter().enumerate().map(move |(place, label)| (label.as_str(), weight(place) / sum))
    }

    fn confidence(&self) -> f64 {
        self.weights().map(|(_, weight)| weight).fold(0.0, f64::max)
    }
}

/// Answers a question about a plan; None if it is another kind of question.
fn answer(plan: &Plan, question: &Value, labels: Option<Vec<String>>) -> Option<Answer> {
    let labels = labels.filter(|labels| !labels.is_empty() && labels.len() <= MOST)?;
    (question.get("type").and_then(Value::as_str) == Some("choice")).then_some(())?;
    choose(labels, plan.snapshot.ladder.rungs(), plan.rung)
}

/// The choice of a rung among labels.
fn choose(labels: Vec<String>, rungs: &[Rung], rung: usize) -> Option<Answer> {
    let of_rung = |label: &String| {
        rungs.iter().position(|rung| rung.name.eq_ignore_ascii_case(label) || rung.model == *label)
    };
    let (places, height): (Option<Vec<usize>>, bool) = match labels.iter().map(of_rung).collect() {
        Some(places) => (Some(places), false),
        None => (labels.iter().map(|label| rank(label)).collect(), true),
    };
    let mut placed: Vec<(usize, String)> = places?.into_iter().zip(labels).collect();
    placed.sort_by_key(|(place, _)| *place);
    let place = if height {
        let (steps, tops) = (placed.len() - 1, rungs.len().saturating_sub(1).max(1));
        (rung * steps + tops / 2) / tops
    } else {
        // The lowest label that is no lower than the rung; else the highest.
        placed.iter().position(|(place, _)| *place >= rung).unwrap_or(placed.len() - 1)
    };
    let last = placed.len() - 1;
    Some(Answer { labels: placed.into_iter().map(|(_, label)| label).collect(), place: place.min(last) })
}

/// The height of a label by its words.
fn rank(label: &str) -> Option<usize> {
    let label = label.to_lowercase();
    let mut words = label.split(|c: char| !c.is_alphanumeric());
    words.find_map(|word| WORDS.iter().position(|row| row.contains(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rungs() -> Vec<Rung> {
        ["fast", "think", "deep"].iter().map(|name| Rung::new(*name, format!("{name}-model"))).collect()
    }

    fn chosen(labels: &[&str], rung: usize) -> Option<String> {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        choose(labels, &rungs(), rung).map(|answer| answer.choice().to_owned())
    }

    #[test]
    fn labels_are_rungs_models_or_words_of_difficulty() {
        let tiers = ["SIMPLE", "MEDIUM", "COMPLEX", "REASONING"];
        assert_eq!([0, 1, 2].map(|rung| chosen(&tiers, rung).unwrap()), ["SIMPLE", "COMPLEX", "REASONING"]);
        assert_eq!([0, 1, 2].map(|rung| chosen(&["hard", "easy"], rung).unwrap()), ["easy", "hard", "hard"]);
        assert_eq!([0, 1, 2].map(|rung| chosen(&["deep", "FAST"], rung).unwrap()), ["FAST", "deep", "deep"]);
        assert_eq!(chosen(&["fast-model", "deep-model"], 1).unwrap(), "deep-model");
        assert_eq!(chosen(&["fast-model"], 2).unwrap(), "fast-model");
        assert_eq!(chosen(&["spam", "ham"], 0), None);
        assert_eq!(chosen(&["SIMPLE", "ham"], 0), None);
    }

    #[test]
    fn weights_fall_with_the_distance_and_add_up_to_one() {
        let labels = ["a", "b", "c"].map(str::to_owned).to_vec();
        let answer = Answer { labels, place: 1 };
        let weights: Vec<f64> = answer.weights().map(|(_, weight)| weight).collect();
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(
            weights[1] > weights[0]
                && (weights[0] - weights[2]).abs() < 1e-12
                && (answer.confidence() - weights[1]).abs() < 1e-12
        );
    }

    #[test]
    fn the_message_is_what_litellm_puts_behind_its_mark() {
        let state =
            json!("Caller system prompt:\nClassify this message:\nno\n\nClassify this message:\nProve it.");
        assert_eq!(text_of(Some(&state)).unwrap(), "Prove it.");
        assert_eq!(text_of(Some(&json!([{"content": "a"}, {"content": [{"text": "b"}]}]))).unwrap(), "b");
        assert_eq!(text_of(Some(&json!(5))), None);
    }
}
