//! The whole file.

use crate::fault::{Fault, shown};
use crate::tables::{
    CapTable, CeilingTable, LadderTable, LedgerFile, LedgerServer, LedgerTable, RulesTable, RungTable,
    SessionsTable, SleepTable, each, read_policy, secret,
};
use crate::text::parse;
use crate::value::{Node, entries, read, read_entries};
use rheostat::governor::{Builder, Governor};
use rheostat::ladder::{Ceiling, Ladder, Rung};
use rheostat::ledger::{Cap, Ledger, LedgerOptions, leased};
use rheostat::policy::{PacedOptions, Pacer, Policy};
use rheostat::rules::Rules;
use rheostat::session::SessionOptions;
use rheostat::sleep::SleepOptions;
use rheostat::{Error, Result};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Every table of the file.
const TABLES: [&str; 8] = ["rung", "policy", "ceiling", "rules", "cap", "ledger", "sessions", "sleep"];

/// Tables of the proxy in the same file. A host that is no proxy passes over them.
pub const HOST_TABLES: [&str; 10] =
    ["proxy", "upstream", "route", "shadow", "learning", "tls", "key", "state", "log", "otel"];

/// Contents of a file.
#[derive(Debug, Clone)]
pub struct Config {
    /// The ladder.
    pub ladder: Arc<Ladder>,
    /// The policy, if the file has one. It fits the ladder.
    pub policy: Option<Policy>,
    /// The ceiling of every query, if the file has one.
    pub ceiling: Option<Ceiling>,
    /// The rules of runs, if the file has some.
    pub rules: Option<Rules>,
    /// The caps, of a ledger in process or of a store.
    pub caps: Vec<Cap>,
    /// Settings of a ledger in process, with a secret seed drawn anew, and without the caps.
    pub ledger: LedgerOptions,
    /// The file that the host keeps the ledger in, if there is one.
    pub ledger_file: Option<LedgerFile>,
    /// The server that the host leases blocks of shared caps from, if there is one. The caps have blocks then.
    pub ledger_server: Option<LedgerServer>,
    /// How sessions are kept, if the file says so; with a secret seed drawn anew.
    pub sessions: Option<SessionOptions>,
    /// Settings of sleep, if the file has some.
    pub sleep: Option<SleepOptions>,
    /// Seconds by which Unix time is ahead of the host's clock.
    offset: f64,
}

impl Config {
    /// Reads a file's text; errors name it `source`. Tables of the proxy ([`HOST_TABLES`]) are passed over.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is not TOML 1.1, is larger than [`MAX_BYTES`](crate::MAX_BYTES) or nested more than 64 deep;
    /// [`Error::Unknown`] for a field, a policy or another name that there is not; [`Error::WrongType`] and [`Error::Invalid`] for a
    /// value of the wrong type or out of bounds.
    ///
    /// ```
    /// use rheostat_config::Config;
    /// let config = Config::read("[[rung]]\nname = 'fast'\n[[rung]]\nname = 'deep'\nsamples = 5", "ladder.toml")?;
    /// assert_eq!(config.ladder.rungs()[1].samples, 5);
    /// let error = Config::read("[[rung]]\nname = 'fast'\nsamples = 0", "ladder.toml").unwrap_err();
    /// assert_eq!(error.to_string(), "ladder.toml: rung \"fast\": samples must be between 1 and 1024, got 0");
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn read(text: &str, source: &str) -> Result<Self> {
        let document = parse(text, source)?;
        Self::of(&document, &HOST_TABLES).map_err(|error| error.within(source))
    }

    /// Reads a file that has tables of the host's own. `T` has a field for each of `tables`, and should refuse those that it does not
    /// know (`#[serde(deny_unknown_fields)]`). Without any of these tables it is the default.
    ///
    /// # Errors
    /// Those of [`read`](Self::read). Errors of the host's tables name file, table and field, too.
    ///
    /// ```
    /// #[derive(Debug, Default, serde::Deserialize)]
    /// #[serde(deny_unknown_fields)]
    /// struct Own {
    ///     proxy: Proxy,
    /// }
    /// #[derive(Debug, Default, serde::Deserialize)]
    /// #[serde(deny_unknown_fields)]
    /// struct Proxy {
    ///     listen: String,
    /// }
    /// let read = |proxy: &str| {
    ///     let text = format!("[[rung]]\nname = 'fast'\n[proxy]\n{proxy}");
    ///     rheostat_config::Config::read_with::<Own>(&text, "rheostat.toml", &["proxy"])
    /// };
    /// assert_eq!(read("listen = '[::1]:80'")?.1.proxy.listen, "[::1]:80");
    /// assert_eq!(read("listen = 80").unwrap_err().to_string(), "rheostat.toml: proxy: listen: got integer, wanted a string");
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn read_with<T: DeserializeOwned + Default>(
        text: &str,
        source: &str,
        tables: &[&str],
    ) -> Result<(Self, T)> {
        let document = parse(text, source)?;
        let config = Self::of(&document, tables).map_err(|error| error.within(source))?;
        let mut own = entries(&document).filter(|(name, _)| tables.contains(name)).peekable();
        if own.peek().is_none() {
            return Ok((config, T::default()));
        }
        let own = read_entries(own).map_err(|fault: Fault| Error::from(fault).within(source))?;
        Ok((config, own))
    }

    fn of(document: &DeTable<'_>, others: &[&str]) -> Result<Self> {
        let known = || LadderTable::FIELDS.into_iter().chain(TABLES).chain(others.iter().copied());
        if let Some((name, _)) = entries(document).find(|(name, _)| !known().any(|known| known == *name)) {
            return Err(Error::unknown("field", name, known()));
        }
        let ladder = Arc::new(read_ladder(document)?);
        let policy = document
            .get("policy")
            .map(|node| read_policy(node, &ladder).map_err(|fault| fault.under("policy")));
        let ledger: LedgerTable = table(document, "ledger")?.unwrap_or_default();
        let caps: Option<Vec<CapTable>> = table(document, "cap")?;
        let capped = caps.as_ref().is_some_and(|caps| !caps.is_empty());
        let (ledger_file, ledger_server) = (ledger.file(capped), ledger.server(capped));
        let ledger_server = ledger_server.map_err(|error| error.within("ledger"))?;
        let mut caps: Vec<Cap> = each("cap", caps.unwrap_or_default())?;
        if ledger_server.is_some() {
            caps = leased(&caps)?;
        }
        let config = Self {
            policy: policy.transpose()?,
            ladder,
            ceiling: made::<CeilingTable, _>(document, "ceiling")?,
            rules: made::<RulesTable, _>(document, "rules")?,
            caps,
            ledger: ledger.into(),
            ledger_file: ledger_file.map_err(|error| error.within("ledger"))?,
            ledger_server,
            sessions: made::<SessionsTable, _>(document, "sessions")?,
            sleep: made::<SleepTable, _>(document, "sleep")?,
            offset: 0.0,
        };
        // Bounds of the ledger's settings, and of the caps together, are its own to check.
        Ledger::new(config.ledger_options())?;
        Ok(config)
    }

    /// Aligns the windows of caps and the periods of a paced policy to Unix time. `offset` is the number of seconds by which Unix time is
    /// ahead of the clock that the host passes to the core; without this call they are aligned to that clock.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an offset beyond 1e12 seconds.
    pub fn with_offset(mut self, offset: f64) -> Result<Self> {
        if let Some(Policy::Paced(pacer)) = &self.policy {
            let options = PacedOptions { offset, ..pacer.options().clone() };
            self.policy = Some(Policy::Paced(Arc::new(Pacer::new(options)?)));
        }
        self.offset = offset;
        Ok(self)
    }

    /// Keeps the policy of an earlier reading, with all that it has learned and spent, if the file has not changed it.
    #[must_use]
    pub fn keeping(mut self, earlier: &Self) -> Self {
        let same = match (&self.policy, &earlier.policy) {
            // The clocks may have drifted apart since.
            (Some(Policy::Paced(new)), Some(Policy::Paced(old))) => {
                PacedOptions { offset: old.options().offset, ..new.options().clone() } == *old.options()
            }
            (new, old) => new == old,
        };
        if same {
            self.policy.clone_from(&earlier.policy);
        }
        self
    }

    /// True if an earlier reading's ledger may stay in use: caps and settings are the same.
    pub fn keeps_ledger(&self, earlier: &Self) -> bool {
        let seed = earlier.ledger.seed;
        self.caps == earlier.caps
            && self.ledger_file == earlier.ledger_file
            && self.ledger_server == earlier.ledger_server
            && LedgerOptions { seed, ..self.ledger.clone() } == earlier.ledger
    }

    /// Makes a ledger of the caps, in process; None without caps.
    ///
    /// # Errors
    /// [`Error::Invalid`] for settings out of bounds, which only a change after reading can bring.
    pub fn ledger(&self) -> Result<Option<Arc<Ledger>>> {
        if self.caps.is_empty() {
            return Ok(None);
        }
        let ledger = Ledger::new(self.ledger_options())?;
        ledger.set_offset(self.offset)?;
        Ok(Some(Arc::new(ledger)))
    }

    fn ledger_options(&self) -> LedgerOptions {
        LedgerOptions { caps: self.caps.clone(), ..self.ledger.clone() }
    }

    /// Begins a governor with these settings and a ledger of its own, if there are caps. Its plan ids differ from those of others.
    ///
    /// # Errors
    /// Those of [`ledger`](Self::ledger).
    ///
    /// ```
    /// let config = rheostat_config::Config::read("[[rung]]\nname = 'only'", "ladder.toml")?;
    /// assert_eq!(config.governor()?.build()?.snapshot().ladder.rungs()[0].name, "only");
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn governor(&self) -> Result<Builder> {
        let mut builder = Governor::builder(self.ladder.clone()).nonce(secret());
        if let Some(policy) = &self.policy {
            builder = builder.policy(policy.clone());
        }
        if let Some(ceiling) = self.ceiling {
            builder = builder.ceiling(ceiling);
        }
        if let Some(rules) = &self.rules {
            builder = builder.rules(rules.clone());
        }
        if let Some(sessions) = self.sessions {
            builder = builder.sessions(sessions);
        }
        if let Some(sleep) = &self.sleep {
            builder = builder.sleep(sleep.clone());
        }
        if let Some(ledger) = self.ledger()? {
            builder = builder.ledger(ledger);
        }
        Ok(builder)
    }
}

/// A table of the document, if it is there.
fn table<'a, T: serde::Deserialize<'a>>(document: &'a DeTable<'a>, name: &str) -> Result<Option<T>> {
    let found = document.get(name).map(|node| read(node).map_err(|fault: Fault| fault.under(name)));
    Ok(found.transpose()?)
}

/// A table of the document as the core's type, if it is there.
fn made<'a, T, U>(document: &'a DeTable<'a>, name: &str) -> Result<Option<U>>
where
    T: serde::Deserialize<'a>,
    U: TryFrom<T, Error = Error>,
{
    let found: Option<T> = table(document, name)?;
    found.map(|table| U::try_from(table).map_err(|error| error.within(name))).transpose()
}

fn read_ladder(document: &DeTable<'_>) -> Result<Ladder> {
    let rungs = match document.get("rung").map(toml::Spanned::get_ref) {
        Some(DeValue::Array(rungs)) if !rungs.is_empty() => rungs,
        _ => return Err(Error::invalid("rung", "none", "at least one [[rung]] table")),
    };
    let own = entries(document).filter(|(name, _)| LadderTable::FIELDS.contains(name));
    let own: LadderTable = read_entries(own)?;
    let rungs = rungs.iter().enumerate().map(|(i, node)| read_rung(i, node)).collect::<Result<_>>()?;
    own.ladder(rungs)
}

/// Reads a rung; errors call it by its name, or by its index if it has none.
fn read_rung(index: usize, node: &Node<'_>) -> Result<Rung> {
    let name = node.get_ref().as_table().and_then(|table| table.get("name")?.get_ref().as_str());
    let place = name.map_or_else(|| format!("rung {index}"), |name| format!("rung \"{}\"", shown(name)));
    let table: RungTable = read(node).map_err(|fault: Fault| Error::from(fault).within(&place))?;
    Rung::try_from(table).map_err(|error| error.within(&place))
}
