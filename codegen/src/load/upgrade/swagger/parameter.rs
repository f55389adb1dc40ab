//! Parameters: those of 3.0 have their type in a schema, and their bodies elsewhere.

use super::{Upgrade, location};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::openapi::{origin, pointer};
use serde_json::{Map, Value, json};

/// Keywords of a parameter or header that belong into its schema.
const SCHEMA_KEYS: [&str; 16] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
];

/// Takes the schema out of a parameter or header that is written at a place, as its keywords are.
pub(in crate::load) fn take_schema(object: &mut Map<String, Value>, place: &Place) -> Value {
    let members = SCHEMA_KEYS.iter().filter_map(|key| Some(((*key).to_owned(), object.shift_remove(*key)?)));
    let mut schema = Value::Object(members.collect());
    origin::note(&mut schema, place);
    schema
}

impl Upgrade<'_> {
    /// Parameters as 3.0 has them, and those that are bodies or forms; each has a note of its place.
    pub(super) fn split(&mut self, list: Value, place: &Place) -> (Vec<Value>, Vec<Value>) {
        let (mut parameters, mut bodies) = (Vec::new(), Vec::new());
        let Value::Array(list) = list else { return (parameters, bodies) };
        let section = self.root.key("parameters");
        for (index, mut item) in list.into_iter().enumerate() {
            let reference = item.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|text| text.strip_prefix("#/parameters/")).map(pointer::unescape);
            if let Some(name) = name
                && let Some(body) = self.parameters.get(&name).filter(|found| is_body(found))
            {
                let mut body = body.clone();
                origin::note(&mut body, &section.key(&name));
                bodies.push(body);
                continue;
            }
            // Without the bodies, the others are counted anew.
            origin::note(&mut item, &place.index(index));
            if is_body(&item) {
                bodies.push(item);
            } else {
                let place = origin::noted(&item).unwrap_or_else(|| place.index(index));
                parameters.push(self.parameter(item, &place));
            }
        }
        (parameters, bodies)
    }

    pub(super) fn parameter(&mut self, mut value: Value, place: &Place) -> Value {
        let is_query = location(&value) == "query";
        let Some(object) = value.as_object_mut() else { return value };
        if let Some(text) = object.get("$ref").and_then(Value::as_str) {
            let mut reference =
                json!({"$ref": text.replacen("#/parameters/", "#/components/parameters/", 1)});
            origin::note(&mut reference, place);
            return reference;
        }
        let separators = self.take_separators(object, is_query, place);
        object.shift_remove("collectionFormat");
        let schema = take_schema(object, place);
        object.entry("schema").or_insert(schema);
        let Some(separators) = separators else { return value };
        match separators.style() {
            Some((style, explode)) if is_query => {
                object.insert("style".to_owned(), style.into());
                object.insert("explode".to_owned(), explode.into());
            }
            _ if separators.is_usual() => {}
            _ => separators.park(object),
        }
        value
    }

    pub(super) fn unsupported(&mut self, place: Place, message: &str) {
        self.diagnostics.push(Diagnostic::warning(Code::UnsupportedPart, place, message));
    }
}

pub(super) fn is_body(parameter: &Value) -> bool {
    matches!(location(parameter), "body" | "formData")
}
