//! Names for what is moved to the components: short ones, that depend on nothing but where the target stands.

use crate::openapi::grammar::{Kind, REFERABLE, Sections};
use crate::openapi::pointer;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::path::Path;

/// The names of each section that are taken.
pub(super) struct Names(HashSet<(Kind, String)>);

impl Names {
    /// Those of a document's own components.
    pub(super) fn of(tree: &Value, sections: Sections) -> Self {
        let mut taken = HashSet::new();
        for (kind, _) in REFERABLE {
            let Some(keys) = sections.keys(kind) else { continue };
            let section = tree.pointer(&pointer::join(&keys)).and_then(Value::as_object);
            taken.extend(section.into_iter().flat_map(Map::keys).map(|name| (kind, name.clone())));
        }
        Self(taken)
    }

    pub(super) fn has(&self, kind: Kind, name: &str) -> bool {
        self.0.contains(&(kind, name.to_owned()))
    }

    /// A short name for a moved target: its own name, that of its file, or the words on the way to it.
    pub(super) fn mint(&mut self, file: &Path, pointer: &str, kind: Kind) -> String {
        let words = words(pointer);
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = file.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let own = if words.is_empty() { stem.clone() } else { words.join("_") };
        let candidates =
            [own.clone(), format!("{stem}_{own}"), format!("{}_{stem}_{own}", folder.unwrap_or_default())];
        let numbered = (2..).map(|number| format!("{own}_{number}"));
        for name in candidates.into_iter().chain(numbered) {
            if !name.trim_matches('_').is_empty() && self.0.insert((kind, name.clone())) {
                return name;
            }
        }
        own
    }
}

/// The tokens of a pointer that say something: not the names of OpenAPI's own containers.
fn words(pointer: &str) -> Vec<String> {
    const CONTAINERS: [&str; 16] = [
        "components",
        "schemas",
        "definitions",
        "$defs",
        "properties",
        "paths",
        "content",
        "schema",
        "parameters",
        "responses",
        "requestBodies",
        "headers",
        "examples",
        "links",
        "callbacks",
        "allOf",
    ];
    pointer::keys(pointer)
        .filter(|token| !CONTAINERS.contains(&token.as_str()) && !token.contains("application/"))
        .collect()
}
