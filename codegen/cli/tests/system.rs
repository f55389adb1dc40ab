//! What the system says is told with the path and what to do, and a closed pipe is no error.

mod shell;

use shell::{Failure, command, document, ends, generate, text, tree};
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// Runs a command whose output goes into a pipe that nobody reads, and gives its status and what it said beside.
fn unread(folder: &Path, arguments: &[&str], both: bool) -> Result<(Option<i32>, String), Failure> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let mut command = command(folder, arguments);
    if both {
        command.stderr(writer.try_clone()?);
    } else {
        command.stderr(Stdio::piped());
    }
    let output = command.stdout(writer).spawn()?.wait_with_output()?;
    Ok((output.status.code(), text(&output.stderr)))
}

#[test]
fn a_closed_pipe_ends_every_command_quietly() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(44, 4))?;
    let check = [generate("shop", "out"), vec!["--check"]].concat();
    let new = ["new", "made", "--spec", "openapi.yaml", "--service", "shop"];
    for both in [false, true] {
        for (arguments, status) in [
            (check.as_slice(), 1),
            (&generate("shop", "out"), 0),
            (&check, 0),
            (&new, 0),
            (&["--help"], 0),
            (&["generate", "--help"], 0),
            (&["--version"], 0),
            (&["emulate", "--port", "0", "--mock", "shop=openapi.yaml"], 0),
            (&["generate", "--what"], 2),
            (&["generate", "--spec", "missing.yaml", "--service", "shop", "--out", "out"], 2),
        ] {
            let (code, said) = unread(path, arguments, both)?;
            assert_eq!(code, Some(status), "{arguments:?}: {said}");
            assert!(!said.contains("panicked") && (status == 2 || said.is_empty()), "{arguments:?}: {said}");
        }
        fs::remove_dir_all(path.join("out"))?;
        fs::remove_dir_all(path.join("made"))?;
    }
    Ok(())
}

#[test]
fn a_certificate_that_cannot_be_written_is_told_before_anything_is_served() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(1, 1))?;
    fs::write(path.join("key.pem"), "-----BEGIN PRIVATE KEY-----\n")?;
    for (file, advice) in [("nowhere/a.pem", "missing"), (".", "folder"), ("key.pem", "name another file")] {
        let said = ends(path, &["emulate", "--port", "0", "--mock", "shop=openapi.yaml", "--tls", file], 2)?;
        assert!(said.contains(&format!("`{file}`")) && said.contains(advice), "{said}");
        assert!(!said.contains("The gateway"), "{said}");
    }
    assert_eq!(fs::read_to_string(path.join("key.pem"))?, "-----BEGIN PRIVATE KEY-----\n");
    Ok(())
}

#[test]
fn a_port_that_is_taken_is_named() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(1, 1))?;
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port().to_string();
    let arguments = ["emulate", "--port", &port, "--mock", "shop=openapi.yaml", "--tls", "root.pem"];
    let said = ends(path, &arguments, 2)?;
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("--port"), "{said}");
    assert!(!path.join("root.pem").exists(), "nothing is left of what did not start");
    Ok(())
}

#[test]
fn what_is_in_the_way_is_named_with_what_to_do() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(3, 1))?;
    fs::write(path.join("file"), "mine\n")?;
    fs::create_dir_all(path.join("out/types.rs"))?;
    let before = tree(path)?;
    for (out, named) in [("file", "`file`"), ("file/deeper", "`file/deeper`"), ("out", "`out/types.rs`")] {
        let said = ends(path, &generate("shop", out), 2)?;
        assert!(said.contains(named) && said.contains("move it away"), "{said}");
    }
    let said = ends(path, &["new", "file", "--spec", "openapi.yaml", "--service", "shop"], 2)?;
    assert!(said.contains("`file` exists already"), "{said}");
    assert_eq!(tree(path)?, before);
    Ok(())
}

/// Rights hold back whoever is not root; root is held back by a file system that takes nothing.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_is_named() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    fs::write(path.join("openapi.yaml"), document(3, 1))?;
    let said = ends(path, &generate("shop", "/proc/shop"), 2)?;
    assert!(said.contains("`/proc/shop`"), "{said}");
    Ok(())
}
