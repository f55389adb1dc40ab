//! The only file that knows `serde_yaml`, which its author no longer maintains.

use super::json::{SyntaxError, without_position};
use serde::de::{Deserialize, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

pub(super) fn parse(text: &str) -> Result<Value, SyntaxError> {
    serde_yaml::from_str(text).map(|Tree(value)| value).map_err(|error| SyntaxError {
        message: format!("not valid YAML: {}", without_position(&error.to_string())),
        line: error.location().map(|location| (location.line(), location.column())),
    })
}

/// A value as JSON has it. `serde_yaml`'s own values know no integer beyond 64 bits and refuse a key that stands
/// twice; documents have both.
struct Tree(Value);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor).map(Tree)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(float(value as f64))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(float(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Tree(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut merged = Vec::new();
        while let Some(Key(key)) = members.next_key()? {
            let Tree(value) = members.next_value()?;
            if key == "<<" {
                merged.push(value);
            } else {
                object.insert(key, value);
            }
        }
        merged.into_iter().for_each(|value| merge(&mut object, value));
        Ok(Value::Object(object))
    }

    /// `!tag value`: the tag says nothing here.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (_, value): (Tree, _) = tagged.variant()?;
        value.newtype_variant().map(|Tree(value)| value)
    }
}

/// JSON has no NaN and no infinities; their text is kept.
fn float(value: f64) -> Value {
    Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number)
}

/// A merge key brings in what is not there yet (<https://yaml.org/type/merge.html>).
fn merge(object: &mut Map<String, Value>, value: Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                object.entry(key).or_insert(member);
            }
        }
        Value::Array(items) => items.into_iter().for_each(|item| merge(object, item)),
        other => {
            object.insert("<<".to_owned(), other);
        }
    }
}

/// A key as text: `200:` is a status, `on:` a name.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Tree::deserialize(deserializer)?.0 {
            Value::String(text) => Ok(Self(text)),
            Value::Null => Ok(Self("null".to_owned())),
            scalar @ (Value::Bool(_) | Value::Number(_)) => Ok(Self(scalar.to_string())),
            Value::Array(_) | Value::Object(_) => {
                Err(serde::de::Error::custom("a key is a list or a map; OpenAPI's keys are text"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::json;

    #[test]
    fn yaml_follows_the_core_schema_of_1_2() {
        let tree = parse("{a: no, b: on, d: 1_000, e: ~, 200: ok, f: .inf, g: 99999999999999999999}").ok();
        let expected =
            json!({"a": "no", "b": "on", "d": "1_000", "e": null, "200": "ok", "f": "inf", "g": 1e20});
        assert_eq!(tree, Some(expected));
    }

    #[test]
    fn merge_keys_are_applied() {
        let tree = parse("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}").ok();
        assert_eq!(tree, Some(json!({"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}})));
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..30 {
            let alias = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 9].join(", ")));
        }
        assert!(parse(&bomb).is_err());
    }

    #[test]
    fn a_syntax_error_has_its_line() {
        assert_eq!(parse("a:\n  - b\n c").err().and_then(|error| error.line).map(|(line, _)| line), Some(3));
    }
}
