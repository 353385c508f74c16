//! The newest decisions, so that each can be explained: a bounded ring of records without a word of the query.

use rheostat::plan::{About, Plan, Record};
use rheostat::run::Run;
use std::collections::{HashSet, VecDeque};
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One decision and, where it was carried out, its run.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) id: String,
    /// The payer, by the client's key or its word.
    pub(crate) tenant: Option<String>,
    /// One JSON object: the plan, its reasons and the run.
    pub(crate) record: String,
}

/// The newest decisions.
#[derive(Debug)]
pub(crate) struct Decisions {
    most: usize,
    ring: Mutex<VecDeque<Arc<Decision>>>,
}

impl Decisions {
    /// Keeps `most` decisions; 0 keeps none.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, ring: Mutex::default() }
    }

    /// True if none is kept.
    pub(crate) fn off(&self) -> bool {
        self.most == 0
    }

    pub(crate) fn add(&self, decision: Arc<Decision>) {
        if self.most == 0 {
            return;
        }
        let mut ring = self.held();
        while ring.len() >= self.most {
            ring.pop_front();
        }
        ring.push_back(decision);
    }

    /// The newest decision of an id that a tenant may see; `tenant` is None where there are no keys.
    pub(crate) fn find(&self, id: &str, tenant: Option<&str>) -> Option<Arc<Decision>> {
        let ring = self.held();
        ring.iter().rev().find(|one| one.id == id && one.seen_by(tenant)).cloned()
    }

    /// The ids of the decisions that a tenant may not see: it reports no outcomes of them, either.
    pub(crate) fn foreign(&self, tenant: Option<&str>) -> HashSet<String> {
        if tenant.is_none() {
            return HashSet::new();
        }
        self.held().iter().filter(|one| !one.seen_by(tenant)).map(|one| one.id.clone()).collect()
    }

    /// The rung on which a decision's run ended; None for one that is not among the newest, or had no run.
    pub(crate) fn ended_on(&self, id: &str, tenant: Option<&str>) -> Option<String> {
        let found = self.find(id, tenant)?;
        let record: serde_json::Value = serde_json::from_str(&found.record).ok()?;
        record["run"]["rung"].as_str().map(str::to_owned)
    }

    /// The newest `most` decisions that a tenant may see, newest first.
    pub(crate) fn newest(&self, most: usize, tenant: Option<&str>) -> Vec<Arc<Decision>> {
        let ring = self.held();
        ring.iter().rev().filter(|one| one.seen_by(tenant)).take(most).cloned().collect()
    }

    fn held(&self) -> MutexGuard<'_, VecDeque<Arc<Decision>>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Decision {
    /// The record of a decision. `fields` are further fields: JSON without braces.
    pub(crate) fn new(
        plan: &Plan,
        run: Option<&Run>,
        at: f64,
        session: Option<&str>,
        tenant: Option<&str>,
        fields: Option<&str>,
    ) -> Self {
        let run = run.map(Run::to_json);
        let about = About::Decision(plan, run.as_deref());
        let rungs: Vec<String> = plan.snapshot.ladder.rungs().iter().map(|rung| rung.name.clone()).collect();
        let mut record = String::with_capacity(3_072);
        Record { about, at, session, tenant, fields }.line("\"source\": \"proxy\"", &rungs, &mut record);
        record.truncate(record.trim_end().len());
        Self { id: plan.id.to_string(), tenant: tenant.map(str::to_owned), record: visible(&record) }
    }

    fn seen_by(&self, tenant: Option<&str>) -> bool {
        tenant.is_none_or(|tenant| self.tenant.as_deref() == Some(tenant))
    }
}

/// JSON in which no character acts on a terminal or on the order of the text: those that JSON itself allows are escaped.
pub(crate) fn visible(json: &str) -> String {
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    if !json.contains(acts) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if acts(c) {
            // All of them are in the plane that four digits name.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}
