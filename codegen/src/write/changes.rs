use super::error::Refusal;
use std::path::PathBuf;

/// What writing a client changed, or would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changes {
    /// Files that are new or have other contents, whether they may be overwritten or not.
    pub written: Vec<PathBuf>,
    /// What goes: files that an earlier run wrote and that no longer belong to the client, and what an interrupted run left.
    pub stale: Vec<PathBuf>,
    /// What stands in the way and is not overwritten. [`Client::write`](crate::Client::write) writes nothing if there is any.
    pub refused: Vec<Refusal>,
}

impl Changes {
    /// Whether the files on disk are the client.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty() && self.stale.is_empty() && self.refused.is_empty()
    }
}
