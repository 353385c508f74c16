//! Secrets: from the environment or from files, never from the configuration.

use rheostat::{Error, Result};
use std::path::Path;

/// Largest secret, in bytes.
const MOST_SECRET: usize = 4_096;

/// A secret, which no message shows.
pub(crate) struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Reads the one place that is named.
    pub(crate) fn read(what: &str, env: Option<&str>, file: Option<&Path>) -> Result<Self> {
        let (place, text) = match (env, file) {
            (Some(name), None) => (
                format!("the environment variable {name}"),
                std::env::var(name).map_err(|_| {
                    Error::state(format!("{what}: the environment variable {name} is not set"))
                })?,
            ),
            (None, Some(path)) => {
                let shown = path.display();
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Error::state(format!("{what}: the file {shown} cannot be read: {error}"))
                })?;
                (format!("the file {shown}"), text)
            }
            _ => {
                return Err(Error::invalid(
                    what,
                    "none, or both",
                    "either an environment variable or a file",
                ));
            }
        };
        let text = text.trim();
        let plain =
            !text.is_empty() && text.len() <= MOST_SECRET && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::state(format!(
            "{what}: {place} holds no key: it must be 1 to {MOST_SECRET} printable ASCII characters"
        )))
    }
}
