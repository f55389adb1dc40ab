//! A value as JSON has it, from whatever parser: the later of two members under one key counts, and the earlier one is
//! handed out beside the tree. No parser's own values do that, and YAML's know no integer beyond 64 bits.

use crate::openapi::pointer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// A member that stands in the text under a key that comes again.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::load) struct Earlier {
    /// The keys down to it, innermost first.
    keys: Vec<String>,
    pub(in crate::load) value: Value,
}

impl Earlier {
    pub(in crate::load) fn pointer(&self) -> String {
        self.keys.iter().rev().fold(String::new(), |parent, key| pointer::child(&parent, key))
    }
}

/// Reads a tree, and gathers the members whose keys come again.
pub(super) fn tree<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(Value, Vec<Earlier>), D::Error> {
    let mut earlier = Vec::new();
    let tree = Tree(&mut earlier).deserialize(deserializer)?;
    Ok((tree, earlier))
}

struct Tree<'a>(&'a mut Vec<Earlier>);

impl Tree<'_> {
    /// What was found below since then stands below this key.
    fn below(&mut self, since: usize, key: impl Fn() -> String) {
        self.0[since..].iter_mut().for_each(|earlier| earlier.keys.push(key()));
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
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

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let since = self.0.len();
            let Some(item) = items.next_element_seed(Tree(self.0))? else { return Ok(Value::Array(list)) };
            self.below(since, || list.len().to_string());
            list.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut merged = Vec::new();
        while let Some(key) = members.next_key_seed(Key)? {
            let since = self.0.len();
            let value = members.next_value_seed(Tree(self.0))?;
            self.below(since, || key.clone());
            if key == MERGE {
                merged.push(value);
            } else if let Some(value) = object.insert(key.clone(), value) {
                self.0.push(Earlier { keys: vec![key], value });
            }
        }
        merged.into_iter().for_each(|value| merge(&mut object, value));
        Ok(Value::Object(object))
    }

    /// `!tag value`: the tag says nothing here.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (_, value) = tagged.variant_seed(Key)?;
        value.newtype_variant_seed(self)
    }
}

/// YAML's merge key; JSON has it as a key like others, and no document of JSON has it.
const MERGE: &str = "<<";

/// JSON has no NaN and no infinities; their text is kept as YAML has it.
fn float(value: f64) -> Value {
    let text = match value {
        f64::INFINITY => ".inf",
        f64::NEG_INFINITY => "-.inf",
        _ => ".nan",
    };
    Number::from_f64(value).map_or_else(|| text.into(), Value::Number)
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
            object.insert(MERGE.to_owned(), other);
        }
    }
}

/// A key as it is written: `200:` is a status, `on:` and `1.10:` are names.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key of text, as OpenAPI's are")
    }

    fn visit_str<E>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }

    fn visit_string<E>(self, value: String) -> Result<String, E> {
        Ok(value)
    }
}
