//! What a person reads.
//!
//! May import from `outcome`.

use crate::outcome::Failure;
use cloudrun_codegen::{Client, Diagnostics, Refusal, Severity, WriteError};
use std::io::{self, ErrorKind, Write};

/// Warnings of a kind that are shown unless all are asked for.
const SHOWN: usize = 5;

/// A line on standard output. A pipe that is closed has no reader to tell, and that is no error.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(unwritten(&error)),
        _ => Ok(()),
    }
}

/// Standard output takes no more.
pub(crate) fn unwritten(error: &io::Error) -> Failure {
    Failure(format!("the standard output cannot be written: {error}; lead it elsewhere"))
}

/// A line on standard error. There is no other place to tell that it is closed.
pub(crate) fn warn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Warnings one a line, on standard error.
pub(crate) fn warnings(client: &Client, all: bool) {
    let lines = client.diagnostics().condensed(if all { usize::MAX } else { SHOWN });
    let hidden = client.diagnostics().count(Severity::Warning) > lines.len();
    for line in lines {
        warn(&line);
    }
    if hidden {
        warn("--all-warnings shows every one");
    }
}

/// All findings, and how many errors there are.
pub(crate) fn failure(diagnostics: &Diagnostics) -> Failure {
    let errors = diagnostics.count(Severity::Error);
    let noun = if errors == 1 { "error" } else { "errors" };
    Failure(format!("{diagnostics}\n{errors} {noun}; nothing was written"))
}

/// Why a client was not written, and the flag that helps where one does.
pub(crate) fn unwritten_client(error: &WriteError) -> Failure {
    let force = if error.yields_to_overwrite() { "; --force overwrites what is named here" } else { "" };
    match error {
        WriteError::Refused(_) => Failure(format!("{error}\nnothing was written{force}")),
        _ => Failure(error.to_string()),
    }
}

/// What would not be overwritten.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    let force = if refusal.yields_to_overwrite() { "; --force overwrites it" } else { "" };
    format!("{refusal}{force}")
}

/// `3 operations, 1 type`.
pub(crate) fn size(client: &Client) -> String {
    let statistics = client.statistics();
    let count = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    format!(
        "{}, {}, {}",
        count(statistics.operations, "operation"),
        count(statistics.types, "type"),
        count(statistics.lines, "line")
    )
}
