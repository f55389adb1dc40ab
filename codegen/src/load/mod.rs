//! Files to a value tree of OpenAPI 3.0: bytes are decoded, parsed as JSON or YAML by their content, gathered from
//! all files that the root refers to, and upgraded from other dialects. Never reads outside the root's folder, never
//! touches the network, never lowers anything.
//!
//! May import from `openapi`, `diagnostic`, `config`.

mod bundle;
mod duplicate;
mod overlay;
mod read;
mod repair;
mod upgrade;

pub(crate) use self::read::locate;

use self::read::Files;
use crate::config::Options;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde_json::Value;
use std::path::Path;

/// A document whose references are yet to be checked, with its place.
pub(crate) struct Loaded {
    pub(crate) tree: Value,
    pub(crate) root: Place,
    pub(crate) references: References,
}

/// What references that lead nowhere are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum References {
    /// Errors, if something that is generated needs them.
    MustResolve,
    /// Warnings: any value stands in.
    MayDangle,
}

/// Reads a document and everything it refers to. Errors go to `diagnostics`; `None` means that there are some.
pub(crate) fn load(path: &Path, options: &Options, diagnostics: &mut Diagnostics) -> (Files, Option<Loaded>) {
    let mut files = Files::new(path, options.base_folder.as_deref());
    let root = Place::file(files.root_name());
    let mut tree = match files.root() {
        Ok(tree) => tree,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return (files, None);
        }
    };
    duplicate::settle(&mut tree, &mut files, diagnostics);
    for path in &options.overlays {
        overlay::apply(&mut tree, path, &mut files, diagnostics);
    }
    let dialect = match read::dialect(&tree, &root) {
        Ok(dialect) => dialect,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return (files, None);
        }
    };
    if depth(&tree) > MAX_DEPTH {
        let message = format!("the document nests deeper than {MAX_DEPTH} levels");
        diagnostics.push(Diagnostic::error(Code::TooDeep, root, message));
        return (files, None);
    }
    let references = if options.lenient { References::MayDangle } else { References::MustResolve };
    let tree = bundle::bundle(tree, dialect, references, &mut files, diagnostics);
    duplicate::report(&mut files, diagnostics);
    let tree = upgrade::upgrade(tree, dialect, &root, diagnostics);
    let tree = repair::repair(tree, dialect, &root, diagnostics);
    (files, Some(Loaded { tree, root, references }))
}

/// A file as a value tree, as it is written.
pub(crate) fn read(path: &Path) -> Result<Value, Diagnostic> {
    Files::new(path, None).root()
}

/// Real documents stay below 40.
const MAX_DEPTH: usize = 400;

fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut stack = vec![(value, 1)];
    while let Some((value, level)) = stack.pop() {
        deepest = deepest.max(level);
        match value {
            Value::Array(items) => stack.extend(items.iter().map(|item| (item, level + 1))),
            Value::Object(members) => stack.extend(members.values().map(|member| (member, level + 1))),
            _ => {}
        }
    }
    deepest
}
