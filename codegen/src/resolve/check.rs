//! Which references lead nowhere, and whether that matters: an error if an operation needs one, unless the user wants any
//! value there. In comes a tree in which bundling has parked them, out goes one without.

use super::circle;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::References;
use crate::openapi::grammar::{Kind, REFERABLE};
use crate::openapi::parked::{Dangling, dangling, take_dangling};
use crate::openapi::{Step, Visitor, origin, pointer, walk, walk_map};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use std::collections::{HashSet, VecDeque};

pub(super) fn check(tree: &mut Value, root: &Place, references: References, diagnostics: &mut Diagnostics) {
    let Scan { mut places, mapped, .. } = Scan::of(tree, root);
    report_mapped(tree, mapped, diagnostics);
    let mut reached = HashSet::from([Owner::Operations]);
    let mut queue = VecDeque::from([Owner::Operations]);
    circle::report(tree, root, diagnostics);
    while let Some(owner) = queue.pop_front() {
        let Some(found) = places.get_mut(&owner) else { continue };
        found.is_needed = true;
        for target in &found.targets {
            if reached.insert(target.clone()) {
                queue.push_back(target.clone());
            }
        }
    }
    let (needed, spare): (Vec<_>, Vec<_>) = places.into_values().partition(|found| found.is_needed);
    for found in needed.into_iter().chain(spare) {
        for missing in found.missing {
            diagnostics.push(missing.diagnostic(found.is_needed, references));
        }
    }
    walk(tree, Kind::Document, root, &mut StandIn);
}

/// What holds references: the operations, or a component.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Owner {
    Operations,
    Component(Kind, String),
}

/// The references below an owner.
#[derive(Default)]
struct Found {
    targets: Vec<Owner>,
    missing: Vec<Missing>,
    is_needed: bool,
}

/// A reference that leads nowhere and is yet to be reported.
struct Missing {
    reference: String,
    kind: Kind,
    place: Place,
}

impl Missing {
    fn diagnostic(&self, is_needed: bool, references: References) -> Diagnostic {
        let message = format!("the reference `{}` leads nowhere", self.reference);
        let place = self.place.key("$ref");
        let warning = |rest: &str| {
            Diagnostic::warning(Code::DanglingReference, place.clone(), format!("{message}; {rest}"))
        };
        match (is_needed && is_generated(self.kind), references) {
            (true, References::MustResolve) => Diagnostic::error(Code::DanglingReference, place, message)
                .help(match stand_in(self.kind) {
                    Some(_) => "correct it, or set `lenient` to take any value there",
                    None => "correct it, or set `lenient` to leave it out",
                }),
            (true, References::MayDangle) if stand_in(self.kind).is_some() => warning("any value is taken"),
            (true, References::MayDangle) => warning("it is left out"),
            (false, _) => warning("no operation needs it"),
        }
    }
}

/// Whether a client has anything of such objects.
fn is_generated(kind: Kind) -> bool {
    !matches!(kind, Kind::Link | Kind::Example | Kind::Callback)
}

struct Scan {
    places: IndexMap<Owner, Found>,
    /// The schemas that discriminators' mappings name, with the place of the name.
    mapped: Vec<(String, Place)>,
    owner: Owner,
}

impl Scan {
    fn of(tree: &mut Value, root: &Place) -> Self {
        let mut scan = Self { places: IndexMap::new(), mapped: Vec::new(), owner: Owner::Operations };
        if let Some(paths) = tree.get_mut("paths").and_then(Value::as_object_mut) {
            walk_map(paths, Kind::Document, Kind::PathItem, &root.key("paths"), &mut scan);
        }
        let Some(components) = tree.get_mut("components").and_then(Value::as_object_mut) else { return scan };
        let place = root.key("components");
        for (kind, section) in REFERABLE {
            let place = place.key(section);
            let members = components.get_mut(section).and_then(Value::as_object_mut);
            for (name, component) in members.into_iter().flatten() {
                scan.owner = Owner::Component(kind, name.clone());
                walk(component, kind, &place.key(name), &mut scan);
            }
        }
        scan
    }

    fn found(&mut self) -> &mut Found {
        self.places.entry(self.owner.clone()).or_default()
    }
}

impl Visitor for Scan {
    fn enter(&mut self, value: &mut Value, kind: Kind, place: &Place) -> Step {
        let Some(object) = value.as_object() else { return Step::Into };
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            self.found().targets.push(Owner::Component(kind, pointer::last(reference)));
        }
        if let Some(Dangling::Silent(reference)) = dangling(object) {
            self.found().missing.push(Missing { reference, kind, place: place.clone() });
        }
        for (tag, target) in mapping(object) {
            let place = place.key("discriminator").key("mapping").key(tag);
            self.mapped.push((target.clone(), place));
            self.found().targets.push(Owner::Component(Kind::Schema, target));
        }
        Step::Into
    }
}

/// The schemas that a discriminator's mapping names or refers to, by the values that stand for them.
fn mapping(schema: &Map<String, Value>) -> impl Iterator<Item = (&str, String)> {
    let mapping =
        schema.get("discriminator").and_then(|found| found.get("mapping")).and_then(Value::as_object);
    mapping
        .into_iter()
        .flatten()
        .filter_map(|(tag, target)| Some((tag.as_str(), pointer::last(target.as_str()?))))
}

/// Reports the values of discriminators that stand for no schema.
fn report_mapped(tree: &Value, mapped: Vec<(String, Place)>, diagnostics: &mut Diagnostics) {
    let schemas = tree.pointer("/components/schemas").and_then(Value::as_object);
    for (name, place) in mapped {
        if schemas.is_none_or(|schemas| !schemas.contains_key(&name)) {
            let message = format!("there is no schema `{name}`, so the value stands for none");
            diagnostics.push(Diagnostic::warning(Code::DanglingReference, place, message));
        }
    }
}

/// What stands for an object of a kind that is not there: whatever may come in its place. Without the object nobody knows
/// where a parameter goes or which secret a security scheme needs, so there is nothing that could stand for them.
fn stand_in(kind: Kind) -> Option<Value> {
    let any = || json!({"application/json": {"schema": {}}});
    Some(match kind {
        Kind::Schema => json!({}),
        Kind::MediaType => json!({"schema": {}}),
        Kind::RequestBody => json!({"content": any()}),
        Kind::Response => json!({"description": "", "content": any()}),
        Kind::Header => json!({"schema": {"type": "string"}}),
        _ => return None,
    })
}

/// Puts what may stand there in the place of references that lead nowhere.
struct StandIn;

impl Visitor for StandIn {
    fn enter(&mut self, value: &mut Value, kind: Kind, place: &Place) -> Step {
        let Some(object) = value.as_object_mut() else { return Step::Into };
        if take_dangling(object).is_none() {
            return Step::Into;
        }
        match (kind, stand_in(kind)) {
            // What stands beside the reference counts.
            (Kind::Schema | Kind::PathItem, _) => {}
            (_, Some(mut stand_in)) => {
                origin::note(&mut stand_in, place);
                *value = stand_in;
            }
            (_, None) => return Step::Remove,
        }
        Step::Into
    }
}
