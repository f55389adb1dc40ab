//! The examples of a document as witnesses: those that an independent validator accepts must survive being decoded and
//! encoded by the generated types.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// An example of a named schema, or of a list of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Where it stands in the document.
    pub pointer: String,
    /// The schema's name.
    pub schema: String,
    /// Whether it is a list of the schema's values.
    pub is_list: bool,
    /// The example.
    pub value: Value,
}

/// What became of a document's examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Examples of named schemas.
    pub found: usize,
    /// Those that fit their schema.
    pub valid: usize,
    /// Those of the valid that came back as they were.
    pub kept: usize,
}

/// How a value came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// As it was.
    None,
    /// Without properties that the schema does not name; it allows them, but no Rust field holds them.
    Undeclared(String),
    /// Otherwise.
    Changed(String),
}

/// All examples of named schemas in a document of one file that fit their schema, and how many there are in all.
pub fn examples(tree: &Value) -> (Vec<Example>, usize) {
    let mut found = Vec::new();
    let schemas = [("components", "schemas"), ("definitions", "")];
    for (outer, inner) in schemas {
        let section = tree
            .get(outer)
            .and_then(|section| if inner.is_empty() { Some(section) } else { section.get(inner) });
        for (name, schema) in section.and_then(Value::as_object).into_iter().flatten() {
            let mut add = |value: &Value, key: &str| {
                let pointer = format!("/{outer}/{inner}/{name}/{key}");
                found.push(Example { pointer, schema: name.clone(), is_list: false, value: value.clone() });
            };
            if let Some(example) = schema.get("example") {
                add(example, "example");
            }
            schema
                .get("examples")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .for_each(|value| add(value, "examples"));
        }
    }
    walk(tree, "", &mut found);
    let total = found.len();
    let schemas = json_schemas(tree);
    let mut validators: HashMap<(String, bool), Option<Validator>> = HashMap::new();
    found.retain(|example| {
        let key = (example.schema.clone(), example.is_list);
        let validator =
            validators.entry(key).or_insert_with(|| validator(&schemas, &example.schema, example.is_list));
        validator.as_ref().is_some_and(|validator| validator.is_valid(&example.value))
    });
    (found, total)
}

/// Media types with examples whose schema is a reference, or a list of one.
fn walk(value: &Value, pointer: &str, found: &mut Vec<Example>) {
    match value {
        Value::Object(members) => {
            if let Some((schema, is_list)) = members.get("schema").and_then(target) {
                let mut add = |value: &Value, key: &str| {
                    let pointer = format!("{pointer}/{key}");
                    found.push(Example { pointer, schema: schema.clone(), is_list, value: value.clone() });
                };
                if let Some(example) = members.get("example") {
                    add(example, "example");
                }
                for (name, example) in
                    members.get("examples").and_then(Value::as_object).into_iter().flatten()
                {
                    match example.get("value") {
                        Some(value) => add(value, &format!("examples/{name}/value")),
                        // Swagger 2.0 has examples by media type.
                        None if name.contains("json") => add(example, &format!("examples/{name}")),
                        None => {}
                    }
                }
            }
            for (key, member) in members {
                walk(member, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| walk(item, &format!("{pointer}/{index}"), found));
        }
        _ => {}
    }
}

fn target(schema: &Value) -> Option<(String, bool)> {
    let (reference, is_list) = match schema.get("$ref") {
        Some(reference) => (reference, false),
        None => (
            schema
                .get("items")
                .filter(|_| schema.get("type").is_some_and(|kind| kind == "array"))?
                .get("$ref")?,
            true,
        ),
    };
    let reference = reference.as_str()?;
    let name = reference
        .strip_prefix("#/components/schemas/")
        .or_else(|| reference.strip_prefix("#/definitions/"))?;
    Some((name.to_owned(), is_list))
}

/// The named schemas as JSON Schema: what 3.0 and 2.0 write in their own way is rewritten.
fn json_schemas(tree: &Value) -> Value {
    let is_31 = tree
        .get("openapi")
        .and_then(Value::as_str)
        .is_some_and(|version| version.starts_with("3.1") || version.starts_with("3.2"));
    let mut schemas = json!({"components": {"schemas": tree.pointer("/components/schemas")}, "definitions": tree.get("definitions")});
    if !is_31 {
        rewrite(&mut schemas);
    }
    schemas
}

fn rewrite(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let nullable =
                ["nullable", "x-nullable"].iter().any(|key| members.get(*key) == Some(&Value::Bool(true)));
            for (key, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
                match members.get(key) {
                    Some(Value::Bool(true)) => {
                        if let Some(number) = members.remove(bound) {
                            members.insert(key.to_owned(), number);
                        }
                    }
                    Some(Value::Bool(false)) => {
                        members.remove(key);
                    }
                    _ => {}
                }
            }
            members.values_mut().for_each(rewrite);
            if nullable {
                members.remove("nullable");
                members.remove("x-nullable");
                let schema = Value::Object(std::mem::take(members));
                members.insert("anyOf".to_owned(), json!([schema, {"type": "null"}]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        _ => {}
    }
}

fn validator(schemas: &Value, name: &str, is_list: bool) -> Option<Validator> {
    let section = if schemas["definitions"].is_object() { "definitions" } else { "components/schemas" };
    let reference = json!({ "$ref": format!("#/{section}/{name}") });
    let mut root: Map<String, Value> = schemas.as_object()?.clone();
    if is_list {
        root.insert("type".to_owned(), "array".into());
        root.insert("items".to_owned(), reference);
    } else {
        root.insert("$ref".to_owned(), reference["$ref"].clone());
    }
    root.retain(|_, value| !value.is_null());
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&Value::Object(root)).ok()
}

/// Compares a value with what came back, as JSON: numbers by value, moments by the instant.
pub fn compare(before: &Value, after: &Value, path: &str) -> Difference {
    let changed = || Difference::Changed(format!("at {path}: {before} became {after}"));
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            if let Some(key) = other.keys().find(|key| !one.contains_key(*key)) {
                return Difference::Changed(format!("at {path}: `{key}` came from nowhere"));
            }
            let mut undeclared = Difference::None;
            for (key, value) in one {
                let path = format!("{path}.{key}");
                let difference = match other.get(key) {
                    Some(other) => compare(value, other, &path),
                    None => Difference::Undeclared(format!("{path} was {value}")),
                };
                match difference {
                    Difference::Changed(_) => return difference,
                    Difference::Undeclared(_) => undeclared = difference,
                    Difference::None => {}
                }
            }
            undeclared
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let differences = one
                .iter()
                .zip(other)
                .enumerate()
                .map(|(at, (one, other))| compare(one, other, &format!("{path}[{at}]")));
            differences.fold(Difference::None, |worst, next| match (&worst, &next) {
                (Difference::Changed(_), _) | (_, Difference::None) => worst,
                _ => next,
            })
        }
        (Value::Number(one), Value::Number(other)) => match (one.as_f64(), other.as_f64()) {
            // `format: float` has 24 bits.
            (Some(one), Some(other)) if one == other || (one as f32) == (other as f32) => Difference::None,
            _ => changed(),
        },
        (Value::String(one), Value::String(other)) if one != other => {
            let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
            let bytes = |text: &str| text.trim_end_matches('=').replace('-', "+").replace('_', "/");
            let same = instant(one).is_some_and(|moment| Some(moment) == instant(other))
                || one.eq_ignore_ascii_case(other)
                || bytes(one) == bytes(other)
                || one
                    .parse::<jiff::civil::Time>()
                    .is_ok_and(|time| other.parse().is_ok_and(|other: jiff::civil::Time| other == time));
            if same { Difference::None } else { changed() }
        }
        (one, other) if one == other => Difference::None,
        _ => changed(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Difference, compare, examples};
    use serde_json::json;

    #[test]
    fn only_valid_examples_of_named_schemas_count() {
        let tree = json!({"openapi": "3.0.0", "components": {"schemas": {
            "A": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string", "nullable": true}}, "example": {"x": null}},
            "B": {"type": "integer", "example": "no"}
        }}});
        let (found, total) = examples(&tree);
        assert_eq!((found.len(), total), (1, 2));
    }

    #[test]
    fn losing_null_is_a_difference() {
        assert_eq!(compare(&json!({"a": 1.0}), &json!({"a": 1}), "$"), Difference::None);
        assert!(matches!(compare(&json!({"a": null}), &json!({}), "$"), Difference::Undeclared(_)));
        assert!(matches!(compare(&json!([1]), &json!(["1"]), "$"), Difference::Changed(_)));
    }
}
