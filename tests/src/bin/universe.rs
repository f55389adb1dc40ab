//! Random schemas, compiled, and values of theirs sent through the generated types.

use clap::Parser;
use cloudrun_tests::universe::{
    Class, Counts, Dialect, Failure, Faker, Judge, Sheet, family, generate_one, kinds, shrink, write,
};
use std::collections::BTreeSet;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Makes random schemas and values that fit them, and compares what comes back through the generated types.
#[derive(Parser)]
struct Arguments {
    /// How many schemas of each dialect, 3.0 and 3.1.
    #[arg(long, default_value_t = 1000)]
    schemas: usize,
    /// Another seed makes other schemas; the same one the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many values are made of each schema; near misses come to these.
    #[arg(long, default_value_t = 6)]
    values: usize,
    /// How many schemas go into a document.
    #[arg(long, default_value_t = 500)]
    document: usize,
    /// How many failures are shrunk, one of each family of schemas.
    #[arg(long, default_value_t = 60)]
    shrink: usize,
    /// Where the shrunk failures go, instead of `target/universe/found`.
    #[arg(long)]
    found: Option<PathBuf>,
}

/// How many failures without a value are shrunk.
const WITHOUT_PROGRAM: usize = 3;

/// What a run found.
#[derive(Default)]
struct Run {
    counts: Counts,
    failures: Vec<Failure>,
}

fn main() -> ExitCode {
    if let Some(code) = generate_one() {
        return code;
    }
    match run(&Arguments::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("universe: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<usize, Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?.to_owned();
    let folder = workspace.join("target/universe");
    let faker = match Faker::install(&folder.join("values")) {
        Ok(faker) => faker,
        Err(error) => {
            println!("skipped: Node and npm are needed for json-schema-faker: {error}");
            return Ok(0);
        }
    };
    let judge = Judge::new(&workspace, &folder, 4)?;
    let start = Instant::now();
    let found = all(arguments, &faker, &judge, start)?;
    let Run { counts, failures } = &found;
    println!(
        "{} schemas in 3.0 and 3.1, {} of them without a value that was found",
        counts.schemas,
        counts.empty.len()
    );
    println!("{} values, {} near misses that are not valid", counts.values, counts.invalid);
    println!("{} times a value was read and written, with keep_undeclared and without", counts.sent);
    println!("{:9} undeclared members were passed over without keep_undeclared", counts.undeclared);
    for (form, count) in &counts.forms {
        println!("{count:9} came back in another form: {form:?}");
    }
    for class in
        [Class::Lost, Class::Refused, Class::Changed, Class::Died, Class::Uncompiled, Class::Ungenerated]
    {
        let count = failures.iter().filter(|failure| failure.class == class).count();
        println!("{count:9} {}", format!("{class:?}").to_lowercase());
    }
    let empty = counts.empty.iter().map(|(schema, family)| {
        let schemas: serde_json::Map<_, _> = family.schemas.iter().cloned().collect();
        format!("{}\n", serde_json::json!([schema, schemas]))
    });
    std::fs::write(folder.join("empty.jsonl"), empty.collect::<String>())?;
    if !failures.is_empty() {
        tell(arguments, &judge, failures, &folder)?;
    }
    let failed = failures.iter().map(|failure| failure.family.number).collect::<BTreeSet<_>>().len();
    let is_failed = |failure: &Failure| failure.value.as_ref().map(|(schema, _)| schema.clone());
    let schemas: BTreeSet<String> = failures.iter().filter_map(is_failed).collect();
    let failed = schemas.len().max(failed);
    println!("{:.0} s", start.elapsed().as_secs_f64());
    println!("{} passed, {failed} failed", counts.schemas - failed);
    Ok(failed)
}

/// Makes documents, and judges some while the next are being made.
fn all(arguments: &Arguments, faker: &Faker, judge: &Judge, start: Instant) -> Result<Run, Box<dyn Error>> {
    let mut run = Run::default();
    let mut documents = Documents::new(arguments);
    let mut next = sheets(documents.take(judge.width() / 2), arguments, faker)?;
    while !next.is_empty() {
        let later = documents.take(judge.width() / 2);
        let (judged, later) = std::thread::scope(|scope| {
            let making = scope.spawn(|| sheets(later, arguments, faker));
            let mut both = Vec::new();
            for (sheet, counts) in next {
                run.counts += counts;
                both.extend([(sheet.clone(), true), (sheet, false)]);
            }
            let judged = judge.judge(both);
            (judged, making.join().unwrap_or_else(|_| Err(io::Error::other("making values panicked"))))
        });
        let (failures, counts) = judged?;
        run.counts += counts;
        run.failures.extend(failures);
        next = later?;
        eprintln!(
            "{:6.0} s  {:7} of {} schemas  {:8} values  {:6} failures",
            start.elapsed().as_secs_f64(),
            run.counts.schemas,
            2 * arguments.schemas,
            run.counts.values,
            run.failures.len()
        );
    }
    Ok(run)
}

fn sheets(
    documents: Vec<Vec<cloudrun_tests::universe::Family>>,
    arguments: &Arguments,
    faker: &Faker,
) -> io::Result<Vec<(Sheet, Counts)>> {
    let one = |families| Sheet::new(families, faker, arguments.values, arguments.seed);
    documents.into_iter().map(one).collect()
}

/// Families in turn, as many as make the schemas that were asked for, in documents of one dialect.
struct Documents {
    seed: u64,
    size: usize,
    number: usize,
    /// How many schemas are still to be made in each dialect.
    left: [(Dialect, usize); 2],
}

impl Documents {
    fn new(arguments: &Arguments) -> Self {
        let left = [(Dialect::V30, arguments.schemas), (Dialect::V31, arguments.schemas)];
        Self { seed: arguments.seed, size: arguments.document, number: 0, left }
    }

    fn take(&mut self, count: usize) -> Vec<Vec<cloudrun_tests::universe::Family>> {
        let mut documents = Vec::new();
        for turn in 0..count {
            let (dialect, left) = &mut self.left[turn % 2];
            let wanted = self.size.min(*left);
            let mut families = Vec::new();
            let mut schemas = 0;
            while schemas < wanted {
                let family = family(self.seed, self.number, *dialect);
                self.number += 1;
                schemas += family.schemas.len();
                families.push(family);
            }
            *left -= wanted;
            if !families.is_empty() {
                documents.push(families);
            }
        }
        documents
    }
}

/// Shrinks failures and prints them by kind.
fn tell(
    arguments: &Arguments,
    judge: &Judge,
    failures: &[Failure],
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    let mut seen = BTreeSet::new();
    let mut some: Vec<Failure> = failures
        .iter()
        .filter(|failure| seen.insert((failure.family.number, failure.class)))
        .cloned()
        .collect();
    let all = some.len();
    // Of those without a program a few are enough: each step is a process that may take all the memory there is.
    let mut without = 0;
    some.retain(|failure| {
        without += usize::from(failure.value.is_none());
        failure.value.is_some() || without <= WITHOUT_PROGRAM
    });
    // Evenly from the whole run, so that a kind is as frequent among them as it is in all.
    let step = some.len().div_ceil(arguments.shrink.max(1)).max(1);
    some = some.into_iter().step_by(step).collect();
    eprintln!("{} of {all} families that failed are shrunk", some.len());
    let shrunk = shrink(judge, some, |round, open| eprintln!("round {round}: {open} may get smaller"))?;
    let kinds = kinds(shrunk);
    let found = arguments.found.clone().unwrap_or_else(|| folder.join("found"));
    let _ = std::fs::remove_dir_all(&found);
    write(&found, &kinds)?;
    println!("{} kinds among those that were shrunk, in {}", kinds.len(), found.display());
    for (at, kind) in kinds.iter().enumerate() {
        let schemas: serde_json::Map<_, _> = kind.failure.family.schemas.iter().cloned().collect();
        let value = kind.failure.value.as_ref().map(|(_, value)| value.to_string()).unwrap_or_default();
        println!(
            "{:02} {} x {:?}: {}",
            at + 1,
            kind.count,
            kind.failure.class,
            serde_json::Value::Object(schemas)
        );
        println!("   {value}: {}", kind.failure.text);
    }
    Ok(())
}
