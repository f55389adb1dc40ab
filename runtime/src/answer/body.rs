//! How bodies are read and written, by media type. Generated code names these functions.

use super::reply::Reply;
use crate::json::decode::{Decode, from_slice, from_slice_forgiving};
use crate::json::error::DecodeError;
use bytes::Bytes;

/// A function that reads an answer's body.
pub type Read<T> = fn(&Reply) -> Result<T, DecodeError>;

/// Reads a JSON body. What the service says of an error is read as far as it can be: a property that is not of its type counts
/// as missing.
///
/// # Errors
///
/// The body is not JSON or not a value of this type.
#[inline]
pub fn json<T: Decode>(reply: &Reply) -> Result<T, DecodeError> {
    if reply.body().is_empty() {
        return nothing();
    }
    let text = reply.json_text()?;
    match from_slice(text) {
        Err(error) if !reply.status().is_success() => from_slice_forgiving(text).map_err(|_| error),
        result => result,
    }
}

/// Reads a body of a media type that the document leaves open: JSON, or a text that is the value itself, such as a string
/// that is answered as `text/plain`. A body that the answer calls JSON is nothing else.
///
/// # Errors
///
/// Neither is a value of this type.
pub fn json_or_text<T: Decode>(reply: &Reply) -> Result<T, DecodeError> {
    json(reply).or_else(|error| match reply.text() {
        Ok(text) if !is_json(reply) => {
            let text = serde_json::Value::from(text).to_string();
            from_slice(text.as_bytes()).map_err(|_| error)
        }
        _ => Err(error),
    })
}

/// Whether an answer says of itself that it is JSON.
fn is_json(reply: &Reply) -> bool {
    let essence = reply.media_type().split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// An empty body where JSON is promised: what may be `null` is.
#[cold]
fn nothing<T: Decode>() -> Result<T, DecodeError> {
    from_slice(b"null").map_err(|_| DecodeError::new("the body is empty, though JSON is promised"))
}

/// Reads a body of text in the charset that its media type names, or in UTF-8. A byte order mark before it is passed over.
///
/// # Errors
///
/// The body is no text in its charset.
pub fn text(reply: &Reply) -> Result<String, DecodeError> {
    reply.text().map(str::to_owned)
}

/// Hands out the body as it is.
///
/// # Errors
///
/// None; the signature is that of [`json`].
pub fn bytes(reply: &Reply) -> Result<Bytes, DecodeError> {
    Ok(reply.body().clone())
}

/// Answers that have no body. One that is sent all the same can be had from [`Response::reply`](crate::Response::reply).
///
/// # Errors
///
/// None; the signature is that of [`json`].
pub fn empty(_: &Reply) -> Result<(), DecodeError> {
    Ok(())
}

/// The whole answer, whatever its status: what `send_raw` promises.
///
/// # Errors
///
/// None; the signature is that of [`json`].
pub fn raw(reply: &Reply) -> Result<Reply, DecodeError> {
    Ok(reply.clone())
}
