//! Keys that stand twice in one object: in come the tree, which has the later members, and the earlier ones; what only one
//! of two objects holds is kept, such as an operation of a path that is written twice.

use super::read::{Files, Mark};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::openapi::grammar::{Form, Kind, form};
use crate::openapi::pointer;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Puts the earlier members of the root document beside the later ones, and reports all of them.
pub(super) fn settle(tree: &mut Value, files: &mut Files, diagnostics: &mut Diagnostics) {
    for (file, earlier) in files.take_earlier() {
        let mut lost = Vec::new();
        // Of three members under one key the last one counts: it takes in the second, then the first.
        for one in earlier.into_iter().rev() {
            let pointer = one.pointer();
            let form = form_at(&pointer);
            lost.push((pointer.clone(), form));
            if let Some(later) = tree.pointer_mut(&pointer) {
                merge(later, one.value, form, &pointer, &mut lost);
            }
        }
        tell(&file, lost, files, diagnostics);
    }
}

/// Reports the keys that stand twice in other files: what their objects are depends on who refers to them, so the later
/// member counts.
pub(super) fn report(files: &mut Files, diagnostics: &mut Diagnostics) {
    for (file, earlier) in files.take_earlier() {
        let lost = earlier.iter().rev().map(|one| (one.pointer(), None)).collect();
        tell(&file, lost, files, diagnostics);
    }
}

/// What belongs at a pointer of a document.
fn form_at(pointer: &str) -> Option<Form> {
    pointer::keys(pointer).try_fold(Form::Node(Kind::Document), |parent, key| below(parent, &key))
}

fn below(parent: Form, key: &str) -> Option<Form> {
    match parent {
        Form::Node(kind) => form(kind, key),
        Form::FlagOrSchema => form(Kind::Schema, key),
        Form::Map(kind) | Form::List(kind) => Some(Form::Node(kind)),
        _ => None,
    }
}

/// Whether two objects in the same place say the same as one with the members of both. Two schemas do not.
fn is_gathering(form: Option<Form>) -> bool {
    matches!(form, Some(Form::Map(_) | Form::Node(Kind::Document | Kind::Components | Kind::PathItem)))
}

/// Puts what only the earlier object holds into the later one, in the order of the text.
fn merge(
    later: &mut Value,
    earlier: Value,
    form: Option<Form>,
    pointer: &str,
    twice: &mut Vec<(String, Option<Form>)>,
) {
    if let (Value::Object(members), Value::Object(mut both)) = (&mut *later, earlier)
        && is_gathering(form)
    {
        for (key, mut member) in std::mem::take::<Map<String, Value>>(members) {
            if let Some(earlier) = both.get_mut(&key) {
                let form = form.and_then(|form| below(form, &key));
                let pointer = pointer::child(pointer, &key);
                merge(&mut member, earlier.take(), form, &pointer, twice);
                twice.push((pointer, form));
            }
            both.insert(key, member);
        }
        *members = both;
    }
}

/// Says of each pointer where its key stands. An operation that would be lost is an error.
fn tell(file: &Arc<str>, twice: Vec<(String, Option<Form>)>, files: &Files, diagnostics: &mut Diagnostics) {
    let marks_of = |pointer: &str| files.marks(file).map(|marks| marks.all(pointer)).unwrap_or_default();
    let mut twice = twice;
    twice.sort_by_key(|(pointer, _)| marks_of(pointer).last().copied());
    for (pointer, form) in twice {
        let marks = marks_of(&pointer);
        let key = pointer::last(&pointer);
        let mut message = format!("the key `{key}` stands twice{}", others(marks));
        let severity = match form {
            Some(Form::Node(Kind::Operation)) => {
                message.push_str("; only one of the operations could be called");
                Severity::Error
            }
            form if is_gathering(form) => {
                message.push_str("; they are read as one");
                Severity::Warning
            }
            _ => {
                message.push_str("; the last one counts");
                Severity::Warning
            }
        };
        let place = Place { pointer, line: marks.last().copied(), ..Place::file(file) };
        diagnostics.push(Diagnostic { severity, ..Diagnostic::warning(Code::DuplicateKey, place, message) });
    }
}

/// Where a key stands beside its last place.
fn others(marks: &[Mark]) -> String {
    let places = marks.split_last().map(|(_, others)| others).unwrap_or_default();
    let places: Vec<String> = places.iter().map(|(line, column)| format!("{line}:{column}")).collect();
    if places.is_empty() { String::new() } else { format!(", also at {}", places.join(" and ")) }
}
