//! The proxy's own tables of the configuration file. The fields are the file's, and their comments are what editors show.

use schemars::JsonSchema;
use serde::Deserialize;
use std::path::PathBuf;

/// All of them.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tables {
    /// The proxy.
    pub(crate) proxy: ProxyTable,
    /// Where requests go; at least one.
    pub(crate) upstream: Vec<UpstreamTable>,
    /// Clients' keys, and who pays. Without one, anybody on this machine may ask.
    pub(crate) key: Vec<KeyTable>,
    pub(crate) state: Option<StateTable>,
    /// The log.
    pub(crate) log: LogTable,
}

/// The proxy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProxyTable {
    /// Address and port. Beyond this machine only with a key.
    pub(crate) listen: String,
    /// Names of models that are governed.
    pub(crate) models: Vec<String>,
    /// When the first byte of a stream goes out.
    #[schemars(extend("enum" = ["before_first_byte", "never_restart", "buffer"]))]
    pub(crate) judge: String,
    /// Events of a stream that are held back.
    pub(crate) hold_tokens: u64,
    /// Seconds for which they are held back.
    pub(crate) hold_seconds: f64,
    /// The most streams of one request at once.
    #[schemars(range(min = 1, max = 1_024))]
    pub(crate) concurrency: usize,
    /// Largest body of a request, in bytes.
    pub(crate) max_body: usize,
    /// The most connections of clients at once.
    pub(crate) max_connections: usize,
    /// Seconds for a client to send its head, and its body.
    pub(crate) read_seconds: f64,
    /// Seconds that a client may take nothing of a stream that is there.
    pub(crate) write_seconds: f64,
    /// Seconds for a connection to an upstream.
    pub(crate) connect_seconds: f64,
    /// Seconds for requests in flight when the proxy ends.
    pub(crate) drain_seconds: f64,
    /// The newest decisions that are kept for the pages; 0 for none.
    #[schemars(range(max = 100_000))]
    pub(crate) decisions: usize,
}

impl Default for ProxyTable {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8787".into(),
            models: vec!["auto".into()],
            judge: "before_first_byte".into(),
            hold_tokens: 64,
            hold_seconds: 2.0,
            concurrency: 16,
            max_body: 16 << 20,
            max_connections: 1_024,
            read_seconds: 30.0,
            write_seconds: 60.0,
            connect_seconds: 5.0,
            drain_seconds: 30.0,
            decisions: 1_000,
        }
    }
}

/// An API that requests are sent to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpstreamTable {
    /// Its name, which rungs give as `deployment`.
    pub(crate) name: String,
    /// Its address with a path, such as `https://api.openai.com/v1`.
    pub(crate) url: String,
    /// Surfaces that it understands; OpenAI's two if not given.
    #[serde(default)]
    pub(crate) surfaces: Vec<String>,
    /// Models that it has; empty for all.
    #[serde(default)]
    pub(crate) models: Vec<String>,
    /// Environment variable with its key. Without this and `key_file` the client's own key goes on.
    pub(crate) key_env: Option<String>,
    /// File with its key.
    pub(crate) key_file: Option<PathBuf>,
}

/// A client's key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyTable {
    /// The tenant who pays.
    pub(crate) tenant: String,
    /// Environment variable with the key.
    pub(crate) env: Option<String>,
    /// File with the key.
    pub(crate) file: Option<PathBuf>,
}

/// The file that keeps sessions, outcomes, pacing and shares over a restart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StateTable {
    /// The file. One process alone may use it.
    pub(crate) file: PathBuf,
    /// Seconds between two writings; 60 if not given.
    #[schemars(range(min = 0.1, max = 86_400.0))]
    pub(crate) seconds: Option<f64>,
}

/// The log.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogTable {
    /// "none", or "json" for one object a line on standard output; "none" if not given.
    #[schemars(extend("enum" = ["none", "json"]))]
    pub(crate) format: Option<String>,
    /// True to log the newest ask of each decision, too.
    pub(crate) prompts: bool,
}
