//! The subcommand as a shell sees it: what it writes, and its exit status.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

type Failure = Box<dyn std::error::Error>;

const DOCUMENT: &str = "openapi: 3.0.3\ninfo: { title: Shop, version: '1' }\npaths:\n  /health:\n    get:\n      \
                        operationId: health\n      responses: { '204': { description: Fine. } }\n";

fn cloudrun(folder: &Path, arguments: &[&str]) -> Result<Output, Failure> {
    Ok(Command::new(env!("CARGO_BIN_EXE_cargo-cloudrun"))
        .arg("cloudrun")
        .args(arguments)
        .current_dir(folder)
        .output()?)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

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
