//! Calls of every operation of a document, against a mock server that was not written with the generator: Prism.

use serde_json::Value;
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The mock server, installed below a folder.
#[derive(Debug)]
pub struct Prism {
    program: PathBuf,
    log: PathBuf,
}

/// A mock server of one document. Ends when dropped.
#[derive(Debug)]
pub struct Mocked {
    process: Child,
    port: u16,
}

impl Prism {
    /// Installs the server by npm, unless it is there.
    ///
    /// # Errors
    ///
    /// There is no npm, or it cannot install the package.
    pub fn install(folder: &Path) -> io::Result<Self> {
        let program = folder.join("node_modules/.bin/prism");
        if !program.exists() {
            std::fs::create_dir_all(folder)?;
            let arguments = ["install", "--silent", "--no-audit", "--prefix", ".", "@stoplight/prism-cli@5"];
            let output = Command::new("npm").args(arguments).current_dir(folder).output()?;
            if !output.status.success() {
                return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
            }
        }
        Ok(Self { program, log: folder.join("prism.log") })
    }

    /// Starts a mock of a document. The inner error is why the server cannot load it.
    ///
    /// # Errors
    ///
    /// The process cannot be started.
    pub fn start(&self, document: &Path) -> io::Result<Result<Mocked, String>> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let log = File::create(&self.log)?;
        let silent = self.with_media_types(document)?;
        let document = silent.as_deref().unwrap_or(document);
        let process = Command::new(&self.program)
            // Answers are made from the schemas, the same ones every time: examples need not fit their schemas.
            .args([
                "mock",
                "--ignoreExamples",
                "--seed",
                "cloudrun",
                "-h",
                "127.0.0.1",
                "-p",
                &port.to_string(),
            ])
            .arg(document)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut mocked = Mocked { process, port };
        let start = Instant::now();
        loop {
            let text = std::fs::read_to_string(&self.log).unwrap_or_default();
            if text.contains("Prism is listening") {
                return Ok(Ok(mocked));
            }
            let ended = mocked.process.try_wait()?.is_some();
            if ended || start.elapsed() > Duration::from_secs(90) {
                let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
                return Ok(Err(lines[lines.len().saturating_sub(2)..].join(" | ")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Prism {
    /// Swagger 2.0 documents that say nothing of media types: everyone reads them as JSON, but Prism takes and answers
    /// nothing then. It gets a copy that says so.
    fn with_media_types(&self, document: &Path) -> io::Result<Option<PathBuf>> {
        let Ok(mut tree) = cloudrun_codegen::read(document) else { return Ok(None) };
        let text = tree.to_string();
        let refers_elsewhere = text.split("\"$ref\":\"").skip(1).any(|rest| !rest.starts_with('#'));
        let says = |key: &str| {
            tree.get(key).is_some_and(|list| list.as_array().is_some_and(|list| !list.is_empty()))
        };
        if tree.get("swagger").is_none() || refers_elsewhere || (says("consumes") && says("produces")) {
            return Ok(None);
        }
        let missing: Vec<&str> = ["consumes", "produces"].into_iter().filter(|key| !says(key)).collect();
        for key in missing {
            tree[key] = serde_json::json!(["application/json"]);
        }
        let copy = self.log.with_file_name("document.json");
        std::fs::write(&copy, tree.to_string())?;
        Ok(Some(copy))
    }
}

impl Mocked {
    /// Where the mock listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Mocked {
    fn drop(&mut self) {
        // One that has ended already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What became of the calls of a document.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// Operations of the document.
    pub operations: usize,
    /// Calls without a violation whose answer was read.
    pub fine: usize,
    /// The others, each with its reason.
    pub others: Vec<String>,
}

/// Reads a line of the calling program: what was wrong with the call, if anything was.
pub fn complaint(row: &Value) -> Option<String> {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let (id, line, error) = (text("id"), text("line"), text("error"));
    let violations: Value = serde_json::from_str(text("violations")).unwrap_or_default();
    let violations: Vec<String> = violations
        .as_array()
        .into_iter()
        .flatten()
        .filter(|violation| violation["location"][0] == "request" && violation["severity"] == "Error")
        .map(|violation| {
            format!("{} at {}", violation["message"].as_str().unwrap_or_default(), violation["location"])
        })
        .collect();
    let status = &row["status"];
    if !violations.is_empty() {
        return Some(format!("violation: {id}: {line}: {}", violations.join("; ")));
    }
    // Some operations document errors only; a documented one, read as its type, is an answer.
    let is_documented = error.contains("the service answered")
        && !error.contains("Undocumented(")
        && !text("media_type").starts_with("prism: ");
    let kind = match error {
        "" => return None,
        _ if is_documented => return None,
        error if error.contains("the sample does not fit") => "sample",
        error if error.contains("does not match the document") => "decode",
        _ if text("media_type").starts_with("prism: ") => {
            let said: String = text("media_type").chars().skip(7).take(900).collect();
            return Some(format!("prism: {id}: {line} -> {status}: {said}"));
        }
        _ => "other",
    };
    let error: String = error.chars().take(1200).collect();
    Some(format!("{kind}: {id}: {line} -> {status}: {error}"))
}
