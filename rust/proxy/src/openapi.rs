//! `GET /openapi.json`: the proxy's own paths as a document of `OpenAPI` 3.1, from the types that its requests and responses have.
//!
//! The three surfaces are described as far as the proxy reads them; the rest of their bodies is their providers' business.

use crate::app::{App, Rules, SURFACES};
use crate::decision::Routed;
use crate::outcomes::{Given, Taken};
use crate::reply;
use axum::body::Body;
use http::{Response, StatusCode};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// Answers the request for the document.
pub(crate) fn answer(app: &App, rules: &Rules) -> Response<Body> {
    reply::json_of(StatusCode::OK, document(rules, &app.governor.version()).to_string())
}

/// One operation.
struct Operation {
    method: &'static str,
    path: String,
    summary: &'static str,
    body: Option<Value>,
    parameters: Value,
    /// The content of a response with status 200.
    answer: Value,
    /// Statuses of errors.
    errors: &'static [u16],
    /// True if it needs no key.
    open: bool,
}

impl Operation {
    fn get(path: &str, summary: &'static str, answer: Value) -> Self {
        Self {
            method: "get",
            path: path.to_owned(),
            summary,
            body: None,
            parameters: json!([]),
            answer,
            errors: &[405],
            open: false,
        }
    }

    fn post(path: &str, summary: &'static str, body: Value, answer: Value) -> Self {
        Self {
            method: "post",
            body: Some(body),
            errors: &[400, 405, 408, 413],
            ..Self::get(path, summary, answer)
        }
    }

    fn described(self, keyed: bool) -> Value {
        let mut responses = Map::new();
        responses.insert("200".to_owned(), json!({"description": "The answer.", "content": self.answer}));
        let unknown: &[u16] = if keyed && !self.open { &[401] } else { &[] };
        for status in self.errors.iter().chain(unknown) {
            let error = json!({"description": said(*status), "content": {"application/json": {"schema":
                {"$ref": "#/components/schemas/Error"}}}});
            responses.insert(status.to_string(), error);
        }
        let mut whole =
            json!({"summary": self.summary, "responses": responses, "parameters": self.parameters});
        if let Some(body) = self.body {
            whole["requestBody"] =
                json!({"required": true, "content": {"application/json": {"schema": body}}});
        }
        if self.open {
            whole["security"] = json!([]);
        }
        whole
    }
}

fn said(status: u16) -> &'static str {
    match status {
        400 => "The request is none, or is refused; the message says why.",
        401 => "The key is not known.",
        404 => "There is no such thing.",
        405 => "The path has another method.",
        408 => "The body did not come in time.",
        413 => "The body is larger than the proxy takes.",
        429 => "A cap is used up.",
        502 => "The provider did not answer, or not wholly.",
        503 => "The proxy serves as many requests as it may, or the ledger cannot be used.",
        _ => "An error.",
    }
}

/// The whole document.
fn document(rules: &Rules, version: &str) -> Value {
    let keyed = !rules.keys.is_empty();
    let mut paths = Map::new();
    for operation in operations(rules) {
        let path = operation.path.clone();
        let method = operation.method;
        let place = paths.entry(path).or_insert_with(|| json!({}));
        place[method] = operation.described(keyed);
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": "rheostat-proxy", "version": env!("CARGO_PKG_VERSION"), "description": format!("State version {version}.")},
        "paths": paths,
        "components": {"schemas": {"Error": error()}},
    });
    if keyed {
        document["components"]["securitySchemes"] = json!({"key": {"type": "http", "scheme": "bearer"}});
        document["security"] = json!([{"key": []}]);
    }
    document
}

fn operations(rules: &Rules) -> Vec<Operation> {
    let one_of =
        |schema: Value| json!({"oneOf": [schema, {"type": "array", "items": schema, "maxItems": 10_000}]});
    let anything = || json!({"type": "object"});
    let counted = json!({"type": "object", "required": ["taken", "passed_over"], "properties":
        {"taken": {"type": "integer"}, "passed_over": {"type": "integer"}}});
    let mut all = vec![
        Operation {
            open: true,
            errors: &[],
            ..Operation::get("/healthz", "Whether the process is there.", text())
        },
        Operation {
            open: true,
            errors: &[],
            ..Operation::get("/readyz", "Whether it takes requests.", text())
        },
        Operation::get("/metrics", "Counters for Prometheus.", text()),
        Operation::get("/openapi.json", "This document.", of(anything())),
        Operation::get("/live", "The traffic.", of(anything())),
        Operation::get(
            "/decisions",
            "The newest decisions.",
            of(json!({"type": "array", "items": anything()})),
        ),
        Operation {
            errors: &[400, 404, 405],
            parameters: json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1},
                "description": "That of the header x-rheostat-plan."}]),
            ..Operation::get("/decisions/{id}", "One decision.", of(anything()))
        },
        Operation::get("/v1/models", "The governed names, and the ladder's models.", of(models())),
        Operation {
            errors: &[400, 405, 408, 413, 429],
            ..Operation::post("/v1/route", "The decision alone.", asks(None), of(schema::<Routed>()))
        },
        Operation::post(
            "/v1/outcomes",
            "How answers turned out.",
            one_of(schema::<Given>()),
            of(schema::<Taken>()),
        ),
        Operation::post(
            "/v1/outcomes/langfuse",
            "Scores of Langfuse.",
            one_of(anything()),
            of(counted.clone()),
        ),
        Operation::post("/v1/outcomes/otel", "Evaluations of OpenTelemetry.", anything(), of(counted)),
        Operation {
            errors: &[400, 405, 408, 413, 429],
            ..Operation::post(
                "/v1/systemone",
                "A tier, as System One asks.",
                questions("state"),
                of(answers()),
            )
        },
        Operation {
            errors: &[400, 405, 408, 413, 429],
            ..Operation::post(
                "/v1/decisions",
                "A tier, as OpenAI's decisions ask.",
                questions("input"),
                of(answers()),
            )
        },
    ];
    let names: Vec<&String> = rules.settings.governed().collect();
    for (path, _) in SURFACES {
        let answer = json!({"application/json": {"schema": anything()}, "text/event-stream": {}});
        all.push(Operation {
            errors: &[400, 405, 408, 413, 429, 502, 503],
            ..Operation::post(path, "A governed request, if its model is.", asks(Some(&names)), answer)
        });
    }
    all
}

fn of(schema: Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn text() -> Value {
    json!({"text/plain": {"schema": {"type": "string"}}})
}

/// A body of a provider's, as far as it is read here.
fn asks(names: Option<&[&String]>) -> Value {
    let model = json!({"type": "string", "examples": names.unwrap_or_default()});
    let mut body = json!({"type": "object", "properties": {"model": model, "messages": {"type": "array"}, "stream": {"type": "boolean"}}});
    if names.is_some() {
        body["required"] = json!(["model"]);
    }
    body
}

fn questions(text: &str) -> Value {
    json!({"type": "object", "required": [text, "questions"], "properties": {text: {"type": ["string", "array"]},
           "questions": {"type": ["object", "array"]}, "model": {"type": "string"}}})
}

fn answers() -> Value {
    json!({"type": "object", "required": ["model", "answers", "usage"], "properties": {"answers": {"type": ["object", "array"]},
           "usage": {"type": "object"}}})
}

fn models() -> Value {
    json!({"type": "object", "required": ["object", "data"], "properties": {"object": {"const": "list"}, "data": {"type": "array",
           "items": {"type": "object", "required": ["id", "object"], "properties": {"id": {"type": "string"}}}}}})
}

/// An error, in the form of OpenAI's or of Anthropic's surface.
fn error() -> Value {
    json!({"type": "object", "required": ["error"], "properties": {"error": {"type": "object", "required": ["message", "type"],
           "properties": {"message": {"type": "string"}, "type": {"type": "string"}}}}})
}

/// The schema of a type, in place.
fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = SchemaGenerator::new(settings).into_root_schema_for::<T>().to_value();
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("$schema");
    }
    schema
}
