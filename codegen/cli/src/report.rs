//! What a person reads.

use crate::Failure;
use cloudrun_codegen::{Client, Diagnostics, Severity};

/// Warnings of a kind that are shown unless all are asked for.
const SHOWN: usize = 5;

/// Warnings one a line, on standard error.
pub(crate) fn warnings(client: &Client, all: bool) {
    let lines = client.diagnostics().condensed(if all { usize::MAX } else { SHOWN });
    let hidden = client.diagnostics().count(Severity::Warning) > lines.len();
    for line in lines {
        eprintln!("{line}");
    }
    if hidden {
        eprintln!("--all-warnings shows every one");
    }
}

/// All findings, and how many errors there are.
pub(crate) fn failure(diagnostics: &Diagnostics) -> Failure {
    let errors = diagnostics.count(Severity::Error);
    let noun = if errors == 1 { "error" } else { "errors" };
    Failure(format!("{diagnostics}\n{errors} {noun}; nothing was written"))
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
