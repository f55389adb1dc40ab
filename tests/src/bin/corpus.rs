//! Generates a client for every document of a folder and says what became of each.

use clap::Parser;
use cloudrun_codegen::{Client, Layout, Options, Severity, Statistics, generate, read};
use cloudrun_tests::corpus::{
    Difference, Document, Example, Outcome, Report, Row, Subject, Tally, compare, documents, examples,
};
use serde_json::{Value, json};
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
    /// Decodes and encodes every example that fits its schema, and compares.
    #[arg(long, conflicts_with = "compile")]
    examples: bool,
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
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(report) => {
            if arguments.examples {
                let sum = |count: fn(&Tally) -> usize| report.tallies.iter().map(count).sum::<usize>();
                let (found, valid, kept) = (sum(|t| t.found), sum(|t| t.valid), sum(|t| t.kept));
                println!(
                    "{found} examples of named schemas, {valid} fit their schema, {kept} of those came back as they were"
                );
            }
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
    let subject = match arguments.compile || arguments.examples {
        true => Some(Subject::new(&workspace, workspace.join("target/corpus"))?),
        false => None,
    };
    let mut report = Report::default();
    for document in &all {
        let (mut row, client) = one(document, arguments)?;
        match (client, &subject) {
            (Some(client), Some(subject)) if arguments.examples => {
                let tally = round_trips(document, &client, subject, &mut row)?;
                report.tallies.push(tally);
            }
            (Some(client), Some(subject)) => compile(&client, subject, arguments.lint, &mut row)?,
            _ => {}
        }
        println!("{row}");
        report.rows.push(row);
    }
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(&report.to_json())?)?;
    }
    Ok(report)
}

fn one(document: &Document, arguments: &Arguments) -> Result<(Row, Option<Client>), Box<dyn Error>> {
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
            return Ok((row, None));
        }
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            row.outcome = Outcome::Panic(text.unwrap_or_else(|| "a panic without words".to_owned()));
            return Ok((row, None));
        }
    };
    let Statistics { operations, types, lines, .. } = client.statistics();
    (row.operations, row.types, row.lines) = (operations, types, lines);
    row.warnings = client.diagnostics().count(Severity::Warning);
    if arguments.warnings {
        client.diagnostics().iter().for_each(|warning| println!("{warning}"));
    }
    Ok((row, Some(client)))
}

/// Compiles the client and runs the lints that were asked for.
fn compile(client: &Client, subject: &Subject, lint: bool, row: &mut Row) -> Result<(), Box<dyn Error>> {
    client.write(&subject.prepare()?)?;
    let check = subject.check()?;
    row.check_cpu = Some(check.cpu_seconds);
    if let Some(error) = check.error {
        row.outcome = Outcome::Compile(error);
    } else if lint && let Some(error) = subject.lint()? {
        row.outcome = Outcome::Lint(error);
    }
    Ok(())
}

/// Sends the document's examples through its types and compares what comes back.
fn round_trips(
    document: &Document,
    client: &Client,
    subject: &Subject,
    row: &mut Row,
) -> Result<Tally, Box<dyn Error>> {
    let Ok(tree) = read(&document.path) else { return Ok(Tally::default()) };
    let (examples, found) = examples(&tree);
    let name = |schema: &str| {
        client.type_names().iter().find(|(known, _)| known == schema).map(|(_, name)| name.clone())
    };
    let examples: Vec<_> =
        examples.into_iter().filter_map(|example| Some((name(&example.schema)?, example))).collect();
    let mut tally = Tally { found, valid: examples.len(), kept: 0 };
    if examples.is_empty() {
        return Ok(tally);
    }
    client.write(&subject.prepare()?)?;
    let mut types: Vec<String> = examples.iter().map(|(name, _)| name.clone()).collect();
    types.sort_unstable();
    types.dedup();
    let line =
        |(name, example): &(String, Example)| json!([name, example.is_list, example.value]).to_string();
    let input = examples.iter().map(line).collect::<Vec<_>>().join("\n");
    let output = match subject.round_trips(&types, &input)? {
        Ok(output) => output,
        Err(error) => {
            row.outcome = Outcome::Compile(error);
            return Ok(tally);
        }
    };
    let mut lost = Vec::new();
    for ((_, example), line) in examples.iter().zip(output.lines()) {
        let answer: Value = serde_json::from_str(line)?;
        let difference = match answer.get("ok") {
            Some(value) => compare(&example.value, value, "$"),
            None => Difference::Changed(answer["error"].to_string()),
        };
        match difference {
            Difference::None => tally.kept += 1,
            Difference::Undeclared(text) => lost.push(format!("undeclared {}: {text}", example.pointer)),
            Difference::Changed(text) => lost.push(format!("changed {}: {text}", example.pointer)),
        }
    }
    if !lost.is_empty() {
        row.outcome = Outcome::Examples(lost.join("\n"));
    }
    Ok(tally)
}
