//! The subcommand as a shell runs it, and what it leaves in a folder.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) type Failure = Box<dyn std::error::Error>;

pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-cloudrun"));
    command.arg("cloudrun").args(arguments).current_dir(folder);
    command
}

pub(crate) fn cloudrun(folder: &Path, arguments: &[&str]) -> Result<Output, Failure> {
    Ok(command(folder, arguments).output()?)
}

/// Runs a command that must end with a status, and gives its two outputs one after the other.
pub(crate) fn ends(folder: &Path, arguments: &[&str], status: i32) -> Result<String, Failure> {
    let output = cloudrun(folder, arguments)?;
    let text = format!("{}{}", text(&output.stdout), text(&output.stderr));
    match output.status.code() {
        Some(code) if code == status => Ok(text),
        code => Err(format!("{arguments:?} ended with {code:?}, not {status}:\n{text}").into()),
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A document of some operations, dealt out to tags. From 41 operations on, the client has a file for each tag.
pub(crate) fn document(operations: usize, tags: usize) -> String {
    let mut text = "openapi: 3.0.3\ninfo: { title: Shop, version: '1' }\npaths:\n".to_owned();
    for number in 0..operations {
        text.push_str(&format!(
            "  /things/{number}:\n    get:\n      operationId: getThing{number}\n      tags: [tag{}]\n      responses: {{ '200': {{ \
             description: It., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing{number}' }} }} }} }} }}\n",
            number % tags
        ));
    }
    text.push_str("components:\n  schemas:\n");
    for number in 0..operations {
        text.push_str(&format!(
            "    Thing{number}: {{ type: object, properties: {{ of{operations}: {{ type: string }} }} }}\n"
        ));
    }
    text
}

/// The arguments that generate the client of a service from `openapi.yaml`.
pub(crate) fn generate<'a>(service: &'a str, out: &'a str) -> Vec<&'a str> {
    vec!["generate", "--spec", "openapi.yaml", "--service", service, "--out", out]
}

/// All that is below a folder: files with their texts, links with where they lead, folders with nothing.
pub(crate) fn tree(folder: &Path) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let mut found = BTreeMap::new();
    let mut queue = vec![folder.to_owned()];
    while let Some(next) = queue.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            let relative = path.strip_prefix(folder)?.to_owned();
            let what = if path.is_symlink() {
                fs::read_link(&path)?.display().to_string()
            } else if path.is_dir() {
                queue.push(path);
                continue;
            } else {
                fs::read_to_string(&path)?
            };
            found.insert(relative, what);
        }
    }
    Ok(found)
}
