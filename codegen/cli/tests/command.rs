//! The subcommand as a shell sees it: what it writes, and its exit status.

mod shell;

use shell::{Failure, cloudrun, text};
use std::fs;
use std::path::Path;
use std::process::Command;

const DOCUMENT: &str = "openapi: 3.0.3\ninfo: { title: Shop, version: '1' }\npaths:\n  /health:\n    get:\n      \
                        operationId: health\n      responses: { '204': { description: Fine. } }\n";

#[test]
fn generate_writes_and_check_compares() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("openapi.yaml"), DOCUMENT)?;
    let generate = ["generate", "--spec", "openapi.yaml", "--service", "shop", "--out", "src/shop"];
    let check = [generate.as_slice(), &["--check"]].concat();

    let output = cloudrun(folder.path(), &check)?;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert!(!folder.path().join("src").exists());

    let output = cloudrun(folder.path(), &generate)?;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(folder.path().join("src/shop/mod.rs").is_file());
    assert_eq!(cloudrun(folder.path(), &check)?.status.code(), Some(0));

    fs::write(folder.path().join("src/shop/operations.rs"), "// edited\n")?;
    let output = cloudrun(folder.path(), &check)?;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("operations.rs differs"));
    Ok(())
}

#[test]
fn bad_input_is_two_and_writes_nothing() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("broken.yaml"), "openapi: 3.0.3\n  paths: {")?;
    for arguments in [
        ["generate", "--spec", "broken.yaml", "--service", "shop", "--out", "out"],
        ["generate", "--spec", "missing.yaml", "--service", "shop", "--out", "out"],
        ["generate", "--spec", "broken.yaml", "--service", "../shop", "--out", "out"],
        ["generate", "--what", "broken.yaml", "--service", "shop", "--out", "out"],
    ] {
        let output = cloudrun(folder.path(), &arguments)?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
        assert!(!folder.path().join("out").exists());
    }
    Ok(())
}

#[test]
fn new_makes_a_crate_in_both_modes() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("shop.yaml"), DOCUMENT)?;
    for (mode, file) in [("build-script", "build.rs"), ("checked-in", "src/shop/mod.rs")] {
        let new = ["new", mode, "--spec", "shop.yaml", "--service", "shop", "--mode", mode];
        let output = cloudrun(folder.path(), &new)?;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        for file in ["Cargo.toml", "src/lib.rs", "openapi.yaml", "tests/client.rs", file] {
            assert!(folder.path().join(mode).join(file).is_file(), "{mode}: {file}");
        }
        assert_eq!(cloudrun(folder.path(), &new)?.status.code(), Some(2), "an existing folder is left alone");
    }
    Ok(())
}

/// A running `emulate`, ended when dropped.
struct Emulating {
    process: std::process::Child,
    lines: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
}

impl Emulating {
    fn start(folder: &Path, arguments: &[&str]) -> Result<Self, Failure> {
        use std::io::BufRead;
        let mut process = Command::new(env!("CARGO_BIN_EXE_cargo-cloudrun"))
            .args(["cloudrun", "emulate", "--port", "0"])
            .args(arguments)
            .current_dir(folder)
            .stdout(std::process::Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        Ok(Self { process, lines: std::io::BufReader::new(output).lines() })
    }

    /// The next line that holds a text.
    fn line(&mut self, text: &str) -> Result<String, Failure> {
        for line in self.lines.by_ref() {
            let line = line?;
            if line.contains(text) {
                return Ok(line);
            }
        }
        Err(format!("no line with {text:?}").into())
    }
}

impl Drop for Emulating {
    fn drop(&mut self) {
        // A process that has ended already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn emulate_says_how_to_call_it_and_logs_a_line_for_each_request() -> Result<(), Failure> {
    use std::io::{Read, Write};
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("openapi.yaml"), DOCUMENT)?;
    let mut emulating = Emulating::start(
        folder.path(),
        &["--mock", "shop=openapi.yaml", "--api-key", "it's mine", "--host", "my.tunnel"],
    )?;
    let url = emulating.line("export CLOUDBASE_GATEWAY_URL=")?;
    let url = url.split_once('=').map(|(_, url)| url.to_owned()).ok_or("no URL")?;
    assert!(emulating.line("export CLOUDBASE_APIKEY=")?.ends_with(r"'it'\''s mine'"));
    assert!(emulating.line("Inspector")?.ends_with(&format!("{url}/_inspector")));
    let address = url.trim_start_matches("http://");
    let ask = |host: &str| -> Result<String, Failure> {
        let mut stream = std::net::TcpStream::connect(address)?;
        write!(
            stream,
            "GET /v1/cloudrun/shop/health?a=1 HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer it's mine\r\n\
             connection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    for host in [address, "my.tunnel"] {
        let answer = ask(host)?;
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    }
    let answer = ask("other.tunnel")?;
    assert!(answer.contains("INVALID_HOST") && answer.contains("--host NAME"), "{answer}");
    let line = emulating.line("/health")?;
    assert!(line.contains("GET    shop /health?a=1 204 ") && line.ends_with(" ms health"), "{line}");
    Ok(())
}

#[test]
fn emulate_takes_key_pairs_prints_codes_and_tells_services_who_calls() -> Result<(), Failure> {
    use std::io::{Read, Write};
    let folder = tempfile::tempdir()?;
    let service = std::net::TcpListener::bind("127.0.0.1:0")?;
    let service_at = format!("shop=http://{}", service.local_addr()?);
    let told = std::thread::spawn(move || -> std::io::Result<String> {
        let (mut stream, _) = service.accept()?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.push(char::from(byte[0]));
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
        Ok(head)
    });
    let arguments = ["--service", &service_at, "--key-pair", "AKID=key", "--context"];
    let mut emulating = Emulating::start(folder.path(), &arguments)?;
    let url = emulating.line("export CLOUDBASE_GATEWAY_URL=")?;
    let address = url.split_once("http://").map(|(_, address)| address.to_owned()).ok_or("no URL")?;
    let ask = |start: &str, authorization: &str, body: &str| -> Result<String, Failure> {
        let mut stream = std::net::TcpStream::connect(&address)?;
        write!(
            stream,
            "{start} HTTP/1.1\r\nhost: {address}\r\nauthorization: {authorization}\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    // `AKID:key`
    let answer = ask(
        "POST /auth/v1/token/clientCredential",
        "Basic QUtJRDprZXk=",
        r#"{"grant_type":"client_credentials"}"#,
    )?;
    assert!(answer.contains("\"access_token\""), "{answer}");
    ask("POST /auth/v1/verification", "none", r#"{"email":"ada@example.com"}"#)?;
    let code = emulating.line("code ")?;
    assert!(code.ends_with(" for ada@example.com"), "{code}");
    let answer = ask("GET /v1/cloudrun/shop/", "Bearer emulator-api-key", "")?;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let head = told.join().map_err(|_| "the service failed")??;
    assert!(head.contains("\r\nx-cloudbase-context: eyJ"), "{head}");
    let missing =
        cloudrun(folder.path(), &["emulate", "--service", &service_at, "--custom-login", "k=none.pem"])?;
    assert!(text(&missing.stderr).contains("none.pem: "), "{}", text(&missing.stderr));
    Ok(())
}

/// Presses Ctrl-C.
#[cfg(unix)]
fn interrupt(process: &std::process::Child) -> Result<(), Failure> {
    let sent = Command::new("kill").args(["-INT", &process.id().to_string()]).status()?;
    if sent.success() { Ok(()) } else { Err("no signal was sent".into()) }
}

/// Whether a process ends within some seconds.
#[cfg(unix)]
fn ends_within(process: &mut std::process::Child, seconds: u64) -> Result<bool, Failure> {
    let began = std::time::Instant::now();
    while began.elapsed().as_secs() < seconds {
        if process.try_wait()?.is_some() {
            return Ok(true);
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Ok(false)
}

#[cfg(unix)]
#[test]
fn emulate_ends_with_its_streams_and_a_second_ctrl_c_waits_for_nothing() -> Result<(), Failure> {
    use std::io::{Read, Write};
    let folder = tempfile::tempdir()?;
    // It takes a connection and never answers.
    let service = std::net::TcpListener::bind("127.0.0.1:0")?;
    let service_at = format!("shop=http://{}", service.local_addr()?);
    for (path, is_streaming) in [("/_inspector/events", true), ("/v1/cloudrun/shop/x", false)] {
        let mut emulating = Emulating::start(folder.path(), &["--service", &service_at])?;
        let url = emulating.line("export CLOUDBASE_GATEWAY_URL=")?;
        let address = url.split_once("http://").map(|(_, address)| address.to_owned()).ok_or("no URL")?;
        emulating.line("Inspector")?;
        let mut stream = std::net::TcpStream::connect(&address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer emulator-api-key\r\n\r\n"
        )?;
        if is_streaming {
            stream.read_exact(&mut [0; 15])?;
            interrupt(&emulating.process)?;
            assert!(ends_within(&mut emulating.process, 8)?, "an open page keeps nobody waiting");
        } else {
            let (_held, _) = service.accept()?;
            interrupt(&emulating.process)?;
            assert!(!ends_within(&mut emulating.process, 1)?, "a request that runs may end");
            interrupt(&emulating.process)?;
            assert!(ends_within(&mut emulating.process, 6)?, "unless whoever waits asks twice");
        }
    }
    Ok(())
}

#[test]
fn emulate_needs_a_service_and_says_what_is_wrong_with_one() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("broken.yaml"), "openapi: 3.0.3\n  paths: {")?;
    for (arguments, said) in [
        (["emulate", "--port", "0"].as_slice(), "no service"),
        (["emulate", "--service", "shop"].as_slice(), "NAME=URL"),
        (["emulate", "--service", "shop=127.0.0.1:80"].as_slice(), "no URL"),
        (["emulate", "--mock", "shop=broken.yaml"].as_slice(), "broken.yaml:"),
        (
            ["emulate", "--port", "0", "--service", "a=http://127.0.0.1:1"].as_slice(),
            "no CloudRun service name",
        ),
    ] {
        let output = cloudrun(folder.path(), arguments)?;
        let text = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(said), "{text}");
    }
    Ok(())
}
