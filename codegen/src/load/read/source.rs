use super::encoding::decode;
use super::json::SyntaxError;
use super::{json, yaml};
use crate::diagnostic::{Code, Diagnostic, Place};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of a document: the root and what it refers to, each read and parsed once.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    root_path: PathBuf,
    base: PathBuf,
    files: Vec<File>,
}

#[derive(Clone, Debug)]
struct File {
    path: PathBuf,
    name: Arc<str>,
    text: Arc<str>,
    tree: Arc<Value>,
}

/// No OpenAPI document is larger; what is, would only fill the memory.
const MAX_BYTES: u64 = 256 << 20;

impl Files {
    pub(in crate::load) fn new(path: &Path, base: Option<&Path>) -> Self {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let base = base.or(folder).unwrap_or(Path::new(".")).to_owned();
        let root = File {
            path: path.to_owned(),
            name: path.to_string_lossy().into(),
            text: "".into(),
            tree: Arc::new(Value::Null),
        };
        Self { root_path: path.to_owned(), base, files: vec![root] }
    }

    pub(in crate::load) fn root_name(&self) -> &Arc<str> {
        &self.files[0].name
    }

    /// The folder of the root document, where relative references start.
    pub(in crate::load) fn root_folder(&self) -> &Path {
        self.root_path.parent().unwrap_or(Path::new(""))
    }

    /// The folder that no reference may leave.
    pub(in crate::load) fn base(&self) -> &Path {
        &self.base
    }

    /// All files that were read.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// The text of a file by its name in a [`Place`].
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|file| &*file.name == name).map(|file| &*file.text)
    }

    pub(in crate::load) fn root(&mut self) -> Result<Value, Diagnostic> {
        let path = self.root_path.clone();
        let name = Arc::clone(self.root_name());
        let (text, tree) = read(&path, &name)?;
        let root = &mut self.files[0];
        root.text = text;
        root.tree = Arc::new(tree.clone());
        Ok(tree)
    }

    /// A file beside the root. The caller has checked that the path is inside the base.
    pub(in crate::load) fn read(&mut self, path: &Path, name: &str) -> Result<Arc<Value>, Diagnostic> {
        if let Some(file) = self.files.iter().find(|file| &*file.name == name) {
            return Ok(Arc::clone(&file.tree));
        }
        let name: Arc<str> = name.into();
        let (text, tree) = read(path, &name)?;
        let tree = Arc::new(tree);
        self.files.push(File { path: path.to_owned(), name, text, tree: Arc::clone(&tree) });
        Ok(tree)
    }
}

fn read(path: &Path, name: &Arc<str>) -> Result<(Arc<str>, Value), Diagnostic> {
    let place = Place::file(name);
    let unreadable = |reason: String| Diagnostic::error(Code::Unreadable, place.clone(), reason);
    let metadata =
        std::fs::metadata(path).map_err(|error| unreadable(format!("the file cannot be read: {error}")))?;
    if !metadata.is_file() {
        return Err(unreadable("this is not a file".to_owned()));
    }
    if metadata.len() > MAX_BYTES {
        return Err(unreadable(format!("the file is larger than {} MiB", MAX_BYTES >> 20)));
    }
    let bytes =
        std::fs::read(path).map_err(|error| unreadable(format!("the file cannot be read: {error}")))?;
    let text =
        decode(bytes).map_err(|error| Diagnostic::error(Code::Encoding, place.clone(), error.to_string()))?;
    let tree = parse(&text).map_err(|error| {
        let place = Place { line: error.line, ..place.clone() };
        Diagnostic::error(Code::Syntax, place, error.message)
    })?;
    Ok((text.into(), tree))
}

/// JSON if the text starts like an object or array of JSON, else YAML. YAML may start with `{` too, so what is not
/// JSON after all gets a second chance; unless that gives an object, the error is JSON's.
fn parse(text: &str) -> Result<Value, SyntaxError> {
    if !text.trim_start().starts_with(['{', '[']) {
        return yaml::parse(text);
    }
    json::parse(text).or_else(|error| {
        let looks_like_json = text.trim_start()[1..].trim_start().starts_with(['"', '{', '[', '}', ']']);
        match yaml::parse(text) {
            Ok(tree) if tree.is_object() && !looks_like_json => Ok(tree),
            _ => Err(error),
        }
    })
}
