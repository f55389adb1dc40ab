//! One reference: where it leads, and what becomes of it there.

use super::Bundler;
use super::anchor::anchors;
use super::external::{Target, inside_base, split};
use super::written::as_written;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::References;
use crate::openapi::grammar::Kind;
use crate::openapi::parked::{Dangling, set_dangling};
use crate::openapi::{Step, origin, pointer, walk};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What a target is, and where it stands.
struct Found {
    value: Value,
    file: PathBuf,
    place: Place,
}

impl Bundler<'_> {
    /// Rewrites a reference, or leaves it if its target stands where it belongs.
    pub(super) fn reference(&mut self, value: &mut Value, kind: Kind, place: &Place) -> Step {
        let text = value.get("$ref").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let rewritten = match self.target(&text, kind, place) {
            Ok(target) if kind == Kind::PathItem || self.sections.keys(kind).is_none() => {
                match self.inline(value, kind, place, &target) {
                    Ok(()) => return Step::Over,
                    Err(dangling) => Err(dangling),
                }
            }
            Ok(target) => match self.component(&target, kind) {
                Some(name) => Ok(name),
                None => self.hoist(&target, kind, place, &text),
            },
            Err(dangling) => Err(dangling),
        };
        match rewritten {
            Ok(name) => value["$ref"] = self.local(kind, &name).into(),
            Err(dangling) => {
                if let Some(object) = value.as_object_mut() {
                    set_dangling(object, dangling);
                }
            }
        }
        Step::Into
    }

    /// The file and the pointer that a reference means.
    fn target(&mut self, text: &str, kind: Kind, place: &Place) -> Result<Target, Dangling> {
        if text.is_empty() {
            let message = match kind {
                Kind::Schema => "the reference is empty; any value is taken",
                _ => "the reference is empty",
            };
            self.diagnostics.push(Diagnostic::warning(Code::DanglingReference, place.key("$ref"), message));
            return Err(Dangling::Reported);
        }
        let is_here = self.file.as_os_str().is_empty() || !text.starts_with('#');
        let root = self.anchors.get(Path::new("")).filter(|_| is_here);
        if let Some(pointer) = root.and_then(|anchors| anchors.get(text)) {
            return Ok(Target { file: PathBuf::new(), pointer: pointer.clone() });
        }
        match split(&self.short_form(text, kind), &self.file) {
            Ok(target) => Ok(self.without_anchor(target)),
            Err(refusal) => {
                let message = format!("the reference `{text}` is refused: {refusal}");
                Err(self.refuse(refusal.code(), place.key("$ref"), message))
            }
        }
    }

    /// A target whose fragment is an `$anchor` of its file, by pointer. What cannot be read is reported when it is fetched.
    fn without_anchor(&mut self, target: Target) -> Target {
        if target.pointer.is_empty() || target.pointer.starts_with('/') {
            return target;
        }
        if !self.anchors.contains_key(&target.file) {
            let found = self.anchors_of(&target.file).unwrap_or_default();
            self.anchors.insert(target.file.clone(), found);
        }
        let anchors = self.anchors.get(&target.file);
        let found = anchors.and_then(|anchors| anchors.get(&format!("#{}", target.pointer)).cloned());
        Target { pointer: found.unwrap_or(target.pointer), file: target.file }
    }

    fn anchors_of(&mut self, file: &Path) -> Option<HashMap<String, String>> {
        let name = file_name(file);
        let path = inside_base(self.files, file).ok()?;
        let mut tree = Value::clone(&*self.files.read(&path, &name).ok()?);
        Some(anchors(&mut tree, &Place::file(&name.into())))
    }

    fn refuse(&mut self, code: Code, place: Place, message: String) -> Dangling {
        self.diagnostics.push(match self.references {
            References::MayDangle => Diagnostic::warning(code, place, message),
            References::MustResolve => Diagnostic::error(code, place, message),
        });
        Dangling::Reported
    }

    /// A bare name, `Pet`, is understood as the schema of that name if there is one and no file.
    fn short_form(&self, text: &str, kind: Kind) -> String {
        match !text.contains(['/', '#', '.']) && self.names.has(kind, text) {
            true => self.local(kind, text),
            false => text.to_owned(),
        }
    }

    fn local(&self, kind: Kind, name: &str) -> String {
        let section = self.sections.keys(kind).unwrap_or_default();
        format!("#{}", pointer::child(&pointer::join(&section), name))
    }

    /// The name of a target that is a component of the root already.
    fn component(&self, target: &Target, kind: Kind) -> Option<String> {
        let is_root = target.file.as_os_str().is_empty() || self.is_root(&target.file);
        let (section, name) = pointer::split(&target.pointer).filter(|_| is_root)?;
        let is_there = section == pointer::join(&self.sections.keys(kind)?)
            && self.original.pointer(&target.pointer).is_some();
        is_there.then_some(name)
    }

    fn is_root(&self, file: &Path) -> bool {
        Path::new(&**self.files.root_name()).file_name() == file.file_name() && file.components().count() == 1
    }

    /// Moves a target into the components and answers with its name there.
    fn hoist(&mut self, target: &Target, kind: Kind, place: &Place, text: &str) -> Result<String, Dangling> {
        let file = if self.is_root(&target.file) { PathBuf::new() } else { target.file.clone() };
        let key = (file.clone(), target.pointer.clone(), kind);
        if let Some(name) = self.hoisted.get(&key) {
            return Ok(name.clone());
        }
        let mut found = self.fetch(&file, &target.pointer, kind, place, text)?;
        let name = self.names.mint(&file, &target.pointer, kind);
        self.hoisted.insert(key, name.clone());
        self.visit(&mut found, kind);
        origin::note(&mut found.value, &found.place);
        self.moved.push((kind, name.clone(), found.value));
        Ok(name)
    }

    /// Copies a target in place of its reference; members beside the reference win.
    fn inline(
        &mut self,
        value: &mut Value,
        kind: Kind,
        place: &Place,
        target: &Target,
    ) -> Result<(), Dangling> {
        let file = if self.is_root(&target.file) { PathBuf::new() } else { target.file.clone() };
        let key = (file.clone(), target.pointer.clone());
        if self.inlining.contains(&key) {
            let message = "the reference leads back to itself";
            self.diagnostics.push(Diagnostic::error(Code::CyclicReference, place.key("$ref"), message));
            return Err(Dangling::Reported);
        }
        let text = value["$ref"].as_str().unwrap_or_default().to_owned();
        let mut found = self.fetch(&file, &target.pointer, kind, place, &text)?;
        self.inlining.push(key);
        self.visit(&mut found, kind);
        self.inlining.pop();
        origin::note(&mut found.value, &found.place);
        let (Some(_), Value::Object(found)) =
            (value.as_object_mut().and_then(|o| o.shift_remove("$ref")), found.value)
        else {
            return Err(Dangling::Silent(text));
        };
        walk(value, kind, place, self);
        if let Some(object) = value.as_object_mut() {
            origin::note_members(object, kind, place);
            for (key, member) in found {
                object.entry(key).or_insert(member);
            }
        }
        Ok(())
    }

    /// Bundles what was fetched, in its file.
    fn visit(&mut self, found: &mut Found, kind: Kind) {
        let outer = std::mem::replace(&mut self.file, found.file.clone());
        walk(&mut found.value, kind, &found.place, self);
        self.file = outer;
    }

    /// The value that a target names, and where it stands.
    fn fetch(
        &mut self,
        file: &Path,
        pointer: &str,
        kind: Kind,
        here: &Place,
        text: &str,
    ) -> Result<Found, Dangling> {
        let missing = || Dangling::Silent(text.to_owned());
        if file.as_os_str().is_empty() {
            let value = self.original.pointer(pointer).cloned().ok_or_else(missing)?;
            let place = Place { pointer: pointer.to_owned(), ..Place::file(self.files.root_name()) };
            return Ok(Found { value, file: PathBuf::new(), place });
        }
        let name = file_name(file);
        let path = match inside_base(self.files, file) {
            Ok(path) => path,
            Err(refusal) => {
                let message = format!("the reference `{text}` is refused: {refusal}");
                return Err(self.refuse(refusal.code(), here.key("$ref"), message));
            }
        };
        let tree = match self.files.read(&path, &name) {
            Ok(tree) => tree,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return Err(Dangling::Reported);
            }
        };
        let mut value = tree.pointer(pointer).cloned().ok_or_else(missing)?;
        let place = Place { file: name.into(), pointer: pointer.to_owned(), line: None };
        as_written(&mut value, kind, &place, self.files, self.diagnostics);
        Ok(Found { value, file: file.to_owned(), place })
    }
}

/// A file as it is called in places.
fn file_name(file: &Path) -> String {
    file.to_string_lossy().replace('\\', "/")
}
