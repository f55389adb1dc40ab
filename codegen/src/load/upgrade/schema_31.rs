//! JSON Schema 2020-12 to the schemas of OpenAPI 3.0, one node at a time, children first.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::{origin, parked};
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
            unevaluated(object, place);
            conditional(object, place);
            notes(object, place, diagnostics);
            constant(object);
            content(object, place);
            bounds(object, "exclusiveMinimum", "minimum");
            bounds(object, "exclusiveMaximum", "maximum");
            tuple(object, place);
            patterns(object, place);
            types(object, place);
        }
        _ => {}
    }
    wrap_reference(value, place);
}

/// `unevaluatedProperties` are the additional properties of a schema and all that it is combined with. `false` is not
/// checked: nobody loses anything by it.
fn unevaluated(object: &mut Map<String, Value>, place: &Place) {
    let says = |rest: &Value| !is_never(rest);
    if !object.contains_key("additionalProperties")
        && object.get("unevaluatedProperties").is_some_and(says)
        && let Some(mut rest) = object.shift_remove("unevaluatedProperties")
    {
        origin::note(&mut rest, &place.key("unevaluatedProperties"));
        parked::set_unevaluated(object, rest);
    }
}

/// What holds under conditions only is not checked, but nobody is to lose what it declares.
fn conditional(object: &mut Map<String, Value>, place: &Place) {
    let dependent = object.get("dependentSchemas").and_then(Value::as_object).into_iter().flatten();
    let dependent = dependent.map(|(name, schema)| (place.key("dependentSchemas").key(name), schema));
    let own = ["if", "then", "else"].iter().filter_map(|key| Some((place.key(key), object.get(*key)?)));
    let noted = own.chain(dependent).filter(|(_, schema)| schema.is_object() && !is_never(schema)).map(
        |(place, schema)| {
            let mut schema = schema.clone();
            origin::note(&mut schema, &place);
            schema
        },
    );
    let schemas: Vec<Value> = noted.collect();
    if !schemas.is_empty() {
        parked::set_conditional(object, json!({ "anyOf": schemas }));
    }
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

/// `contentEncoding: base64` and `contentMediaType` are 3.0's formats `byte` and `binary`; `base64url` is another alphabet than
/// that of `byte`, and says more than it.
fn content(object: &mut Map<String, Value>, place: &Place) {
    if let Some(mut schema) = object.shift_remove("contentSchema") {
        origin::note(&mut schema, &place.key("contentSchema"));
        parked::set_content_schema(object, schema);
    }
    let encoding = object.shift_remove("contentEncoding");
    let media_type = object.shift_remove("contentMediaType");
    let format =
        match (encoding.as_ref().and_then(Value::as_str), media_type.as_ref().and_then(Value::as_str)) {
            (Some("base64"), _) => "byte",
            (Some("base64url"), _) => "base64url",
            (None, Some(media_type)) if !media_type.starts_with("text/") && !media_type.contains("json") => {
                "binary"
            }
            _ => return,
        };
    match object.get("format").and_then(Value::as_str) {
        Some("byte") | None => object.insert("format".to_owned(), format.into()),
        Some(_) => None,
    };
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
fn patterns(object: &mut Map<String, Value>, place: &Place) {
    let Some(Value::Object(mut patterns)) = object.shift_remove("patternProperties") else { return };
    let own = place.key("patternProperties");
    patterns.iter_mut().for_each(|(pattern, schema)| origin::note(schema, &own.key(pattern)));
    let mut schemas: Vec<Value> = Vec::new();
    // Children come first: `false` is `{"not": {}}` where it stands for a schema, but not here.
    match object.get("additionalProperties") {
        Some(Value::Bool(false)) => {}
        Some(schema @ Value::Object(_)) if !is_never(schema) => {
            let mut schema = schema.clone();
            origin::note(&mut schema, &place.key("additionalProperties"));
            schemas.push(schema);
        }
        Some(Value::Object(_)) => {}
        _ => return parked::set_patterns(object, patterns),
    }
    schemas.extend(patterns.into_iter().map(|(_, schema)| schema));
    let mut schemas = distinct(schemas);
    let mut schema = if schemas.len() == 1 { schemas.remove(0) } else { json!({ "anyOf": schemas }) };
    origin::note_made(&mut schema, &own);
    object.insert("additionalProperties".to_owned(), schema);
}

/// A tuple is a list whose items are each one of its schemas: positions are not told apart, but no value is lost. One
/// that may go on with anything is a list of anything.
fn tuple(object: &mut Map<String, Value>, place: &Place) {
    let Some(Value::Array(mut schemas)) = object.shift_remove("prefixItems") else { return };
    origin::note_items(&mut schemas, &place.key("prefixItems"));
    let count = schemas.len();
    // Children come first: `items: false` is `{"not": {}}` by now.
    let ends = match object.shift_remove("items") {
        Some(rest) if is_never(&rest) => true,
        Some(mut rest) => {
            origin::note(&mut rest, &place.key("items"));
            schemas.push(rest);
            true
        }
        None => object.get("maxItems").and_then(Value::as_u64) == Some(count as u64),
    };
    object.entry("type").or_insert_with(|| "array".into());
    let mut distinct = distinct(schemas);
    let mut item = match (ends, distinct.len()) {
        (false, _) => json!({}),
        (true, 1) => distinct.remove(0),
        (true, _) => json!({ "anyOf": distinct }),
    };
    origin::note_made(&mut item, &place.key("prefixItems"));
    object.insert("items".to_owned(), item);
}

/// Whether a schema is what `false` was made.
fn is_never(schema: &Value) -> bool {
    origin::alike(schema, &json!({"not": {}}))
}

/// Each schema once, wherever it was written.
fn distinct(schemas: Vec<Value>) -> Vec<Value> {
    let mut distinct: Vec<Value> = Vec::new();
    for schema in schemas {
        if !distinct.iter().any(|known| origin::alike(known, &schema)) {
            distinct.push(schema);
        }
    }
    distinct
}

/// A list of types becomes one type, `nullable`, or a union.
fn types(object: &mut Map<String, Value>, place: &Place) {
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
        // A list that names no type says nothing.
        [] if list.is_empty() => {}
        [] => parked::set_null(object),
        [one] => {
            object.insert("type".to_owned(), (*one).into());
        }
        _ if object.contains_key("enum") || object.contains_key("anyOf") || object.contains_key("oneOf") => {}
        many => {
            let patterns = parked::take_patterns(object);
            let branches: Vec<Value> =
                many.iter().map(|name| branch(object, name, patterns.as_ref(), place)).collect();
            for key in OBJECT.iter().chain(&ARRAY).chain(&STRING) {
                object.shift_remove(*key);
            }
            object.insert("anyOf".to_owned(), Value::Array(branches));
            origin::note_list(object, "anyOf", "type");
        }
    }
}

/// What a schema of several types says of one of them; all of it is written in the same place.
fn branch(object: &Map<String, Value>, name: &str, patterns: Option<&Value>, place: &Place) -> Value {
    let keys: &[&str] = match name {
        "object" => &OBJECT,
        "array" => &ARRAY,
        "string" => &STRING,
        "integer" | "number" => &["format"],
        _ => &[],
    };
    let mut branch = Map::new();
    branch.insert("type".to_owned(), name.into());
    for key in keys {
        if let Some(value) = object.get(*key) {
            branch.insert((*key).to_owned(), value.clone());
        }
    }
    if let Some(Value::Object(patterns)) = patterns.filter(|_| name == "object") {
        parked::set_patterns(&mut branch, patterns.clone());
    }
    let mut branch = Value::Object(branch);
    origin::note(&mut branch, place);
    branch
}

/// A reference with keywords beside it becomes `allOf` of both. 3.0 ignores such keywords, but nobody writes
/// them to be ignored.
pub(super) fn wrap_reference(value: &mut Value, place: &Place) {
    let Some(object) = value.as_object_mut() else { return };
    if !object.get("$ref").is_some_and(Value::is_string) {
        return;
    }
    object.shift_remove("summary");
    if !origin::has_own_members(object, 2) {
        return;
    }
    let Some(reference) = object.shift_remove("$ref") else { return };
    let mut reference = json!({ "$ref": reference });
    origin::note(&mut reference, place);
    match object.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(all_of) => {
            origin::note_items(all_of, &place.key("allOf"));
            all_of.insert(0, reference);
        }
        None => {
            object.insert("allOf".to_owned(), json!([reference]));
            origin::note_list(object, "allOf", "$ref");
        }
    }
}
