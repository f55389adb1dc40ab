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
const PROGRAM: &str = r#"
#![allow(unused_imports)]
mod client;
use client::types;
use cloudrun_runtime::json::{Decode, Encode, from_slice, to_vec};
use cloudrun_runtime::{jiff, serde_json::{self, Value, json}, uuid};
use std::collections::BTreeMap;

fn go<T: Decode + Encode>(value: &Value) -> Result<Value, String> {
    let bytes = value.to_string().into_bytes();
    let decoded = from_slice::<T>(&bytes).map_err(|e| e.to_string())?;
    let out = to_vec(&decoded).map_err(|e| e.to_string())?;
    serde_json::from_slice(&out).map_err(|e| e.to_string())
}

fn main() {
    let readers: &[fn(&Value) -> Result<Value, String>] = &[
// types
    ];
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let row: Value = serde_json::from_str(&line).unwrap_or_default();
        let reader = row[0].as_u64().and_then(|index| readers.get(index as usize));
        match reader.map(|read| read(&row[1])) {
            Some(Ok(value)) => println!("{}", json!({"ok": value})),
            Some(Err(error)) => println!("{}", json!({"error": error})),
            None => println!("{}", json!({"error": "no such type"})),
        }
    }
}
"#;

/// Calls every operation of the client and says what became of it.
const CALLS: &str = r#"
mod client;
use cloudrun_runtime::transport::{BoxFuture, ReqwestTransport, Transport};
use cloudrun_runtime::{Body, Credential, Gateway, TransportError, http, serde_json::json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Last = Arc<Mutex<Option<(String, u16, Option<String>, Option<String>)>>>;

/// Remembers the last request, and what its answer says of violations.
struct Recording(ReqwestTransport, Last, Arc<AtomicBool>);

impl Transport for Recording {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let line = format!("{} {}", request.method(), request.uri());
            let mut request = request;
            if self.2.load(Ordering::Relaxed) {
                request.headers_mut().insert("prefer", http::HeaderValue::from_static("dynamic=true"));
            }
            let response = self.0.send(request).await?;
            let header = |headers: &http::HeaderMap, name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let (violations, media_type) = (header(response.headers(), "sl-violations"), header(response.headers(), "content-type"));
            let status = response.status().as_u16();
            // What Prism says of itself is read here: the client does not know it.
            if media_type.as_deref() == Some("application/problem+json") {
                let (head, body) = response.into_parts();
                let bytes = body.collect().await?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                *self.1.lock().unwrap() = Some((line, status, violations, Some(format!("prism: {text}"))));
                return Ok(http::Response::from_parts(head, Body::from(bytes)));
            }
            *self.1.lock().unwrap() = Some((line, status, violations, media_type));
            Ok(response)
        })
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let direct = arguments[3] == "direct";
    let last = Last::default();
    let dynamic = Arc::new(AtomicBool::new(false));
    let transport = Recording(ReqwestTransport::builder().no_proxy().build().unwrap(), Arc::clone(&last), Arc::clone(&dynamic));
    let builder = if direct { Gateway::direct(&arguments[1]) } else { Gateway::at(&arguments[1]) };
    let gateway = builder.credential(Credential::api_key(&arguments[2])).timeout(Duration::from_secs(20)).transport(transport).build().unwrap();
    let client = client::samples::with_secrets(client::Client::new(&gateway), direct);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (id, call) in client::samples::ALL {
        *last.lock().unwrap() = None;
        dynamic.store(false, Ordering::Relaxed);
        let mut error = runtime.block_on(call(client.clone())).err().map(|error| error.to_string());
        // Examples need not fit their schemas, nor can Prism make every answer in its first way; it has two.
        if error.as_ref().is_some_and(|error| error.contains("does not match the document") || error.contains("500")) {
            dynamic.store(true, Ordering::Relaxed);
            let second = runtime.block_on(call(client.clone())).err().map(|error| error.to_string());
            error = second.map(|second| format!("{} and made from the schema: {second}", error.unwrap_or_default()));
        }
        let (line, status, violations, media_type) = last.lock().unwrap().clone().unwrap_or_default();
        println!("{}", json!({"id": id, "line": line, "status": status, "violations": violations, "media_type": media_type, "error": error}));
    }
}
"#;

impl Subject {
    /// Sets the crate up and builds its dependencies.
    ///
    /// # Errors
    ///
    /// A file cannot be written, or the dependencies do not build.
    pub fn new(workspace: &Path, folder: PathBuf) -> io::Result<Self> {
        let manifest = format!(
            "[package]\nname = \"subject\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
             [dependencies]\ncloudrun-runtime = {{ path = {:?} }}\ntokio = {{ version = \"1\", features = [\"rt\"] }}\n\n[profile.dev]\ndebug = 0\n\n[workspace]\n",
            workspace.join("runtime")
        );
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The same versions as in the workspace, so that nothing is resolved anew.
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        fs::write(folder.join("src/lib.rs"), "")?;
        let target = folder.join("target");
        let subject = Self { folder, target };
        for command in ["check", "clippy"] {
            let output = subject.cargo(command, &[])?;
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

    /// Type-checks the client with warnings denied.
    ///
    /// # Errors
    ///
    /// Cargo cannot be run.
    pub fn check(&self) -> io::Result<Check> {
        let before = children_cpu();
        let output = self.cargo("check", &["--message-format=short"])?;
        Ok(Check { error: failure(&output), cpu_seconds: children_cpu() - before })
    }

    /// Runs clippy and rustdoc over the client with warnings denied. Answers with what they complain about.
    ///
    /// # Errors
    ///
    /// Cargo cannot be run.
    pub fn lint(&self) -> io::Result<Option<String>> {
        let clippy = self.cargo("clippy", &["--message-format=short", "--", "-D", "warnings"])?;
        if let Some(error) = failure(&clippy) {
            return Ok(Some(error));
        }
        Ok(failure(&self.cargo("doc", &["--no-deps", "--message-format=short"])?))
    }

    /// Puts a program beside the client that reads values of its types and writes them again: for every line
    /// `[index of the type, value]` on its input one line `{"ok": value}` or `{"error": text}`.
    ///
    /// # Errors
    ///
    /// A file cannot be written or the program does not compile.
    pub fn round_trips(&self, types: &[&str], input: &str) -> io::Result<Result<String, String>> {
        let readers: String = types.iter().map(|ty| format!("        go::<{ty}>,\n")).collect();
        let program = PROGRAM.replace("// types\n", &readers);
        fs::write(self.folder.join("input.jsonl"), input)?;
        self.program(&program, |command| {
            command.stdin(fs::File::open(self.folder.join("input.jsonl"))?);
            Ok(())
        })
    }

    /// Puts a program beside the client that calls every operation with sample values, through the gateway at `url` or
    /// directly, and says in a line of JSON what became of each.
    ///
    /// # Errors
    ///
    /// A file cannot be written or the program does not compile.
    pub fn calls(&self, url: &str, token: &str, direct: bool) -> io::Result<Result<String, String>> {
        self.program(CALLS, |command| {
            command.args([url, token, if direct { "direct" } else { "gateway" }]);
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
