//! Generates a client for every document of a folder and says what became of each.

use clap::Parser;
use cloudrun_codegen::{Client, Code, Layout, Options, Severity, Statistics, generate, read};
use cloudrun_emulator::Emulator;
use cloudrun_tests::corpus::{
    Calls, Clients, Document, Example, Forms, Judge, Lanes, Outcome, Prism, Refusals, Report, Row, Subject,
    Tally, Verdict, autorest, documents, examples,
};
use cloudrun_tests::universe::{Faker, Meaning, Values, values};
use serde_json::Value;
use std::error::Error;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Generates a client for every document below a folder; one row per document.
#[derive(Parser)]
struct Arguments {
    /// The folder of documents.
    #[arg(required_unless_present = "autorest")]
    folder: Option<PathBuf>,
    /// Takes the documents that AutoRest's generators are tested with, which npm installs.
    #[arg(long, conflicts_with = "folder")]
    autorest: bool,
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
    /// Decodes and encodes every example that fits its schema, and compares: with `keep_undeclared` nothing may be lost,
    /// without it nothing that the schema declares.
    #[arg(long, conflicts_with = "compile")]
    examples: bool,
    /// Does the same with so many values of each named schema, and near misses of those that are valid too.
    #[arg(long, conflicts_with_all = ["compile", "examples"])]
    values: Option<usize>,
    /// Calls every operation against Prism, a mock server made from the document, behind the emulator.
    #[arg(long, conflicts_with_all = ["compile", "examples", "values"])]
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

impl Arguments {
    /// Whether values go through the types.
    fn trips(&self) -> bool {
        self.examples || self.values.is_some()
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(report) => {
            if arguments.trips() {
                let sum = |count: fn(&Tally) -> usize| report.tallies.iter().map(count).sum::<usize>();
                let (found, valid) = (sum(|t| t.found), sum(|t| t.valid));
                let (typed, kept) = (sum(|t| t.typed), sum(|t| t.kept));
                let what = if arguments.examples { "examples" } else { "values" };
                println!(
                    "{found} {what}, {valid} fit their schema, {typed} of those have a type, {kept} came back as they were"
                );
                let mut untyped = std::collections::BTreeMap::<&str, usize>::new();
                let all = report.tallies.iter().flat_map(|tally| &tally.untyped);
                all.for_each(|(place, count)| *untyped.entry(place).or_default() += count);
                untyped.iter().for_each(|(place, count)| println!("{count} without a type in {place}"));
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
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?.to_owned();
    let folder = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => autorest(&workspace.join("target/autorest"))?,
    };
    let mut all = documents(&folder, arguments.list.as_deref())?;
    if let Some(only) = &arguments.only {
        all.retain(|document| document.name.contains(only));
    }
    if arguments.wire && arguments.only.is_none() {
        // What breaks its specification cannot say what a violation is.
        all.retain(|document| !document.is_broken);
    }
    let subject = match arguments.compile || arguments.wire {
        true => Some(Subject::new(&workspace, workspace.join("target/corpus"))?),
        false => None,
    };
    let trips = match arguments.trips() {
        true => Some(Trips::new(&workspace, arguments.values)?),
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
    let mut refusals = Refusals::default();
    for document in &all {
        if !arguments.trips() && !arguments.wire {
            for refusal in refusals.look_at(document, &options(document, arguments)) {
                println!("refused  {:60} {refusal}", document.name);
                if arguments.warnings {
                    refusal.errors.iter().for_each(|error| println!("{error}"));
                }
            }
        }
        let (mut row, client) = one(document, arguments)?;
        if let (Some(client), Some(trips)) = (&client, &trips) {
            report.tallies.push(trips.run(document, client, arguments, &mut row)?);
        }
        match (client, &subject) {
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
    if !arguments.trips() && !arguments.wire {
        println!("{refusals}");
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
    options.types.keep_undeclared = arguments.trips();
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

/// What sending values through types needs.
struct Trips {
    lanes: Lanes,
    /// What makes values, and how many of each schema, where that is asked for.
    made: Option<(Faker, usize)>,
}

impl Trips {
    fn new(workspace: &Path, values: Option<usize>) -> std::io::Result<Self> {
        let faker =
            |count| Faker::install(&workspace.join("target/universe/values")).map(|faker| (faker, count));
        let lanes = Lanes::new(workspace, workspace.join("target/corpus-lanes"), 2, true)?;
        Ok(Self { lanes, made: values.map(faker).transpose()? })
    }

    /// Sends the document's examples, or values that are made for its named schemas, through its types and compares what
    /// comes back.
    fn run(
        &self,
        document: &Document,
        client: &Client,
        arguments: &Arguments,
        row: &mut Row,
    ) -> Result<Tally, Box<dyn Error>> {
        let Ok(tree) = read(&document.path) else { return Ok(Tally::default()) };
        let folder = document.path.parent().unwrap_or(Path::new(".")).to_owned();
        let file = document.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let meaning = Meaning::new(&tree, folder.clone(), &file);
        let (examples, found) = match &self.made {
            Some((faker, count)) => made(&tree, &meaning, faker, *count)?,
            None => examples(&tree, folder, &file),
        };
        let mut tally = Tally { found, valid: examples.len(), ..Tally::default() };
        if examples.is_empty() {
            return Ok(tally);
        }
        let mut options = options(document, arguments);
        options.types.keep_undeclared = false;
        let passing_over = generate(&document.path, &options, Layout::Directory);
        let passing_over = passing_over.map_err(|diagnostics| diagnostics.to_string())?;
        let clients = Clients { keeping: client, passing_over: &passing_over };
        let root = document.path.to_string_lossy();
        match clients.trips(&root, &examples, &meaning, &self.lanes, &mut tally)? {
            Ok(complaints) if complaints.is_empty() => {}
            Ok(complaints) => row.outcome = Outcome::Examples(complaints.join("\n")),
            Err(error) => row.outcome = Outcome::Compile(error),
        }
        Ok(tally)
    }
}

/// Values of the document's named schemas that are valid, and how many were made in all.
fn made(
    tree: &Value,
    meaning: &Meaning,
    faker: &Faker,
    count: usize,
) -> std::io::Result<(Vec<Example>, usize)> {
    let section = if tree.get("swagger").is_some() { "/definitions" } else { "/components/schemas" };
    let names = tree.pointer(section).and_then(Value::as_object).into_iter().flatten();
    let pointer = |name: &String| format!("{section}/{}", name.replace('~', "~0").replace('/', "~1"));
    let pointers: Vec<String> = names.map(|(name, _)| pointer(name)).collect();
    let made = values(faker, meaning, &pointers, count, 1)?;
    let found = made.iter().map(|values| values.valid.len() + values.invalid).sum();
    let of_schema = |(schema, values): (&String, Values)| {
        let example =
            |(at, value)| Example { pointer: format!("{schema} value {at}"), schema: schema.clone(), value };
        values.valid.into_iter().enumerate().map(example).collect::<Vec<_>>()
    };
    Ok((pointers.iter().zip(made).flat_map(of_schema).collect(), found))
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
