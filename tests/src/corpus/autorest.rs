//! The documents that AutoRest's generators are tested with, of the npm package of their test server.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Pinned, since another version has other documents.
const PACKAGE: &str = "@microsoft.azure/autorest.testserver";
const VERSION: &str = "3.3.51";

/// Installs the package by npm below a folder, unless it is there. Answers with a folder that holds the documents and nothing
/// else.
///
/// # Errors
///
/// There is no npm, or it cannot install the package; a file cannot be copied.
pub fn autorest(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let package = folder.join("node_modules").join(PACKAGE);
    let installed = fs::read_to_string(package.join("package.json")).unwrap_or_default();
    if !installed.contains(&format!("\"version\": \"{VERSION}\"")) {
        let what = format!("{PACKAGE}@{VERSION}");
        let arguments = ["install", "--silent", "--no-audit", "--ignore-scripts", "--prefix", ".", &what];
        let output = Command::new("npm").args(arguments).current_dir(folder).output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
    }
    let documents = folder.join("documents");
    if documents.exists() {
        fs::remove_dir_all(&documents)?;
    }
    fs::create_dir_all(&documents)?;
    for entry in fs::read_dir(package.join("swagger"))? {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|kind| kind == "json")) {
            fs::copy(&path, documents.join(name))?;
        }
    }
    Ok(documents)
}
