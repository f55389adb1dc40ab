use cloudrun_codegen::Options;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

/// A folder with a document and what should become of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The folder's name. It is the service's name too, unless `options.json` has one.
    pub name: String,
    /// Where it stands.
    pub folder: PathBuf,
    /// `openapi.yaml` or `openapi.json` in it.
    pub document: PathBuf,
    /// Those of `options.json`, with `overlay.yaml` if there is one.
    pub options: Options,
}

/// The cases of a folder, in the order of their names.
///
/// # Errors
///
/// A folder has no document, or options that are none.
pub fn cases(house: &Path) -> io::Result<Vec<Case>> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(house)? {
        folders.extend(Some(entry?.path()).filter(|path| path.is_dir()));
    }
    folders.sort();
    folders.into_iter().map(case).collect()
}

fn case(folder: PathBuf) -> io::Result<Case> {
    let wrong = |what: &str| io::Error::other(format!("{}: {what}", folder.display()));
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let documents = ["openapi.yaml", "openapi.json"].map(|file| folder.join(file));
    let document = documents.into_iter().find(|path| path.exists());
    let document = document.ok_or_else(|| wrong("no openapi.yaml or openapi.json"))?;
    let mut chosen: Value = match std::fs::read(folder.join("options.json")) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| wrong(&error.to_string()))?,
        Err(_) => json!({}),
    };
    let all = chosen.as_object_mut().ok_or_else(|| wrong("options.json is no object"))?;
    all.entry("service").or_insert_with(|| name.clone().into());
    let mut options: Options = serde_json::from_value(chosen).map_err(|error| wrong(&error.to_string()))?;
    let overlay = folder.join("overlay.yaml");
    options.overlays.extend(Some(overlay).filter(|path| path.exists()));
    Ok(Case { name, document, options, folder })
}
