//! All files to one tree: every reference that is not `#/components/<section>/<name>` of the root has its target
//! moved there under a short, stable name, so that later stages see one kind of reference only. What leads nowhere is
//! parked as such; whether that matters is for the check of references to say.

mod anchor;
mod external;
mod name;
mod reference;
mod written;

use self::anchor::anchors;
use self::name::Names;
use self::written::as_written;
use super::References;
use super::read::{Dialect, Files};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::grammar::{Kind, Sections};
use crate::openapi::{Step, Visitor, parked, walk};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::path::PathBuf;

pub(in crate::load) fn bundle(
    mut tree: Value,
    dialect: Dialect,
    references: References,
    files: &mut Files,
    diagnostics: &mut Diagnostics,
) -> Value {
    let root = Place::file(files.root_name());
    as_written(&mut tree, Kind::Document, &root, files, diagnostics);
    let sections = dialect.sections();
    let mut bundler = Bundler {
        sections,
        references,
        names: Names::of(&tree, sections),
        anchors: HashMap::from([(PathBuf::new(), anchors(&mut tree, &root))]),
        original: tree.clone(),
        files,
        diagnostics,
        file: PathBuf::new(),
        hoisted: HashMap::new(),
        moved: Vec::new(),
        inlining: Vec::new(),
    };
    walk(&mut tree, Kind::Document, &root, &mut bundler);
    for (kind, name, value) in bundler.moved {
        let section = sections.keys(kind).into_iter().flatten().fold(&mut tree, |tree, key| entry(tree, key));
        if let Some(map) = section.as_object_mut() {
            map.insert(name, value);
        }
    }
    tree
}

/// The member of an object, made an empty object if there is none.
fn entry<'a>(value: &'a mut Value, key: &str) -> &'a mut Value {
    if !value[key].is_object() {
        value[key] = Value::Object(Map::new());
    }
    &mut value[key]
}

struct Bundler<'a> {
    sections: Sections,
    references: References,
    original: Value,
    /// What schemas of a file call themselves, by the file.
    anchors: HashMap<PathBuf, HashMap<String, String>>,
    files: &'a mut Files,
    diagnostics: &'a mut Diagnostics,
    names: Names,
    /// The file that is walked, relative to the root's folder and empty for the root.
    file: PathBuf,
    /// The names of what was moved, by file, pointer and kind.
    hoisted: HashMap<(PathBuf, String, Kind), String>,
    moved: Vec<(Kind, String, Value)>,
    /// What is being copied in place of a reference, outermost first.
    inlining: Vec<(PathBuf, String)>,
}

impl Visitor for Bundler<'_> {
    fn enter(&mut self, value: &mut Value, kind: Kind, place: &Place) -> Step {
        if kind == Kind::Schema && self.sections == Sections::Components {
            self.dynamic(value, place);
        }
        if value.get("$ref").is_some_and(Value::is_string) {
            return self.reference(value, kind, place);
        }
        Step::Into
    }

    fn leave(&mut self, value: &mut Value, kind: Kind, place: &Place) {
        if kind == Kind::Schema && self.sections == Sections::Components {
            self.mapping(value, place);
        }
    }
}

impl Bundler<'_> {
    /// A `$dynamicRef` is read as a `$ref`: it means the anchor of its name, unless an outer schema has another one.
    fn dynamic(&mut self, value: &mut Value, place: &Place) {
        let Some(object) = value.as_object_mut().filter(|object| !object.contains_key("$ref")) else {
            return;
        };
        if let Some(reference) = object.shift_remove("$dynamicRef") {
            let message = "`$dynamicRef` is read as `$ref`; what an outer schema puts in its place is not";
            let place = place.key("$dynamicRef");
            self.diagnostics.push(Diagnostic::warning(Code::UnsupportedSchema, place, message));
            object.insert("$ref".to_owned(), reference);
        }
    }

    /// A discriminator's mapping names schemas, or refers to them. What it refers to and is not there is left out.
    fn mapping(&mut self, schema: &mut Value, place: &Place) {
        let Some(mapping) = schema.pointer_mut("/discriminator/mapping").and_then(Value::as_object_mut)
        else {
            return;
        };
        let place = place.key("discriminator").key("mapping");
        mapping.retain(|tag, value| {
            let Some(text) = value.as_str().filter(|text| text.contains(['/', '#'])).map(str::to_owned)
            else {
                return true;
            };
            let place = place.key(tag);
            let mut reference = json!({ "$ref": text });
            self.reference(&mut reference, Kind::Schema, &place);
            if let Some(found) = reference.get_mut("$ref") {
                *value = found.take();
                return true;
            }
            if let Some(parked::Dangling::Silent(text)) =
                reference.as_object_mut().and_then(parked::take_dangling)
            {
                let message = format!("`{text}` leads nowhere; the value `{tag}` stands for no schema");
                self.diagnostics.push(Diagnostic::warning(Code::DanglingReference, place, message));
            }
            false
        });
    }
}
