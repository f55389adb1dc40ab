//! Generates a client for every document that the tests compile and call: those of `specs`, and those of the folders
//! `constructs` and `regress`, which are found.

/// What the tests know of the folders, too.
#[path = "src/house/case.rs"]
pub mod case;

use case::{Case, cases};
use cloudrun_codegen::{Builder, Client, DateTime, Layout, Map, Options, generate};
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    specs();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    constructs(&out)?;
    regress(&out)
}

/// One file with a module for each construct, and a table of their sample calls.
fn constructs(out: &Path) -> Result<(), Box<dyn Error>> {
    let (mut modules, mut table) = (String::new(), String::new());
    for case in found("constructs")? {
        let mut options = case.options.clone();
        options.samples = true;
        let Some((client, path)) = written(&case, &options, Layout::Single, &out.join("constructs"))? else {
            continue;
        };
        let (name, module) = (&case.name, module(&case));
        writeln!(modules, "#[path = {path:?}]\nmod {module};")?;
        let client = format!("{module}::{}", client.module());
        writeln!(
            table,
            "    ({name:?}, |gateway| {{\n        \
             let client = {client}::samples::with_secrets({client}::Client::new(gateway), false);\n        \
             {client}::samples::ALL.iter().map(|(id, call)| (*id, call(client.clone()))).collect()\n    }}),"
        )?;
    }
    let table = format!(
        "/// The sample calls of every construct.\nconst SAMPLES: &[(&str, Samples)] = &[\n{table}];\n"
    );
    Ok(std::fs::write(out.join("constructs.rs"), modules + &table)?)
}

/// One file with two modules for each regression: the client as build scripts have it, and as it is checked in.
fn regress(out: &Path) -> Result<(), Box<dyn Error>> {
    let mut modules = String::new();
    for case in found("regress")? {
        let module = module(&case);
        for (layout, folder, suffix) in
            [(Layout::Single, "regress", ""), (Layout::Directory, "regress-trees", "_tree")]
        {
            if let Some((_, path)) = written(&case, &case.options, layout, &out.join(folder))? {
                writeln!(modules, "#[path = {path:?}]\nmod {module}{suffix};")?;
            }
        }
    }
    Ok(std::fs::write(out.join("regress.rs"), modules)?)
}

/// The cases of a folder. A file that is changed or added has this script run again.
fn found(house: &str) -> std::io::Result<Vec<Case>> {
    println!("cargo::rerun-if-changed={house}");
    cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join(house))
}

/// The module that a case's client is put into, whatever the client calls itself.
fn module(case: &Case) -> String {
    format!("case_{}", case.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

/// Generates a client and writes it; the path is that of its root. Of a document that makes none, the tests say why.
fn written(
    case: &Case,
    options: &Options,
    layout: Layout,
    folder: &Path,
) -> std::io::Result<Option<(Client, PathBuf)>> {
    let Ok(client) = generate(&case.document, options, layout) else { return Ok(None) };
    let folder = folder.join(&case.name);
    std::fs::create_dir_all(&folder)?;
    client.write(&folder).map_err(std::io::Error::other)?;
    let root = client.files().next().map(|(root, _)| folder.join(root));
    Ok(root.map(|root| (client, root)))
}

fn specs() {
    for (service, document) in [
        ("petstore", "specs/petstore.yaml"),
        ("shapes", "specs/shapes.yaml"),
        ("unions", "specs/unions.yaml"),
        ("exchange", "specs/exchange.yaml"),
        ("fleet", "specs/fleet.yaml"),
        ("helloworld", "specs/helloworld.yaml"),
    ] {
        // Warnings are for those who own a document.
        let client = Builder::new().service(service).quiet(true);
        client.compile(document).unwrap_or_else(|error| error.exit());
    }
    let client = Builder::new().service("gopher").quiet(true).null_as_empty(true);
    client.compile("specs/gopher.yaml").unwrap_or_else(|error| error.exit());
    let client = Builder::new().service("bounded").quiet(true).check_constraints(true);
    client.compile("specs/bounded.yaml").unwrap_or_else(|error| error.exit());
    let client = Builder::new().service("openapi-31").quiet(true).overlay("specs/openapi-31.overlay.yaml");
    let client =
        client.decimal(true).map(Map::Index).keep_undeclared(true).replace_format("iban", "crate::Iban");
    client.compile("specs/openapi-31.yaml").unwrap_or_else(|error| error.exit());
    // The same document with other types for the same things.
    for (service, library) in [
        ("shapes-offset", DateTime::JiffOffset),
        ("shapes-chrono", DateTime::Chrono),
        ("shapes-time", DateTime::Time),
        ("shapes-text", DateTime::String),
    ] {
        let client = Builder::new().service(service).quiet(true).date_time(library);
        let client = client.uuid_as_string(library == DateTime::String);
        let client = client.replace("Labels", "crate::Tags");
        client.compile("specs/shapes.yaml").unwrap_or_else(|error| error.exit());
    }
}
