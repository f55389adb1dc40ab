use crate::arguments::{Mode, New};
use crate::{Failure, Outcome, report};
use cloudrun_codegen::{Client, Layout};
use cloudrun_templates::{Context, render};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn run(arguments: &New) -> Result<Outcome, Failure> {
    let folder = PathBuf::from(&arguments.name);
    if !is_package_name(&arguments.name) {
        let message = "a package's name starts with a letter and holds letters, digits, `-` and `_`";
        return Err(Failure(format!("`{}` cannot be the crate's name: {message}", arguments.name)));
    }
    if folder.exists() {
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
    for (path, text) in render(mode, &context)? {
        write(&folder.join(path), text.as_bytes())?;
    }
    for (source, path) in &documents {
        write(&folder.join(path), &fs::read(source)?)?;
    }
    if arguments.mode == Mode::CheckedIn {
        client.write(&folder.join("src").join(&module))?;
    }
    println!("made the crate `{}`: {}", arguments.name, report::size(&client));
    println!("next: cd {} && cargo test", folder.display());
    Ok(Outcome::Fine)
}

/// The document's files with their paths in the crate, the root first.
fn documents(arguments: &New, client: &Client) -> Result<Vec<(PathBuf, PathBuf)>, Failure> {
    let root = &arguments.document.spec;
    let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let base = parent.canonicalize()?;
    if client.sources().len() <= 1 {
        let extension = root.extension().and_then(|extension| extension.to_str()).unwrap_or("yaml");
        return Ok(vec![(root.clone(), PathBuf::from(format!("openapi.{extension}")))]);
    }
    let mut documents = Vec::new();
    for source in client.sources() {
        let full = source.canonicalize()?;
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
        fs::create_dir_all(parent)?;
    }
    Ok(fs::write(path, contents)?)
}
