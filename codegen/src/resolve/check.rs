use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, at_key, child};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Reports references that lead nowhere: an error if an operation needs them, else a warning and any value stands in.
pub(super) fn check(tree: &mut Value, root: &Place, diagnostics: &mut Diagnostics) {
    let mut scan = Scan { tree, reached: HashSet::new(), queue: Vec::new(), dangling: Vec::new() };
    scan.value(&tree["paths"], &root.key("paths"), "/paths");
    while let Some((pointer, place)) = scan.queue.pop() {
        if let Some(value) = tree.pointer(&pointer) {
            scan.value(value, &place, &pointer);
        }
    }
    for (_, reference, place) in std::mem::take(&mut scan.dangling) {
        let message = format!("the reference `{reference}` leads nowhere");
        diagnostics.push(Diagnostic::error(Code::DanglingReference, place, message));
    }
    cycles(tree, root, diagnostics);
    let mut scan = Scan { tree, reached: HashSet::new(), queue: Vec::new(), dangling: Vec::new() };
    scan.value(&tree["components"], &root.key("components"), "/components");
    let dangling = std::mem::take(&mut scan.dangling);
    for (pointer, reference, place) in dangling {
        if diagnostics.iter().any(|known| known.place == place) {
            continue;
        }
        let message = format!("the reference `{reference}` leads nowhere; no operation needs it");
        diagnostics.push(Diagnostic::warning(Code::DanglingReference, place, message));
        if let Some(node) = tree.pointer_mut(&pointer) {
            *node = if pointer.starts_with("/components/schemas/") { json!({}) } else { Value::Null };
        }
    }
    for section in tree["components"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Some(section) = section.as_object_mut() {
            section.retain(|_, value| !value.is_null());
        }
    }
}

/// Members whose `$ref`s are data.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "value", "mapping"];

struct Scan<'a> {
    tree: &'a Value,
    reached: HashSet<String>,
    queue: Vec<(String, Place)>,
    dangling: Vec<(String, String, Place)>,
}

impl Scan<'_> {
    fn value(&mut self, value: &Value, place: &Place, pointer: &str) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    self.reference(reference, place, pointer);
                }
                for (key, member) in members.iter().filter(|(key, _)| !DATA.contains(&key.as_str())) {
                    self.value(member, &at_key(place, key, member), &child(pointer, key));
                }
                for reference in mapping(members) {
                    self.reach(reference);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &place.index(index), &format!("{pointer}/{index}"));
                }
            }
            _ => {}
        }
    }

    fn reference(&mut self, reference: &str, place: &Place, pointer: &str) {
        if !self.reach(reference) {
            self.dangling.push((pointer.to_owned(), reference.to_owned(), place.key("$ref")));
        }
    }

    fn reach(&mut self, reference: &str) -> bool {
        let Some(target) = reference.strip_prefix('#') else { return false };
        let Some(found) = self.tree.pointer(target) else { return false };
        if self.reached.insert(target.to_owned()) {
            let file = crate::diagnostic::origin(found);
            let place = file.unwrap_or_else(|| Place { file: "".into(), pointer: target.to_owned(), line: None });
            self.queue.push((target.to_owned(), place));
        }
        true
    }
}

/// The references in a discriminator's mapping; names of schemas count.
fn mapping(members: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let mapping = members.get("discriminator").and_then(|found| found.get("mapping")).and_then(Value::as_object);
    mapping.into_iter().flat_map(Map::values).filter_map(Value::as_str).filter(|text| text.starts_with('#'))
}

/// Components that are nothing but a reference, in a circle.
fn cycles(tree: &Value, root: &Place, diagnostics: &mut Diagnostics) {
    for (section, map) in tree["components"].as_object().into_iter().flatten() {
        for (name, start) in map.as_object().into_iter().flatten() {
            let mut seen = vec![child(&format!("/components/{section}"), name)];
            let mut current = start;
            while let Some(next) = current.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#')) {
                if seen.iter().any(|known| known == next) {
                    seen.push(next.to_owned());
                    let message = format!("the references form a circle: {}", seen.join(" → "));
                    let place = root.key("components").key(section).key(name);
                    diagnostics.push(Diagnostic::error(Code::CyclicReference, place, message));
                    break;
                }
                seen.push(next.to_owned());
                match tree.pointer(next) {
                    Some(found) => current = found,
                    None => break,
                }
            }
        }
    }
}
