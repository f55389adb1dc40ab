//! The only file that knows `serde_yaml`, which its author no longer maintains.

use super::json::{SyntaxError, without_position};
use serde_json::{Map, Number, Value};
use serde_yaml::Value as Yaml;

/// Aliases may multiply a small file; no real document grows past this many nodes.
const MAX_NODES: usize = 4_000_000;

pub(super) fn parse(text: &str) -> Result<Value, SyntaxError> {
    let syntax = |error: &serde_yaml::Error| SyntaxError {
        message: format!("not valid YAML: {}", without_position(&error.to_string())),
        line: error.location().map(|location| (location.line(), location.column())),
    };
    let mut tree: Yaml = serde_yaml::from_str(text).map_err(|error| syntax(&error))?;
    tree.apply_merge().map_err(|error| syntax(&error))?;
    let mut left = MAX_NODES;
    convert(tree, &mut left).map_err(|message| SyntaxError { message, line: None })
}

/// YAML to JSON values. Keys that are numbers or booleans become their text (`200:` is a status, `on:` a name).
fn convert(yaml: Yaml, left: &mut usize) -> Result<Value, String> {
    *left = left.checked_sub(1).ok_or("the aliases of this YAML file multiply without bound")?;
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => convert_number(&number),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => {
            Value::Array(items.into_iter().map(|item| convert(item, left)).collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(members) => {
            let mut object = Map::with_capacity(members.len());
            for (key, value) in members {
                object.insert(convert_key(key)?, convert(value, left)?);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => convert(tagged.value, left)?,
    })
}

fn convert_number(number: &serde_yaml::Number) -> Value {
    if let Some(value) = number.as_i64() {
        return value.into();
    }
    if let Some(value) = number.as_u64() {
        return value.into();
    }
    // JSON has no NaN and no infinities; their text is kept.
    number
        .as_f64()
        .and_then(Number::from_f64)
        .map_or_else(|| Value::String(number.to_string()), Value::Number)
}

fn convert_key(key: Yaml) -> Result<String, String> {
    match key {
        Yaml::String(text) => Ok(text),
        Yaml::Number(number) => Ok(number.to_string()),
        Yaml::Bool(value) => Ok(value.to_string()),
        Yaml::Null => Ok("null".to_owned()),
        _ => Err("a key is a list or a map; OpenAPI's keys are text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::json;

    #[test]
    fn yaml_follows_the_core_schema_of_1_2() {
        let tree = parse("{a: no, b: on, c: 010, d: 1_000, e: ~, 200: ok, f: .inf}").ok();
        let expected = json!({"a": "no", "b": "on", "c": "010", "d": "1_000", "e": null, "200": "ok", "f": ".inf"});
        assert_eq!(tree, Some(expected));
    }

    #[test]
    fn merge_keys_are_applied() {
        let tree = parse("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}").ok();
        assert_eq!(tree, Some(json!({"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}})));
    }

    #[test]
    fn a_syntax_error_has_its_line() {
        assert_eq!(parse("a:\n  - b\n c").err().and_then(|error| error.line).map(|(line, _)| line), Some(3));
    }
}
