//! What is called: the constants that generated code holds of an operation, and what errors tell of a call. Plain data.
//!
//! May import from `shown`.

pub(crate) mod call_info;
pub(crate) mod method;
pub(crate) mod scheme;

use crate::operation::method::Method;
use crate::operation::scheme::SecurityScheme;

/// What all requests of an operation share. Generated code holds one constant per operation.
///
/// ```
/// use cloudrun_runtime::{Method, Operation};
/// const CREATE_PET: Operation = Operation::new("createPet", Method::POST, "/pets").success(&["201"]);
/// assert_eq!(CREATE_PET.path(), "/pets");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) query: &'static str,
    pub(crate) success: &'static [&'static str],
    pub(crate) accept: &'static str,
    pub(crate) security: &'static [&'static SecurityScheme],
}

impl Operation {
    /// An operation that answers 200 with JSON unless told otherwise. `path` is the document's template.
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self { id, method, path, query: "", success: &["200"], accept: "application/json", security: &[] }
    }

    /// The query that the document writes behind the path, encoded: `beta=true`. Parameters come behind it.
    pub const fn query(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    /// The documented statuses of success: `"201"`, `"2XX"` or `"default"`.
    pub const fn success(mut self, patterns: &'static [&'static str]) -> Self {
        self.success = patterns;
        self
    }

    /// The media types that the operation answers with, as the `Accept` header lists them.
    pub const fn accept(mut self, media_types: &'static str) -> Self {
        self.accept = media_types;
        self
    }

    /// The service's own security schemes that may apply.
    pub const fn security(mut self, schemes: &'static [&'static SecurityScheme]) -> Self {
        self.security = schemes;
        self
    }

    /// The operation's id in the document.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The HTTP method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path template.
    pub const fn path(&self) -> &'static str {
        self.path
    }
}
