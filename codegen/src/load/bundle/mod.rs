//! All files to one tree: every reference that is not `#/components/<section>/<name>` of the root has its target
//! moved there under a short, stable name, so that later stages see one kind of reference only.

mod anchor;
mod external;

use self::anchor::anchors;
use self::external::{Target, inside_base, split};
use super::read::{Dialect, Files};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, set_origin};
use crate::openapi::grammar::{Form, Kind, foreign_member, is_extension, member, section};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

pub(in crate::load) fn bundle(
    mut tree: Value,
    dialect: Dialect,
    lenient: bool,
    files: &mut Files,
    diagnostics: &mut Diagnostics,
) -> Value {
    let swagger = dialect == Dialect::Swagger2;
    let root = Place::file(files.root_name());
    let anchors = anchors(&tree);
    let original = tree.clone();
    let mut bundler = Bundler {
        swagger,
        lenient,
        original,
        anchors,
        files,
        diagnostics,
        names: HashMap::new(),
        taken: HashSet::new(),
        moved: Vec::new(),
        inlining: Vec::new(),
    };
    bundler.reserve_names();
    bundler.node(&mut tree, Kind::Document, &Here { file: PathBuf::new(), place: root });
    let moved = std::mem::take(&mut bundler.moved);
    for (kind, name, value) in moved {
        let Some(section) = section(kind, swagger) else { continue };
        let sections = if swagger { &mut tree } else { entry(&mut tree, "components") };
        if let Some(map) = entry(sections, section).as_object_mut() {
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

/// Where a node stands: its file, relative to the root's folder and empty for the root, and its place.
#[derive(Clone)]
struct Here {
    file: PathBuf,
    place: Place,
}

impl Here {
    fn key(&self, key: &str) -> Self {
        Self { file: self.file.clone(), place: self.place.key(key) }
    }
}

struct Bundler<'a> {
    swagger: bool,
    /// Whether a refused reference is a warning; the check of references puts any value there.
    lenient: bool,
    original: Value,
    anchors: HashMap<String, String>,
    files: &'a mut Files,
    diagnostics: &'a mut Diagnostics,
    names: HashMap<(PathBuf, String, Kind), String>,
    taken: HashSet<(&'static str, String)>,
    moved: Vec<(Kind, String, Value)>,
    inlining: Vec<(PathBuf, String)>,
}

impl Bundler<'_> {
    fn reserve_names(&mut self) {
        let sections = if self.swagger { Some(&self.original) } else { self.original.get("components") };
        for kind in [
            Kind::Schema,
            Kind::Parameter,
            Kind::Response,
            Kind::RequestBody,
            Kind::Header,
            Kind::Example,
            Kind::Link,
            Kind::Callback,
            Kind::SecurityScheme,
        ] {
            let Some(section) = section(kind, self.swagger) else { continue };
            let map = sections.and_then(|sections| sections.get(section)).and_then(Value::as_object);
            for name in map.into_iter().flat_map(Map::keys) {
                self.taken.insert((section, name.clone()));
            }
        }
    }

    fn node(&mut self, value: &mut Value, kind: Kind, here: &Here) {
        if kind == Kind::Schema && !self.swagger {
            self.dynamic(value, here);
        }
        if value.get("$ref").is_some_and(Value::is_string) {
            self.reference(value, kind, here);
        }
        let Some(object) = value.as_object_mut() else { return };
        for (key, value) in object.iter_mut() {
            let Some(form) = member(kind, key).or_else(|| foreign_member(kind, key)) else { continue };
            self.form(value, form, &here.key(key));
        }
        if kind == Kind::Schema && !self.swagger {
            self.mapping(object, here);
        }
    }

    /// A `$dynamicRef` is read as a `$ref`: it means the anchor of its name, unless an outer schema has another one.
    fn dynamic(&mut self, value: &mut Value, here: &Here) {
        let Some(object) = value.as_object_mut().filter(|object| !object.contains_key("$ref")) else {
            return;
        };
        if let Some(reference) = object.shift_remove("$dynamicRef") {
            let message = "`$dynamicRef` is read as `$ref`; what an outer schema puts in its place is not";
            let place = here.place.key("$dynamicRef");
            self.diagnostics.push(Diagnostic::warning(Code::UnsupportedSchema, place, message));
            object.insert("$ref".to_owned(), reference);
        }
    }

    fn form(&mut self, value: &mut Value, form: Form, here: &Here) {
        match form {
            Form::Node(kind) => match value {
                // `items` was a list of schemas once.
                Value::Array(items) if kind == Kind::Schema => self.items(items, kind, here),
                _ => self.node(value, kind, here),
            },
            Form::FlagOrSchema => self.node(value, Kind::Schema, here),
            Form::List(kind) => {
                if let Value::Array(items) = value {
                    self.items(items, kind, here);
                }
            }
            Form::Map(kind) => {
                let Some(members) = value.as_object_mut() else { return };
                for (key, member) in members.iter_mut().filter(|(key, _)| !is_extension(kind, key)) {
                    self.node(member, kind, &here.key(key));
                }
            }
            _ => {}
        }
    }

    fn items(&mut self, items: &mut [Value], kind: Kind, here: &Here) {
        for (index, item) in items.iter_mut().enumerate() {
            self.node(item, kind, &here.key(&index.to_string()));
        }
    }

    /// A discriminator's mapping names schemas, or refers to them.
    fn mapping(&mut self, schema: &mut Map<String, Value>, here: &Here) {
        let Some(mapping) = schema.get_mut("discriminator").and_then(|found| found.get_mut("mapping")) else {
            return;
        };
        let here = here.key("discriminator").key("mapping");
        for (tag, value) in mapping.as_object_mut().into_iter().flatten() {
            let Some(text) = value.as_str() else { continue };
            if text.contains(['/', '#']) {
                let mut reference = Value::Object([("$ref".to_owned(), text.into())].into_iter().collect());
                self.reference(&mut reference, Kind::Schema, &here.key(tag));
                *value = reference.get("$ref").cloned().unwrap_or(Value::Null);
            }
        }
    }

    /// Rewrites a reference, or leaves it if its target stands where it belongs.
    fn reference(&mut self, value: &mut Value, kind: Kind, here: &Here) {
        let Some(text) = value.get("$ref").and_then(Value::as_str).map(str::to_owned) else { return };
        let text = text.trim().to_owned();
        let is_here = here.file.as_os_str().is_empty() || !text.starts_with('#');
        let anchored = self.anchors.get(&text).filter(|_| is_here).cloned();
        let target = match anchored {
            Some(pointer) => Target { file: PathBuf::new(), pointer },
            None => match split(&self.short_form(&text, kind), &here.file) {
                Ok(target) => self.without_anchor(target),
                Err(reason) => {
                    let message = format!("the reference `{text}` is refused: {reason}");
                    self.refuse(Code::ForbiddenReference, here.place.key("$ref"), message);
                    return;
                }
            },
        };
        if kind == Kind::PathItem || section(kind, self.swagger).is_none() {
            self.inline(value, kind, here, &target);
        } else if let Some(name) = self.component(&target, kind) {
            value["$ref"] = self.local(kind, &name).into();
        } else {
            let name = self.hoist(&target, kind, here, &text);
            value["$ref"] = self.local(kind, &name).into();
        }
    }

    /// A target whose fragment is an `$anchor` of its file, by pointer. What cannot be read is reported when it is fetched.
    fn without_anchor(&mut self, target: Target) -> Target {
        if target.pointer.is_empty() || target.pointer.starts_with('/') {
            return target;
        }
        let name = target.file.to_string_lossy().replace('\\', "/");
        let tree =
            inside_base(self.files, &target.file).ok().and_then(|path| self.files.read(&path, &name).ok());
        let found = tree.and_then(|tree| anchors(&tree).remove(&format!("#{}", target.pointer)));
        Target { pointer: found.unwrap_or(target.pointer), file: target.file }
    }

    fn refuse(&mut self, code: Code, place: Place, message: String) {
        self.diagnostics.push(match self.lenient {
            true => Diagnostic::warning(code, place, message),
            false => Diagnostic::error(code, place, message),
        });
    }

    /// A bare name, `Pet`, is understood as the schema of that name if there is one and no file.
    fn short_form(&self, text: &str, kind: Kind) -> String {
        let is_name = !text.contains(['/', '#', '.']);
        match section(kind, self.swagger) {
            Some(section) if is_name && self.taken.contains(&(section, text.to_owned())) => {
                self.local(kind, text)
            }
            _ => text.to_owned(),
        }
    }

    fn local(&self, kind: Kind, name: &str) -> String {
        let section = section(kind, self.swagger).unwrap_or_default();
        let name = name.replace('~', "~0").replace('/', "~1");
        if self.swagger { format!("#/{section}/{name}") } else { format!("#/components/{section}/{name}") }
    }

    /// The name of a target that is a component of the root already.
    fn component(&self, target: &Target, kind: Kind) -> Option<String> {
        let is_root = target.file.as_os_str().is_empty() || self.is_root(&target.file);
        let section = section(kind, self.swagger)?;
        let prefix = if self.swagger { format!("/{section}/") } else { format!("/components/{section}/") };
        let name = target.pointer.strip_prefix(&prefix).filter(|_| is_root)?;
        let name = unescape(name);
        // A name that is not there but has no further slash dangles as a component; the check says so.
        (!target.pointer[prefix.len()..].contains('/')).then_some(name)
    }

    fn is_root(&self, file: &Path) -> bool {
        Path::new(&**self.files.root_name()).file_name() == file.file_name() && file.components().count() == 1
    }

    /// Moves a target into the components and answers with its name there.
    fn hoist(&mut self, target: &Target, kind: Kind, here: &Here, text: &str) -> String {
        let file = if self.is_root(&target.file) { PathBuf::new() } else { target.file.clone() };
        let key = (file.clone(), target.pointer.clone(), kind);
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        let name = self.mint(&file, &target.pointer, kind);
        self.names.insert(key, name.clone());
        if let Some((mut value, there)) = self.fetch(&file, &target.pointer, here, text) {
            self.node(&mut value, kind, &there);
            set_origin(&mut value, &there.place);
            self.moved.push((kind, name.clone(), value));
        }
        name
    }

    /// Copies a target in place of its reference; members beside the reference win.
    fn inline(&mut self, value: &mut Value, kind: Kind, here: &Here, target: &Target) {
        let key = (target.file.clone(), target.pointer.clone());
        if self.inlining.contains(&key) {
            let message = "the reference leads back to itself".to_owned();
            self.diagnostics.push(Diagnostic::error(Code::CyclicReference, here.place.key("$ref"), message));
            return;
        }
        let text = value["$ref"].as_str().unwrap_or_default().to_owned();
        if let Some((mut found, there)) = self.fetch(&target.file, &target.pointer, here, &text) {
            self.inlining.push(key);
            self.node(&mut found, kind, &there);
            self.inlining.pop();
            set_origin(&mut found, &there.place);
            if let (Some(object), Some(found)) = (value.as_object_mut(), found.as_object()) {
                object.remove("$ref");
                for (key, member) in found {
                    object.entry(key).or_insert_with(|| member.clone());
                }
            }
        }
    }

    /// The value that a target names, and where it stands.
    fn fetch(&mut self, file: &Path, pointer: &str, here: &Here, text: &str) -> Option<(Value, Here)> {
        let place = here.place.key("$ref");
        let name = file.to_string_lossy().replace('\\', "/");
        let is_root = file.as_os_str().is_empty();
        let found = if is_root {
            self.original.pointer(pointer).cloned()
        } else {
            let path = match inside_base(self.files, file) {
                Ok(path) => path,
                Err(reason) => {
                    let message = format!("the reference `{text}` is refused: {reason}");
                    let code = if reason.contains("cannot be read") {
                        Code::DanglingReference
                    } else {
                        Code::ForbiddenReference
                    };
                    self.refuse(code, place, message);
                    return None;
                }
            };
            match self.files.read(&path, &name) {
                Ok(tree) => tree.pointer(pointer).cloned(),
                Err(diagnostic) => {
                    self.diagnostics.push(diagnostic);
                    return None;
                }
            }
        };
        let Some(found) = found else {
            // The check of references reports it, if anything that is generated needs it.
            return None;
        };
        let place_file = if is_root { self.files.root_name().clone() } else { name.into() };
        let place = Place { file: place_file, pointer: pointer.to_owned(), line: None };
        Some((found, Here { file: file.to_owned(), place }))
    }

    /// A short name for a moved target: its own name, that of its file, or the words on the way to it.
    fn mint(&mut self, file: &Path, pointer: &str, kind: Kind) -> String {
        let section = section(kind, self.swagger).unwrap_or_default();
        let words = words(pointer);
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = file.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let own = if words.is_empty() { stem.clone() } else { words.join("_") };
        let candidates =
            [own.clone(), format!("{stem}_{own}"), format!("{}_{stem}_{own}", folder.unwrap_or_default())];
        let numbered = (2..).map(|number| format!("{own}_{number}"));
        for name in candidates.into_iter().chain(numbered) {
            if !name.trim_matches('_').is_empty() && self.taken.insert((section, name.clone())) {
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
    pointer
        .split('/')
        .skip(1)
        .map(unescape)
        .filter(|token| !CONTAINERS.contains(&token.as_str()) && !token.contains("application/"))
        .collect()
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
