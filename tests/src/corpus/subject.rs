use super::form::{Form, Forms, manifest};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A crate that generated clients are put into, one after the other, to be checked.
#[derive(Debug)]
pub struct Subject {
    folder: PathBuf,
    target: PathBuf,
}

/// What the compiler made of a client.
#[derive(Clone, Debug)]
pub struct Check {
    /// The compiler's words if it did not pass.
    pub error: Option<String>,
    /// User and system time of the check in seconds, dependencies built, incremental compilation off.
    pub cpu_seconds: f64,
}

const LIB: &str = "//! A generated client under test.\n#![deny(warnings)]\n\npub mod client;\n";

/// Reads values of the client's types and writes them again.
pub(super) const PROGRAM: &str = include_str!("programs/round_trips.rs");

/// Calls every operation of the client and says what became of it.
const CALLS: &str = include_str!("programs/calls.rs");

impl Subject {
    /// Sets the crate up and builds its dependencies.
    ///
    /// # Errors
    ///
    /// A file cannot be written, or the dependencies do not build.
    pub fn new(workspace: &Path, folder: PathBuf) -> io::Result<Self> {
        // What a run that was cut off has left there would be compiled with the next client.
        for left in ["src", "single"].map(|name| folder.join(name)) {
            if left.exists() {
                fs::remove_dir_all(left)?;
            }
        }
        fs::create_dir_all(folder.join("src"))?;
        let members: Vec<&str> = Form::ALL.iter().map(|form| form.name).collect();
        let workspace_table = format!("\n[profile.dev]\ndebug = 0\n\n[workspace]\nmembers = {members:?}\n");
        fs::write(folder.join("Cargo.toml"), manifest("subject", "2024", workspace) + &workspace_table)?;
        for form in Form::ALL {
            form.set_up(workspace, &folder)?;
        }
        // The same versions as in the workspace, so that nothing is resolved anew.
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        fs::write(folder.join("src/lib.rs"), "")?;
        let target = folder.join("target");
        let subject = Self { folder, target };
        for command in ["check", "clippy"] {
            let output = subject.cargo(command, &["-p", "subject"])?;
            if !output.status.success() {
                return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
            }
        }
        Ok(subject)
    }

    /// The folder that a client's files belong into. It is emptied first.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn prepare(&self) -> io::Result<PathBuf> {
        let client = self.folder.join("src/client");
        if client.exists() {
            fs::remove_dir_all(&client)?;
        }
        fs::create_dir_all(&client)?;
        fs::write(self.folder.join("src/lib.rs"), LIB)?;
        Ok(client)
    }

    /// The folder that a client of one file belongs into, for the forms that include it.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn prepare_single(&self) -> io::Result<PathBuf> {
        let single = self.folder.join("single");
        fs::create_dir_all(&single)?;
        Ok(single)
    }

    /// Type-checks the client with warnings denied, as a public module of a library under edition 2024.
    ///
    /// # Errors
    ///
    /// Cargo cannot be run.
    pub fn check(&self) -> io::Result<Check> {
        let before = children_cpu();
        let output = self.cargo("check", &["-p", "subject", "--message-format=short"])?;
        Ok(Check { error: failure(&output), cpu_seconds: children_cpu() - before })
    }

    /// Type-checks the client in its other forms with warnings denied. Answers with what the compiler complains about.
    ///
    /// # Errors
    ///
    /// Cargo cannot be run.
    pub fn check_forms(&self, forms: Forms) -> io::Result<Option<String>> {
        let mut arguments = vec!["--message-format=short", "--keep-going"];
        for form in forms.others() {
            arguments.extend(["-p", form.name]);
        }
        let complaint = failure(&self.cargo("check", &arguments)?);
        Ok(complaint.map(|complaint| format!("in another form than the usual library's:\n{complaint}")))
    }

    /// Runs clippy and rustdoc over the client with warnings denied. Answers with what they complain about.
    ///
    /// # Errors
    ///
    /// Cargo cannot be run.
    pub fn lint(&self) -> io::Result<Option<String>> {
        let clippy =
            self.cargo("clippy", &["-p", "subject", "--message-format=short", "--", "-D", "warnings"])?;
        if let Some(error) = failure(&clippy) {
            return Ok(Some(error));
        }
        Ok(failure(&self.cargo("doc", &["-p", "subject", "--no-deps", "--message-format=short"])?))
    }

    /// Puts a program beside the client that calls every operation with sample values, through the gateway at `url` or
    /// directly, and says in a line of JSON what became of each. `statuses` are the documented ones of each operation by its
    /// id, which the mock is asked for where it cannot make the first.
    ///
    /// # Errors
    ///
    /// A file cannot be written or the program does not compile.
    pub fn calls(
        &self,
        url: &str,
        token: &str,
        direct: bool,
        statuses: &serde_json::Value,
    ) -> io::Result<Result<String, String>> {
        let file = self.folder.join("statuses.json");
        fs::write(&file, statuses.to_string())?;
        self.program(CALLS, |command| {
            command.args([url, token, if direct { "direct" } else { "gateway" }]).arg(file);
            Ok(())
        })
    }

    /// Compiles a program and runs it. The inner error is what the compiler or the program say.
    fn program(
        &self,
        text: &str,
        prepare: impl FnOnce(&mut Command) -> io::Result<()>,
    ) -> io::Result<Result<String, String>> {
        fs::write(self.folder.join("src/main.rs"), text)?;
        fs::write(self.folder.join("src/lib.rs"), "")?;
        let build = self.cargo("build", &["--bin", "subject", "--message-format=short"])?;
        fs::write(self.folder.join("src/lib.rs"), LIB)?;
        fs::remove_file(self.folder.join("src/main.rs"))?;
        if let Some(error) = failure(&build) {
            return Ok(Err(error));
        }
        let mut command = Command::new(self.target.join("debug/subject"));
        prepare(&mut command)?;
        let output = command.output()?;
        if !output.status.success() {
            return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    fn cargo(&self, command: &str, arguments: &[&str]) -> io::Result<Output> {
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .arg(command)
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", &self.target)
            .env("RUSTDOCFLAGS", "-D warnings")
            .env_remove("RUSTFLAGS")
            .output()
    }
}

/// The rows of [`PROGRAM`]'s table.
pub(super) fn readers(types: &[&str]) -> String {
    types.iter().map(|ty| format!("        go::<{ty}>,\n")).collect()
}

fn failure(output: &Output) -> Option<String> {
    if output.status.success() {
        return None;
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> =
        text.lines().filter(|line| line.contains("error") || line.contains("warning")).collect();
    Some(if lines.is_empty() { text.into_owned() } else { lines.join("\n") })
}

/// The processor time of all processes that were waited for so far, in seconds.
fn children_cpu() -> f64 {
    use nix::sys::resource::{UsageWho, getrusage};
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0.0, |usage| {
        let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        seconds(usage.user_time()) + seconds(usage.system_time())
    })
}
