//! Contents of a configuration file, which `rheostat-config` reads and `rheostat.config` wraps.

use crate::args;
use crate::cap::Cap;
use crate::ceiling::Ceiling;
use crate::clock::{now, wall};
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::ladder::Ladder;
use crate::policy;
use crate::rules::Rules;
use crate::sessions::Sessions;
use crate::sleep::Sleep;
use crate::typed::typed;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use rheostat_config as core;

typed!(FilePolicy<'py>(Option<Bound<'py, PyAny>>): "Shares | Threshold | Utility | Paced | None");

/// URL, or environment variable with it; prefix; seconds of grace and timeout.
type LedgerServer = (Option<String>, Option<String>, String, f64, f64);

/// Contents of a configuration file. Use `rheostat.config`, not this.
#[pyclass(frozen, module = "rheostat._native")]
pub(crate) struct ConfigFile {
    inner: core::Config,
}

getters! {
    ConfigFile, |this| {
        /// The ladder.
        ladder(py): Result<Ladder> = Ladder::made(py, this.inner.ladder.clone());
        /// The ceiling, or None.
        ceiling: Option<Ceiling> = this.inner.ceiling.map(|inner| Ceiling { inner });
        /// The rules, or None.
        rules: Option<Rules> = this.inner.rules.clone().map(|inner| Rules { inner });
        /// The caps.
        caps: Vec<Cap> = this.inner.caps.iter().map(|cap| Cap { inner: cap.clone() }).collect();
        /// Settings of sleep, or None.
        sleep: Option<Sleep> = this.inner.sleep.clone().map(|inner| Sleep { inner });
        /// Settings of sessions, or None.
        sessions: Option<Sessions> = this.inner.sessions.map(|inner| Sessions { inner });
    }
}

#[pymethods]
impl ConfigFile {
    /// Reads a text. Errors name it `source`.
    ///
    /// Raises:
    ///     MalformedError: It is not TOML, or too large or nested too deep.
    ///     UnknownNameError: It has an unknown field or policy.
    ///     InvalidTypeError: A field has the wrong type.
    ///     InvalidValueError: A value is out of bounds.
    #[staticmethod]
    fn read(
        py: Python<'_>,
        #[pyo3(from_py_with = args::text::text)] text: String,
        #[pyo3(from_py_with = args::text::source)] source: String,
    ) -> Result<Self> {
        py.detach(|| read(&text, &source))
    }

    /// Reads a file's bytes, as `read` does.
    ///
    /// Raises:
    ///     MalformedError: They are not UTF-8, too.
    #[staticmethod]
    #[pyo3(signature = (data: "bytes", source))]
    fn decode(
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::text::source)] source: String,
    ) -> Result<Self> {
        let data = data.cast::<PyBytes>().map_err(|_| wrong_type("data", data, "bytes"))?.as_bytes();
        py.detach(|| read(core::decode(data, &source)?, &source))
    }

    /// The largest file, in bytes.
    #[staticmethod]
    fn max_bytes() -> usize {
        core::MAX_BYTES
    }

    /// The policy, or None.
    #[getter]
    fn policy<'py>(&self, py: Python<'py>) -> Result<FilePolicy<'py>> {
        let policy = self.inner.policy.as_ref();
        Ok(FilePolicy(policy.map(|policy| policy::object(py, policy)).transpose()?))
    }

    /// Keywords of the ledger.
    #[getter]
    fn ledger_options<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (options, given) = (&self.inner.ledger, PyDict::new(py));
        given.set_item("ttl", options.ttl)?;
        given.set_item("accounts", options.accounts)?;
        given.set_item("live", options.live)?;
        Ok(given)
    }

    /// The ledger's file: path, whether it survives the loss of power, and seconds to wait for other processes; or None.
    #[getter]
    fn ledger_file(&self) -> Option<(String, bool, f64)> {
        let file = self.inner.ledger_file.as_ref()?;
        Some((file.path.to_string_lossy().into_owned(), file.durable, file.busy))
    }

    /// The server that leases blocks of the caps: URL, or environment variable with it; prefix; seconds of grace and timeout; or None.
    #[getter]
    fn ledger_server(&self) -> Option<LedgerServer> {
        let server = self.inner.ledger_server.as_ref()?;
        let (url, env) = match &server.url {
            core::LedgerUrl::Plain(url) => (Some(url.clone()), None),
            core::LedgerUrl::Env(name) => (None, Some(name.clone())),
        };
        Some((url, env, server.options.prefix.clone(), server.options.grace, server.options.timeout))
    }

    /// Copies it with the policy of an earlier reading, and all that it has learned, if the file has not changed it.
    #[pyo3(signature = (earlier: "ConfigFile"))]
    fn keeping(&self, earlier: &Bound<'_, PyAny>) -> Result<Self> {
        let earlier = args::instance::<Self>(earlier, "earlier", "a ConfigFile")?;
        Ok(Self { inner: self.inner.clone().keeping(&earlier.get().inner) })
    }

    /// True if an earlier reading's ledger may stay in use.
    #[pyo3(signature = (earlier: "ConfigFile"))]
    fn keeps_ledger(&self, earlier: &Bound<'_, PyAny>) -> Result<bool> {
        let earlier = args::instance::<Self>(earlier, "earlier", "a ConfigFile")?;
        Ok(self.inner.keeps_ledger(&earlier.get().inner))
    }
}

/// Reads a text, with windows and periods aligned to Unix time.
fn read(text: &str, source: &str) -> Result<ConfigFile> {
    let inner = core::Config::read(text, source)?.with_offset(wall(None) - now(None))?;
    Ok(ConfigFile { inner })
}

/// The JSON Schema of the file, as JSON.
#[pyfunction]
pub(crate) fn config_schema() -> String {
    core::schema()
}
