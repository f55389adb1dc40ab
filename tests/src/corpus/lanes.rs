use super::form::manifest;
use super::subject::{PROGRAM, readers};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program that decodes and encodes may take this long for all its values.
const LONGEST: Duration = Duration::from_secs(60);

/// … and write so much: what it reads is a few megabytes.
const MOST_BYTES: u64 = 1 << 30;

/// Crates that clients are put into, several at a time, to be compiled side by side and run.
#[derive(Debug)]
pub struct Lanes {
    folder: PathBuf,
    count: usize,
}

/// Values to send through a client's types.
#[derive(Debug)]
pub struct Load<'a> {
    /// The client's files: paths and texts.
    pub files: &'a [(String, String)],
    /// The types, as they are written at the client's root.
    pub types: Vec<String>,
    /// Values, each with the index of its type.
    pub values: Vec<(usize, &'a Value)>,
}

/// What came of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It was read, and written like this.
    Back(Value),
    /// It was not read.
    Refused(String),
    /// The program ended over it, or did not end.
    Died(String),
}

impl Lanes {
    /// Sets the crates up and builds what they need. Clients without operations need nothing that `sends`, which takes
    /// longer to build and link than all of the types.
    ///
    /// # Errors
    ///
    /// A file cannot be written, or the dependencies do not build.
    pub fn new(workspace: &Path, folder: PathBuf, count: usize, sends: bool) -> io::Result<Self> {
        let lanes = Self { folder, count };
        let members: Vec<String> = (0..count).map(name).collect();
        fs::create_dir_all(&lanes.folder)?;
        let text =
            format!("[profile.dev]\ndebug = 0\n\n[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
        fs::write(lanes.folder.join("Cargo.toml"), text)?;
        fs::copy(workspace.join("Cargo.lock"), lanes.folder.join("Cargo.lock"))?;
        for lane in 0..count {
            let package = lanes.folder.join(name(lane));
            fs::create_dir_all(package.join("src"))?;
            let manifest = manifest(&name(lane), "2024", workspace);
            let manifest = match sends {
                true => manifest,
                false => manifest
                    .replace("\ntokio", "\n# tokio")
                    .replace("/runtime\" }", "/runtime\", default-features = false }"),
            };
            fs::write(package.join("Cargo.toml"), manifest)?;
            lanes.clear(lane)?;
        }
        match lanes.build(count)? {
            (_, false) => Ok(lanes),
            (error, true) => Err(io::Error::other(error)),
        }
    }

    /// How many clients fit.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Compiles the clients, at most as many as there are lanes, and sends their values through. Answers, load by load,
    /// with what came of each value, or with what the compiler says.
    ///
    /// # Errors
    ///
    /// A file cannot be written or cargo cannot be run.
    pub fn run(&self, loads: &[Load<'_>]) -> io::Result<Vec<Result<Vec<Answer>, String>>> {
        for (lane, load) in loads.iter().enumerate() {
            self.clear(lane)?;
            let source = self.folder.join(name(lane)).join("src");
            let client = source.join("client");
            fs::create_dir_all(&client)?;
            for (path, text) in load.files {
                let path = client.join(path);
                fs::create_dir_all(path.parent().unwrap_or(&client))?;
                fs::write(path, text)?;
            }
            let types: Vec<&str> = load.types.iter().map(String::as_str).collect();
            fs::write(source.join("main.rs"), PROGRAM.replace("// types\n", &readers(&types)))?;
            let _ = fs::remove_file(self.program(lane));
        }
        let (words, _) = self.build(loads.len())?;
        let answers = loads.iter().enumerate().map(|(lane, load)| match self.program(lane).exists() {
            true => self.answers(lane, &load.values).map(Ok),
            false => Ok(Err(of_lane(&words, &name(lane)))),
        });
        answers.collect()
    }

    fn program(&self, lane: usize) -> PathBuf {
        self.folder.join("target/debug").join(name(lane))
    }

    fn clear(&self, lane: usize) -> io::Result<()> {
        let package = self.folder.join(name(lane));
        let source = package.join("src");
        let _ = fs::remove_dir_all(source.join("client"));
        for left in ["input.jsonl", "output.jsonl"] {
            let _ = fs::remove_file(package.join(left));
        }
        fs::write(source.join("main.rs"), "fn main() {}\n")
    }

    fn build(&self, lanes: usize) -> io::Result<(String, bool)> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["build", "--keep-going", "--message-format=short"]);
        for lane in 0..lanes {
            command.args(["-p", &name(lane)]);
        }
        let output = command
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("RUSTFLAGS", "-A warnings")
            .output()?;
        Ok((String::from_utf8_lossy(&output.stderr).into_owned(), !output.status.success()))
    }

    /// Sends values through a program, and starts it again behind each that it died of.
    fn answers(&self, lane: usize, values: &[(usize, &Value)]) -> io::Result<Vec<Answer>> {
        let folder = self.folder.join(name(lane));
        let (input, output) = (folder.join("input.jsonl"), folder.join("output.jsonl"));
        let mut answers = Vec::with_capacity(values.len());
        while answers.len() < values.len() {
            let rest = &values[answers.len()..];
            let lines: String =
                rest.iter().map(|(ty, value)| json!([ty, value]).to_string() + "\n").collect();
            fs::write(&input, lines)?;
            let mut process = Command::new(self.program(lane))
                .stdin(fs::File::open(&input)?)
                .stdout(fs::File::create(&output)?)
                .stderr(Stdio::null())
                .spawn()?;
            let start = Instant::now();
            let reason = loop {
                match process.try_wait()? {
                    Some(status) => break status.to_string(),
                    None if start.elapsed() > LONGEST => {
                        process.kill()?;
                        process.wait()?;
                        break "it does not end".to_owned();
                    }
                    None if fs::metadata(&output)?.len() > MOST_BYTES => {
                        process.kill()?;
                        process.wait()?;
                        break "it writes without end".to_owned();
                    }
                    None => std::thread::sleep(Duration::from_millis(5)),
                }
            };
            let text = fs::read_to_string(&output)?;
            answers.extend(text.lines().map_while(|line| serde_json::from_str(line).ok()).map(answer));
            if answers.len() < values.len() {
                answers.push(Answer::Died(reason));
            }
        }
        Ok(answers)
    }
}

fn name(lane: usize) -> String {
    format!("lane-{lane}")
}

fn answer(mut line: Value) -> Answer {
    match line.get_mut("ok") {
        Some(value) => Answer::Back(value.take()),
        None => Answer::Refused(line["error"].as_str().unwrap_or_default().to_owned()),
    }
}

/// The compiler's errors about a lane.
fn of_lane(words: &str, lane: &str) -> String {
    let folder = format!("{lane}/");
    let errors = words.lines().filter(|line| line.contains("error") && line.contains(&folder));
    errors.collect::<Vec<_>>().join("\n")
}
