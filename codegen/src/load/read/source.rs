use super::encoding::decode;
use super::json::SyntaxError;
use super::marks::Marks;
use super::tree::Earlier;
use super::{json, yaml};
use crate::diagnostic::{Code, Diagnostic, Place};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The files of a document: the root and what it refers to, each read and parsed once.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    root_path: PathBuf,
    base: PathBuf,
    files: Vec<File>,
    /// The places in `files`, by the files' names.
    by_name: HashMap<Arc<str>, usize>,
}

#[derive(Clone, Debug)]
struct File {
    path: PathBuf,
    name: Arc<str>,
    text: Arc<str>,
    tree: Arc<Value>,
    /// Members of the tree whose keys come again; the tree has the later ones.
    earlier: Vec<Earlier>,
    marks: OnceLock<Marks>,
}

impl File {
    fn new(path: &Path, name: Arc<str>, text: Text) -> Self {
        let Text { text, tree, earlier } = text;
        Self { path: path.to_owned(), name, text, tree: Arc::new(tree), earlier, marks: OnceLock::new() }
    }
}

/// A text that was read.
#[derive(Default)]
struct Text {
    text: Arc<str>,
    tree: Value,
    earlier: Vec<Earlier>,
}

/// No OpenAPI document is larger; what is, would only fill the memory.
const MAX_BYTES: u64 = 256 << 20;

impl Files {
    pub(in crate::load) fn new(path: &Path, base: Option<&Path>) -> Self {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let base = base.or(folder).unwrap_or(Path::new(".")).to_owned();
        let name: Arc<str> = path.to_string_lossy().into();
        let root = File::new(path, Arc::clone(&name), Text::default());
        Self { root_path: path.to_owned(), base, by_name: [(name, 0)].into(), files: vec![root] }
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

    /// What the text of a file says beside its values. A place names the file.
    pub(in crate::load) fn marks(&self, name: &str) -> Option<&Marks> {
        let file = self.files.get(*self.by_name.get(name)?)?;
        Some(file.marks.get_or_init(|| Marks::of(&file.text)))
    }

    /// The text of a scalar as it is written at a place, if it is written in another way than JSON has it. The place may be
    /// that of something else once the tree was changed, so the text must mean the value.
    pub(in crate::load) fn written(&self, place: &Place, value: &Value) -> Option<String> {
        let file = self.files.get(*self.by_name.get(&place.file)?)?;
        if is_json(&file.text) && !value.is_f64() {
            return None;
        }
        let text = self.marks(&place.file)?.scalar(&place.pointer)?;
        let means = yaml::parse(text).ok().map(|(parsed, _)| parsed);
        (means.as_ref() == Some(value)).then(|| text.to_owned())
    }

    /// What stands in the files under keys that come again, with the files' names; it is handed out once.
    pub(in crate::load) fn take_earlier(&mut self) -> Vec<(Arc<str>, Vec<Earlier>)> {
        let take = |file: &mut File| (Arc::clone(&file.name), std::mem::take(&mut file.earlier));
        self.files.iter_mut().map(take).collect()
    }

    pub(in crate::load) fn root(&mut self) -> Result<Value, Diagnostic> {
        let path = self.root_path.clone();
        let name = Arc::clone(self.root_name());
        let file = File::new(&path, Arc::clone(&name), read(&path, &name)?);
        let tree = Value::clone(&file.tree);
        self.files[0] = file;
        Ok(tree)
    }

    /// A file beside the root. The caller has checked that the path is inside the base.
    pub(in crate::load) fn read(&mut self, path: &Path, name: &str) -> Result<Arc<Value>, Diagnostic> {
        if let Some(file) = self.by_name.get(name).and_then(|index| self.files.get(*index)) {
            return Ok(Arc::clone(&file.tree));
        }
        let name: Arc<str> = name.into();
        let file = File::new(path, Arc::clone(&name), read(path, &name)?);
        let tree = Arc::clone(&file.tree);
        self.by_name.insert(name, self.files.len());
        self.files.push(file);
        Ok(tree)
    }
}

fn read(path: &Path, name: &Arc<str>) -> Result<Text, Diagnostic> {
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
    let (tree, earlier) = parse(&text).map_err(|error| {
        let place = Place { line: error.line, ..place.clone() };
        Diagnostic::error(Code::Syntax, place, error.message)
    })?;
    Ok(Text { text: text.into(), tree, earlier })
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// JSON if the text starts like an object or array of JSON, else YAML. YAML may start with `{` too, so what is not
/// JSON after all gets a second chance; unless that gives an object, the error is JSON's.
fn parse(text: &str) -> Result<(Value, Vec<Earlier>), SyntaxError> {
    if !is_json(text) {
        return yaml::parse(text);
    }
    json::parse(text).or_else(|error| {
        let looks_like_json = text.trim_start()[1..].trim_start().starts_with(['"', '{', '[', '}', ']']);
        match yaml::parse(text) {
            Ok(parsed) if parsed.0.is_object() && !looks_like_json => Ok(parsed),
            _ => Err(error),
        }
    })
}
