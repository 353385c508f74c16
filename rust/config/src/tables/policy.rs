//! Policies. `kind` says which table it is; a table of shares needs none.

use crate::fault::Fault;
use crate::value::{Node, entries, read_entries};
use rheostat::ladder::Ladder;
use rheostat::policy::{HYSTERESIS, PacedOptions, Pacer, Policy, Shares, Wanted};
use rheostat::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// The rule that chooses a query's first rung.
#[derive(JsonSchema)]
#[schemars(tag = "kind", rename_all = "lowercase")]
#[allow(dead_code)] // For the schema alone: serde needs the kind, and a table of shares may leave it out.
pub(crate) enum PolicyTable {
    Shares(SharesTable),
    Utility(UtilityTable),
    Threshold(ThresholdTable),
    Paced(PacedTable),
}

/// A share of the queries for each rung: the hardest go highest. A table with `shares` or `usd_per_1000` needs no `kind`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharesTable {
    /// One for each rung, lowest first; their sum is 1.
    shares: Option<Vec<f64>>,
    /// In place of shares: a budget per thousand queries, in US dollars.
    usd_per_1000: Option<f64>,
    /// Distance from a threshold, in quantiles from 0 to 0.5, within which a query stays on its session's rung; 0.03 if not given.
    hysteresis: Option<f64>,
}

/// The rung with the least expected cost: its price, and the cost of an error times its probability.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UtilityTable {
    /// Cost of a wrong answer, in US dollars, at least 0.
    usd_per_error: f64,
}

/// The lowest rung whose threshold the difficulty does not reach.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThresholdTable {
    /// Difficulties from 0 to 1, rising: one fewer than the ladder has rungs.
    thresholds: Vec<f64>,
}

/// Utility, at a price of compute that makes a period's budget last.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PacedTable {
    /// Budget of each period, in US dollars.
    usd: f64,
    /// The period, in seconds, aligned to Unix time; a day if not given.
    per: Option<f64>,
    /// Cost of a wrong answer, in US dollars; 1 if not given.
    usd_per_error: Option<f64>,
    /// Expected queries per period, until one has been seen whole.
    queries: Option<f64>,
    /// Weights of tenants by name; others have a weight of 1.
    weights: Option<BTreeMap<String, f64>>,
    /// How strongly a tenant that takes more than its share pays more, from 0 to 1; 0.5 if not given.
    fairness: Option<f64>,
}

const KINDS: [&str; 4] = ["shares", "utility", "threshold", "paced"];

/// Reads the table and checks that the policy fits the ladder.
pub(crate) fn read_policy(node: &Node<'_>, ladder: &Ladder) -> Result<Policy, Fault> {
    let DeValue::Table(table) = node.get_ref() else {
        return Err(Error::wrong_type("", node.get_ref().type_str(), "a table").into());
    };
    let kind = match table.get("kind").map(toml::Spanned::get_ref) {
        Some(DeValue::String(kind)) => kind,
        Some(other) => return Err(Error::wrong_type("kind", other.type_str(), "a string").into()),
        None if table.contains_key("shares") || table.contains_key("usd_per_1000") => "shares",
        None => return Err(no_kind(table).into()),
    };
    let policy = made(kind, table)?;
    policy.fits(ladder)?;
    Ok(policy)
}

fn made(kind: &str, table: &DeTable<'_>) -> Result<Policy, Fault> {
    let fields = || entries(table).filter(|(name, _)| *name != "kind");
    let policy = match kind {
        "shares" => read_entries::<SharesTable>(fields())?.policy(),
        "utility" => {
            let UtilityTable { usd_per_error } = read_entries(fields())?;
            Ok(Policy::Utility { usd_per_error })
        }
        "threshold" => {
            let ThresholdTable { thresholds } = read_entries(fields())?;
            Ok(Policy::Threshold { thresholds })
        }
        "paced" => read_entries::<PacedTable>(fields())?.policy(),
        _ => Err(Error::unknown("policy", kind, KINDS)),
    };
    Ok(policy?)
}

/// The error for a table that does not say what it is, with the kind whose fields it has.
fn no_kind(table: &DeTable<'_>) -> Error {
    let knows = |kind: &&&str| !made(kind, table).is_err_and(|fault| fault.is_unknown());
    let meant = if table.is_empty() { None } else { KINDS.iter().find(knows) };
    let hint = meant.map_or_else(String::new, |kind| format!(" (these fields are those of kind = {kind:?})"));
    Error::invalid("kind", "none", format!("one of {}{hint}", KINDS.join(", ")))
}

impl SharesTable {
    fn policy(self) -> Result<Policy> {
        let wanted = Wanted::of(self.shares, self.usd_per_1000)?;
        Ok(Policy::Shares(Shares::new(wanted, self.hysteresis.unwrap_or(HYSTERESIS))?))
    }
}

impl PacedTable {
    fn policy(self) -> Result<Policy> {
        let mut options = PacedOptions::daily(self.usd, self.usd_per_error.unwrap_or(1.0));
        options.period = self.per.unwrap_or(options.period);
        options.queries = self.queries;
        options.weights = self.weights.into_iter().flatten().collect();
        options.fairness = self.fairness.unwrap_or(options.fairness);
        Ok(Policy::Paced(Arc::new(Pacer::new(options)?)))
    }
}
