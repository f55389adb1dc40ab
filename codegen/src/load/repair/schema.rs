//! Repairs inside schemas: types that are none, enums and bounds of another type than the schema's.

use super::Repair;
use crate::diagnostic::{Code, Place};
use crate::openapi::parked;
use serde_json::{Map, Value, json};

pub(super) fn complete(repair: &mut Repair<'_>, object: &mut Map<String, Value>, place: &Place) {
    kind(repair, object, place);
    for key in ["allOf", "oneOf", "anyOf"] {
        let is_empty = object.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty);
        if is_empty {
            repair.warn(Code::WrongType, &place.key(key), format!("`{key}` is empty"));
            object.shift_remove(key);
        }
    }
    let has_name = object.get("discriminator").is_some_and(|found| found.get("propertyName").is_some());
    if object.contains_key("discriminator") && !has_name {
        repair.warn(Code::Missing, &place.key("discriminator"), "`propertyName` is missing");
        object.shift_remove("discriminator");
    }
    values(repair, object, place);
    default(repair, object, place);
    whole_bounds(object);
    object.shift_remove("xml");
}

/// Names that people write for OpenAPI's types, and the format that they mean.
fn kind(repair: &mut Repair<'_>, object: &mut Map<String, Value>, place: &Place) {
    let Some(name) = object.get("type").and_then(Value::as_str).map(str::to_owned) else { return };
    let (kind, format) = match name.as_str() {
        "string" | "number" | "integer" | "boolean" | "array" | "object" => return,
        "bool" | "Boolean" => (Some("boolean"), None),
        "int" | "Integer" => (Some("integer"), None),
        "int32" => (Some("integer"), Some("int32")),
        "int64" | "long" => (Some("integer"), Some("int64")),
        "float" => (Some("number"), Some("float")),
        "double" | "decimal" | "Number" => (Some("number"), Some("double")),
        "str" | "text" | "String" => (Some("string"), None),
        "date" => (Some("string"), Some("date")),
        "datetime" | "date-time" | "timestamp" => (Some("string"), Some("date-time")),
        "uuid" => (Some("string"), Some("uuid")),
        "file" | "binary" => (Some("string"), Some("binary")),
        "list" | "List" => (Some("array"), None),
        "map" | "dict" | "Object" | "json" => (Some("object"), None),
        "null" => {
            object.insert("nullable".to_owned(), true.into());
            parked::set_null(object);
            (None, None)
        }
        _ => (None, None),
    };
    let place = place.key("type");
    match kind {
        Some(kind) => {
            repair.warn(Code::WrongType, &place, format!("the type `{name}` is read as `{kind}`"));
            object.insert("type".to_owned(), kind.into());
            if let Some(format) = format {
                object.entry("format").or_insert_with(|| format.into());
            }
        }
        None => {
            if name != "null" {
                repair.warn(Code::WrongType, &place, format!("`{name}` is no type; any value is taken"));
            }
            object.shift_remove("type");
        }
    }
}

/// Values of another type than the schema's: those of a list that are no lists are its items', and text that reads as a
/// number or a flag is meant as one.
fn values(repair: &mut Repair<'_>, object: &mut Map<String, Value>, place: &Place) {
    let Some(kind) = object.get("type").and_then(Value::as_str).map(str::to_owned) else { return };
    let Some(values) = object.get("enum").and_then(Value::as_array) else { return };
    let place = place.key("enum");
    if kind == "array"
        && !values.is_empty()
        && !values.iter().any(|value| value.is_array() || value.is_null())
    {
        repair.warn(Code::WrongType, &place, "these are no lists; they are read as the values of the items");
        let Some(values) = object.shift_remove("enum") else { return };
        let items = object.entry("items").or_insert_with(|| json!({}));
        if items.get("enum").is_none()
            && items.get("$ref").is_none()
            && let Some(items) = items.as_object_mut()
        {
            items.insert("enum".to_owned(), values);
        }
        return;
    }
    let read = |value: &Value| -> Option<Value> {
        let meant: Value = serde_json::from_str(value.as_str()?.trim()).ok()?;
        let fits = match kind.as_str() {
            "integer" => meant.is_i64() || meant.is_u64(),
            "number" => meant.is_number(),
            "boolean" => meant.is_boolean(),
            _ => false,
        };
        fits.then_some(meant)
    };
    let meant: Vec<Value> = values.iter().map(|value| read(value).unwrap_or_else(|| value.clone())).collect();
    if meant != *values {
        repair.warn(Code::WrongType, &place, format!("text stands where values of the type `{kind}` belong"));
        object.insert("enum".to_owned(), Value::Array(meant));
    }
}

/// A default is documentation here, but one of the wrong type is worth a word.
fn default(repair: &mut Repair<'_>, object: &Map<String, Value>, place: &Place) {
    let (Some(default), Some(kind)) = (object.get("default"), object.get("type").and_then(Value::as_str))
    else {
        return;
    };
    let fits = match kind {
        "string" => default.is_string(),
        "number" => default.is_number(),
        "integer" => default.is_i64() || default.is_u64(),
        "boolean" => default.is_boolean(),
        "array" => default.is_array(),
        "object" => default.is_object(),
        _ => true,
    };
    if !fits && !default.is_null() {
        let message = format!("the default {default} is not of the type `{kind}`");
        repair.warn(Code::WrongType, &place.key("default"), message);
    }
}

/// `maximum: 10.0` of an integer is 10; the typed model takes whole numbers there.
fn whole_bounds(object: &mut Map<String, Value>) {
    if object.get("type").is_none_or(|kind| kind != "integer") {
        return;
    }
    for key in ["minimum", "maximum", "multipleOf"] {
        if let Some(float) = object.get(key).filter(|value| value.is_f64()).and_then(Value::as_f64)
            && float.fract() == 0.0
            && float.abs() < 9e15
        {
            object.insert(key.to_owned(), json!(float as i64));
        }
    }
}
