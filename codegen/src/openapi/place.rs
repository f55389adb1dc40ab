use std::fmt;
use std::sync::Arc;

/// A place in a document: the file, a JSON pointer into it, and the line once it is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file, as the user named it or relative to the root document.
    pub file: Arc<str>,
    /// RFC 6901, empty for the whole file.
    pub pointer: String,
    /// Line and column, counted from 1.
    pub line: Option<(usize, usize)>,
}

impl Place {
    pub(crate) fn file(file: &Arc<str>) -> Self {
        Self { file: Arc::clone(file), pointer: String::new(), line: None }
    }

    /// The place of a member of this one.
    pub(crate) fn key(&self, key: &str) -> Self {
        Self { file: Arc::clone(&self.file), pointer: child(&self.pointer, key), line: None }
    }

    /// The place of an item of this one.
    pub(crate) fn index(&self, index: usize) -> Self {
        self.key(&index.to_string())
    }

    /// `file`, or `file:line:column`.
    pub(crate) fn position(&self) -> impl fmt::Display {
        match self.line {
            Some((line, column)) => format!("{}:{line}:{column}", self.file),
            None => self.file.to_string(),
        }
    }

    /// The text that [`Place::parse`] reads.
    pub(crate) fn to_origin(&self) -> String {
        format!("{}#{}", self.file, self.pointer)
    }

    pub(crate) fn parse(origin: &str) -> Option<Self> {
        let (file, pointer) = origin.rsplit_once('#')?;
        Some(Self { file: file.into(), pointer: pointer.to_owned(), line: None })
    }
}

/// The pointer of a member, escaped as RFC 6901 has it.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Where a node came from before the document was rearranged: an extension that the loader leaves on moved nodes.
pub(crate) const ORIGIN: &str = "x-cloudrun-origin";

/// The place of a member, looking for a note of its origin.
pub(crate) fn at_key(place: &Place, key: &str, value: &serde_json::Value) -> Place {
    origin(value).unwrap_or_else(|| place.key(key))
}

pub(crate) fn origin(value: &serde_json::Value) -> Option<Place> {
    Place::parse(value.get(ORIGIN)?.as_str()?)
}

pub(crate) fn set_origin(value: &mut serde_json::Value, place: &Place) {
    if let Some(object) = value.as_object_mut()
        && !object.contains_key("$ref")
    {
        object.entry(ORIGIN).or_insert_with(|| place.to_origin().into());
    }
}
