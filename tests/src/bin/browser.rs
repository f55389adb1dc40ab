//! Opens the example page and the inspector in Chromium, and looks at what a person would: signs in, calls, watches events,
//! talks over a WebSocket, is refused by CORS. Screenshots go to `target/browser`. Needs Node, Chromium, and a compiler for
//! `wasm32-unknown-unknown`: rustup's target, or Debian's packages.

use cloudrun_tests::witness::{Program, chromium, npm_install};
use serde_json::{Value, json};
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("browser: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Failure> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    let folder = workspace.join("target/browser");
    let Some(executable) = chromium() else {
        println!("skipped: there is no Chromium (Debian's package `chromium`)\n0 passed, 0 failed");
        return Ok(true);
    };
    npm_install(&folder, &["playwright-core@1"])?;
    let wasm = build(workspace)?;
    let site = Site::start(workspace, &wasm)?;
    let script = folder.join("browser.cjs");
    std::fs::copy(workspace.join("tests/sdk/browser.cjs"), &script)?;
    let settings = json!({"executable": executable}).to_string();
    let program = Program::start(Command::new("node").arg(script).arg(settings).current_dir(&folder))?;
    let mut visit = Visit { program, passed: 0, failed: 0, shots: folder };
    the_page(&mut visit, &site);
    a_stranger(&mut visit, &site);
    the_inspector(&mut visit, &site);
    println!("{} passed, {} failed", visit.passed, visit.failed);
    Ok(visit.failed == 0)
}

fn the_page(visit: &mut Visit, site: &Site) {
    visit.act("goto", json!(site.welcome));
    visit.check("the page is ready", |visit| visit.wait("#state", "ready"));
    visit.check("an anonymous user signs in and calls", |visit| {
        visit.fill("#name", "<b>Ada</b>")?;
        visit.click("#sign")?;
        visit.wait("#guests li", "1. <b>Ada</b>")?;
        visit.is_empty("#error")
    });
    visit.check("a documented error has its own type", |visit| {
        visit.fill("#name", "")?;
        visit.click("#sign")?;
        visit.wait("#error", "A guest needs a name.")
    });
    visit.check("events arrive one by one, until the page leaves", |visit| {
        visit.click("#watch")?;
        visit.wait("#clock-state", "left")?;
        visit.wait("#clock", "3")?;
        visit.is_empty("#error")
    });
    visit.check("messages go both ways over one WebSocket", |visit| {
        for line in ["hello", "again"] {
            visit.fill("#line", line)?;
            visit.click("#say")?;
            visit.wait("#lines li", line)?;
        }
        visit.is_empty("#error")
    });
    visit.act("shot", json!(visit.shots.join("page.png")));
    visit.check("a call ends when its time is over", |visit| {
        visit.click("#impatient")?;
        visit.wait("#error", "no answer within 200ms")
    });
}

fn a_stranger(visit: &mut Visit, site: &Site) {
    visit.act("goto", json!(site.stranger));
    visit.check("a page of another origin is refused, and says why", |visit| {
        visit.wait("#state", "ready")?;
        visit.click("#load")?;
        visit.wait("#error", "security domain")?;
        let said = visit.ask("said", json!(null))?.to_string();
        if said.contains("CORS") {
            Ok(())
        } else {
            Err(format!("the browser says nothing of CORS: {said}").into())
        }
    });
    visit.act("shot", json!(visit.shots.join("stranger.png")));
}

fn the_inspector(visit: &mut Visit, site: &Site) {
    visit.act("goto", json!(format!("{}/_inspector", site.gateway)));
    visit.check("the inspector lists requests and stays live", |visit| {
        visit.wait("#live", "live")?;
        visit.wait("#rows tr", "/guests")
    });
    visit.check("a stream that the page left is seen to end", |visit| {
        visit.fill("#filter", "ticks get 200")?;
        visit.click("#rows tr:not([hidden])")?;
        visit.wait("#detail", "before the whole answer was sent")
    });
    visit.check("the filter leaves what fits, and a row opens", |visit| {
        visit.fill("#filter", "post /guests 201")?;
        let shown = visit.ask("count", json!("#rows tr:not([hidden])"))?;
        if shown != 1 {
            return Err(format!("{shown} rows").into());
        }
        visit.click("#rows tr:not([hidden])")?;
        visit.wait("#detail h2", "POST lounge /guests")
    });
    visit.check("the operation is known, and that the call fits its document", |visit| {
        visit.wait("#detail dd", "signGuestBook")?;
        visit.wait("#detail .fine", "Request and answer fit the document.")
    });
    visit.check("tokens are masked, and what users write is text", |visit| {
        visit.wait("#detail", "Bearer ••••••")?;
        visit.wait("#detail pre", "<b>Ada</b>")?;
        let text = visit.ask("text", json!("body"))?.to_string();
        let markup = visit.ask("count", json!("#detail b"))?;
        if text.contains("eyJ") || markup != 0 {
            return Err("a token is shown, or markup was taken for markup".into());
        }
        Ok(())
    });
    visit.check("a request is copied as a command", |visit| {
        visit.click("#copy")?;
        visit.wait(".actions output", "copied")?;
        let copied = visit.ask("clipboard", json!(null))?;
        let copied = copied.as_str().unwrap_or_default();
        match copied.starts_with("curl -X POST ") && copied.contains("$CLOUDBASE_APIKEY") {
            true => Ok(()),
            false => Err(copied.into()),
        }
    });
    visit.act("shot", json!(visit.shots.join("inspector.png")));
    visit.check("a request is made again", |visit| {
        visit.click("#replay")?;
        visit.wait(".actions output", "answered 201")?;
        visit.wait("#count", "2 of")
    });
    visit.check("the list is emptied", |visit| {
        visit.fill("#filter", "")?;
        visit.click("#clear")?;
        visit.wait("#empty", "No requests yet")
    });
    visit.check("nothing went wrong on the page", |visit| {
        let said = visit.ask("said", json!(null))?;
        if said == json!([]) { Ok(()) } else { Err(said.to_string().into()) }
    });
}

/// What a person does and sees, and how much of it was right.
struct Visit {
    program: Program,
    passed: usize,
    failed: usize,
    shots: PathBuf,
}

impl Visit {
    fn check(&mut self, what: &str, look: impl FnOnce(&mut Self) -> Result<(), Failure>) {
        match look(self) {
            Ok(()) => {
                self.passed += 1;
                println!("ok   {what}");
            }
            Err(error) => {
                self.failed += 1;
                let error = error.to_string();
                println!("FAIL {what}: {}", error.lines().next().unwrap_or_default());
                // What the page shows of it helps more than the time that ran out.
                if let Ok(shown) = self.ask("text", json!("#error")) {
                    println!("     the page shows: {shown}");
                }
            }
        }
    }

    fn act(&mut self, name: &str, argument: Value) {
        self.check(&format!("{name} {argument}"), |visit| visit.ask(name, argument.clone()).map(drop));
    }

    fn ask(&mut self, name: &str, argument: Value) -> Result<Value, Failure> {
        let answer = self.program.ask(&json!({name: argument}))?;
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(error.into()),
            None => Ok(answer["ok"].clone()),
        }
    }

    fn click(&mut self, selector: &str) -> Result<(), Failure> {
        self.ask("click", json!(selector)).map(drop)
    }

    fn fill(&mut self, selector: &str, text: &str) -> Result<(), Failure> {
        self.ask("fill", json!([selector, text])).map(drop)
    }

    fn wait(&mut self, selector: &str, text: &str) -> Result<(), Failure> {
        self.ask("wait", json!([selector, text])).map(drop)
    }

    fn is_empty(&mut self, selector: &str) -> Result<(), Failure> {
        let text = self.ask("text", json!(selector))?;
        if text == json!([""]) { Ok(()) } else { Err(format!("{selector} says {text}").into()) }
    }
}

/// The example's server with its emulator.
struct Site {
    process: Child,
    welcome: String,
    stranger: String,
    gateway: String,
}

impl Site {
    fn start(workspace: &Path, wasm: &Path) -> Result<Self, Failure> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut process = Command::new(cargo)
            .args(["run", "--quiet", "-p", "web", "--"])
            .arg(wasm)
            .current_dir(workspace)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let mut url = || -> Result<String, Failure> {
            let line = lines.next().ok_or("the server has ended")??;
            Ok(line.split_whitespace().next().unwrap_or_default().to_owned())
        };
        let (welcome, stranger, inspector) = (url()?, url()?, url()?);
        let gateway = inspector.trim_end_matches("/_inspector").to_owned();
        Ok(Self { process, welcome, stranger, gateway })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // A server that has ended already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Builds the page's WebAssembly: by rustup's target where it is, else by Debian's compiler, which builds the standard library
/// too.
fn build(workspace: &Path) -> Result<PathBuf, Failure> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let installed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    let has_target = installed
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).lines().any(|line| line == TARGET));
    let target = workspace.join("target/wasm");
    let arguments = ["build", "--locked", "-p", "web", "--lib", "--target", TARGET];
    let mut command = if has_target {
        Command::new("cargo")
    } else {
        let mut debian = Command::new("/usr/bin/cargo");
        debian
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
        debian
    };
    command.args(arguments).current_dir(workspace).env("CARGO_TARGET_DIR", &target);
    if !has_target {
        command.arg("-Zbuild-std=std,panic_abort");
    }
    // What surrounds this program is another toolchain's.
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(name);
    }
    let status = command.status()?;
    if !status.success() {
        return Err(
            format!("{TARGET} cannot be built for; `rustup target add {TARGET}` is the usual way").into()
        );
    }
    Ok(target.join(TARGET).join("debug/web.wasm"))
}
