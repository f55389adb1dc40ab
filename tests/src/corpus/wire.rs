//! Calls of every operation of a document, against a mock server that was not written with the generator: Prism.

use cloudrun_codegen::{Description, Diagnostics, Options, describe};
use cloudrun_emulator::Schemas;
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
        let silent = self.with_what_is_meant(document)?;
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
    /// What everyone reads into a document, and Prism does not, said in a copy: Swagger 2.0 without media types is JSON, and
    /// the formats of OpenAPI's registry that start with `uint` are never negative.
    fn with_what_is_meant(&self, document: &Path) -> io::Result<Option<PathBuf>> {
        let Ok(mut tree) = cloudrun_codegen::read(document) else { return Ok(None) };
        let text = tree.to_string();
        if text.split("\"$ref\":\"").skip(1).any(|rest| !rest.starts_with('#')) {
            return Ok(None);
        }
        let says = |key: &str| {
            tree.get(key).is_some_and(|list| list.as_array().is_some_and(|list| !list.is_empty()))
        };
        let missing: Vec<&str> = ["consumes", "produces"].into_iter().filter(|key| !says(key)).collect();
        if tree.get("swagger").is_some() {
            for key in missing {
                tree[key] = serde_json::json!(["application/json"]);
            }
        }
        unsigned(&mut tree);
        let meant = tree.to_string();
        if meant == text {
            return Ok(None);
        }
        let copy = self.log.with_file_name("document.json");
        std::fs::write(&copy, meant)?;
        Ok(Some(copy))
    }
}

/// Gives unsigned integers their lower bound.
fn unsigned(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let is_unsigned = members.get("type").is_some_and(|kind| kind == "integer")
                && members
                    .get("format")
                    .and_then(Value::as_str)
                    .is_some_and(|format| format.starts_with("uint"));
            if is_unsigned && !members.contains_key("minimum") {
                members.insert("minimum".to_owned(), 0.into());
            }
            members.values_mut().for_each(unsigned);
        }
        Value::Array(items) => items.iter_mut().for_each(unsigned),
        _ => {}
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
    /// Those of the fine whose answer is a documented error, since the mock cannot make the success.
    pub by_error: usize,
    /// The others, each with its reason.
    pub others: Vec<String>,
}

/// What a document says of its answers, judged by a validator that knows nothing of the generator.
#[derive(Debug)]
pub struct Judge {
    description: Description,
    schemas: Schemas,
}

/// What was wrong with the calls of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Fine {
        /// Whether the answer that was read is a documented error which was asked for.
        by_error: bool,
    },
    /// Something; the reason starts with its kind.
    Complaint(String),
}

impl Judge {
    /// Reads the document once more, for its statuses and schemas.
    ///
    /// # Errors
    ///
    /// The document cannot be read.
    pub fn new(document: &Path, options: &Options) -> Result<Self, Diagnostics> {
        let description = describe(document, options)?;
        let schemas = Schemas::new(&description.document, ".".into(), "openapi.json");
        Ok(Self { description, schemas })
    }

    /// The documented statuses of every operation by its id. The default is asked for as 500.
    pub fn statuses(&self) -> Value {
        let status = |text: &str| match text {
            "default" => Some(500),
            text => text.replace(['X', 'x'], "0").parse::<u16>().ok(),
        };
        let row = |operation: &cloudrun_codegen::OperationDescription| {
            let all = operation.responses.iter().filter_map(|response| status(&response.status));
            // An answer that ends no request cannot be asked for.
            (operation.id.clone(), all.filter(|status| *status >= 200).collect::<Vec<_>>().into())
        };
        Value::Object(self.description.operations.iter().map(row).collect())
    }

    /// Whether a body is a value of its documented schema.
    fn is_valid(&self, id: &str, status: u16, media_type: &str, body: &str) -> bool {
        let Some(operation) = self.description.operations.iter().find(|operation| operation.id == id) else {
            return false;
        };
        let find = |wanted: &str| operation.responses.iter().find(|response| response.status == wanted);
        let response = find(&status.to_string())
            .or_else(|| find(&format!("{}XX", status / 100)))
            .or_else(|| find("default"));
        let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let contents = response.map(|response| response.contents.as_slice()).unwrap_or_default();
        let content = contents.iter().find(|content| essence(&content.media_type) == essence(media_type));
        let schema = content.or(contents.first()).and_then(|content| content.schema.as_ref());
        let value = serde_json::from_str(body).ok();
        schema.zip(value).is_some_and(|(schema, value)| self.schemas.is_valid(schema, &value))
    }

    /// Reads a line of the calling program.
    pub fn verdict(&self, row: &Value) -> Verdict {
        let id = row["id"].as_str().unwrap_or_default();
        let attempts = row["attempts"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(first) = attempts.first() else {
            return Verdict::Complaint(format!("other: {id}: no attempt was made"));
        };
        let text = |attempt: &Value, key: &str| attempt[key].as_str().unwrap_or_default().to_owned();
        let line = text(first, "line");
        let violations = violations(&text(first, "violations"));
        if !violations.is_empty() {
            return Verdict::Complaint(format!("violation: {id}: {line}: {}", violations.join("; ")));
        }
        // An answer that fits its schema must be read, whatever other attempts end in.
        let ours = attempts.iter().find(|attempt| {
            let status = attempt["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            attempt["is_read"] == false
                && attempt["is_of_the_mock"] == false
                && text(attempt, "error").contains("does not match the document")
                && self.is_valid(
                    id,
                    status.unwrap_or(0),
                    &text(attempt, "media_type"),
                    &text(attempt, "body"),
                )
        });
        if let Some(attempt) = ours {
            let error: String = text(attempt, "error").chars().take(400).collect();
            return Verdict::Complaint(format!(
                "decode: {id}: {line}: an answer that fits its schema: {error}"
            ));
        }
        if let Some(read) = attempts.iter().find(|attempt| attempt["is_read"] == true) {
            let by_error = text(read, "way").starts_with("code=") && read["status"].as_u64() >= Some(400);
            return Verdict::Fine { by_error };
        }
        let error = text(first, "error");
        let kind = match &error {
            _ if first["is_of_the_mock"] == true => "prism",
            error if error.contains("the sample does not fit") => "sample",
            error if error.contains("does not match the document") => "answer",
            _ => "other",
        };
        let reasons = attempts.iter().map(|attempt| {
            let way = attempt["way"].as_str().unwrap_or("as it comes");
            let key = if attempt["is_of_the_mock"] == true { "body" } else { "error" };
            format!(
                "{way} -> {}: {}",
                attempt["status"],
                text(attempt, key).chars().take(300).collect::<String>()
            )
        });
        let reasons = reasons.collect::<Vec<_>>().join(" | ");
        Verdict::Complaint(format!("{kind}: {id}: {line}: {reasons}"))
    }
}

/// What the mock found wrong with a request, by its header.
fn violations(header: &str) -> Vec<String> {
    let violations: Value = serde_json::from_str(header).unwrap_or_default();
    let of_request =
        |violation: &&Value| violation["location"][0] == "request" && violation["severity"] == "Error";
    let tell = |violation: &Value| {
        format!("{} at {}", violation["message"].as_str().unwrap_or_default(), violation["location"])
    };
    violations.as_array().into_iter().flatten().filter(of_request).map(tell).collect()
}
