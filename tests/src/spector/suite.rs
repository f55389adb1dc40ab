//! The packages. In comes a folder, out come the installed packages and ways to run scripts beside them. What they do is the
//! scripts' own.

use serde_json::Value;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What npm installs, by version and checksum.
const LOCK: [(&str, &str); 2] = [
    ("package.json", include_str!("../../spector/package.json")),
    ("package-lock.json", include_str!("../../spector/package-lock.json")),
];

/// The scripts, which import packages from beside them.
pub(super) const SCRIPTS: [(&str, &str); 3] = [
    ("compile.mjs", include_str!("../../spector/compile.mjs")),
    ("adapted.mjs", include_str!("../../spector/adapted.mjs")),
    ("scenarios.mjs", include_str!("../../spector/scenarios.mjs")),
];

/// The suite, installed below a folder.
#[derive(Clone, Debug)]
pub struct Suite {
    folder: PathBuf,
}

impl Suite {
    /// Installs it by npm, unless just this is there.
    ///
    /// # Errors
    ///
    /// There is no npm, or it cannot install the packages.
    pub fn install(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        // Written when npm is done, so that half of a tree is no tree.
        let done = folder.join("installed.json");
        let lock = LOCK[1].1;
        if fs::read_to_string(&done).ok().as_deref() != Some(lock) {
            for (name, text) in LOCK {
                fs::write(folder.join(name), text)?;
            }
            let arguments = ["ci", "--silent", "--no-audit", "--no-fund"];
            let output = Command::new("npm").args(arguments).current_dir(folder).output()?;
            said(&output)?;
            fs::write(done, lock)?;
        }
        for (name, text) in SCRIPTS {
            fs::write(folder.join(name), text)?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The folder that it is installed in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A folder of a package of the suite.
    pub(super) fn package(&self, rest: &str) -> PathBuf {
        self.folder.join("node_modules/@typespec").join(rest)
    }

    /// Runs a script, and reads the lines of JSON that it prints.
    pub(super) fn rows(&self, script: &str, arguments: &[&Path]) -> io::Result<Vec<Value>> {
        let output = Command::new("node").arg(script).args(arguments).current_dir(&self.folder).output()?;
        let text = said(&output)?;
        text.lines().map(|line| serde_json::from_str(line).map_err(io::Error::other)).collect()
    }
}

/// What a process printed, if it ended well.
fn said(output: &Output) -> io::Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(io::Error::other(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())))
}
