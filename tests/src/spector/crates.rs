//! Programs that call. In come clients with the calls of each, out comes what each call saw, or why there is no such program.
//! Several clients share a program, since linking takes longer than compiling one.

use crate::corpus::manifest;
use cloudrun_codegen::Client;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

const MAIN: &str = include_str!("programs/main.rs");
const PRELUDE: &str = include_str!("programs/prelude.rs");

/// What stands before the calls of a client.
const HEAD: &str = "pub mod client;\nuse self::client::*;\n#[allow(unused_imports)]\nuse cloudrun_runtime::{jiff, multipart, serde_json, uuid};\n\
                    #[allow(unused_imports)]\nuse std::collections::BTreeMap;\n\n";

/// How many crates a group has: as many as are compiled at a time.
const WIDTH: usize = 2;

/// A client and its calls.
#[derive(Debug)]
pub struct Program<'c> {
    /// Programs of one group are run together.
    pub group: usize,
    /// The client.
    pub client: &'c Client,
    /// The calls: a number that tells them apart in all programs, and the function of the name `call_{number}`.
    pub calls: Vec<(usize, String)>,
}

/// What a call saw.
#[derive(Clone, Debug)]
pub enum Seen {
    /// An answer.
    Answer(Answer),
    /// No answer of a documented kind.
    Error(String),
}

/// What came, and what the client made of it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status, where it is known.
    pub status: Option<u64>,
    /// The body as it came.
    pub raw: String,
    /// The documented headers, written again, or why they cannot be read.
    pub headers: Value,
    /// The body, written again.
    pub body: Value,
}

/// The folder of the programs.
#[derive(Debug)]
pub struct Crates {
    folder: PathBuf,
    count: usize,
}

impl Crates {
    /// Sets up the crates of so many groups.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn new(workspace: &Path, folder: PathBuf, groups: usize) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let count = groups * WIDTH;
        let members: Vec<String> = (0..count).map(name).collect();
        let text =
            format!("[profile.dev]\ndebug = 0\n\n[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
        fs::write(folder.join("Cargo.toml"), text)?;
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        for member in &members {
            fs::create_dir_all(folder.join(member).join("src"))?;
            fs::write(folder.join(member).join("Cargo.toml"), manifest(member, "2024", workspace))?;
        }
        Ok(Self { folder, count })
    }

    /// Compiles the programs. A client that does not compile is left out, with what the compiler says of it.
    ///
    /// # Errors
    ///
    /// A file cannot be written, or cargo not be run, or nothing compiles for a reason that is no client's.
    pub fn build(&self, programs: &[Program<'_>]) -> io::Result<BTreeMap<usize, String>> {
        for (at, program) in programs.iter().enumerate() {
            let folder = self.source(member(at, program)).join(module(at));
            fs::create_dir_all(&folder)?;
            program.client.write(&folder.join("client")).map_err(io::Error::other)?;
            let calls: String = program.calls.iter().map(|(_, text)| text.as_str()).collect();
            put(&folder.join("mod.rs"), &format!("{HEAD}{calls}"))?;
        }
        let mut broken = BTreeMap::new();
        loop {
            self.write_mains(programs, &broken)?;
            let Some(words) = self.compile()? else { return Ok(broken) };
            let found: BTreeMap<usize, String> = (0..programs.len())
                .filter(|at| !broken.contains_key(at))
                .filter_map(|at| Some((at, of_module(&words, &module(at))?)))
                .collect();
            if found.is_empty() {
                return Err(io::Error::other(words));
            }
            broken.extend(found);
        }
    }

    /// Runs a group against a server. What a call of a number saw; what is not there was not called.
    ///
    /// # Errors
    ///
    /// A program cannot be run.
    pub fn run(&self, group: usize, url: &str) -> io::Result<BTreeMap<usize, Seen>> {
        let mut all = BTreeMap::new();
        for at in group * WIDTH..(group + 1) * WIDTH {
            let output = Command::new(self.folder.join("target/debug").join(name(at))).arg(url).output()?;
            let text = String::from_utf8_lossy(&output.stdout);
            for row in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
                let Some(at) = row["at"].as_u64().and_then(|at| usize::try_from(at).ok()) else { continue };
                let seen = match row["error"].as_str() {
                    Some(error) => Seen::Error(error.to_owned()),
                    None => Seen::Answer(answer(&row["seen"])),
                };
                all.insert(at, seen);
            }
            if !output.status.success() {
                let words = String::from_utf8_lossy(&output.stderr);
                return Err(io::Error::other(format!("{}: {}: {}", name(at), output.status, words.trim())));
            }
        }
        Ok(all)
    }

    fn source(&self, member: usize) -> PathBuf {
        self.folder.join(name(member)).join("src")
    }

    fn write_mains(&self, programs: &[Program<'_>], broken: &BTreeMap<usize, String>) -> io::Result<()> {
        for member in 0..self.count {
            let (mut modules, mut calls) = (String::new(), String::new());
            let own =
                programs.iter().enumerate().filter(|(at, program)| self::member(*at, program) == member);
            for (at, program) in own.filter(|(at, _)| !broken.contains_key(at)) {
                let module = module(at);
                let _ = writeln!(modules, "mod {module};");
                for (number, _) in &program.calls {
                    let _ = writeln!(calls, "    call!({number}, {module}, call_{number});");
                }
            }
            let main = MAIN.replace("// clients\n", &modules).replace("    // calls\n", &calls);
            put(&self.source(member).join("main.rs"), &main)?;
            put(&self.source(member).join("prelude.rs"), PRELUDE)?;
        }
        Ok(())
    }

    /// What the compiler says, unless it is content.
    fn compile(&self) -> io::Result<Option<String>> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--keep-going", "--message-format=short"])
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("RUSTFLAGS", "-A warnings")
            .output()?;
        Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

/// Writes what is not there already: the compiler goes by the time of files.
fn put(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) { Ok(()) } else { fs::write(path, text) }
}

fn name(member: usize) -> String {
    format!("calls-{member}")
}

/// The crate of a program.
fn member(at: usize, program: &Program<'_>) -> usize {
    program.group * WIDTH + at % WIDTH
}

fn module(program: usize) -> String {
    format!("client_{program}")
}

fn answer(row: &Value) -> Answer {
    Answer {
        status: row["status"].as_u64(),
        raw: row["raw"].as_str().unwrap_or_default().to_owned(),
        headers: row["headers"].clone(),
        body: row["body"].clone(),
    }
}

/// The compiler's errors about a module.
fn of_module(words: &str, module: &str) -> Option<String> {
    let folder = format!("src/{module}/");
    let errors = words.lines().filter(|line| line.contains("error") && line.contains(&folder));
    let errors: Vec<&str> = errors.take(3).collect();
    (!errors.is_empty()).then(|| errors.join(" | "))
}
