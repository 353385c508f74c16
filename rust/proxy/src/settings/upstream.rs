//! The APIs that requests are sent to.

use super::secret::Secret;
use crate::tables::UpstreamTable;
use crate::upstream::key_header;
use http::header::{HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use rheostat::{Error, Result};
use rheostat_wire::rewrite::Surface;

/// A provider's API.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) name: String,
    /// Scheme, host and path, without a slash at the end.
    base: Uri,
    surfaces: Vec<Surface>,
    /// Models that it serves; empty: all.
    models: Vec<String>,
    /// Its key. Without one, the client's own goes on.
    pub(crate) key: Option<Secret>,
}

impl Upstream {
    pub(super) fn new(table: UpstreamTable) -> Result<Self> {
        let what = format!("upstream {:?}", table.name);
        let wrong = || {
            let bound = "an http or https address with a host and a path, such as https://api.openai.com/v1";
            // What stands before the @ may be a secret.
            let shown = table.url.rsplit_once('@').map_or(&*table.url, |_| "an address with a user's name");
            Error::invalid(format!("{what}: url"), shown, bound)
        };
        let base: Uri = table.url.trim_end_matches('/').parse().map_err(|_| wrong())?;
        let known = matches!(base.scheme_str(), Some("http" | "https"));
        let plain = base.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if !known || !plain || base.query().is_some() {
            return Err(wrong());
        }
        let key = match (&table.key_env, &table.key_file) {
            (None, None) => None,
            (env, file) => Some(Secret::read(&format!("{what}: key"), env.as_deref(), file.as_deref())?),
        };
        let surfaces = if table.surfaces.is_empty() {
            vec![Surface::OpenAiChat, Surface::OpenAiResponses]
        } else {
            table.surfaces.iter().map(|name| Surface::from_name(name)).collect::<Result<_>>()?
        };
        Ok(Self { name: table.name, base, surfaces, models: table.models, key })
    }

    /// True if it takes bodies of a surface.
    pub(crate) fn speaks(&self, surface: Surface) -> bool {
        self.surfaces.contains(&surface)
    }

    /// True if it has a model.
    pub(super) fn serves(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|one| one == model)
    }

    /// The address of a path of the proxy's, such as `/v1/chat/completions`.
    pub(crate) fn uri(&self, path: &PathAndQuery) -> Option<Uri> {
        let behind = path.as_str().strip_prefix("/v1")?;
        let whole = format!("{}{behind}", self.base.path().trim_end_matches('/'));
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = Some(whole.parse().ok()?);
        Uri::from_parts(parts).ok()
    }

    /// The header with its key, as the API of a surface wants it; on other paths, as its first surface does.
    pub(crate) fn authorization(&self, surface: Option<Surface>) -> Option<(HeaderName, HeaderValue)> {
        let only = self.surfaces.iter().all(|one| *one == Surface::AnthropicMessages);
        let is_anthropic = surface.map_or(only, |one| one == Surface::AnthropicMessages);
        key_header(self.key.as_ref()?.expose(), is_anthropic)
    }
}
