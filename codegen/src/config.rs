//! What can be chosen per service: one set of options for `build.rs`, the subcommand and its configuration file.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How a client is generated. Every field but the service has a default.
///
/// ```
/// let options = cloudrun_codegen::Options::new("orders");
/// assert_eq!(options.service, "orders");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// The service's name in CloudBase; the client's module is its snake case.
    pub service: String,
    /// The path before every operation's path, instead of that of the document's first server. Empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_path: Option<String>,
    /// The folder that no reference may leave, instead of the document's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_folder: Option<PathBuf>,
    /// Whether a reference that leads nowhere, or where none may lead, stands for any value, with a warning. Usually it
    /// is an error, since most often a file is missing.
    #[serde(default)]
    pub lenient: bool,
    /// Whether what is usually repaired or left out with a warning is an error.
    #[serde(default)]
    pub strict: bool,
}

impl Options {
    /// The defaults for a service.
    pub fn new(service: impl Into<String>) -> Self {
        Self { service: service.into(), base_path: None, base_folder: None, lenient: false, strict: false }
    }

    /// Whether the service's name is one that CloudBase takes: `^[a-zA-Z][a-zA-Z0-9_-]{0,58}[a-zA-Z0-9]$`.
    pub(crate) fn has_valid_service(&self) -> bool {
        let bytes = self.service.as_bytes();
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        (2..=60).contains(&bytes.len())
            && bytes[0].is_ascii_alphabetic()
            && bytes[bytes.len() - 1].is_ascii_alphanumeric()
            && bytes.iter().all(inner)
    }
}
