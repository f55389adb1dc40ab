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

    /// Whether it may be repeated whatever became of the first call (RFC 9110, section 9.2.1).
    pub(crate) fn is_safe(self) -> bool {
        matches!(self.0, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY")
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Method;

    #[test]
    fn what_only_reads_is_safe() {
        assert!(Method::GET.is_safe() && Method::QUERY.is_safe());
        assert!(!Method::PUT.is_safe() && !Method::new("get").is_safe());
    }
}
