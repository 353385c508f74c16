//! The proxy's own tables of the configuration file. The fields are the file's, and their comments are what editors show.

use rheostat_config::CeilingTable;
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
    /// How the requests of a path, of a model's name or of a tenant are governed; the first whose conditions all hold is a request's.
    pub(crate) route: Vec<RouteTable>,
    /// Requests that are served as their clients wrote them and decided on paper.
    pub(crate) shadow: Option<ShadowTable>,
    /// When outcomes are learned from.
    pub(crate) learning: LearningTable,
    /// TLS for clients; without it they speak plain HTTP.
    pub(crate) tls: Option<TlsTable>,
    /// Clients' keys, and who pays. Without one, anybody on this machine may ask.
    pub(crate) key: Vec<KeyTable>,
    pub(crate) state: Option<StateTable>,
    /// The log.
    pub(crate) log: LogTable,
    /// Traces and metrics for an OpenTelemetry collector.
    pub(crate) otel: Option<OtelTable>,
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
    /// Largest head of a request, in bytes.
    #[schemars(range(min = 8_192, max = 1_048_576))]
    pub(crate) max_head: usize,
    /// The most headers of a request.
    #[schemars(range(min = 1, max = 4_096))]
    pub(crate) max_headers: usize,
    /// Largest body of a request, in bytes.
    #[schemars(range(min = 1, max = 1_073_741_824))]
    pub(crate) max_body: usize,
    /// The most connections of clients at once.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub(crate) max_connections: usize,
    /// The most requests that are served at once; further ones wait.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub(crate) max_requests: usize,
    /// The most requests that wait; further ones are refused with 503.
    #[schemars(range(max = 1_048_576))]
    pub(crate) queue: usize,
    /// Seconds that a request waits at most; then it is refused with 503.
    pub(crate) queue_seconds: f64,
    /// Seconds for a client to send its head, and its body.
    pub(crate) read_seconds: f64,
    /// Seconds that a connection stays open without a request.
    pub(crate) idle_seconds: f64,
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
            max_head: 64 << 10,
            max_headers: 128,
            max_body: 16 << 20,
            max_connections: 1_024,
            max_requests: 1_024,
            queue: 1_024,
            queue_seconds: 5.0,
            read_seconds: 30.0,
            idle_seconds: 90.0,
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

/// How some of the requests are governed. What it does not give is that of the proxy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteTable {
    /// Its name, for errors and records.
    pub(crate) name: String,
    /// Condition: the path of the request.
    #[schemars(extend("enum" = ["/v1/chat/completions", "/v1/responses", "/v1/messages"]))]
    pub(crate) path: Option<String>,
    /// Condition: the model that the client asks for, one of these. The names are governed, too.
    #[serde(default)]
    pub(crate) models: Vec<String>,
    /// Condition: the tenant who pays, one of these.
    #[serde(default)]
    pub(crate) tenants: Vec<String>,
    /// When the first byte of a stream goes out.
    #[schemars(extend("enum" = ["before_first_byte", "never_restart", "buffer"]))]
    pub(crate) judge: Option<String>,
    /// Events of a stream that are held back.
    pub(crate) hold_tokens: Option<u64>,
    /// Seconds for which they are held back.
    pub(crate) hold_seconds: Option<f64>,
    /// The most streams of one request at once.
    #[schemars(range(min = 1, max = 1_024))]
    pub(crate) concurrency: Option<usize>,
    /// A tighter ceiling.
    pub(crate) ceiling: Option<CeilingTable>,
    /// Models of the ladder that the requests may be sent to; all if not given.
    pub(crate) allow: Option<Vec<String>>,
}

/// Requests that are served as their clients wrote them and decided on paper, and the share of them that is governed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ShadowTable {
    /// Names of models whose requests are decided on paper; empty: every model that is not governed.
    pub(crate) models: Vec<String>,
    /// Share of the clients whose requests are governed; 0: none.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub(crate) share: f64,
    /// The name that keeps a client on its side: its session, or else its tenant; or its tenant alone.
    #[schemars(extend("enum" = ["session", "tenant"]))]
    pub(crate) by: String,
    /// Salt of the hash; another one selects other clients.
    #[schemars(length(max = 64))]
    pub(crate) salt: String,
}

impl Default for ShadowTable {
    fn default() -> Self {
        Self { models: Vec::new(), share: 0.0, by: "session".into(), salt: String::new() }
    }
}

/// When outcomes are learned from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LearningTable {
    /// False to take outcomes and learn nothing from them.
    pub(crate) enabled: bool,
    /// New outcomes that are waited for.
    #[schemars(range(min = 1))]
    pub(crate) outcomes: usize,
    /// Waits for this many times as many as the last solution knew, too.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub(crate) growth: f64,
    /// No outcome waits longer than these seconds.
    pub(crate) seconds: f64,
}

impl Default for LearningTable {
    fn default() -> Self {
        Self { enabled: true, outcomes: 20, growth: 0.2, seconds: 3_600.0 }
    }
}

/// TLS for clients. Both files are read again with the configuration.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsTable {
    /// PEM file with the certificate, and those that lead to its issuer.
    pub(crate) certificate: PathBuf,
    /// PEM file with its private key.
    pub(crate) key: PathBuf,
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
    /// True if its holder sees the decisions and the traffic of all tenants; false if not given.
    #[serde(default)]
    pub(crate) operator: bool,
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

/// Traces and metrics for an OpenTelemetry collector, by OTLP over HTTP. They are read at the start alone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OtelTable {
    /// The collector's address; `/v1/traces` and `/v1/metrics` are added.
    pub(crate) endpoint: String,
    /// Environment variable with headers for it, as `name=value,name=value`.
    pub(crate) headers_env: Option<String>,
    /// The service's name.
    pub(crate) service: String,
    /// Share of the traces that is sent, where the client has not decided.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub(crate) traces: f64,
    /// Seconds between two requests to the collector.
    #[schemars(range(min = 0.1, max = 86_400.0))]
    pub(crate) seconds: f64,
    /// The most requests, and the most spans, that wait for the collector; further ones are dropped and counted.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub(crate) queue: usize,
    /// True to send the newest ask of each request, too.
    pub(crate) prompts: bool,
}

impl Default for OtelTable {
    fn default() -> Self {
        Self {
            endpoint: "http://127.0.0.1:4318".into(),
            headers_env: None,
            service: "rheostat-proxy".into(),
            traces: 1.0,
            seconds: 5.0,
            queue: 2_048,
            prompts: false,
        }
    }
}
