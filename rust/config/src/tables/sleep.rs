//! Sleep: what may be precomputed while nothing is asked.

use super::CapTable;
use rheostat::ledger::Cap;
use rheostat::sleep::{Form, SleepOptions};
use rheostat::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;

/// How a governor may precompute while nothing is asked. A host asks it to; the proxy does not.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SleepTable {
    /// Bound on what sleep may spend: its own, so that it takes nothing from live queries.
    cap: CapTable,
    /// Worth of one second that a user waits less, in US dollars; 0 if not given.
    usd_per_second: Option<f64>,
    /// Cost of a wrong answer that a hit causes, in US dollars; 0 if not given.
    usd_per_error: Option<f64>,
    /// Confidence of the lower bound on the chance of a hit; 0.9 if not given.
    confidence: Option<f64>,
    /// The most contexts that are remembered; 10,000 if not given.
    contexts: Option<usize>,
    /// The ways in which a provider runs work; at once if not given.
    forms: Option<Vec<FormTable>>,
}

/// A way in which a provider runs work: at once, in a batch, in a background window.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormTable {
    /// Its name, as the host knows it.
    name: String,
    /// Its price, as a factor of the price at once; 1 if not given.
    factor: Option<f64>,
    /// Seconds until its result is there, at the latest; 0 if not given.
    seconds: Option<f64>,
}

impl TryFrom<SleepTable> for SleepOptions {
    type Error = Error;

    fn try_from(table: SleepTable) -> Result<Self> {
        let mut options = Self::new(Cap::try_from(table.cap).map_err(|error| error.within("cap"))?);
        super::set! { table => options: usd_per_second usd_per_error confidence contexts }
        if let Some(forms) = table.forms {
            let form = |form: FormTable| Form {
                name: form.name,
                factor: form.factor.unwrap_or(1.0),
                seconds: form.seconds.unwrap_or(0.0),
            };
            options.forms = forms.into_iter().map(form).collect();
        }
        options.validate()?;
        Ok(options)
    }
}
