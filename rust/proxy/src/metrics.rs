//! Counters, in the text format of Prometheus. Labels are names of the configuration and of fixed sets, so their number is bounded.

use crate::histogram::Histogram;
use rheostat::plan::{Drifted, Plan};
use rheostat::run::{Action, Run};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counters of one rung.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct OfRung {
    pub(crate) plans: u64,
    pub(crate) runs: u64,
    pub(crate) settled: u64,
    pub(crate) tokens: u64,
    pub(crate) usd: f64,
    calls: u64,
    /// Expected cost of all ended runs, had each been served by this rung alone.
    pub(crate) fixed_usd: f64,
    /// Expected cost of the ended runs that were planned on this rung.
    pub(crate) planned_usd: f64,
}

/// Decisions on paper, of one rung.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct OnPaper {
    pub(crate) plans: u64,
    /// Those whose client asked for a model of the ladder, and what they are expected to cost: as decided, and as served.
    pub(crate) compared: u64,
    pub(crate) decided_usd: f64,
    pub(crate) served_usd: f64,
}

/// Numbers that are counted elsewhere.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    /// Lines that the log has dropped.
    pub(crate) lines: u64,
    /// Spans that have not reached the collector.
    pub(crate) spans: u64,
    /// Requests that wait for a place.
    pub(crate) waiting: usize,
    /// Blocks that were leased, requests to the ledger's server that failed, and if it is away; None without one.
    pub(crate) leases: Option<(u64, u64, bool)>,
}

/// Reads one of them.
type Read = fn(&OfRung) -> u64;

/// The counters of a proxy.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    rungs: Mutex<BTreeMap<String, OfRung>>,
    /// Counters of each rung for each tenant of a key: as many as the configuration has.
    tenants: Mutex<BTreeMap<String, BTreeMap<String, OfRung>>>,
    paper: Mutex<BTreeMap<String, OnPaper>>,
    /// Requests that could not be decided on paper.
    undecided: AtomicU64,
    passed: AtomicU64,
    /// Names of refusals and of actions, from fixed sets.
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    actions: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    /// Governed requests, and streams to upstreams, that are open.
    requests: AtomicI64,
    streams: AtomicI64,
    escalations: AtomicU64,
    fallbacks: AtomicU64,
    outcomes: AtomicU64,
    replaced: AtomicU64,
    /// Times of decisions, of first bytes, and of whole runs.
    pub(crate) decision: Histogram,
    pub(crate) first_byte_added: Histogram,
    pub(crate) run: Histogram,
}

impl Metrics {
    /// Notes that a governed request came, or ended.
    pub(crate) fn requests(&self, change: i64) {
        self.requests.fetch_add(change, Ordering::Relaxed);
    }

    /// Notes that streams were opened, or closed.
    pub(crate) fn streams(&self, change: i64) {
        self.streams.fetch_add(change, Ordering::Relaxed);
    }

    pub(crate) fn passed(&self) {
        self.passed.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a decision. `tenant` is that of the client's key.
    pub(crate) fn planned(&self, plan: &Plan, tenant: Option<&str>) {
        self.rung(tenant, &plan.rung_ref().name, |rung| rung.plans += 1);
    }

    /// Counts a decision on paper. `served_usd` is the expected cost of the client's own model, if the ladder has it.
    pub(crate) fn on_paper(&self, plan: &Plan, served_usd: Option<f64>) {
        let mut paper = held(&self.paper);
        let one = paper.entry(plan.rung_ref().name.clone()).or_default();
        one.plans += 1;
        if let Some(usd) = served_usd {
            one.compared += 1;
            one.decided_usd += plan.snapshot.expected_usd(&plan.estimate, plan.rung);
            one.served_usd += usd;
        }
    }

    pub(crate) fn undecided(&self) {
        self.undecided.fetch_add(1, Ordering::Relaxed);
    }

    /// The decisions on paper of each rung, by name.
    pub(crate) fn paper(&self) -> Vec<(String, OnPaper)> {
        held(&self.paper).iter().map(|(name, one)| (name.clone(), *one)).collect()
    }

    /// Counts what a step of learning has done.
    pub(crate) fn learned(&self, outcomes: usize, replaced: bool) {
        self.outcomes.fetch_add(outcomes as u64, Ordering::Relaxed);
        self.replaced.fetch_add(replaced.into(), Ordering::Relaxed);
    }

    fn rung(&self, tenant: Option<&str>, name: &str, count: impl Fn(&mut OfRung)) {
        of_name(&mut held(&self.rungs), name, &count);
        if let Some(tenant) = tenant {
            of_name(&mut held(&self.tenants), tenant, |rungs| of_name(rungs, name, count));
        }
    }

    pub(crate) fn refused(&self, kind: &'static str) {
        *held(&self.refusals).entry(kind).or_default() += 1;
    }

    pub(crate) fn action(&self, action: Action) {
        let named = (action.kind.as_str(), action.reason.as_str());
        *held(&self.actions).entry(named).or_default() += 1;
    }

    /// Counts a run that has ended, by the rung that it ended on. `tenant` is that of the client's key.
    pub(crate) fn ended(&self, plan: &Plan, run: &Run, tenant: Option<&str>) {
        let spent = run.spent();
        self.run.add(spent.seconds);
        for (at, rung) in plan.snapshot.ladder.rungs().iter().enumerate() {
            let usd = plan.snapshot.expected_usd(&plan.estimate, at);
            self.rung(tenant, &rung.name, |rung| {
                rung.fixed_usd += usd;
                rung.planned_usd += if at == plan.rung { usd } else { 0.0 };
            });
        }
        if let Some(on) = plan.snapshot.ladder.rungs().get(run.rung()) {
            self.rung(tenant, &on.name, |rung| {
                rung.runs += 1;
                rung.settled += u64::from(run.settled());
                rung.tokens += spent.tokens;
                rung.usd += spent.usd;
                rung.calls += u64::from(spent.calls);
            });
        }
        self.escalations.fetch_add(run.escalations().into(), Ordering::Relaxed);
        self.fallbacks.fetch_add(run.fallbacks().into(), Ordering::Relaxed);
    }

    /// The counters of each rung, by name: those of one tenant, or of all.
    pub(crate) fn by_rung(&self, tenant: Option<&str>) -> Vec<(String, OfRung)> {
        let all =
            |rungs: &BTreeMap<String, OfRung>| rungs.iter().map(|(name, one)| (name.clone(), *one)).collect();
        match tenant {
            None => all(&held(&self.rungs)),
            Some(tenant) => held(&self.tenants).get(tenant).map(all).unwrap_or_default(),
        }
    }

    /// Actions and refusals, with reason and number.
    pub(crate) fn counted(&self) -> Vec<(&'static str, &'static str, u64)> {
        let actions: Vec<_> =
            held(&self.actions).iter().map(|((kind, why), count)| (*kind, *why, *count)).collect();
        let refusals = held(&self.refusals);
        actions.into_iter().chain(refusals.iter().map(|(kind, count)| ("refusal", *kind, *count))).collect()
    }

    /// All of them, as text. `drifted` is the drift that was noticed.
    pub(crate) fn text(&self, elsewhere: &Elsewhere, drifted: Drifted) -> String {
        let mut out = String::new();
        let rungs = held(&self.rungs);
        write_rungs(&mut out, &rungs);
        drop(rungs);
        self.write_paper(&mut out);
        self.decision.write(
            &mut out,
            "decision_seconds",
            "Time to decide a request and to rewrite its body.",
        );
        self.first_byte_added.write(
            &mut out,
            "first_byte_added_seconds",
            "Time from the upstream's first byte to the client's.",
        );
        self.run.write(
            &mut out,
            "run_seconds",
            "Time from the start of a governed request to its last event.",
        );
        let drift = [
            ("shifted", drifted.shifted),
            ("overconfident", drifted.overconfident),
            ("underconfident", drifted.underconfident),
        ];
        let _ =
            writeln!(out, "# HELP rheostat_drift 1 for drift that was noticed.\n# TYPE rheostat_drift gauge");
        for (kind, so) in drift {
            let _ = writeln!(out, "rheostat_drift{{kind=\"{kind}\"}} {}", u8::from(so));
        }
        head(&mut out, "log_dropped", "Lines of the log that were dropped, because its reader was too slow.");
        let _ = writeln!(out, "rheostat_log_dropped_total {}", elsewhere.lines);
        head(
            &mut out,
            "spans_dropped",
            "Spans that were dropped, because the collector was too slow or refused them.",
        );
        let _ = writeln!(out, "rheostat_spans_dropped_total {}", elsewhere.spans);
        for (name, help, now) in [
            (
                "requests_open",
                "Governed requests that are being served.",
                self.requests.load(Ordering::Relaxed),
            ),
            ("streams_open", "Streams to upstreams that are open.", self.streams.load(Ordering::Relaxed)),
            ("requests_waiting", "Requests that wait for a place.", elsewhere.waiting as i64),
        ] {
            let _ = writeln!(
                out,
                "# HELP rheostat_{name} {help}\n# TYPE rheostat_{name} gauge\nrheostat_{name} {now}"
            );
        }
        if let Some((leased, failures, away)) = elsewhere.leases {
            head(&mut out, "leases", "Blocks of shared caps that were leased.");
            let _ = writeln!(out, "rheostat_leases_total {leased}");
            head(&mut out, "lease_failures", "Requests to the ledger's server that failed.");
            let _ = writeln!(out, "rheostat_lease_failures_total {failures}");
            let _ = writeln!(
                out,
                "# HELP rheostat_leases_away 1 while the ledger's server is away.\n# TYPE rheostat_leases_away gauge\nrheostat_leases_away {}",
                u8::from(away)
            );
        }
        let single = [
            ("passed", "Requests that passed through ungoverned.", &self.passed),
            ("undecided", "Requests that passed through and could not be decided on paper.", &self.undecided),
            ("escalations", "Steps up the ladder for the answer's sake.", &self.escalations),
            ("fallbacks", "Steps to another rung because of failures.", &self.fallbacks),
            ("outcomes", "Outcomes that were learned from.", &self.outcomes),
            ("replacements", "Models that learning has put in place.", &self.replaced),
        ];
        for (name, help, counter) in single {
            head(&mut out, name, help);
            let _ = writeln!(out, "rheostat_{name}_total {}", counter.load(Ordering::Relaxed));
        }
        head(&mut out, "refusals", "Requests that were refused, by kind.");
        for (kind, count) in &*held(&self.refusals) {
            let _ = writeln!(out, "rheostat_refusals_total{{kind={}}} {count}", label(kind));
        }
        head(&mut out, "actions", "Actions of runs other than to go on.");
        for ((kind, reason), count) in &*held(&self.actions) {
            let _ = writeln!(
                out,
                "rheostat_actions_total{{action={},reason={}}} {count}",
                label(kind),
                label(reason)
            );
        }
        out
    }
}

impl Metrics {
    fn write_paper(&self, out: &mut String) {
        let paper = held(&self.paper);
        if paper.is_empty() {
            return;
        }
        head(out, "paper_plans", "Decisions on paper, by the rung of the plan.");
        for (rung, one) in &*paper {
            let _ = writeln!(out, "rheostat_paper_plans_total{{rung={}}} {}", label(rung), one.plans);
        }
        head(
            out,
            "paper_usd",
            "US dollars that requests decided on paper are expected to cost, where the ladder has the client's model.",
        );
        for (rung, one) in &*paper {
            for (way, usd) in [("decided", one.decided_usd), ("served", one.served_usd)] {
                let _ =
                    writeln!(out, "rheostat_paper_usd_total{{rung={},way=\"{way}\"}} {usd:.9}", label(rung));
            }
        }
    }
}

fn write_rungs(out: &mut String, rungs: &BTreeMap<String, OfRung>) {
    let tables: [(&str, &str, Read); 5] = [
        ("plans", "Decisions, by the rung of the plan.", |one| one.plans),
        ("runs", "Governed requests that ended, by the rung that they ended on.", |one| one.runs),
        ("runs_settled", "Those whose answer was settled.", |one| one.settled),
        ("tokens", "Output tokens, thinking included.", |one| one.tokens),
        ("calls", "Calls granted.", |one| one.calls),
    ];
    for (name, help, read) in tables {
        head(out, name, help);
        for (rung, counters) in rungs {
            let _ = writeln!(out, "rheostat_{name}_total{{rung={}}} {}", label(rung), read(counters));
        }
    }
    head(out, "usd", "US dollars, at the ladder's prices.");
    for (rung, counters) in rungs {
        let _ = writeln!(out, "rheostat_usd_total{{rung={}}} {:.9}", label(rung), counters.usd);
    }
    head(out, "fixed_usd", "US dollars that all governed requests are expected to cost on this rung alone.");
    for (rung, counters) in rungs {
        let _ = writeln!(out, "rheostat_fixed_usd_total{{rung={}}} {:.9}", label(rung), counters.fixed_usd);
    }
    head(
        out,
        "planned_usd",
        "US dollars that governed requests are expected to cost, by the rung of the plan.",
    );
    for (rung, counters) in rungs {
        let usd = counters.planned_usd;
        let _ = writeln!(out, "rheostat_planned_usd_total{{rung={}}} {usd:.9}", label(rung));
    }
}

/// Changes the value of a name, which is made at its first use.
fn of_name<T: Default>(all: &mut BTreeMap<String, T>, name: &str, change: impl FnOnce(&mut T)) {
    match all.get_mut(name) {
        Some(one) => change(one),
        None => change(all.entry(name.to_owned()).or_default()),
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn head(out: &mut String, name: &str, help: &str) {
    let _ = writeln!(out, "# HELP rheostat_{name}_total {help}\n# TYPE rheostat_{name}_total counter");
}

/// The value of a label, quoted.
fn label(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
