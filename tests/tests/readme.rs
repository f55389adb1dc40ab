//! What the README promises to be tested is tested.

use std::path::Path;

#[test]
fn every_test_that_the_readme_names_is_there() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("../README.md"))?;
    let rows = readme.lines().filter(|line| line.starts_with('|'));
    let named: Vec<&str> = rows.flat_map(|row| row.split('`')).filter(|word| word.contains("::")).collect();
    let split = named.into_iter().filter_map(|word| word.split_once("::"));
    let mut tests = Vec::new();
    for (module, test) in split {
        tests.extend(code_of(&root.join("tests"), module)?.map(|code| (module, test, code)));
    }
    assert!(tests.len() > 20, "{}", tests.len());
    for (module, test, code) in tests {
        assert!(test == "…" || code.contains(&format!("fn {test}(")), "{module}::{test}");
    }
    Ok(())
}

/// The code of a test program, which is a file or a folder of them; `None` if there is none of this name.
fn code_of(tests: &Path, module: &str) -> std::io::Result<Option<String>> {
    let (file, folder) = (tests.join(format!("{module}.rs")), tests.join(module));
    if file.exists() {
        return std::fs::read_to_string(file).map(Some);
    }
    if !folder.join("main.rs").exists() {
        return Ok(None);
    }
    let mut code = String::new();
    for entry in std::fs::read_dir(folder)? {
        code.push_str(&std::fs::read_to_string(entry?.path())?);
    }
    Ok(Some(code))
}

#[test]
fn every_construct_that_the_readme_names_is_there() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("../README.md"))?;
    let rows = readme.lines().filter(|line| line.starts_with('|'));
    let named: Vec<&str> =
        rows.flat_map(|row| row.split('`')).filter(|word| word.starts_with("constructs/")).collect();
    assert!(named.len() > 10, "{named:?}");
    for folder in named {
        assert!(root.join(folder).join("client.rs").exists(), "{folder}");
    }
    Ok(())
}

#[test]
fn the_readmes_code_is_compiled() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("../README.md"))?;
    let compiled = std::fs::read_to_string(root.join("tests/readme_code.rs"))?;
    let section = |title: &str| {
        readme.split(title).nth(1).and_then(|rest| rest.split("###").next()).unwrap_or_default()
    };
    let code = ["### More than JSON", "### Who calls", "### In production"].into_iter().flat_map(|title| {
        section(title).split("```rust").skip(1).filter_map(|block| block.split("```").next())
    });
    // The formatter breaks lines and adds commas.
    let plain = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        text.replace(",}", "}").replace(",)", ")")
    };
    let compiled = plain(&compiled);
    let blocks: Vec<&str> = code.collect();
    assert!(blocks.len() >= 5, "{blocks:?}");
    for block in blocks {
        assert!(compiled.contains(&plain(block)), "not in tests/readme_code.rs: {block}");
    }
    Ok(())
}

#[test]
fn the_smallest_runtime_is_as_small_as_the_readme_says() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join("README.md"))?;
    let row = readme.lines().find_map(|line| line.strip_prefix("| cloudrun-runtime, no features | "));
    let told = row.and_then(|row| row.strip_suffix(" |")).ok_or("the row is missing")?;
    let tree = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--locked", "-p", "cloudrun-runtime", "--no-default-features", "-e", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(root)
        .output()?;
    let tree = String::from_utf8(tree.stdout)?;
    let mut crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    crates.sort_unstable();
    crates.dedup();
    crates.retain(|name| *name != "cloudrun-runtime");
    assert_eq!(crates.join(" "), told);
    assert!(readme.contains(&format!("it is these {} crates", crates.len())));
    Ok(())
}
