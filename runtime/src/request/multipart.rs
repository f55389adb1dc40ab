//! `multipart/form-data` (RFC 7578): in come named parts, out goes a body that is read piece by piece. No file is read
//! whole into memory, and no name or file name can end its header early. A form of nothing but bytes is bytes.

use super::error::RequestError;
use crate::json::bridge::json_value;
use crate::json::encode::Encode;
use crate::transport::body::{Body, BoxError};
use crate::transport::error::TransportError;
use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};

/// One part of a form: its contents, and what its headers say of them.
///
/// ```
/// use cloudrun_runtime::multipart::Part;
/// let text = Part::from("hello").content_type("text/markdown");
/// let image = Part::from(vec![0xff, 0xd8]).file_name("cat.jpg").content_type("image/jpeg");
/// # let _ = (text, image);
/// ```
#[derive(Debug)]
pub struct Part {
    body: Body,
    file_name: Option<String>,
    content_type: Option<String>,
    headers: Vec<(String, String)>,
    error: Option<String>,
}

impl Part {
    /// A part of bytes, text or a [`Body`].
    pub fn new(body: impl Into<Body>) -> Self {
        Self { body: body.into(), file_name: None, content_type: None, headers: Vec::new(), error: None }
    }

    /// A part that arrives piece by piece.
    pub fn stream<E: Into<BoxError> + 'static>(
        stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Self {
        Self::new(Body::stream(stream))
    }

    /// A file, read while it is sent, under its own name. One that cannot be opened is an error when the request is
    /// sent.
    #[cfg(feature = "files")]
    pub fn file(path: impl AsRef<std::path::Path>) -> Self {
        let path = path.as_ref();
        let mut part = match Body::file(path) {
            Ok(body) => Self::new(body),
            Err(error) => {
                let error = format!("`{}` cannot be opened: {error}", path.display());
                Self { error: Some(error), ..Self::new(Body::empty()) }
            }
        };
        part.file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        part
    }

    /// The name that the service sees as the file's.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// The media type of the part. Without one, parts with a file name are `application/octet-stream`.
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }

    /// The same part with this media type unless it has one.
    #[must_use]
    pub fn or_content_type(mut self, media_type: &str) -> Self {
        self.content_type.get_or_insert_with(|| media_type.to_owned());
        self
    }

    /// The same part under this file name unless it has one.
    #[must_use]
    pub fn or_file_name(mut self, name: &str) -> Self {
        self.file_name.get_or_insert_with(|| name.to_owned());
        self
    }

    /// Adds a header to the part.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

impl<T: Into<Body>> From<T> for Part {
    fn from(body: T) -> Self {
        Self::new(body)
    }
}

/// A form of parts, in their order.
#[derive(Debug, Default)]
#[must_use = "a form does nothing until it is sent"]
pub struct Form {
    parts: Vec<(String, Part)>,
    error: Option<RequestError>,
}

impl Form {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part, if there is one.
    pub fn part(mut self, name: &str, part: impl Into<Option<Part>>) -> Self {
        self.parts.extend(part.into().map(|part| (name.to_owned(), part)));
        self
    }

    /// Adds a file, if there is one: servers take a part for a file by its name, so one without gets that of its field.
    pub fn file(self, name: &str, file: impl Into<Option<Part>>) -> Self {
        self.part(name, file.into().map(|part| part.or_file_name(name)))
    }

    /// The same as [`file`](Self::file), of this media type unless it has one of its own.
    pub fn file_as(self, name: &str, media_type: &str, file: impl Into<Option<Part>>) -> Self {
        self.file(name, file.into().map(|part| part.or_content_type(media_type)))
    }

    /// Adds several files of the same field.
    pub fn files(self, name: &str, files: impl IntoIterator<Item = Part>) -> Self {
        self.parts(name, files.into_iter().map(|part| part.or_file_name(name)))
    }

    /// The same as [`files`](Self::files), of this media type unless they have one of their own.
    pub fn files_as(self, name: &str, media_type: &str, files: impl IntoIterator<Item = Part>) -> Self {
        self.files(name, files.into_iter().map(|part| part.or_content_type(media_type)))
    }

    /// Adds several parts of the same name.
    pub fn parts(mut self, name: &str, parts: impl IntoIterator<Item = Part>) -> Self {
        self.parts.extend(parts.into_iter().map(|part| (name.to_owned(), part)));
        self
    }

    /// Adds a value as OpenAPI's default encoding has it: scalars as text, objects as JSON, a part for every item of a
    /// list. `None` adds nothing.
    pub fn value(mut self, name: &str, value: &dyn Encode) -> Self {
        if value.is_absent() {
            return self;
        }
        match json_value(value) {
            Ok(Value::Array(items)) => {
                self.parts.extend(items.iter().map(|item| (name.to_owned(), default_part(item))));
            }
            Ok(value) => self.parts.push((name.to_owned(), default_part(&value))),
            Err(reason) => self.fail(name, reason),
        }
        self
    }

    /// Adds a value as the text that its media type asks for: JSON for `application/json`, else the scalar's text.
    /// `None` adds nothing.
    pub fn value_as(mut self, name: &str, media_type: &str, value: &dyn Encode) -> Self {
        if value.is_absent() {
            return self;
        }
        match json_value(value) {
            Ok(value) => {
                let text = match &value {
                    Value::String(text) if !media_type.contains("json") => text.clone(),
                    other => other.to_string(),
                };
                self.parts.push((name.to_owned(), Part::from(text).content_type(media_type)));
            }
            Err(reason) => self.fail(name, reason),
        }
        self
    }

    /// Adds a value for each of several more parts, such as properties that the document does not name.
    pub fn entries(mut self, entries: &dyn crate::json::object::Entries) -> Self {
        let mut form = std::mem::take(&mut self);
        entries.entries(&mut |name, value| {
            let taken = std::mem::take(&mut form);
            form = taken.value(name, value);
        });
        form
    }

    fn fail(&mut self, name: &str, reason: String) {
        self.error.get_or_insert(RequestError::Encode { place: format!("part `{name}`"), reason });
    }

    /// The body, and the media type with its boundary.
    pub(crate) fn into_body(self, subtype: &str) -> Result<(HeaderValue, Body), RequestError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let boundary = boundary();
        let mut segments: VecDeque<Body> = VecDeque::new();
        let mut length = Some(0_u64);
        for (name, part) in self.parts {
            if let Some(reason) = part.error {
                return Err(RequestError::Encode { place: format!("part `{name}`"), reason });
            }
            let head = Body::from(head(&boundary, &name, &part)?);
            for segment in [head, part.body, Body::from("\r\n")] {
                length = length.zip(segment.length()).map(|(sum, more)| sum + more);
                segments.push_back(segment);
            }
        }
        let end = Body::from(format!("--{boundary}--\r\n"));
        length = length.zip(end.length()).map(|(sum, more)| sum + more);
        segments.push_back(end);
        let media_type = HeaderValue::try_from(format!("multipart/{subtype}; boundary={boundary}"))
            .map_err(|error| RequestError::Http(error.to_string()))?;
        Ok((media_type, joined(segments, length)))
    }
}

/// The segments one after the other: bytes if all of them are, so that the form can be sent again and signed, else a stream.
fn joined(segments: VecDeque<Body>, length: Option<u64>) -> Body {
    if let Some(bytes) = segments.iter().map(Body::as_bytes).collect::<Option<Vec<_>>>() {
        return Body::from(bytes.concat());
    }
    let body = Body::stream(Chain(segments));
    match length {
        Some(length) => body.with_length(length),
        None => body,
    }
}

fn default_part(value: &Value) -> Part {
    match value {
        Value::Null => Part::from(""),
        Value::String(text) => Part::from(text.clone()),
        Value::Object(_) | Value::Array(_) => Part::from(value.to_string()).content_type("application/json"),
        scalar => Part::from(scalar.to_string()),
    }
}

/// A part's headers and the empty line behind them.
fn head(boundary: &str, name: &str, part: &Part) -> Result<String, RequestError> {
    let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", Quoted(name));
    if let Some(file_name) = &part.file_name {
        // Writing to a String cannot fail.
        let _ = write!(head, "; filename=\"{}\"", Quoted(file_name));
    }
    let default = part.file_name.as_ref().map(|_| "application/octet-stream");
    let content_type = part.content_type.as_deref().or(default).map(|value| ("Content-Type", value));
    let more = part.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in content_type.into_iter().chain(more) {
        if HeaderName::try_from(name).is_err() || HeaderValue::try_from(value).is_err() {
            return Err(RequestError::Header(name.to_owned()));
        }
        let _ = write!(head, "\r\n{name}: {value}");
    }
    head.push_str("\r\n\r\n");
    Ok(head)
}

/// A name in a `Content-Disposition`, escaped as browsers do it (HTML Standard, "multipart form data").
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("%22")?,
                // No header can carry these; browsers encode the line breaks among them.
                control if control.is_ascii_control() => write!(f, "%{:02X}", u32::from(control))?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// 128 bits that no content holds by chance.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("cloudrun-{:016x}{:016x}", random(), random())
}

/// Bodies one after the other.
struct Chain(VecDeque<Body>);

impl Stream for Chain {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while let Some(first) = self.0.front_mut() {
            match std::task::ready!(Pin::new(first).poll_next(context)) {
                Some(piece) => return Poll::Ready(Some(piece)),
                None => {
                    self.0.pop_front();
                }
            }
        }
        Poll::Ready(None)
    }
}
