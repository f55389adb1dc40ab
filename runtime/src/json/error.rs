use crate::shown::cover::Cover;
use crate::shown::line::{Line, QUOTE, write_line};
use std::fmt;

/// Why a JSON text is not the value that the document promises, and where in the text.
///
/// ```
/// use cloudrun_runtime::json::from_slice;
/// let error = from_slice::<Vec<i32>>(br#"[1, 2, "three"]"#).unwrap_err();
/// assert_eq!(error.to_string(), "at $[2]: expected an integer, found a string");
/// assert_eq!(error.path(), "$[2]");
/// ```
#[derive(Clone)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    /// Innermost segment first: segments are added while the error travels outwards.
    path: Vec<Segment>,
    message: Line,
    offset: Option<usize>,
}

#[derive(Clone)]
enum Segment {
    Key(String),
    Index(usize),
}

impl DecodeError {
    /// An error with a message and no path yet. What would break the message's line is escaped; it is cut at 2 kB.
    #[cold]
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Inner { path: Vec::new(), message: Line::message(&message.into()), offset: None }))
    }

    #[cold]
    pub(crate) fn missing(name: &str) -> Self {
        Self::new(format!("the required field `{name}` is missing"))
    }

    #[cold]
    pub(crate) fn jiter(error: &jiter::JiterError) -> Self {
        use jiter::{JiterErrorType, JsonType};
        let noun = |kind: &JsonType| match kind {
            JsonType::Null => "null",
            JsonType::Bool => "a boolean",
            JsonType::Int => "an integer",
            JsonType::Float => "a number",
            JsonType::String => "a string",
            JsonType::Array => "an array",
            JsonType::Object => "an object",
        };
        let message = match &error.error_type {
            JiterErrorType::WrongType { expected, actual } => {
                format!("expected {}, found {}", noun(expected), noun(actual))
            }
            JiterErrorType::JsonError(kind) => format!("invalid JSON: {kind}"),
        };
        Self(Box::new(Inner {
            path: Vec::new(),
            message: Line::message(&message),
            offset: Some(error.index),
        }))
    }

    #[cold]
    pub(crate) fn in_key(mut self, key: &str) -> Self {
        self.0.path.push(Segment::Key(key.to_owned()));
        self
    }

    #[cold]
    pub(crate) fn in_index(mut self, index: usize) -> Self {
        self.0.path.push(Segment::Index(index));
        self
    }

    /// Where the value stands, as a JSON path that starts with `$`, for example `$.items[3].price`.
    pub fn path(&self) -> String {
        use fmt::Write;
        let mut path = String::from("$");
        for segment in self.0.path.iter().rev() {
            // Writing to a String cannot fail.
            let _ = match segment {
                Segment::Key(key) if is_plain(key) => write!(path, ".{key}"),
                Segment::Key(key) => write!(path, "[{key:?}]"),
                Segment::Index(index) => write!(path, "[{index}]"),
            };
        }
        path
    }

    /// What is wrong, without the path.
    pub fn message(&self) -> &str {
        self.0.message.as_str()
    }

    /// The same error without secrets, in its message and in the keys of its path: what it says of an answer is the answer's.
    #[cold]
    pub(crate) fn covered(mut self, cover: &Cover) -> Self {
        self.0.message = Line::message(&cover.text(self.0.message.as_str()));
        for segment in &mut self.0.path {
            if let Segment::Key(key) = segment {
                *key = cover.text(key).into_owned();
            }
        }
        self
    }

    /// The offset in bytes from the start of the text, where the parser knows it.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_')
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, format_args!("at {}: {}", Line::new(&self.path(), QUOTE), self.0.message))
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl std::error::Error for DecodeError {}

/// Why a Rust value has no JSON text: so far only numbers that JSON cannot write (`NaN`, infinities).
///
/// ```
/// use cloudrun_runtime::json::to_vec;
/// assert_eq!(to_vec(&vec![0.5, f64::NAN]).unwrap_err().to_string(), "NaN has no JSON form");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError(pub(crate) String);

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, format_args!("{}", self.0))
    }
}

impl std::error::Error for EncodeError {}
