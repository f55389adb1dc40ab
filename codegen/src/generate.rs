//! The stages in order. In come a path and options, out comes a client as files, or the findings that stopped it.

use crate::config::Options;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::emit::{self, File};
use crate::{ir, load, lower, name, passes, resolve, write};
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
    module: String,
    files: Vec<File>,
    sources: Vec<PathBuf>,
    schema_types: Vec<SchemaType>,
    diagnostics: Diagnostics,
    statistics: Statistics,
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

/// Documents nest, and every stage follows them down; a thread of its own has room for that on any platform.
const STACK_BYTES: usize = 512 << 20;

/// Generates a client. Nothing is written.
///
/// # Errors
///
/// The findings, at least one of which is an error.
///
/// ```no_run
/// use cloudrun_codegen::{Layout, Options, generate};
/// let client = generate("openapi.yaml".as_ref(), &Options::new("petstore"), Layout::Directory)?;
/// for warning in client.diagnostics().iter() {
///     eprintln!("{warning}");
/// }
/// # Ok::<(), cloudrun_codegen::Diagnostics>(())
/// ```
pub fn generate(document: &Path, options: &Options, layout: Layout) -> Result<Client, Diagnostics> {
    with_stack(|| stages(document, options, layout))
}

/// Runs the stages on a thread with room for deep documents; where there is none to be had, on this one.
pub(crate) fn with_stack<T: Send>(run: impl Fn() -> T + Send + Sync) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, &run);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => run(),
        }
    })
}

/// A document's root file as JSON, whether it is written in JSON or YAML. Nothing is repaired or resolved.
///
/// # Errors
///
/// The file cannot be read or parsed.
pub fn read(document: &Path) -> Result<serde_json::Value, Box<Diagnostic>> {
    load::read(document).map_err(Box::new)
}

fn stages(document: &Path, options: &Options, layout: Layout) -> Result<Client, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    if !options.has_valid_service() {
        let place = Place { file: document.to_string_lossy().into(), pointer: String::new(), line: None };
        let message = format!("`{}` is no CloudRun service name", options.service);
        let help = "2 to 60 letters, digits, `_` and `-`; a letter first, a letter or digit last";
        diagnostics.push(Diagnostic::error(Code::Options, place, message).help(help));
        return Err(diagnostics);
    }
    let mut paths = options
        .types
        .replace
        .values()
        .chain(options.types.replace_format.values())
        .chain(&options.types.derives);
    if let Some(path) = paths.find(|path| syn::parse_str::<syn::Path>(path).is_err()) {
        let place = Place { file: document.to_string_lossy().into(), pointer: String::new(), line: None };
        let message = format!("`{path}` is no path of a Rust type or trait");
        diagnostics.push(Diagnostic::error(Code::Options, place, message));
        return Err(diagnostics);
    }
    let (files, loaded) = load::load(document, options, &mut diagnostics);
    let stop = |mut diagnostics: Diagnostics| {
        load::locate(&mut diagnostics, &files);
        Err(diagnostics)
    };
    let Some(loaded) = loaded else { return stop(diagnostics) };
    let root = loaded.root.clone();
    let checked = resolve::check(loaded, &mut diagnostics);
    let Some(resolved) = checked.and_then(|checked| resolve::resolve(checked, &mut diagnostics)) else {
        return stop(diagnostics);
    };
    let mut api = lower::lower(&resolved, options, &mut diagnostics);
    passes::before_names(&mut api, &root, &mut diagnostics);
    name::name(&mut api, &root, &mut diagnostics);
    passes::after_names(&mut api);
    if options.strict {
        diagnostics.deny_warnings();
    }
    if diagnostics.has_errors() {
        return stop(diagnostics);
    }
    let emitted = match layout {
        Layout::Single => emit::single(&api, options).map(|file| vec![file]),
        Layout::Directory => emit::directory(&api, options),
    };
    let emitted = match emitted {
        Ok(emitted) => emitted,
        Err(message) => {
            diagnostics.push(Diagnostic::error(Code::NotOpenApi, root, message));
            return stop(diagnostics);
        }
    };
    load::locate(&mut diagnostics, &files);
    let statistics = Statistics {
        operations: api.operations.len(),
        types: api.types.len(),
        lines: emitted.iter().map(|file| file.text.lines().count()).sum(),
    };
    let sources = files.paths().map(Path::to_owned).collect();
    let module = emit::ident(&name::snake_case(&options.service)).to_string();
    let schema_type = |(place, ty): &(Place, ir::Type)| SchemaType {
        place: place.clone(),
        rust: emit::type_text(&api, ty),
    };
    let schema_types = api.schema_types.iter().map(schema_type).collect();
    Ok(Client { module, files: emitted, sources, schema_types, diagnostics, statistics })
}
