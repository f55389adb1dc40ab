use crate::shown::cover::Cover;
use crate::shown::line::{Line, MESSAGE, QUOTE, write_line};
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
    /// Whether it is none: the value fits, and is read once it is known to be wanted.
    is_deferred: bool,
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
        let message = Line::message(&message.into());
        Self(Box::new(Inner { path: Vec::new(), message, offset: None, is_deferred: false }))
    }

    /// What a trial has in the place of a value that an earlier one has read: it fits, and there is no use for it yet.
    pub(super) fn deferred() -> Self {
        let message = Line::message("the value is read later");
        Self(Box::new(Inner { path: Vec::new(), message, offset: None, is_deferred: true }))
    }

    pub(super) fn is_deferred(&self) -> bool {
        self.0.is_deferred
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
        let (message, offset) = (Line::message(&message), Some(error.index));
        Self(Box::new(Inner { path: Vec::new(), message, offset, is_deferred: false }))
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

    /// Where the value stands, as a JSON path that starts with `$`, for example `$.items[3].price`. Keys are the other side's: the
    /// path is cut at 2 kB.
    pub fn path(&self) -> String {
        use fmt::Write;
        let mut path = String::from("$");
        for segment in self.0.path.iter().rev() {
            if path.len() > MESSAGE {
                break;
            }
            // Writing to a String cannot fail.
            let _ = match segment {
                Segment::Key(key) if is_plain(key) => write!(path, ".{key}"),
                Segment::Key(key) => write!(path, "[{key:?}]"),
                Segment::Index(index) => write!(path, "[{index}]"),
            };
        }
        Line::message(&path).to_string()
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
#[derive(Clone, PartialEq, Eq)]
pub struct EncodeError(pub(crate) String);

impl fmt::Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, format_args!("EncodeError({})", self.0))
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, format_args!("{}", self.0))
    }
}

impl std::error::Error for EncodeError {}

#[cfg(test)]
mod tests {
    use super::{DecodeError, EncodeError};

    /// What they quote is the other side's, or as long as a value.
    #[test]
    fn errors_show_two_kilobytes_on_one_line_and_no_more() {
        let error = (0..3).fold(DecodeError::new("no"), |error, _| error.in_key(&"k\n".repeat(4_500)));
        let of_many = (0..9_000).fold(DecodeError::new("no"), |error, _| error.in_key("key"));
        let encode = EncodeError("n\no".repeat(3_000));
        for text in [
            error.path(),
            error.to_string(),
            of_many.path(),
            format!("{of_many:?}"),
            encode.to_string(),
            format!("{encode:?}"),
        ] {
            assert!(text.len() <= 2080 && !text.contains('\n') && text.contains("bytes)"), "{text}");
        }
        assert_eq!(DecodeError::new("no").in_index(3).in_key("a b").in_key("x").path(), "$.x[\"a b\"][3]");
    }
}
