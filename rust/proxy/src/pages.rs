//! Pages for people: one decision explained, the newest decisions, and the live traffic.
//!
//! The pages are written here, load nothing and run no script; a policy in their header holds browsers to that. All that is not of this
//! file is escaped.

use crate::app::{App, Rules};
use crate::decisions::Decision;
use crate::metrics::OnPaper;
use crate::reply;
use axum::body::Body;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use rheostat::policy::Policy;
use serde_json::{Value, json};
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};

/// Decisions on a page.
const NEWEST: usize = 50;
/// Seconds between two looks of a browser at the live page.
const REFRESH: u32 = 5;

const STYLE: &str = include_str!("pages.css");

/// A page under construction.
struct Page(String);

impl Page {
    fn heading(&mut self, level: u8, words: &str) {
        let _ = write!(self.0, "<h{level}>{}</h{level}>", escaped(words));
    }

    fn words(&mut self, class: &str, words: &str) {
        let _ = write!(self.0, "<p class=\"{class}\">{}</p>", escaped(words));
    }

    fn list(&mut self, items: impl Iterator<Item = String>) {
        self.0.push_str("<ul>");
        for item in items {
            let _ = write!(self.0, "<li>{}</li>", escaped(&item));
        }
        self.0.push_str("</ul>");
    }

    /// A table; the cells are HTML already.
    fn table(&mut self, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
        self.0.push_str("<div class=\"wide\" tabindex=\"0\"><table><thead><tr>");
        for head in heads {
            let _ = write!(self.0, "<th scope=\"col\"{}>{}</th>", class_of(head), escaped(head));
        }
        self.0.push_str("</tr></thead><tbody>");
        for row in rows {
            self.0.push_str("<tr>");
            for (at, cell) in row.iter().enumerate() {
                let _ = write!(self.0, "<td{}>{cell}</td>", heads.get(at).map_or("", |head| class_of(head)));
            }
            self.0.push_str("</tr>");
        }
        self.0.push_str("</tbody></table></div>");
    }
}

/// The class of a column: words are wrapped, and begin at the left.
fn class_of(head: &str) -> &'static str {
    if matches!(head, "reason" | "fact") { " class=\"words\"" } else { "" }
}

/// Text as HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// The response with a page.
fn html(title: &str, page: &Page, refresh: Option<u32>) -> Response<Body> {
    let draw = || RandomState::new().hash_one(0_u8);
    let nonce = format!("{:016x}{:016x}", draw(), draw());
    let refresh = refresh
        .map_or_else(String::new, |every| format!("<meta http-equiv=\"refresh\" content=\"{every}\">"));
    let whole = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{refresh}<style nonce=\"{nonce}\">{STYLE}</style></head>\
         <body><main><nav><a href=\"/live\">Live</a><a href=\"/decisions\">Decisions</a></nav>{}</main></body></html>",
        escaped(title),
        page.0
    );
    let mut response = Response::new(Body::from(whole));
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert("content-security-policy", policy);
    }
    guard(headers);
    response
}

/// Headers of every response that tells of decisions.
fn guard(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
}

fn data(body: String) -> Response<Body> {
    let mut response = reply::json_of(StatusCode::OK, body);
    guard(response.headers_mut());
    response
}

/// True if a client, such as a browser, wants a page rather than JSON.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

/// Answers `/decisions/{id}`.
pub(crate) fn decision(app: &App, id: &str, headers: &HeaderMap, tenant: Option<&str>) -> Response<Body> {
    let Some(found) = app.decisions.find(id, tenant) else {
        let why = "no such decision among the newest; [proxy] decisions says how many are kept";
        return reply::error(None, StatusCode::NOT_FOUND, why, "not_found_error");
    };
    if wants_page(headers) { explained(&found, &order(app)) } else { data(found.record.clone()) }
}

/// Answers `/decisions`.
pub(crate) fn decisions(app: &App, headers: &HeaderMap, tenant: Option<&str>) -> Response<Body> {
    let newest = app.decisions.newest(NEWEST, tenant);
    if !wants_page(headers) {
        let records: Vec<&str> = newest.iter().map(|one| one.record.as_str()).collect();
        return data(format!("[{}]", records.join(",")));
    }
    let mut page = Page(String::new());
    page.heading(1, "The newest decisions");
    listed(&mut page, &newest);
    html("Decisions", &page, None)
}

/// The names of the rungs, lowest first.
fn order(app: &App) -> Vec<String> {
    app.governor.snapshot().ladder.rungs().iter().map(|rung| rung.name.clone()).collect()
}

fn read(decision: &Decision) -> Value {
    serde_json::from_str(&decision.record).unwrap_or_default()
}

fn listed(page: &mut Page, newest: &[std::sync::Arc<Decision>]) {
    if newest.is_empty() {
        return page.words("soft", "None yet.");
    }
    let heads = ["id", "rung", "ended on", "difficulty", "P(correct)", "tokens", "dollars", "reason"];
    page.table(
        &heads,
        newest.iter().map(|one| {
            let record = read(one);
            let (plan, run) = (&record["plan"], &record["run"]);
            let reason = plan["reasons"].get(0).map_or_else(String::new, shown);
            let id = escaped(&one.id);
            vec![
                // The first half is the query's digest; the second alone tells decisions apart.
                format!(
                    "<a href=\"/decisions/{id}\"><code>{}</code></a>",
                    id.split('-').next_back().unwrap_or(&id)
                ),
                cell(&plan["rung"]),
                cell(&run["rung"]),
                figure(&plan["estimate"]["difficulty"], 2),
                figure(&plan["p_correct"], 2),
                cell(&run["spent"]["tokens"]),
                figure(&run["spent"]["usd"], 6),
                escaped(&reason),
            ]
        }),
    );
}

/// One decision: the reasons, the numbers, and what its run did.
fn explained(decision: &Decision, order: &[String]) -> Response<Body> {
    let record = read(decision);
    let (plan, run) = (&record["plan"], &record["run"]);
    let mut page = Page(String::new());
    page.heading(1, &format!("Decision {}", decision.id));
    page.words("lead", &format!("Rung {}, model {}.", shown(&plan["rung"]), shown(&plan["model"])));
    page.heading(2, "Why");
    page.list(plan["reasons"].as_array().into_iter().flatten().map(shown));
    page.heading(2, "The estimate");
    let facts = [
        ("Difficulty, 0 to 1", figure(&plan["estimate"]["difficulty"], 3)),
        ("Coverage: the part of the words that training has seen", figure(&plan["estimate"]["coverage"], 3)),
        ("Subject", cell(&plan["estimate"]["domain"])),
        ("Input tokens, expected", cell(&plan["input_tokens"])),
        ("Thinking budget, tokens", cell(&plan["thinking_tokens"])),
        ("Samples", cell(&plan["samples"])),
        ("Dollars, expected", figure(&plan["expected_usd"], 6)),
        ("Ceiling, dollars", figure(&plan["limit"]["usd"], 4)),
        ("Ceiling, tokens", cell(&plan["limit"]["tokens"])),
        ("Version", cell(&plan["version"])),
    ];
    page.table(&["fact", "value"], facts.into_iter().map(|(name, value)| vec![escaped(name), value]));
    if let Some(chances) = record["p_correct"].as_object() {
        let mut chances: Vec<_> = chances.iter().collect();
        chances.sort_by_key(|(rung, _)| order.iter().position(|one| one == *rung));
        page.heading(2, "P(correct) of each rung");
        page.table(
            &["rung", "P(correct)", ""],
            chances.into_iter().map(|(rung, chance)| {
                vec![escaped(rung), figure(chance, 3), bar(chance.as_f64().unwrap_or_default())]
            }),
        );
    }
    if run.is_object() {
        page.heading(2, "What the run did");
        let ended = if run["ended"].is_null() { "the client left".to_owned() } else { shown(&run["ended"]) };
        let spent = &run["spent"];
        page.words(
            "",
            &format!(
                "Ended on {}: {ended}. {} calls, {} tokens, ${}, {} s.",
                shown(&run["rung"]),
                shown(&spent["calls"]),
                shown(&spent["tokens"]),
                figure(&spent["usd"], 6),
                figure(&spent["seconds"], 3)
            ),
        );
        let trail = run["trail"].as_array().into_iter().flatten();
        page.table(
            &["seconds", "phase", "rung", "reason"],
            trail.map(|event| vec![figure(&event[0], 3), cell(&event[1]), cell(&event[3]), cell(&event[2])]),
        );
    }
    page.heading(2, "The record");
    let pretty = serde_json::to_string_pretty(&record).unwrap_or_default();
    let _ = write!(page.0, "<details><summary>JSON</summary><pre>{}</pre></details>", escaped(&pretty));
    html(&format!("Decision {}", decision.id), &page, None)
}

/// Answers `/live`.
pub(crate) fn live(app: &App, rules: &Rules, headers: &HeaderMap, tenant: Option<&str>) -> Response<Body> {
    let snapshot = app.governor.snapshot();
    let mut rungs = app.metrics.by_rung(tenant);
    let order = order(app);
    // Rungs of an earlier file come first.
    rungs.sort_by_key(|(name, _)| order.iter().position(|one| one == name));
    let plans: u64 = rungs.iter().map(|(_, one)| one.plans).sum();
    let runs: u64 = rungs.iter().map(|(_, one)| one.runs).sum();
    let usd: f64 = rungs.iter().map(|(_, one)| one.usd).sum();
    let planned: f64 = rungs.iter().map(|(_, one)| one.planned_usd).sum();
    // A tenant sees its own part. The budget, the ramps and the drift are those of all tenants.
    let sees_all = tenant.is_none();
    let promise = if sees_all { promise(&snapshot.policy) } else { String::new() };
    let paper = if sees_all { app.metrics.paper() } else { Vec::new() };
    let warnings = if sees_all { app.governor.warnings() } else { Vec::new() };
    if !wants_page(headers) {
        let by_rung: Vec<Value> = rungs
            .iter()
            .map(|(name, one)| {
                json!({"rung": name, "plans": one.plans, "runs": one.runs, "settled": one.settled, "tokens": one.tokens,
                       "usd": one.usd, "planned_usd": one.planned_usd, "fixed_usd": one.fixed_usd})
            })
            .collect();
        let on_paper: Vec<Value> = paper
            .iter()
            .map(|(name, one)| {
                json!({"rung": name, "plans": one.plans, "compared": one.compared, "decided_usd": one.decided_usd,
                       "served_usd": one.served_usd})
            })
            .collect();
        let whole = json!({"paper": on_paper, "plans": plans, "runs": runs, "usd": usd, "rungs": by_rung, "promise": promise, "warnings": warnings,
                           "version": app.governor.version().as_ref()});
        return data(whole.to_string());
    }
    let mut page = Page(String::new());
    page.heading(1, &format!("{runs} requests, ${usd:.4}"));
    // An expectation is held against an expectation: what was spent also depends on how long the answers were.
    let top = snapshot.ladder.rungs().last().map(|rung| rung.name.as_str());
    let all_on_top =
        rungs.iter().find(|(name, _)| Some(name.as_str()) == top).map_or(0.0, |(_, one)| one.fixed_usd);
    if let (Some(top), true) = (top, all_on_top > 0.0) {
        let saved = 100.0 * (1.0 - planned / all_on_top);
        let words = if saved >= 0.0 { format!("{saved:.0} % less") } else { format!("{:.0} % more", -saved) };
        page.words(
            "lead",
            &format!(
                "Expected to cost ${planned:.4}, {words} than all of them on {top:?} (${all_on_top:.4}, expected)."
            ),
        );
    }
    if sees_all {
        page.words("soft", &promise);
        page.list(warnings.into_iter());
    }
    page.heading(2, "Rungs");
    let heads =
        ["rung", "decisions", "share", "", "runs", "settled", "tokens", "dollars", "all on it, expected"];
    page.table(
        &heads,
        rungs.iter().map(|(name, one)| {
            let share = one.plans as f64 / plans.max(1) as f64;
            vec![
                escaped(name),
                one.plans.to_string(),
                format!("{:.1} %", 100.0 * share),
                bar(share),
                one.runs.to_string(),
                one.settled.to_string(),
                one.tokens.to_string(),
                format!("{:.6}", one.usd),
                format!("{:.6}", one.fixed_usd),
            ]
        }),
    );
    if !paper.is_empty() {
        written(&mut page, &paper);
    }
    if sees_all {
        ramps(app, &mut page);
    }
    page.heading(2, "The newest decisions");
    listed(&mut page, &app.decisions.newest(10, tenant));
    page.words(
        "soft",
        &format!(
            "Models {}. Counted since the start{}.",
            rules.settings.governed().map(String::as_str).collect::<Vec<_>>().join(", "),
            if sees_all { "" } else { ", your own requests alone" }
        ),
    );
    html("Live traffic", &page, Some(REFRESH))
}

/// The ramps and stops of all runs.
fn ramps(app: &App, page: &mut Page) {
    page.heading(2, "Ramps and stops");
    let counted = app.metrics.counted();
    if counted.is_empty() {
        page.words("soft", "None yet.");
    } else {
        page.table(
            &["what", "times", "reason"],
            counted
                .into_iter()
                .map(|(what, why, times)| vec![escaped(what), times.to_string(), escaped(why)]),
        );
    }
}

/// The decisions on paper: what was chosen for requests that were served as their clients wrote them.
fn written(page: &mut Page, paper: &[(String, OnPaper)]) {
    page.heading(2, "On paper");
    let sum = |read: fn(&OnPaper) -> f64| paper.iter().map(|(_, one)| read(one)).sum::<f64>();
    let (decided, served) = (sum(|one| one.decided_usd), sum(|one| one.served_usd));
    let compared: u64 = paper.iter().map(|(_, one)| one.compared).sum();
    if served > 0.0 {
        page.words(
            "",
            &format!(
                "{compared} requests asked for a model of the ladder: expected to cost ${served:.4} as served, ${decided:.4} as decided."
            ),
        );
    }
    let all: u64 = paper.iter().map(|(_, one)| one.plans).sum();
    page.table(
        &["rung", "decisions", "share", ""],
        paper.iter().map(|(name, one)| {
            let share = one.plans as f64 / all.max(1) as f64;
            vec![escaped(name), one.plans.to_string(), format!("{:.1} %", 100.0 * share), bar(share)]
        }),
    );
}

/// The policy's promise, in words.
fn promise(policy: &Policy) -> String {
    match policy {
        Policy::Guaranteed(guaranteed) => format!(
            "Promise: at most {} of the mean score is lost, with confidence {}. {}",
            guaranteed.max_loss(),
            guaranteed.confidence(),
            guaranteed.reason()
        ),
        Policy::Paced(pacer) => {
            let (pace, options) = (pacer.pace(), pacer.options());
            format!(
                "Pace: ${:.4} of ${} spent in this period; a dollar of compute counts as {:.2}.",
                pace.spent, options.usd, pace.price
            )
        }
        other => format!("The policy is {}; it promises no bound on what is lost.", other.name()),
    }
}

/// A JSON value as text.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cell(value: &Value) -> String {
    escaped(&shown(value))
}

fn figure(value: &Value, digits: usize) -> String {
    value.as_f64().map_or_else(|| "–".to_owned(), |number| format!("{number:.digits$}"))
}

/// A bar for a part of 1.
fn bar(part: f64) -> String {
    let width = (100.0 * part.clamp(0.0, 1.0)).round();
    format!(
        "<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{width} %\"><rect width=\"{width}\" height=\"10\"/></svg>"
    )
}
