//! JSON Schema 2020-12 to the schemas of OpenAPI 3.0, one node at a time, children first.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde_json::{Map, Value, json};

/// Keywords that a type of their own needs, for `type: [object, array, string]`.
const OBJECT: [&str; 6] =
    ["properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"];
const ARRAY: [&str; 4] = ["items", "minItems", "maxItems", "uniqueItems"];
const STRING: [&str; 6] =
    ["format", "pattern", "minLength", "maxLength", "contentEncoding", "contentMediaType"];

/// Keywords that say nothing about the shape of a value, or more than a Rust type can.
const IGNORED: [&str; 11] = [
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "dependentRequired",
    "dependentSchemas",
];

/// Keywords that hold definitions or notes.
const NOTES: [&str; 10] = [
    "$defs",
    "definitions",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$schema",
    "$comment",
    "$vocabulary",
    "examples",
    "$dynamicRef",
];

pub(super) fn schema(value: &mut Value, place: &Place, diagnostics: &mut Diagnostics) {
    match value {
        Value::Bool(true) => *value = json!({}),
        Value::Bool(false) => *value = json!({"not": {}}),
        Value::Object(object) => {
            notes(object, place, diagnostics);
            constant(object);
            content(object);
            bounds(object, "exclusiveMinimum", "minimum");
            bounds(object, "exclusiveMaximum", "maximum");
            tuple(object);
            patterns(object);
            types(object);
        }
        _ => {}
    }
    wrap_reference(value);
}

fn notes(object: &mut Map<String, Value>, place: &Place, diagnostics: &mut Diagnostics) {
    if !object.contains_key("example")
        && let Some(first) = object.get("examples").and_then(|list| list.get(0)).cloned()
    {
        object.insert("example".to_owned(), first);
    }
    for key in NOTES {
        object.shift_remove(key);
    }
    for key in IGNORED {
        if object.shift_remove(key).is_some() {
            let message = format!("`{key}` is not checked: a Rust type cannot say it");
            diagnostics.push(Diagnostic::warning(Code::UnsupportedSchema, place.key(key), message));
        }
    }
}

fn constant(object: &mut Map<String, Value>) {
    if let Some(value) = object.shift_remove("const") {
        if value.is_null() {
            object.insert("type".to_owned(), "null".into());
        } else {
            object.insert("enum".to_owned(), json!([value]));
        }
    }
}

/// `contentEncoding: base64` and `contentMediaType` are 3.0's formats `byte` and `binary`.
fn content(object: &mut Map<String, Value>) {
    if let Some(schema) = object.shift_remove("contentSchema") {
        object.insert("x-content-schema".to_owned(), schema);
    }
    let encoding = object.shift_remove("contentEncoding");
    let media_type = object.shift_remove("contentMediaType");
    let format =
        match (encoding.as_ref().and_then(Value::as_str), media_type.as_ref().and_then(Value::as_str)) {
            (Some("base64" | "base64url"), _) => "byte",
            (None, Some(media_type)) if !media_type.starts_with("text/") && !media_type.contains("json") => {
                "binary"
            }
            _ => return,
        };
    object.entry("format").or_insert_with(|| format.into());
}

fn bounds(object: &mut Map<String, Value>, exclusive: &str, plain: &str) {
    if let Some(Value::Number(number)) = object.get(exclusive) {
        let number = number.clone();
        object.insert(plain.to_owned(), Value::Number(number));
        object.insert(exclusive.to_owned(), true.into());
    }
}

/// Where every key must match a pattern, the patterns' schemas are those of additional properties; where others may
/// stand beside them, values are of any type, which the parked patterns tell the lowering.
fn patterns(object: &mut Map<String, Value>) {
    let Some(Value::Object(patterns)) = object.shift_remove("patternProperties") else { return };
    let mut schemas: Vec<Value> = Vec::new();
    // Children come first: `false` is `{"not": {}}` where it stands for a schema, but not here.
    match object.get("additionalProperties") {
        Some(Value::Bool(false)) => {}
        Some(schema @ Value::Object(_)) if *schema != json!({"not": {}}) => schemas.push(schema.clone()),
        Some(Value::Object(_)) => {}
        _ => {
            object.insert("x-pattern-properties".to_owned(), Value::Object(patterns));
            return;
        }
    }
    for (_, schema) in patterns {
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    let schema = if schemas.len() == 1 { schemas.remove(0) } else { json!({ "anyOf": schemas }) };
    object.insert("additionalProperties".to_owned(), schema);
}

/// A tuple is a list whose items are each one of its schemas: positions are not told apart, but no value is lost. One
/// that may go on with anything is a list of anything.
fn tuple(object: &mut Map<String, Value>) {
    let Some(Value::Array(mut schemas)) = object.shift_remove("prefixItems") else { return };
    let count = schemas.len();
    // Children come first: `items: false` is `{"not": {}}` by now.
    let ends = match object.shift_remove("items") {
        Some(rest) if rest == json!({"not": {}}) => true,
        Some(rest) => {
            schemas.push(rest);
            true
        }
        None => object.get("maxItems").and_then(Value::as_u64) == Some(count as u64),
    };
    object.entry("type").or_insert_with(|| "array".into());
    let mut distinct: Vec<Value> = Vec::new();
    for schema in schemas {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    let item = match (ends, distinct.len()) {
        (false, _) => json!({}),
        (true, 1) => distinct.remove(0),
        (true, _) => json!({ "anyOf": distinct }),
    };
    object.insert("items".to_owned(), item);
}

/// A list of types becomes one type, `nullable`, or a union.
fn types(object: &mut Map<String, Value>) {
    let list: Vec<String> = match object.get("type") {
        Some(Value::Array(list)) => list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        Some(Value::String(text)) if text == "null" => vec![text.clone()],
        _ => return,
    };
    object.shift_remove("type");
    let mut rest: Vec<&str> = list.iter().map(String::as_str).filter(|name| *name != "null").collect();
    rest.dedup();
    if rest.contains(&"number") {
        rest.retain(|name| *name != "integer");
    }
    if rest.len() < list.len() && list.iter().any(|name| name == "null") {
        object.insert("nullable".to_owned(), true.into());
    }
    match rest.as_slice() {
        [] => {
            object.insert("x-null".to_owned(), true.into());
        }
        [one] => {
            object.insert("type".to_owned(), (*one).into());
        }
        _ if object.contains_key("enum") || object.contains_key("anyOf") || object.contains_key("oneOf") => {}
        many => {
            let branches: Vec<Value> = many.iter().map(|name| branch(object, name)).collect();
            for key in OBJECT.iter().chain(&ARRAY).chain(&STRING) {
                object.shift_remove(*key);
            }
            object.shift_remove("x-pattern-properties");
            object.insert("anyOf".to_owned(), Value::Array(branches));
        }
    }
}

fn branch(object: &Map<String, Value>, name: &str) -> Value {
    let keys: &[&str] = match name {
        "object" => &OBJECT,
        "array" => &ARRAY,
        "string" => &STRING,
        _ => &[],
    };
    let mut branch = Map::new();
    branch.insert("type".to_owned(), name.into());
    for key in keys.iter().chain(&["x-prefix-items", "x-pattern-properties"]) {
        let fits =
            !key.starts_with("x-") || (*key == "x-prefix-items") == (name == "array") && name != "string";
        if let Some(value) = object.get(*key).filter(|_| fits) {
            branch.insert((*key).to_owned(), value.clone());
        }
    }
    Value::Object(branch)
}

/// A reference with keywords beside it becomes `allOf` of both. 3.0 ignores such keywords, but nobody writes
/// them to be ignored.
pub(super) fn wrap_reference(value: &mut Value) {
    let Some(object) = value.as_object_mut() else { return };
    if !object.get("$ref").is_some_and(Value::is_string) {
        return;
    }
    if object.len() == 1 {
        return;
    }
    let Some(reference) = object.shift_remove("$ref") else { return };
    object.shift_remove("summary");
    let reference = json!({ "$ref": reference });
    if object.is_empty() {
        *value = reference;
        return;
    }
    match object.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(all_of) => all_of.insert(0, reference),
        None => {
            object.insert("allOf".to_owned(), json!([reference]));
        }
    }
}
