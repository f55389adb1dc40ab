use super::family::document;
use super::judge::Failure;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Failures whose schemas are built the same way.
#[derive(Clone, Debug)]
pub struct Kind {
    /// The smallest of them.
    pub failure: Failure,
    /// How many there are.
    pub count: usize,
}

/// Failures by how their schemas are built, the most frequent first.
pub fn kinds(failures: Vec<Failure>) -> Vec<Kind> {
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    for failure in failures {
        let skeletons: Vec<String> =
            failure.family.schemas.iter().map(|(_, schema)| skeleton(schema).to_string()).collect();
        let key = format!("{:?} {}", failure.class, skeletons.join(" "));
        match kinds.get_mut(&key) {
            Some(kind) => kind.count += 1,
            None => drop(kinds.insert(key, Kind { failure, count: 1 })),
        }
    }
    let mut kinds: Vec<Kind> = kinds.into_values().collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
    kinds
}

/// A schema without what makes it this one: the names of its properties, its bounds, its constants.
fn skeleton(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort();
            let mut found = Map::new();
            for key in keys {
                let member = &members[key];
                let part = match (key.as_str(), member) {
                    ("properties" | "patternProperties", Value::Object(properties)) => {
                        let mut parts: Vec<String> =
                            properties.values().map(|property| skeleton(property).to_string()).collect();
                        parts.sort();
                        parts.into()
                    }
                    ("type", kind) => kind.clone(),
                    ("enum" | "required", _) => true.into(),
                    ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => {
                        let mut parts: Vec<String> =
                            parts.iter().map(|part| skeleton(part).to_string()).collect();
                        parts.sort();
                        parts.into()
                    }
                    (_, Value::Object(_)) => skeleton(member),
                    (_, Value::Bool(_)) => member.clone(),
                    _ => true.into(),
                };
                found.insert(key.clone(), part);
            }
            Value::Object(found)
        }
        Value::Array(items) => items.iter().map(skeleton).collect(),
        other => other.clone(),
    }
}

/// Writes each kind into a folder of its own: the document, the value, and what became of it.
///
/// # Errors
///
/// A file cannot be written.
pub fn write(folder: &Path, kinds: &[Kind]) -> io::Result<()> {
    for (at, Kind { failure, count }) in kinds.iter().enumerate() {
        let folder = folder.join(format!("{:02}-{}", at + 1, format!("{:?}", failure.class).to_lowercase()));
        fs::create_dir_all(&folder)?;
        let document = document(std::slice::from_ref(&failure.family));
        fs::write(folder.join("openapi.json"), serde_json::to_string_pretty(&document)? + "\n")?;
        let mut text = format!("{count} of this kind, keep_undeclared = {}\n", failure.keeps);
        if let Some((schema, value)) = &failure.value {
            fs::write(folder.join("value.json"), serde_json::to_string_pretty(value)? + "\n")?;
            text.push_str(&format!("a value of {schema}: {value}\n"));
        }
        text.push_str(&format!("{:?}: {}\n", failure.class, failure.text));
        fs::write(folder.join("README"), text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::skeleton;
    use serde_json::json;

    #[test]
    fn what_is_built_the_same_way_is_one_kind() {
        let one =
            json!({"required": ["a"], "properties": {"a": {"type": "string"}, "b": {}}, "maxProperties": 3});
        let other =
            json!({"maxProperties": 9, "properties": {"x": {}, "y": {"type": "string"}}, "required": ["y"]});
        assert_eq!(skeleton(&one).to_string(), skeleton(&other).to_string());
        assert_ne!(skeleton(&json!({"type": "string"})), skeleton(&json!({"type": "integer"})));
    }
}
