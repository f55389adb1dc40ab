//! Puts every name that generated code has by itself into every place where a document names things, and compiles the
//! clients with warnings denied: as public modules of a library and as private modules of a program, in both editions.

use cloudrun_codegen::{Layout, Options, generate};
use cloudrun_tests::matrix::{everywhere, names, places};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Output};

const EDITIONS: [&str; 2] = ["2021", "2024"];

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("names: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<usize, Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?.to_owned();
    let folder = workspace.join("target/names");
    let names = names();
    let places = places(&names);
    let _ = fs::remove_dir_all(folder.join("src"));
    fs::create_dir_all(folder.join("src"))?;
    let (mut public, mut private) =
        (String::from("#![deny(warnings)]\n"), String::from("#![deny(warnings)]\n"));
    for place in places.iter().chain([&everywhere(&names)]) {
        let document = folder.join(format!("{}.json", place.name));
        fs::write(&document, serde_json::to_string_pretty(&place.document)?)?;
        let mut options = Options::new(place.name);
        options.types.check_constraints = true;
        if place.name == "everywhere" {
            let client = generate(&document, &options, Layout::Directory)?;
            client.write(&folder.join("src/everywhere"))?;
            public.push_str("pub mod everywhere;\n");
            private.push_str("mod everywhere;\n");
            continue;
        }
        options.samples = true;
        for (path, text) in generate(&document, &options, Layout::Single)?.files() {
            fs::write(folder.join("src").join(path), text)?;
            public.push_str(&format!("include!({path:?});\n"));
            private.push_str(&format!("mod {} {{ include!({path:?}); }}\n", place.name));
        }
    }
    private.push_str("fn main() {}\n");
    fs::write(folder.join("src/lib.rs"), public)?;
    fs::write(folder.join("src/main.rs"), private)?;
    // A compiler uses one core for a crate, however large: the editions are checked beside each other.
    let outputs = std::thread::scope(|scope| {
        let checks = EDITIONS.map(|edition| scope.spawn(|| check(&workspace, &folder, edition)));
        checks.map(|check| check.join().unwrap_or_else(|_| Err(std::io::Error::other("a check panicked"))))
    });
    let mut failed = 0;
    for (edition, output) in EDITIONS.into_iter().zip(outputs) {
        let output = output?;
        if !output.status.success() {
            failed += 1;
            println!("edition {edition}:\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    println!("{} names by {} places, each alone and all together", names.len(), places.len());
    println!("{} passed, {failed} failed", EDITIONS.len() - failed);
    Ok(failed)
}

/// Checks the clients as the library and the program of a package of this edition.
fn check(workspace: &Path, folder: &Path, edition: &str) -> std::io::Result<Output> {
    let package = folder.join(edition);
    fs::create_dir_all(&package)?;
    let manifest = format!(
        "[package]\nname = \"names\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\npublish = false\n\n\
         [lib]\npath = \"../src/lib.rs\"\n\n[[bin]]\nname = \"names\"\npath = \"../src/main.rs\"\n\n[dependencies]\n\
         cloudrun-runtime = {{ path = {:?}, features = [\"constraints\"] }}\n\n[profile.dev]\ndebug = 0\n\n[workspace]\n",
        workspace.join("runtime")
    );
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock"))?;
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--message-format=short"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
}
