//! `cargo cloudrun new`: a service or a client crate of a template.
//!
//! May import from `outcome`, `report`, `arguments`.

use crate::arguments::{Mode, New};
use crate::outcome::{Failure, Outcome};
use crate::report;
use cloudrun_codegen::{Client, FileError, Layout};
use cloudrun_templates::{Context, render};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) fn run(arguments: &New) -> Result<Outcome, Failure> {
    let folder = PathBuf::from(&arguments.name);
    if !is_package_name(&arguments.name) {
        let message = "a package's name starts with a letter and holds letters, digits, `-` and `_`";
        return Err(Failure(format!("`{}` cannot be the crate's name: {message}", arguments.name)));
    }
    if folder.symlink_metadata().is_ok() {
        return Err(Failure(format!("`{}` exists already; nothing was written", folder.display())));
    }
    let options = arguments.document.options();
    let client = cloudrun_codegen::generate(&arguments.document.spec, &options, Layout::Directory)
        .map_err(|diagnostics| report::failure(&diagnostics))?;
    report::warnings(&client, arguments.document.all_warnings);
    let module = client.module().to_owned();
    let documents = documents(arguments, &client)?;
    let context = Context {
        name: arguments.name.clone(),
        crate_name: arguments.name.replace('-', "_"),
        service: arguments.document.service.clone(),
        module: module.clone(),
        document: documents.first().map(|(_, path)| slashes(path)).unwrap_or_default(),
        runtime: dependency("runtime"),
        codegen: dependency("codegen"),
    };
    let mode = match arguments.mode {
        Mode::BuildScript => cloudrun_templates::Mode::BuildScript,
        Mode::CheckedIn => cloudrun_templates::Mode::CheckedIn,
    };
    let files = render(mode, &context).map_err(|error| Failure(error.to_string()))?;
    let staged = Staged::beside(&folder)?;
    for (path, text) in files {
        write(&staged.path().join(path), text.as_bytes())?;
    }
    for (source, path) in &documents {
        let contents = fs::read(source).map_err(at("read", source))?;
        write(&staged.path().join(path), &contents)?;
    }
    if arguments.mode == Mode::CheckedIn {
        let client = client.write(&staged.path().join("src").join(&module));
        client.map_err(|error| report::unwritten_client(&error))?;
    }
    staged.appear(&folder)?;
    report::line(&format!("made the crate `{}`: {}", arguments.name, report::size(&client)))?;
    report::line(&format!("next: cd {} && cargo test", folder.display()))?;
    Ok(Outcome::Fine)
}

/// A crate that is made ready beside its place, so that there is all of it or nothing. It goes again unless it gets there.
/// Its folder is a new one of a name that nobody else has, so nothing that was there can be taken for it.
struct Staged(TempDir);

impl Staged {
    fn beside(folder: &Path) -> Result<Self, Failure> {
        let parent =
            folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let prefix = format!(".{}.cloudrun-new-", folder.display());
        let staged =
            tempfile::Builder::new().prefix(&prefix).tempdir_in(parent).map_err(at("made", folder))?;
        readable_by_all(staged.path()).map_err(at("made", folder))?;
        Ok(Self(staged))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn appear(mut self, folder: &Path) -> Result<(), Failure> {
        fs::rename(self.path(), folder).map_err(at("made", folder))?;
        self.0.disable_cleanup(true);
        Ok(())
    }
}

/// Temporary folders are their owner's only; a crate is not.
#[cfg(unix)]
fn readable_by_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable_by_all(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn at(done: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| Failure(FileError::new(done, path, error).to_string())
}

/// The document's files with their paths in the crate, the root first.
fn documents(arguments: &New, client: &Client) -> Result<Vec<(PathBuf, PathBuf)>, Failure> {
    let root = &arguments.document.spec;
    let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let base = parent.canonicalize().map_err(at("read", parent))?;
    if client.sources().len() <= 1 {
        let extension = root.extension().and_then(|extension| extension.to_str()).unwrap_or("yaml");
        return Ok(vec![(root.clone(), PathBuf::from(format!("openapi.{extension}")))]);
    }
    let mut documents = Vec::new();
    for source in client.sources() {
        let full = source.canonicalize().map_err(at("read", source))?;
        let inside = full.strip_prefix(&base).map_err(|_| {
            Failure(format!(
                "`{}` is outside the document's folder; copy the files together first",
                source.display()
            ))
        })?;
        documents.push((source.clone(), Path::new("openapi").join(inside)));
    }
    Ok(documents)
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A dependency on one of our crates: by path if this program was built in a checkout of the project, so that both
/// always fit together, else by version.
fn dependency(folder: &str) -> String {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    match checkout.canonicalize() {
        Ok(path) if path.join("Cargo.toml").is_file() => format!("{{ path = {:?} }}", path.to_string_lossy()),
        _ => format!("{:?}", env!("CARGO_PKG_VERSION")),
    }
}

fn is_package_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn write(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(at("made", parent))?;
    }
    fs::write(path, contents).map_err(at("written", path))
}
