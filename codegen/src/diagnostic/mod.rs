//! What the generator has to say about a document: in come findings of every stage, out go coded messages with file,
//! line and JSON pointer. Nothing here decides what a finding means for the output.
//!
//! May import from `openapi`.

mod code;

mod sink;

pub use self::code::Code;
pub use self::sink::Diagnostics;
pub use crate::openapi::Place;

use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is not generated, or generated from a repaired document.
    Warning,
    /// Nothing is generated.
    Error,
}

/// One finding: `petstore.yaml:12:7: error[CR0201]: … (#/paths/~1pets/get)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding this is; stable across releases.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence that says what is wrong.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), place, help: None }
    }

    pub(crate) fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Warning, message: message.into(), place, help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{}: {severity}[{}]: {}", self.place.position(), self.code, self.message)?;
        if !self.place.pointer.is_empty() {
            write!(f, " (#{})", self.place.pointer)?;
        }
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}
