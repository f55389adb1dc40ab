//! What nobody calls costs nothing: a client that is built for release without a caller has no function in it.

use cloudrun_codegen::{Layout, generate};
use cloudrun_tests::house::cases;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The runtime that this test links to, or one as new: cargo names the file after more than the crate.
fn runtime(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("libcloudrun_runtime-") && name.ends_with(".rlib") {
            newest = newest.max(Some((entry.metadata()?.modified()?, entry.path())));
        }
    }
    Ok(newest.ok_or("the runtime is not built")?.1)
}

/// A crate with the clients of all constructs that need no more than the runtime's usual features.
fn write_clients(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let mut code = String::new();
    for case in cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("constructs"))? {
        if case.folder.join("options.json").exists() {
            continue;
        }
        let client = generate(&case.document, &case.options, Layout::Single)?;
        client.write(&folder.join(&case.name))?;
        let root = client.files().next().ok_or("a client without files")?.0;
        code.push_str(&format!(
            "#[path = {:?}]\npub mod {};\n",
            folder.join(&case.name).join(root),
            client.module()
        ));
    }
    let root = folder.join("lib.rs");
    std::fs::write(&root, code)?;
    Ok(root)
}

#[test]
fn a_client_without_callers_has_no_function_in_it() -> Result<(), Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let dependencies = program.parent().ok_or("no folder")?;
    let folder = tempfile::tempdir()?;
    let root = write_clients(folder.path())?;
    let output = folder.path().join("clients.ll");
    let result = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--crate-name=clients", "--crate-type=lib", "--edition=2024", "-Copt-level=3"])
        // What is handed to the optimiser, since what it then removes was translated all the same.
        .args(["-Cno-prepopulate-passes", "-Ccodegen-units=1"])
        .arg(format!("--emit=llvm-ir={}", output.display()))
        .arg(format!("--extern=cloudrun_runtime={}", runtime(dependencies)?.display()))
        .arg(format!("-Ldependency={}", dependencies.display()))
        .arg(root)
        .output()?;
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    let text = std::fs::read_to_string(output)?;
    let functions: Vec<&str> = text.lines().filter(|line| line.starts_with("define ")).collect();
    // Those of the compiler's own crates are what ours call.
    let name = |line: &str| Some(line.split_once('@')?.1.split_once('(')?.0.to_owned());
    let own: Vec<String> =
        functions.iter().filter_map(|line| name(line)).filter(|name| name.contains("clients..")).collect();
    assert!(
        functions.is_empty(),
        "{} functions, among them these {} of the clients: {own:#?}",
        functions.len(),
        own.len()
    );
    Ok(())
}
