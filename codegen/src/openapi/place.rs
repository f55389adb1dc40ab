use super::pointer::child;
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
}
