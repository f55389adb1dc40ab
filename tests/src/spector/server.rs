//! The mock server. In comes the suite, out come its URL and what it counts when it is told to end.

use super::suite::Suite;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server that runs. Ends when dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    port: u16,
    log: PathBuf,
}

/// What the server itself says of the scenarios: `pass`, `fail` or `not-implemented`.
#[derive(Clone, Debug, Default)]
pub struct Coverage(pub BTreeMap<String, String>);

impl Server {
    /// Starts it. It asks git for a commit, so it has a repository of its own to ask.
    ///
    /// # Errors
    ///
    /// Node or git cannot be run, or the server does not come up.
    pub fn start(suite: &Suite) -> io::Result<Self> {
        let folder = suite.folder();
        let repository = folder.join("repository");
        if !repository.join(".git/HEAD").exists() {
            fs::create_dir_all(&repository)?;
            let author = ["-c", "user.name=spector", "-c", "user.email=spector@localhost"];
            let commit = ["commit", "--quiet", "--allow-empty", "-m", "nothing"];
            for arguments in [&["init", "--quiet"][..], &[&author[..], &commit].concat()] {
                let done = Command::new("git").args(arguments).current_dir(&repository).status()?;
                if !done.success() {
                    return Err(io::Error::other("git makes no repository"));
                }
            }
        }
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let log = folder.join("server.log");
        let file = File::create(&log)?;
        let process = Command::new(folder.join("node_modules/.bin/tsp-spector"))
            .arg("serve")
            .arg(suite.package("http-specs/specs"))
            .args(["--port", &port.to_string(), "--coverageFile"])
            .arg(folder.join("coverage.json"))
            .env("GIT_DIR", repository.join(".git"))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        let mut server = Self { process, port, log };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if server.process.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(90) {
                return Err(io::Error::other(fs::read_to_string(&server.log)?));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Where it listens: under the name that it calls itself.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// What it counted so far.
    ///
    /// # Errors
    ///
    /// It does not answer.
    pub fn coverage(&self) -> Result<Coverage, Box<dyn std::error::Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let url = format!("{}/.coverage", self.url());
        let text = runtime.block_on(async { reqwest::get(url).await?.text().await })?;
        let reports: Value = serde_json::from_str(&text)?;
        let results = reports[0]["results"].as_object().into_iter().flatten();
        Ok(Coverage(
            results
                .map(|(name, result)| (name.clone(), result.as_str().unwrap_or_default().to_owned()))
                .collect(),
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Coverage {
    /// How many scenarios the server counts as passed.
    pub fn passed(&self) -> usize {
        self.0.values().filter(|result| *result == "pass").count()
    }
}
