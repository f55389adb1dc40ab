//! Generates a client for every document of a folder and says what became of each.

use clap::Parser;
use cloudrun_codegen::{Layout, Options, Severity, Statistics, generate};
use cloudrun_tests::corpus::{Document, Outcome, Report, Row, Subject, documents};
use std::error::Error;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Generates a client for every document below a folder; one row per document.
#[derive(Parser)]
struct Arguments {
    /// The folder of documents.
    folder: PathBuf,
    /// Takes only the documents that this file names, one a line.
    #[arg(long)]
    list: Option<PathBuf>,
    /// Type-checks each generated client with warnings denied and prints the processor seconds.
    #[arg(long)]
    compile: bool,
    /// With --compile: runs clippy and rustdoc too, warnings denied.
    #[arg(long, requires = "compile")]
    lint: bool,
    /// Takes only documents whose name holds this.
    #[arg(long)]
    only: Option<String>,
    /// Prints every warning.
    #[arg(long)]
    warnings: bool,
    /// Writes the report as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(report) => {
            println!("{} passed, {} failed", report.passed(), report.failed());
            ExitCode::from(u8::from(report.failed() > 0))
        }
        Err(error) => {
            eprintln!("corpus: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<Report, Box<dyn Error>> {
    let mut all = documents(&arguments.folder, arguments.list.as_deref())?;
    if let Some(only) = &arguments.only {
        all.retain(|document| document.name.contains(only));
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?.to_owned();
    let subject = match arguments.compile {
        true => Some(Subject::new(&workspace, workspace.join("target/corpus"))?),
        false => None,
    };
    let mut report = Report::default();
    for document in &all {
        let row = one(document, subject.as_ref(), arguments)?;
        println!("{row}");
        report.rows.push(row);
    }
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(&report.to_json())?)?;
    }
    Ok(report)
}

fn one(document: &Document, subject: Option<&Subject>, arguments: &Arguments) -> Result<Row, Box<dyn Error>> {
    let mut options = Options::new("subject");
    options.base_folder = Some(document.base.clone());
    options.lenient = true;
    let start = Instant::now();
    let result = catch_unwind(|| generate(&document.path, &options, Layout::Directory));
    let mut row = Row {
        name: document.name.clone(),
        outcome: Outcome::Pass,
        operations: 0,
        types: 0,
        generation_ms: start.elapsed().as_millis(),
        lines: 0,
        warnings: 0,
        check_cpu: None,
    };
    let client = match result {
        Ok(Ok(client)) => client,
        Ok(Err(diagnostics)) => {
            let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
            row.outcome = Outcome::Diagnostic(errors.map(ToString::to_string).collect::<Vec<_>>().join("\n"));
            return Ok(row);
        }
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            row.outcome = Outcome::Panic(text.unwrap_or_else(|| "a panic without words".to_owned()));
            return Ok(row);
        }
    };
    let Statistics { operations, types, lines, .. } = client.statistics();
    (row.operations, row.types, row.lines) = (operations, types, lines);
    row.warnings = client.diagnostics().count(Severity::Warning);
    if arguments.warnings {
        client.diagnostics().iter().for_each(|warning| println!("{warning}"));
    }
    if let Some(subject) = subject {
        client.write(&subject.prepare()?)?;
        let check = subject.check()?;
        row.check_cpu = Some(check.cpu_seconds);
        if let Some(error) = check.error {
            row.outcome = Outcome::Compile(error);
        } else if arguments.lint
            && let Some(error) = subject.lint()?
        {
            row.outcome = Outcome::Lint(error);
        }
    }
    Ok(row)
}
