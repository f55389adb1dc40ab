//! Documented headers of answers as typed values.

use super::reply::Reply;
use crate::json::decode::{Decode, from_slice};
use crate::json::error::DecodeError;

/// The documented headers of an operation's answers. Implemented by [`headers!`](crate::headers).
pub trait Headers: Sized {
    /// Reads the headers of an answer; those that are missing are `None`.
    ///
    /// # Errors
    ///
    /// A header is not of its type.
    fn from_headers(reply: &Reply) -> Result<Self, DecodeError>;
}

/// A header's value in its type: numbers and booleans as they stand, lists separated by commas, everything else as text
/// (OpenAPI 3.0, style `simple`).
///
/// # Errors
///
/// The value is of another type, or not text.
pub fn header<T: Decode>(reply: &Reply, name: &'static str) -> Result<Option<T>, DecodeError> {
    let Some(value) = reply.headers().get(name) else { return Ok(None) };
    let text = value.to_str().map_err(|_| DecodeError::new("the header is not ASCII").in_key(name))?;
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let list = |each: &dyn Fn(&str) -> String| {
        let items: Vec<String> = text.split(',').map(|item| each(item.trim())).collect();
        format!("[{}]", items.join(","))
    };
    let as_text = from_slice(quoted(text).as_bytes());
    let found = from_slice(text.as_bytes()).or(as_text).or_else(|error| {
        from_slice(list(&str::to_owned).as_bytes())
            .or(from_slice(list(&quoted).as_bytes()))
            .map_err(|_: DecodeError| error)
    });
    found.map(Some).map_err(|error| error.in_key(name))
}
