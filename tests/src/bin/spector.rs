//! Calls of generated clients, judged by the mock server of TypeSpec's test suite and by what it answers.

use clap::Parser;
use cloudrun_codegen::{Client, Layout, Options, generate};
use cloudrun_tests::spector::{
    Coverage, Crates, Dialect, Document, Exchange, Program, Seen, Server, Specs, Suite, Written, documents,
    exchanges, foreign, verdict, write,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

/// Makes every request of TypeSpec's test suite by generated clients, one of each spec in OpenAPI 3.0 and one in 3.1.
#[derive(Parser)]
struct Arguments {
    /// Takes only scenarios whose spec or name holds one of these.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Prints the calls that are written.
    #[arg(long)]
    calls: bool,
}

/// A complaint is printed to so many letters.
const LONGEST: usize = 400;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("spector: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<usize, Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?.to_owned();
    let folder = workspace.join("target/spector");
    let suite = match Suite::install(&folder) {
        Ok(suite) => suite,
        Err(error) => {
            println!("skipped: Node and npm are needed for TypeSpec's test suite: {error}");
            return Ok(0);
        }
    };
    let start = Instant::now();
    let Specs { documents, complaints } = documents(&suite)?;
    complaints.iter().for_each(|(spec, error)| println!("not compiled: {spec}: {error}"));
    let mut exchanges = exchanges(&suite)?;
    let is_wanted = |exchange: &Exchange| {
        let mut wanted = arguments.only.iter();
        arguments.only.is_empty()
            || wanted.any(|part| exchange.spec.contains(part) || exchange.scenario.contains(part))
    };
    exchanges.retain(is_wanted);
    let clients = clients(&documents, &exchanges)?;
    let calls = calls(&exchanges, &documents, &clients);
    if arguments.calls {
        calls.values().flat_map(|(_, call)| call).for_each(|call| println!("{}", call.text));
    }
    let crates = Crates::new(&workspace, folder.join("crates"), Dialect::ALL.len())?;
    let mut programs: Vec<Program<'_>> = Vec::new();
    let mut of_program = Vec::new();
    for (at, client) in &clients {
        let own = calls.iter().filter(|(_, (document, _))| document == at);
        let own: Vec<(usize, String)> =
            own.filter_map(|(number, (_, call))| Some((*number, call.as_ref().ok()?.text.clone()))).collect();
        if let (Ok(client), false) = (client, own.is_empty()) {
            let group = usize::from(documents[*at].dialect == Dialect::V31);
            programs.push(Program { group, client, calls: own });
            of_program.push(*at);
        }
    }
    let broken = crates.build(&programs)?;
    let broken: BTreeMap<usize, String> =
        broken.into_iter().map(|(at, error)| (of_program[at], error)).collect();
    eprintln!("{:.0} s until all is compiled", start.elapsed().as_secs_f64());
    let (mut passed, mut failed) = (0, 0);
    for (group, dialect) in Dialect::ALL.into_iter().enumerate() {
        let server = Server::start(&suite)?;
        let seen = crates.run(group, &server.url())?;
        let url = server.url();
        let judge = Judge { dialect, exchanges: &exchanges, calls: &calls, broken: &broken, seen, url };
        let counts = judge.judge(&server.coverage()?);
        passed += counts.0;
        failed += counts.1;
    }
    println!("{:.0} s", start.elapsed().as_secs_f64());
    println!("{passed} passed, {failed} failed");
    Ok(failed)
}

/// The clients of the documents that are needed, by the document's index.
fn clients(
    documents: &[Document],
    exchanges: &[Exchange],
) -> Result<BTreeMap<usize, Result<Client, String>>, Box<dyn Error>> {
    let mut clients = BTreeMap::new();
    for (at, document) in documents.iter().enumerate() {
        if !exchanges.iter().any(|exchange| exchange.spec == document.spec) {
            continue;
        }
        let mut options = Options::new("subject");
        options.base_path = Some(document.base.clone());
        let client = generate(&document.path, &options, Layout::Directory);
        clients.insert(at, client.map_err(|diagnostics| diagnostics.to_string()));
    }
    Ok(clients)
}

/// The call of an exchange, by the number of the exchange and the dialect, with the index of its document.
type Calls = BTreeMap<usize, (usize, Result<Written, String>)>;

/// The number of a call: what tells exchanges and dialects apart.
fn number(exchange: usize, dialect: Dialect) -> usize {
    2 * exchange + usize::from(dialect == Dialect::V31)
}

fn calls(
    exchanges: &[Exchange],
    documents: &[Document],
    clients: &BTreeMap<usize, Result<Client, String>>,
) -> Calls {
    let mut calls = Calls::new();
    for (at, exchange) in exchanges.iter().enumerate() {
        for dialect in Dialect::ALL {
            let number = number(at, dialect);
            let is_it = |document: &Document| document.spec == exchange.spec && document.dialect == dialect;
            let mut all: Vec<usize> = (0..documents.len()).filter(|at| is_it(&documents[*at])).collect();
            // The last version first, but for the one that the request names.
            all.reverse();
            let is_named = |at: &usize| {
                let version = documents[*at].tree["info"]["version"].as_str().unwrap_or_default();
                exchange.query.iter().any(|(_, values)| values.iter().any(|value| value == version))
            };
            all.sort_by_key(|at| !is_named(at));
            let write_for = |document: usize| {
                let client = clients.get(&document).ok_or("no client")?.as_ref().map_err(Clone::clone)?;
                write(&format!("call_{number}"), exchange, &documents[document], client.surface())
            };
            let mut written = all.into_iter().map(|document| (document, write_for(document)));
            let first = written.next();
            let found = match first {
                Some((_, Err(_))) => written.find(|(_, written)| written.is_ok()).or(first),
                first => first,
            };
            calls.insert(number, found.unwrap_or((usize::MAX, Err("the spec has no document".to_owned()))));
        }
    }
    calls
}

/// What is needed to say of each scenario in a dialect what became of it.
struct Judge<'r> {
    dialect: Dialect,
    exchanges: &'r [Exchange],
    calls: &'r Calls,
    broken: &'r BTreeMap<usize, String>,
    seen: BTreeMap<usize, Seen>,
    url: String,
}

impl Judge<'_> {
    /// Prints a row for each scenario that is not right; counts those that passed and those that failed.
    fn judge(&self, coverage: &Coverage) -> (usize, usize) {
        let mut scenarios: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, exchange) in self.exchanges.iter().enumerate() {
            scenarios.entry(&exchange.scenario).or_default().push(at);
        }
        let (mut called, mut right, mut passed, mut failed, mut listed) = (0, 0, 0, 0, 0);
        let dialect = self.dialect.name();
        for (name, exchanges) in &scenarios {
            let is_called = exchanges.iter().all(|at| self.seen.contains_key(&number(*at, self.dialect)));
            called += usize::from(is_called);
            let mut complaints: Vec<String> =
                exchanges.iter().filter_map(|at| self.exchange(*at).err()).collect();
            if complaints.is_empty() && coverage.0.get(*name).is_none_or(|result| result != "pass") {
                complaints.push("the server does not count it as passed".to_owned());
            }
            right += usize::from(complaints.is_empty());
            match (foreign(name), complaints.is_empty()) {
                (None, true) => passed += 1,
                (None, false) => {
                    failed += 1;
                    let complaint: String = complaints.join("; ").chars().take(LONGEST).collect();
                    println!("{dialect} {name}: {complaint}");
                }
                (Some(reason), true) => {
                    failed += 1;
                    println!("{dialect} {name}: right, though it is listed: {reason}");
                }
                (Some(reason), false) => {
                    listed += 1;
                    println!("{dialect} {name}: listed: {reason}");
                }
            }
        }
        println!("{dialect}: {} scenarios, {called} called, {right} right, {listed} listed", scenarios.len());
        println!("{dialect}: {} passed by the server's own count", coverage.passed());
        (passed, failed)
    }

    /// Why an exchange is not right.
    fn exchange(&self, at: usize) -> Result<(), String> {
        let number = number(at, self.dialect);
        let exchange = &self.exchanges[at];
        let (document, written) = self.calls.get(&number).ok_or("not called")?;
        let written = written.as_ref().map_err(|error| format!("not called: {error}"))?;
        if let Some(error) = self.broken.get(document) {
            return Err(format!("the client does not compile: {error}"));
        }
        let seen = self.seen.get(&number).ok_or("not called")?;
        let said = verdict(exchange, seen, &self.url);
        said.map_err(|reason| match written.unsent.as_slice() {
            [] => reason,
            unsent => format!("{reason} (the operation takes no {})", unsent.join(", ")),
        })
    }
}
