//! Components that are nothing but references to each other, in a circle.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::grammar::REFERABLE;
use crate::openapi::{origin, pointer};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Reports each circle once.
pub(super) fn report(tree: &Value, root: &Place, diagnostics: &mut Diagnostics) {
    for (_, section) in REFERABLE {
        let place = root.key("components").key(section);
        let components = tree.get("components").and_then(|components| components.get(section));
        let Some(components) = components.and_then(Value::as_object) else { continue };
        let mut looked_at = HashSet::new();
        for name in components.keys() {
            let Some(circle) = circle(components, name, &mut looked_at) else { continue };
            let written = |name: &String| {
                components.get(name).and_then(origin::noted).unwrap_or_else(|| place.key(name))
            };
            let places: Vec<Place> = circle.iter().map(written).collect();
            let pointers: Vec<&str> = places.iter().map(|place| place.pointer.as_str()).collect();
            let message = format!("the references form a circle: {}", pointers.join(" → "));
            let Some(first) = places.first() else { continue };
            diagnostics.push(Diagnostic::error(Code::CyclicReference, first.clone(), message));
        }
    }
}

/// The names of the circle that a component leads into, the first one again at the end. Components that were looked at
/// before lead to nothing new.
fn circle(
    components: &Map<String, Value>,
    start: &str,
    looked_at: &mut HashSet<String>,
) -> Option<Vec<String>> {
    let mut way: Vec<String> = Vec::new();
    let mut next = Some(start.to_owned());
    while let Some(name) = next {
        if !looked_at.insert(name.clone()) {
            let first = way.iter().position(|known| *known == name)?;
            way.push(name);
            return Some(way.split_off(first));
        }
        let component = components.get(&name)?;
        next = component.get("$ref").and_then(Value::as_str).map(pointer::last);
        way.push(name);
    }
    None
}
