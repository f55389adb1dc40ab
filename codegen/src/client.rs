//! A generated client: its files, what it was made from, and the way to disk. Knows nothing of how it was made.

use crate::diagnostic::{Diagnostics, Place};
use crate::emit::File;
use crate::write;
use std::io;
use std::path::{Path, PathBuf};

/// How the client's files are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One file, `{service}.rs`, for `include_client!`.
    Single,
    /// A module tree with a `mod.rs`, for version control.
    Directory,
}

/// A generated client, not yet on disk.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) module: String,
    pub(crate) files: Vec<File>,
    pub(crate) sources: Vec<PathBuf>,
    pub(crate) schema_types: Vec<SchemaType>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) statistics: Statistics,
}

/// The Rust type that stands for a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaType {
    /// Where the schema stands, in the file that it is written in.
    pub place: Place,
    /// The type as it is written at the client's root: `types::Pet`, `Vec<types::Pet>`, `Option<i64>`.
    pub rust: String,
}

/// How large a client is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Operations that have a method.
    pub operations: usize,
    /// Types that are defined.
    pub types: usize,
    /// Lines of generated code.
    pub lines: usize,
}

/// What writing a client changed, or would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that are new or have other contents.
    pub written: Vec<PathBuf>,
    /// Generated files that no longer belong to the client.
    pub stale: Vec<PathBuf>,
}

impl Changes {
    /// Whether the files on disk are the client.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty() && self.stale.is_empty()
    }
}

impl Client {
    /// The files' paths, relative to the output folder, with their contents.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|file| (file.path.as_str(), file.text.as_str()))
    }

    /// The name of the client's module: the service's name in snake case.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// Every file that was read.
    pub fn sources(&self) -> &[PathBuf] {
        &self.sources
    }

    /// Which Rust type stands for which schema, in no particular order.
    pub fn schema_types(&self) -> &[SchemaType] {
        &self.schema_types
    }

    /// What was repaired or left out.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// How large the client is.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Writes what changed below a folder and removes generated files that no longer belong.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<Changes> {
        let stale = write::stale(folder, &self.files)?;
        let written = write::write(folder, &self.files)?;
        for path in &stale {
            std::fs::remove_file(path)?;
        }
        Ok(Changes { written, stale })
    }

    /// Writes one file of the client and touches nothing else in the folder.
    pub(crate) fn write_only(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        write::write(folder, &self.files)
    }

    /// What [`Client::write`] would change; nothing is written.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub fn check(&self, folder: &Path) -> io::Result<Changes> {
        let differs = |file: &&File| {
            !std::fs::read(folder.join(&file.path)).is_ok_and(|old| old == file.text.as_bytes())
        };
        let written = self.files.iter().filter(differs).map(|file| folder.join(&file.path)).collect();
        Ok(Changes { written, stale: write::stale(folder, &self.files)? })
    }
}
