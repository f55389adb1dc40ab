use std::collections::{BTreeMap, BTreeSet};
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
    /// Whether the manifest says that the document breaks a rule of its specification.
    pub is_broken: bool,
}

/// The documents below a folder. A `manifest.tsv` in it or beside it names the roots of trees; without one every
/// JSON and YAML file counts.
///
/// # Errors
///
/// A folder or the list cannot be read.
pub fn documents(folder: &Path, list: Option<&Path>) -> io::Result<Vec<Document>> {
    let manifest = manifest(folder)?;
    let broken: BTreeSet<String> = manifest
        .iter()
        .flatten()
        .filter(|(_, is_broken)| **is_broken)
        .map(|(name, _)| name.clone())
        .collect();
    let mut names: Vec<String> = match manifest {
        Some(names) => names.into_keys().collect(),
        None => walk(folder)?,
    };
    if let Some(list) = list {
        let text = fs::read_to_string(list)?;
        names = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    }
    Ok(names.into_iter().map(|name| document(folder, name, &broken)).collect())
}

fn document(folder: &Path, name: String, broken: &BTreeSet<String>) -> Document {
    let is_broken = broken.contains(&name);
    let path = folder.join(&name);
    let base = match name.split_once('/') {
        Some((tree, _)) => folder.join(tree),
        None => folder.to_owned(),
    };
    Document { name, path, base, is_broken }
}

/// The names in the manifest, relative to our folder where they are below it, and whether each is marked as broken.
fn manifest(folder: &Path) -> io::Result<Option<BTreeMap<String, bool>>> {
    let folder = folder.canonicalize()?;
    for place in [Some(folder.as_path()), folder.parent()].into_iter().flatten() {
        let Ok(text) = fs::read_to_string(place.join("manifest.tsv")) else { continue };
        let mut lines = text.lines();
        let valid = lines.next().and_then(|head| head.split('\t').position(|column| column == "valid"));
        let row = |line: &str| {
            let columns: Vec<&str> = line.split('\t').collect();
            let path = place.join(columns.first()?);
            let name = path.strip_prefix(&folder).ok()?.to_string_lossy().into_owned();
            let is_broken = valid.and_then(|at| columns.get(at)).is_some_and(|text| *text == "no");
            Some((name, is_broken))
        };
        return Ok(Some(lines.filter_map(row).collect()));
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
