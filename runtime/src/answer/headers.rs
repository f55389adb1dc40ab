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
    header_of_lists(reply, name, ",")
}

/// Like [`header`], with what separates the items of a list, and of the lists inside of it, outermost first.
///
/// # Errors
///
/// The value is of another type, or not text.
pub fn header_of_lists<T: Decode>(
    reply: &Reply,
    name: &'static str,
    separators: &str,
) -> Result<Option<T>, DecodeError> {
    let Some(value) = reply.headers().get(name) else { return Ok(None) };
    let text = value.to_str().map_err(|_| DecodeError::new("the header is not ASCII").in_key(name))?;
    read(text, separators).map(Some).map_err(|error| error.in_key(name))
}

fn read<T: Decode>(text: &str, separators: &str) -> Result<T, DecodeError> {
    let as_text = from_slice(quoted(text).as_bytes());
    from_slice(text.as_bytes()).or(as_text).or_else(|error| {
        from_slice(lists(text, separators, str::to_owned).as_bytes())
            .or(from_slice(lists(text, separators, quoted).as_bytes()))
            .map_err(|_: DecodeError| error)
    })
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The JSON of lists inside of lists.
fn lists(text: &str, separators: &str, each: fn(&str) -> String) -> String {
    let mut inner = separators.chars();
    match inner.next() {
        Some(separator) => {
            let items = text.split(separator).map(|item| lists(item, inner.as_str(), each));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        None => each(text.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn each_level_of_lists_has_its_separator() {
        assert_eq!(read::<Vec<Vec<i64>>>("1|2, 3", ",|").ok(), Some(vec![vec![1, 2], vec![3]]));
        assert_eq!(read::<Vec<String>>("a, b\tc", "\t").ok(), Some(vec!["a, b".to_owned(), "c".to_owned()]));
        assert_eq!(
            read::<Vec<Vec<String>>>("a|b", ",|").ok(),
            Some(vec![vec!["a".to_owned(), "b".to_owned()]])
        );
        assert_eq!(read::<Vec<String>>("1,2", ",").ok(), Some(vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!(read::<i64>("7", ",").ok(), Some(7));
        assert!(read::<Vec<i64>>("1|2", ",").is_err());
    }
}
