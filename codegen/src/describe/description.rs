use crate::diagnostic::Diagnostics;
use serde_json::Value;

/// A document and its operations.
#[derive(Clone, Debug)]
pub struct Description {
    /// The document as one value of OpenAPI 3.0, whatever dialect and however many files it was written in. Every reference
    /// is to one of its components; what 3.0 cannot say stands under keys that start with `x-cloudrun-`.
    pub document: Value,
    /// The operations, in the document's order.
    pub operations: Vec<OperationDescription>,
    /// What was repaired or left out.
    pub diagnostics: Diagnostics,
}

/// An operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationDescription {
    /// The id, made up where the document has none.
    pub id: String,
    /// The method in capitals.
    pub method: String,
    /// The path at the service, with its parameters in braces: `/pets/{petId}`, and `/files/{+path}` where one takes
    /// several segments.
    pub path: String,
    /// The query that the document writes behind the path: `beta=true`.
    pub query: String,
    /// Whether a request must have a body.
    pub needs_body: bool,
    /// The media types that a request's body may have.
    pub request: Vec<MediaDescription>,
    /// The answers.
    pub responses: Vec<ResponseDescription>,
}

/// An answer of an operation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseDescription {
    /// A status, a range such as `4XX`, or `default`.
    pub status: String,
    /// The media types that it may have; none for an answer without a body.
    pub contents: Vec<MediaDescription>,
}

/// A body of one media type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MediaDescription {
    /// The media type as it is written.
    pub media_type: String,
    /// The JSON pointer of its schema in [`Description::document`].
    pub schema: Option<String>,
    /// A value of it: an example of the document, or one that is made up of its schema.
    pub sample: Option<Value>,
}
