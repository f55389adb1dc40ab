//! A program that takes lines of JSON and answers each with one.

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running program. Ends when dropped.
#[derive(Debug)]
pub struct Program {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    /// Starts a command.
    ///
    /// # Errors
    ///
    /// The command cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let lost = || io::Error::other("the program has no input or output");
        let input = process.stdin.take().ok_or_else(lost)?;
        let output = BufReader::new(process.stdout.take().ok_or_else(lost)?);
        Ok(Self { process, input, output })
    }

    /// Says something, and waits for the answer.
    ///
    /// # Errors
    ///
    /// The program has ended, or answers with something else than JSON.
    pub fn ask(&mut self, question: &Value) -> io::Result<Value> {
        writeln!(self.input, "{question}")?;
        self.input.flush()?;
        let mut answer = String::new();
        if self.output.read_line(&mut answer)? == 0 {
            return Err(io::Error::other("the program has ended"));
        }
        Ok(serde_json::from_str(&answer)?)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Installs packages of npm below a folder, unless they are there.
///
/// # Errors
///
/// There is no npm, or it cannot install them.
pub fn npm_install(folder: &Path, packages: &[&str]) -> io::Result<()> {
    let stamp = folder.join("installed.txt");
    let wanted = packages.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let output = Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix", "."])
        .args(packages)
        .current_dir(folder)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    std::fs::write(stamp, wanted)
}

/// Where Chromium is, if it is installed.
pub fn chromium() -> Option<std::path::PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&paths);
    let mut found = folders
        .flat_map(|folder| ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name)));
    found.find(|path| path.is_file())
}
