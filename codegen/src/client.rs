//! A generated client: its files, what it was made from, and the way to disk. Knows nothing of how it was made.
//!
//! May import from `diagnostic`, `emit`, `surface`, `write`.

use crate::diagnostic::{Diagnostics, Place};
use crate::emit::File;
use crate::surface::Surface;
use crate::write::{Changes, Target, WriteError};
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
    pub(crate) service: String,
    pub(crate) layout: Layout,
    pub(crate) module: String,
    pub(crate) files: Vec<File>,
    pub(crate) sources: Vec<PathBuf>,
    pub(crate) schema_types: Vec<SchemaType>,
    pub(crate) surface: Surface,
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

    /// How it is called.
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// What was repaired or left out.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// How large the client is.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Writes what changed below a folder, and removes files that an earlier run wrote there for the same service and that no
    /// longer belong. Nothing else in the folder is touched, and no link below it followed.
    ///
    /// However the process ends meanwhile, what is in the folder compiles as the old client or as the new one. Where the
    /// folder holds the client alone and the system can exchange folders (Linux, macOS), every file is the old one or every
    /// file the new one; elsewhere the next run may have to bring some to their places.
    ///
    /// # Errors
    ///
    /// Something that was not generated for this service stands where a file has to go, or the system does not let the folder
    /// be written. The client that was there is there still.
    pub fn write(&self, folder: &Path) -> Result<Changes, WriteError> {
        self.target(folder).write()
    }

    /// As [`Client::write`], but overwrites files that this generator did not write, or wrote for another service.
    ///
    /// # Errors
    ///
    /// A link or a folder stands where a file has to go, or the system does not let the folder be written.
    pub fn overwrite(&self, folder: &Path) -> Result<Changes, WriteError> {
        self.target(folder).overwriting().write()
    }

    /// What [`Client::write`] would change, and what it would refuse to overwrite; nothing is written.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub fn check(&self, folder: &Path) -> Result<Changes, WriteError> {
        self.target(folder).check()
    }

    fn target<'a>(&'a self, folder: &'a Path) -> Target<'a> {
        match self.layout {
            Layout::Single => Target::single(folder, &self.service, &self.files),
            Layout::Directory => Target::tree(folder, &self.service, &self.files),
        }
    }
}
