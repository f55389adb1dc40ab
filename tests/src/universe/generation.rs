use cloudrun_codegen::{Layout, Options, Severity, generate};
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The argument that lets the program generate one client and end.
const ARGUMENT: &str = "--generate-one";

/// Generates clients, each in a process of its own: one that ends over a document must not end the run.
#[derive(Debug)]
pub(super) struct Generation {
    document: PathBuf,
    program: PathBuf,
}

/// A client that was generated.
#[derive(Debug)]
pub(super) struct Generated {
    /// Its files: paths and texts.
    pub(super) files: Vec<(String, String)>,
    /// The pointers of schemas with their types.
    pub(super) types: Vec<(String, String)>,
}

impl Generation {
    /// With the document in a folder.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { document: folder.join("document.json"), program: std::env::current_exe()? })
    }

    /// Generates the client of a document. The inner error is why there is none.
    pub(super) fn run(&self, document: &Value, keeps: bool) -> io::Result<Result<Generated, String>> {
        std::fs::write(&self.document, document.to_string())?;
        let mode = if keeps { "keep" } else { "pass-over" };
        let output = Command::new(&self.program).arg(ARGUMENT).arg(&self.document).arg(mode).output()?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            return Ok(Err(format!("{}: {}", output.status, words.trim())));
        }
        let found: Value = serde_json::from_slice(&output.stdout)?;
        let pairs = |key: &str| -> Vec<(String, String)> {
            serde_json::from_value(found[key].clone()).unwrap_or_default()
        };
        Ok(Ok(Generated { files: pairs("files"), types: pairs("types") }))
    }
}

/// What the program does if it was started to generate one client.
pub fn generate_one() -> Option<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [argument, document, mode] = arguments.as_slice() else { return None };
    if argument != ARGUMENT {
        return None;
    }
    let mut options = Options::new("subject");
    options.types.keep_undeclared = mode == "keep";
    match generate(document.as_ref(), &options, Layout::Directory) {
        Ok(client) => {
            let files: Vec<(&str, &str)> = client.files().collect();
            let types = client.schema_types().iter().map(|known| (&known.place.pointer, &known.rust));
            println!("{}", json!({"files": files, "types": types.collect::<Vec<_>>()}));
            Some(ExitCode::SUCCESS)
        }
        Err(diagnostics) => {
            let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
            errors.for_each(|error| eprintln!("{error}"));
            Some(ExitCode::from(1))
        }
    }
}
