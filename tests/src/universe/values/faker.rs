use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What makes values of schemas: json-schema-faker, pinned, since another version makes other values of the same seed.
const PACKAGE: &str = "json-schema-faker@0.6.3";

const PROGRAM: &str = include_str!("faker.mjs");

/// The maker of values, installed below a folder.
#[derive(Clone, Debug)]
pub struct Faker {
    folder: PathBuf,
}

impl Faker {
    /// Installs it by npm, unless it is there.
    ///
    /// # Errors
    ///
    /// There is no npm, or it cannot install the package.
    pub fn install(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (name, version) = PACKAGE.split_once('@').unwrap_or((PACKAGE, ""));
        let manifest = folder.join("node_modules").join(name).join("package.json");
        let installed = std::fs::read_to_string(manifest).unwrap_or_default();
        if !installed.contains(&format!("\"version\": \"{version}\"")) {
            let arguments = ["install", "--silent", "--no-audit", "--prefix", ".", PACKAGE];
            let output = Command::new("npm").args(arguments).current_dir(folder).output()?;
            if !output.status.success() {
                return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
            }
        }
        std::fs::write(folder.join("faker.mjs"), PROGRAM)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Makes at most so many values for each of the schemas at the pointers of a document. They need not be valid.
    ///
    /// # Errors
    ///
    /// The program cannot be run, or ends early.
    pub fn values(&self, document: &Value, pointers: &[String], count: usize) -> io::Result<Vec<Vec<Value>>> {
        let input = self.folder.join(format!("input-{:?}.json", std::thread::current().id()));
        std::fs::write(&input, json!([document, pointers, count]).to_string() + "\n")?;
        let output = Command::new("node")
            .arg("faker.mjs")
            .current_dir(&self.folder)
            .stdin(Stdio::from(std::fs::File::open(&input)?))
            .output()?;
        std::fs::remove_file(&input)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let rows: Vec<Vec<Value>> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if rows.len() != pointers.len() {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(io::Error::other(format!("json-schema-faker ended early: {error}")));
        }
        Ok(rows)
    }
}
