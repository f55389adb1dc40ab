use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A document to run: a file, or the root of a tree of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The path below the corpus folder; what lists and reports call the document.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The folder that references may not leave.
    pub base: PathBuf,
}

/// The documents below a folder. A `manifest.tsv` in it or beside it names the roots of trees; without one every
/// JSON and YAML file counts.
///
/// # Errors
///
/// A folder or the list cannot be read.
pub fn documents(folder: &Path, list: Option<&Path>) -> io::Result<Vec<Document>> {
    let mut names = match manifest(folder)? {
        Some(names) => names,
        None => walk(folder)?,
    };
    if let Some(list) = list {
        let text = fs::read_to_string(list)?;
        names = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    }
    Ok(names.into_iter().map(|name| document(folder, name)).collect())
}

fn document(folder: &Path, name: String) -> Document {
    let path = folder.join(&name);
    let base = match name.split_once('/') {
        Some((tree, _)) => folder.join(tree),
        None => folder.to_owned(),
    };
    Document { name, path, base }
}

/// The first column of the manifest, relative to the manifest's folder, where it is below ours.
fn manifest(folder: &Path) -> io::Result<Option<Vec<String>>> {
    let folder = folder.canonicalize()?;
    for place in [Some(folder.as_path()), folder.parent()].into_iter().flatten() {
        let Ok(text) = fs::read_to_string(place.join("manifest.tsv")) else { continue };
        let paths = text.lines().skip(1).filter_map(|line| line.split('\t').next());
        let below = paths.filter_map(|path| {
            let path = place.join(path);
            Some(path.strip_prefix(&folder).ok()?.to_string_lossy().into_owned())
        });
        return Ok(Some(below.collect::<BTreeSet<_>>().into_iter().collect()));
    }
    Ok(None)
}

fn walk(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = BTreeSet::new();
    let mut queue = vec![folder.to_owned()];
    while let Some(next) = queue.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            let is_document = path.extension().is_some_and(|extension| {
                ["json", "yaml", "yml"].iter().any(|known| extension.eq_ignore_ascii_case(known))
            });
            if path.is_dir() {
                queue.push(path);
            } else if is_document && let Ok(name) = path.strip_prefix(folder) {
                names.insert(name.to_string_lossy().into_owned());
            }
        }
    }
    Ok(names.into_iter().collect())
}
