//! The list of a client's files: it stands beside `mod.rs`, so that a later run knows which of the files around it are the
//! client's. What it names is believed only where the file says the same.

use super::error::{At, FileError};
use super::look::{Found, is_below, look};
use crate::emit::{File, header};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The list's own name.
pub(super) const NAME: &str = ".cloudrun";

/// The list of a client's files. It names no document and no time, so it changes only when files come or go.
pub(super) fn of(service: &str, files: &[File]) -> File {
    let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    let text = format!(
        "# {}\n# The files of the client: a later run removes those that it needs no more. Keep this file with them.\n{}\n",
        header::line(service),
        paths.join("\n")
    );
    File { path: NAME.to_owned(), text }
}

/// The files that an earlier run wrote into a folder, as its list has them. Clients of versions that wrote none are
/// known by the modules that `mod.rs` declares.
pub(super) fn listed(folder: &Path, service: &str) -> Result<BTreeSet<String>, FileError> {
    if let Some(text) = own(folder, NAME, service)? {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#') && is_below(line));
        return Ok(lines.map(str::to_owned).collect());
    }
    let mut found = BTreeSet::new();
    declared(folder, "mod.rs", service, &mut found)?;
    Ok(found)
}

/// A file and those of the modules that it declares.
fn declared(folder: &Path, path: &str, service: &str, found: &mut BTreeSet<String>) -> Result<(), FileError> {
    let Some(text) = own(folder, path, service)? else { return Ok(()) };
    found.insert(path.to_owned());
    let parent = path.rsplit_once('/').map(|(parent, _)| format!("{parent}/")).unwrap_or_default();
    let modules = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    for name in modules.map(|name| name.trim_start_matches("r#")) {
        for child in [format!("{parent}{name}.rs"), format!("{parent}{name}/mod.rs")] {
            if is_below(&child) && !found.contains(&child) {
                declared(folder, &child, service, found)?;
            }
        }
    }
    Ok(())
}

/// The text of a file that was generated for a service.
fn own(folder: &Path, relative: &str, service: &str) -> Result<Option<String>, FileError> {
    if look(folder, relative)? != Found::File {
        return Ok(None);
    }
    let path = folder.join(relative);
    let text = fs::read(&path).at("read", &path)?;
    let text = String::from_utf8_lossy(&text);
    Ok((header::service(&text) == Some(service)).then(|| text.into_owned()))
}
