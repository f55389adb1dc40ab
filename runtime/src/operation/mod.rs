use crate::SecurityScheme;
use std::fmt;

/// An HTTP method, known when the program is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Method(&'static str);

#[allow(missing_docs)]
impl Method {
    pub const GET: Self = Self("GET");
    pub const HEAD: Self = Self("HEAD");
    pub const POST: Self = Self("POST");
    pub const PUT: Self = Self("PUT");
    pub const PATCH: Self = Self("PATCH");
    pub const DELETE: Self = Self("DELETE");
    pub const OPTIONS: Self = Self("OPTIONS");
    pub const TRACE: Self = Self("TRACE");
    pub const QUERY: Self = Self("QUERY");
}

impl Method {
    /// A method that has no constant here. It is checked when a request is sent.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The method as it stands in the request line.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

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
    pub(crate) success: &'static [&'static str],
    pub(crate) accept: &'static str,
    pub(crate) security: &'static [&'static SecurityScheme],
}

impl Operation {
    /// An operation that answers 200 with JSON unless told otherwise. `path` is the document's template.
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self { id, method, path, success: &["200"], accept: "application/json", security: &[] }
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
