use super::{Calls, Tally};
use serde_json::{Value, json};
use std::fmt;

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A client was generated and, if asked for, compiles.
    Pass,
    /// A coded diagnostic stopped the generator.
    Diagnostic(String),
    /// The generated client does not compile.
    Compile(String),
    /// Clippy or rustdoc complain.
    Lint(String),
    /// Valid examples did not survive being decoded and encoded.
    Examples(String),
    /// Calls that Prism or the client complained about.
    Calls(String),
    /// Prism cannot load the document.
    Unmocked(String),
    /// The generator panicked.
    Panic(String),
}

/// A document's row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The document.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Operations with a method.
    pub operations: usize,
    /// Types that are defined.
    pub types: usize,
    /// Milliseconds of generation.
    pub generation_ms: u128,
    /// Lines of generated code.
    pub lines: usize,
    /// Warnings.
    pub warnings: usize,
    /// Processor seconds of a cold check.
    pub check_cpu: Option<f64>,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, detail) = match &self.outcome {
            Outcome::Pass => ("pass", String::new()),
            Outcome::Diagnostic(text) => ("stopped", first_lines(text, 3)),
            Outcome::Compile(text) => ("COMPILE", first_lines(text, 6)),
            Outcome::Lint(text) => ("LINT", first_lines(text, 6)),
            Outcome::Examples(text) => ("EXAMPLES", first_lines(text, 6)),
            Outcome::Calls(text) => ("CALLS", first_lines(text, 400)),
            Outcome::Unmocked(text) => ("unmocked", first_lines(text, 2)),
            Outcome::Panic(text) => ("PANIC", first_lines(text, 3)),
        };
        let check = self.check_cpu.map_or_else(String::new, |seconds| format!("{seconds:6.2} s check"));
        write!(
            f,
            "{word:8} {:60} {:5} operations {:5} types {:6} ms {:7} lines {:4} warnings {check}{detail}",
            self.name, self.operations, self.types, self.generation_ms, self.lines, self.warnings
        )
    }
}

fn first_lines(text: &str, count: usize) -> String {
    text.lines().take(count).map(|line| format!("\n         {line}")).collect()
}

/// All rows of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the documents.
    pub rows: Vec<Row>,
    /// What became of the examples, where they were asked for.
    pub tallies: Vec<Tally>,
    /// What became of the calls, where they were asked for.
    pub calls: Vec<Calls>,
}

impl Report {
    /// Documents that passed.
    pub fn passed(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome == Outcome::Pass).count()
    }

    /// Documents that did not.
    pub fn failed(&self) -> usize {
        self.rows.len() - self.passed()
    }

    /// The report as JSON, for other programs.
    pub fn to_json(&self) -> Value {
        let row = |row: &Row| {
            let (outcome, detail) = match &row.outcome {
                Outcome::Pass => ("pass", ""),
                Outcome::Diagnostic(text) => ("diagnostic", text.as_str()),
                Outcome::Compile(text) => ("compile", text.as_str()),
                Outcome::Lint(text) => ("lint", text.as_str()),
                Outcome::Examples(text) => ("examples", text.as_str()),
                Outcome::Calls(text) => ("calls", text.as_str()),
                Outcome::Unmocked(text) => ("unmocked", text.as_str()),
                Outcome::Panic(text) => ("panic", text.as_str()),
            };
            json!({
                "document": row.name,
                "outcome": outcome,
                "detail": detail,
                "operations": row.operations,
                "types": row.types,
                "generation_ms": row.generation_ms as u64,
                "lines": row.lines,
                "warnings": row.warnings,
                "check_cpu_seconds": row.check_cpu,
            })
        };
        json!({"passed": self.passed(), "failed": self.failed(), "rows": self.rows.iter().map(row).collect::<Vec<_>>()})
    }
}
