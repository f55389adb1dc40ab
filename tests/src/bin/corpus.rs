//! Generates a client for every document of a folder and says what became of each.

use clap::Parser;
use cloudrun_codegen::{Client, Code, Layout, Options, Severity, Statistics, generate, read};
use cloudrun_emulator::Emulator;
use cloudrun_tests::corpus::{
    Calls, Document, Example, Forms, Judge, Outcome, Prism, Report, Row, Subject, Tally, Verdict, compare,
    documents, examples,
};
use serde_json::{Value, json};
use std::collections::HashMap;
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
    /// Type-checks each generated client with warnings denied, as a module of a library and of a program, and prints the
    /// processor seconds of the library.
    #[arg(long)]
    compile: bool,
    /// With --compile: in which forms.
    #[arg(long, requires = "compile", value_enum, default_value_t)]
    forms: Forms,
    /// With --compile: runs clippy and rustdoc too, warnings denied.
    #[arg(long, requires = "compile")]
    lint: bool,
    /// Decodes and encodes every example that fits its schema, and compares.
    #[arg(long, conflicts_with = "compile")]
    examples: bool,
    /// Calls every operation against Prism, a mock server made from the document, behind the emulator.
    #[arg(long, conflicts_with_all = ["compile", "examples"])]
    wire: bool,
    /// With --wire: takes only documents with at most this many operations.
    #[arg(long, default_value_t = 150)]
    max_operations: usize,
    /// With --wire: the percentage of operations that have to be fine for status 0.
    #[arg(long, default_value_t = 98.0)]
    least: f64,
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
                let (found, valid) = (sum(|t| t.found), sum(|t| t.valid));
                let (typed, kept) = (sum(|t| t.typed), sum(|t| t.kept));
                println!(
                    "{found} examples, {valid} fit their schema, {typed} of those have a type, {kept} came back as they were"
                );
            }
            let is_fine =
                if arguments.wire { calls_are_fine(&report, arguments.least) } else { report.failed() == 0 };
            println!("{} passed, {} failed", report.passed(), report.failed());
            ExitCode::from(u8::from(!is_fine))
        }
        Err(error) => {
            eprintln!("corpus: {error}");
            ExitCode::from(2)
        }
    }
}

/// Says how many calls were fine, and whether that is enough: of those that are not, most are the mock's.
fn calls_are_fine(report: &Report, least: f64) -> bool {
    let sum = |count: fn(&Calls) -> usize| report.calls.iter().map(count).sum::<usize>();
    let (all, fine) = (sum(|calls| calls.operations), sum(|calls| calls.fine));
    let share = 100.0 * fine as f64 / (all.max(1)) as f64;
    println!(
        "{all} operations called, {fine} without violation and with an answer that was read ({share:.2} %)"
    );
    let by_error = sum(|calls| calls.by_error);
    println!("{by_error} of these by a documented error, since Prism cannot make the success");
    let is_known =
        |row: &Row| matches!(row.outcome, Outcome::Pass | Outcome::Calls(_) | Outcome::Unmocked(_));
    all == 0 || (share >= least && report.rows.iter().all(is_known))
}

fn run(arguments: &Arguments) -> Result<Report, Box<dyn Error>> {
    let mut all = documents(&arguments.folder, arguments.list.as_deref())?;
    if let Some(only) = &arguments.only {
        all.retain(|document| document.name.contains(only));
    }
    if arguments.wire && arguments.only.is_none() {
        // What breaks its specification cannot say what a violation is.
        all.retain(|document| !document.is_broken);
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?.to_owned();
    let subject = match arguments.compile || arguments.examples || arguments.wire {
        true => Some(Subject::new(&workspace, workspace.join("target/corpus"))?),
        false => None,
    };
    let wire = match arguments.wire.then(|| Wire::new(&workspace)) {
        Some(Ok(wire)) => Some(wire),
        Some(Err(error)) => {
            println!("skipped: --wire needs Node and npm for Prism: {error}");
            return Ok(Report::default());
        }
        None => None,
    };
    let mut report = Report::default();
    for document in &all {
        let (mut row, client) = one(document, arguments)?;
        match (client, &subject) {
            (Some(client), Some(subject)) if arguments.examples => {
                let tally = round_trips(document, &client, subject, &mut row)?;
                report.tallies.push(tally);
            }
            (Some(client), Some(subject)) if arguments.wire => {
                let Some(wire) = &wire else { continue };
                if client.statistics().operations > arguments.max_operations {
                    continue;
                }
                match wire.calls(document, &options(document, arguments), &client, subject, &mut row)? {
                    Some(calls) => report.calls.push(calls),
                    None => {
                        println!("{row}");
                        continue;
                    }
                }
            }
            (Some(client), Some(subject)) => compile(document, &client, subject, arguments, &mut row)?,
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

/// The options that a document is read with.
fn options(document: &Document, arguments: &Arguments) -> Options {
    let mut options = Options::new("subject");
    options.base_folder = Some(document.base.clone());
    options.lenient = true;
    // An example may hold what its schema allows and does not declare; nothing of it may be lost.
    options.types.keep_undeclared = arguments.examples;
    if arguments.wire {
        // Prism serves the paths as they stand.
        options.base_path = Some(String::new());
        options.samples = true;
    }
    options
}

fn one(document: &Document, arguments: &Arguments) -> Result<(Row, Option<Client>), Box<dyn Error>> {
    let options = options(document, arguments);
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

/// Compiles the client in the forms, and runs the lints, that were asked for.
fn compile(
    document: &Document,
    client: &Client,
    subject: &Subject,
    arguments: &Arguments,
    row: &mut Row,
) -> Result<(), Box<dyn Error>> {
    client.write(&subject.prepare()?)?;
    let check = subject.check()?;
    row.check_cpu = Some(check.cpu_seconds);
    if let Some(error) = check.error {
        row.outcome = Outcome::Compile(error);
        return Ok(());
    }
    if arguments.forms == Forms::All {
        let single = generate(&document.path, &options(document, arguments), Layout::Single);
        single.map_err(|diagnostics| diagnostics.to_string())?.write(&subject.prepare_single()?)?;
    }
    if let Some(error) = subject.check_forms(arguments.forms)? {
        row.outcome = Outcome::Compile(error);
    } else if arguments.lint
        && let Some(error) = subject.lint()?
    {
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
    let folder = document.path.parent().unwrap_or(Path::new(".")).to_owned();
    let file = document.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (examples, found) = examples(&tree, folder, &file);
    let mut tally = Tally { found, valid: examples.len(), ..Tally::default() };
    let root = document.path.to_string_lossy();
    let mut by_pointer: HashMap<&str, &str> = HashMap::new();
    for known in client.schema_types().iter().filter(|known| *known.place.file == root) {
        by_pointer.insert(&known.place.pointer, &known.rust);
    }
    let examples: Vec<(&str, Example)> = examples
        .into_iter()
        .filter_map(|example| Some((type_of(&by_pointer, &example.schema)?, example)))
        .collect();
    tally.typed = examples.len();
    if examples.is_empty() {
        return Ok(tally);
    }
    client.write(&subject.prepare()?)?;
    let mut types: Vec<&str> = examples.iter().map(|(ty, _)| *ty).collect();
    types.sort_unstable();
    types.dedup();
    let line =
        |(ty, example): &(&str, Example)| json!([types.binary_search(ty).ok(), example.value]).to_string();
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
        let complaint = match answer.get("ok") {
            Some(value) => compare(&example.value, value).complaint(),
            None => Some(format!("refused: {}", answer["error"])),
        };
        match complaint {
            None => tally.kept += 1,
            Some(complaint) => lost.push(format!("{}: {complaint}", example.pointer)),
        }
    }
    if !lost.is_empty() {
        row.outcome = Outcome::Examples(lost.join("\n"));
    }
    Ok(tally)
}

/// The type of the schema at a pointer. A response of Swagger 2.0 has its schema beside its media types.
fn type_of<'a>(types: &HashMap<&str, &'a str>, schema: &str) -> Option<&'a str> {
    let in_content = || {
        let content = format!("{}/content/", schema.strip_suffix("/schema")?);
        let mut found =
            types.iter().filter(|(pointer, _)| pointer.starts_with(&content) && pointer.ends_with("/schema"));
        found.next().map(|(_, ty)| *ty)
    };
    types.get(schema).copied().or_else(in_content)
}

/// What calling needs: the mock server, and a runtime for the emulator before it.
struct Wire {
    prism: Prism,
    runtime: tokio::runtime::Runtime,
}

impl Wire {
    fn new(workspace: &Path) -> std::io::Result<Self> {
        let prism = Prism::install(&workspace.join("target/prism"))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { prism, runtime })
    }

    /// Calls every operation. `None` if Prism cannot load the document.
    fn calls(
        &self,
        document: &Document,
        options: &Options,
        client: &Client,
        subject: &Subject,
        row: &mut Row,
    ) -> Result<Option<Calls>, Box<dyn Error>> {
        let mocked = match self.prism.start(&document.path)? {
            Ok(mocked) => mocked,
            Err(reason) => {
                row.outcome = Outcome::Unmocked(reason);
                return Ok(None);
            }
        };
        client.write(&subject.prepare()?)?;
        let judge = Judge::new(&document.path, options)?;
        let emulator = Emulator::new().service_at("subject", mocked.url());
        let emulator = self.runtime.block_on(emulator.start())?;
        // A scheme that needs `Authorization` for itself is for direct calls, as the generator says.
        let direct = client.diagnostics().iter().any(|found| found.code == Code::Authorization);
        let output = match direct {
            true => subject.calls(&mocked.url(), emulator.token(), true, &judge.statuses())?,
            false => subject.calls(&emulator.url(), emulator.token(), false, &judge.statuses())?,
        };
        let mut calls = Calls { operations: client.statistics().operations, ..Calls::default() };
        let output = match output {
            Ok(output) => output,
            Err(error) => {
                row.outcome = Outcome::Compile(error);
                return Ok(Some(calls));
            }
        };
        let mut made = 0;
        for line in output.lines() {
            made += 1;
            match judge.verdict(&serde_json::from_str(line)?) {
                Verdict::Complaint(complaint) => calls.others.push(complaint),
                Verdict::Fine { by_error } => {
                    calls.fine += 1;
                    calls.by_error += usize::from(by_error);
                }
            }
        }
        for _ in made..calls.operations {
            calls.others.push("sample: an operation whose required values cannot be made up".to_owned());
        }
        if !calls.others.is_empty() {
            row.outcome = Outcome::Calls(calls.others.join("\n"));
        }
        Ok(Some(calls))
    }
}
