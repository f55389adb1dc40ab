use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, at_key, child};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Reports references that lead nowhere: an error if an operation needs them and `lenient` is off, else a warning, and
/// any value stands in.
pub(super) fn check(tree: &mut Value, root: &Place, lenient: bool, diagnostics: &mut Diagnostics) {
    let mut needed = Scan::new(tree, root);
    needed.value(&tree["paths"], &root.key("paths"), "/paths", true);
    needed.follow();
    let needed = needed.dangling;
    let mut spare = Scan::new(tree, root);
    spare.value(&tree["components"], &root.key("components"), "/components", false);
    let mut spare = spare.dangling;
    spare.retain(|dangling| needed.iter().all(|known| known.pointer != dangling.pointer));
    cycles(tree, root, diagnostics);
    for (dangling, is_needed) in
        needed.iter().map(|found| (found, true)).chain(spare.iter().map(|found| (found, false)))
    {
        let message = format!("the reference `{}` leads nowhere", dangling.reference);
        let place = dangling.place.clone();
        diagnostics.push(match (is_needed, lenient) {
            (true, false) => Diagnostic::error(Code::DanglingReference, place, message)
                .help("correct it, or set `lenient` to take any value there"),
            (true, true) => {
                Diagnostic::warning(Code::DanglingReference, place, format!("{message}; any value is taken"))
            }
            (false, _) => Diagnostic::warning(
                Code::DanglingReference,
                place,
                format!("{message}; no operation needs it"),
            ),
        });
        if let Some(node) = tree.pointer_mut(&dangling.pointer) {
            *node = if dangling.is_schema() { json!({}) } else { Value::Null };
        }
    }
    remove_nulls(&mut tree["paths"]);
    remove_nulls(&mut tree["components"]);
}

/// Takes out what stood for references that lead nowhere, except inside of data.
fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|key, member| !member.is_null() || DATA.contains(&key.as_str()));
            members
                .iter_mut()
                .filter(|(key, _)| !DATA.contains(&key.as_str()))
                .for_each(|(_, member)| remove_nulls(member));
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(remove_nulls);
        }
        _ => {}
    }
}

/// Members whose `$ref`s are data.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "value", "mapping"];

/// Members whose keys are names of the document's own: none of them is an extension or data.
const MAPS: [&str; 10] = [
    "properties",
    "schemas",
    "parameters",
    "responses",
    "requestBodies",
    "headers",
    "content",
    "x-pattern-properties",
    "x-additional-operations",
    "paths",
];

/// Extensions that the loader parks schemas and operations under.
const PARKED: [&str; 4] =
    ["x-pattern-properties", "x-item-schema", "x-content-schema", "x-additional-operations"];

struct Dangling {
    pointer: String,
    reference: String,
    place: Place,
}

impl Dangling {
    /// Whether the reference stands where a schema belongs; any value can stand there instead.
    fn is_schema(&self) -> bool {
        const OTHERS: [&str; 6] =
            ["parameters", "responses", "headers", "examples", "links", "requestBodies"];
        let mut tokens = self.pointer.rsplit('/');
        let (last, parent) = (tokens.next().unwrap_or_default(), tokens.next().unwrap_or_default());
        last != "requestBody" && !OTHERS.contains(&parent)
    }
}

struct Scan<'a> {
    tree: &'a Value,
    root: &'a Place,
    reached: HashSet<String>,
    queue: Vec<(String, Place)>,
    dangling: Vec<Dangling>,
}

impl<'a> Scan<'a> {
    fn new(tree: &'a Value, root: &'a Place) -> Self {
        Self { tree, root, reached: HashSet::new(), queue: Vec::new(), dangling: Vec::new() }
    }

    /// Scans what the references so far lead to, and so on.
    fn follow(&mut self) {
        while let Some((pointer, place)) = self.queue.pop() {
            if let Some(value) = self.tree.pointer(&pointer) {
                self.value(value, &place, &pointer, false);
            }
        }
    }

    /// `is_map` says that the keys of this object are names.
    fn value(&mut self, value: &Value, place: &Place, pointer: &str, is_map: bool) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    self.reference(reference, place, pointer);
                }
                for (key, member) in members {
                    let is_data = DATA.contains(&key.as_str())
                        || (key.starts_with("x-") && !PARKED.contains(&key.as_str()));
                    if is_data && !is_map {
                        continue;
                    }
                    let is_map = !is_map && MAPS.contains(&key.as_str());
                    self.value(member, &at_key(place, key, member), &child(pointer, key), is_map);
                }
                for reference in mapping(members) {
                    self.reach(reference);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &place.index(index), &format!("{pointer}/{index}"), false);
                }
            }
            _ => {}
        }
    }

    fn reference(&mut self, reference: &str, place: &Place, pointer: &str) {
        if !self.reach(reference) {
            self.dangling.push(Dangling {
                pointer: pointer.to_owned(),
                reference: reference.to_owned(),
                place: place.key("$ref"),
            });
        }
    }

    fn reach(&mut self, reference: &str) -> bool {
        let Some(target) = reference.strip_prefix('#') else { return false };
        let Some(found) = self.tree.pointer(target) else { return false };
        if self.reached.insert(target.to_owned()) {
            let file = crate::diagnostic::origin(found);
            let place = file.unwrap_or_else(|| Place { pointer: target.to_owned(), ..self.root.clone() });
            self.queue.push((target.to_owned(), place));
        }
        true
    }
}

/// The references in a discriminator's mapping; names of schemas count.
fn mapping(members: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let mapping =
        members.get("discriminator").and_then(|found| found.get("mapping")).and_then(Value::as_object);
    mapping.into_iter().flat_map(Map::values).filter_map(Value::as_str).filter(|text| text.starts_with('#'))
}

/// Components that are nothing but a reference, in a circle.
fn cycles(tree: &Value, root: &Place, diagnostics: &mut Diagnostics) {
    for (section, map) in tree["components"].as_object().into_iter().flatten() {
        for (name, start) in map.as_object().into_iter().flatten() {
            let mut seen = vec![child(&format!("/components/{section}"), name)];
            let mut current = start;
            while let Some(next) =
                current.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'))
            {
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
