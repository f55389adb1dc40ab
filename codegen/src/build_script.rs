//! The façade for `build.rs`: findings become `cargo::` lines, the client goes to `OUT_DIR`.
//!
//! May import from `diagnostic`, `config`, `write`, `client`, `generate`.

use crate::client::{Client, Layout};
use crate::config::{DateTime, Map, Options, Pagination};
use crate::diagnostic::{Diagnostics, Severity};
use crate::generate::generate;
use crate::write::WriteError;
use std::fmt;
use std::path::{Path, PathBuf};

/// Generates a client from a build script.
///
/// ```no_run
/// // build.rs
/// cloudrun_codegen::Builder::new().service("petstore").compile("openapi.yaml")?;
/// # Ok::<(), cloudrun_codegen::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `compile`"]
pub struct Builder {
    options: Options,
    out_dir: Option<PathBuf>,
    quiet: bool,
}

impl Builder {
    /// A builder without a service yet.
    #[allow(clippy::new_without_default, reason = "a builder without a service is no useful default")]
    pub fn new() -> Self {
        Self::with_options(Options::new(""))
    }

    /// A builder with all options, for example from a configuration file.
    pub fn with_options(options: Options) -> Self {
        Self { options, out_dir: None, quiet: false }
    }

    /// The service's name in CloudBase. `include_client!` takes the same name.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.options.service = name.into();
        self
    }

    /// The path before every operation's path, instead of that of the document's first server.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.options.base_path = Some(path.into());
        self
    }

    /// The folder that no reference of the document may leave, instead of the document's own.
    pub fn base_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.options.base_folder = Some(folder.into());
        self
    }

    /// Applies an overlay (Overlay Specification 1.0 or 1.1) to the document before anything else. Several are applied
    /// in the order of the calls.
    pub fn overlay(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.overlays.push(path.into());
        self
    }

    /// Says how the pages of an operation follow each other, for `.pages()` and `.items()`.
    pub fn pagination(mut self, operation: impl Into<String>, pagination: Pagination) -> Self {
        self.options.pagination.insert(operation.into(), pagination);
        self
    }

    /// Adds a module `samples` with a call of every operation, for smoke tests of a service against its document.
    pub fn samples(mut self, samples: bool) -> Self {
        self.options.samples = samples;
        self
    }

    /// Takes repairs and omissions for errors.
    pub fn strict(mut self, strict: bool) -> Self {
        self.options.strict = strict;
        self
    }

    /// The library whose types stand for dates and times, instead of `jiff`.
    pub fn date_time(mut self, library: DateTime) -> Self {
        self.options.types.date_time = library;
        self
    }

    /// Has requests checked against the document's bounds and patterns before they are sent, by the feature `constraints`
    /// of `cloudrun-runtime`.
    pub fn check_constraints(mut self, check: bool) -> Self {
        self.options.types.check_constraints = check;
        self
    }

    /// Makes UUIDs plain strings.
    pub fn uuid_as_string(mut self, plain: bool) -> Self {
        self.options.types.uuid_as_string = plain;
        self
    }

    /// Makes `type: number, format: decimal` a `rust_decimal::Decimal`, by the feature `decimal` of `cloudrun-runtime`.
    pub fn decimal(mut self, decimal: bool) -> Self {
        self.options.types.decimal = decimal;
        self
    }

    /// The maps that hold additional properties, instead of `BTreeMap`.
    pub fn map(mut self, map: Map) -> Self {
        self.options.types.map = map;
        self
    }

    /// Has structs keep properties that the document does not declare, in a map beside the fields. Usually they are passed
    /// over.
    pub fn keep_undeclared(mut self, keep: bool) -> Self {
        self.options.types.keep_undeclared = keep;
        self
    }

    /// Reads a required list or map that comes as `null` as an empty one.
    pub fn null_as_empty(mut self, empty: bool) -> Self {
        self.options.types.null_as_empty = empty;
        self
    }

    /// Has every struct and enum derive another trait, by its path.
    pub fn derive(mut self, path: impl Into<String>) -> Self {
        self.options.types.derives.push(path.into());
        self
    }

    /// Puts a type of your own in the place of a named schema, for example `("Money", "crate::Money")`. It must be
    /// `Encode` and `Decode` (see `cloudrun_runtime::json`), `Clone`, `Debug` and `PartialEq`.
    pub fn replace(mut self, schema: impl Into<String>, path: impl Into<String>) -> Self {
        self.options.types.replace.insert(schema.into(), path.into());
        self
    }

    /// Puts a type of your own in the place of a format, for example `("iban", "crate::Iban")`. It must be what those of
    /// [`replace`](Self::replace) must be.
    pub fn replace_format(mut self, format: impl Into<String>, path: impl Into<String>) -> Self {
        self.options.types.replace_format.insert(format.into(), path.into());
        self
    }

    /// Takes any value where a reference leads nowhere, with a warning.
    pub fn lenient(mut self, lenient: bool) -> Self {
        self.options.lenient = lenient;
        self
    }

    /// Does not print warnings: the document is somebody else's and its repairs are known.
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// Another folder than `OUT_DIR`.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Generates the client and tells cargo which files it was made from. Nothing is written that has not changed.
    ///
    /// # Errors
    ///
    /// The document cannot be used, or the client cannot be written. What is wrong has been printed as
    /// `cargo::error` lines already.
    pub fn compile(self, document: impl AsRef<Path>) -> Result<(), BuildError> {
        let document = document.as_ref();
        println!("cargo::rerun-if-changed={}", document.display());
        let client = generate(document, &self.options, Layout::Single).map_err(|diagnostics| {
            print(&diagnostics);
            BuildError::Document(diagnostics)
        })?;
        if !self.quiet {
            print(client.diagnostics());
        }
        for source in client.sources() {
            println!("cargo::rerun-if-changed={}", source.display());
        }
        self.write(&client)
    }

    fn write(&self, client: &Client) -> Result<(), BuildError> {
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or(BuildError::NoOutDir)?,
        };
        client.write(&folder).map(drop).map_err(|error| {
            println!("cargo::error={}", one_line(&error.to_string()));
            BuildError::Write(error)
        })
    }
}

/// Warnings of a kind that are printed one by one; a build log is no place for hundreds.
const WARNINGS_SHOWN: usize = 5;

fn print(diagnostics: &Diagnostics) {
    let key = if diagnostics.has_errors() { "error" } else { "warning" };
    for line in diagnostics.condensed(WARNINGS_SHOWN) {
        println!("cargo::{key}={}", one_line(&line));
    }
}

/// A line break would end the line that cargo reads.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Why a build script could not generate its client.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The document cannot be used.
    Document(Diagnostics),
    /// `OUT_DIR` is not set: this is no build script, and no folder was given.
    NoOutDir,
    /// The client cannot be written.
    Write(WriteError),
}

impl BuildError {
    /// Ends the build script. What is wrong has been printed as cargo's errors already, unless this is no build script.
    pub fn exit(&self) -> ! {
        if matches!(self, Self::NoOutDir) {
            println!("cargo::error={self}");
        }
        std::process::exit(1)
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(diagnostics) => {
                let errors = diagnostics.count(Severity::Error);
                write!(f, "{errors} errors in the document:\n{diagnostics}")
            }
            Self::NoOutDir => {
                f.write_str("OUT_DIR is not set; call this from a build script or give a folder")
            }
            Self::Write(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Document(diagnostics) => Some(diagnostics),
            Self::Write(error) => Some(error),
            Self::NoOutDir => None,
        }
    }
}
