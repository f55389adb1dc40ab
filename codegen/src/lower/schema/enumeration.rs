//! Enums of strings and integers; both are open, since services grow values.

use super::described::Described;
use super::scalar::scalar;
use crate::config::Types;
use crate::ir::{EnumValue, Enumeration, Hint, Shape, Type, Unnamed, Wire};
use crate::read::{Keywords, Kind};
use serde_json::Value;
use std::collections::HashSet;

pub(super) fn enumeration(types: &Types, keywords: &Keywords<'_>) -> Described {
    let values: Vec<&Value> = keywords.values.iter().filter(|value| !value.is_null()).collect();
    let is_text = keywords.kind == Some(Kind::String);
    if values.iter().all(|value| value.is_string() || (is_text && !value.is_array() && !value.is_object())) {
        let titled = values.iter().enumerate().map(|(at, value)| EnumValue {
            value: text(value).into(),
            title: names(keywords, at),
            name: Unnamed,
            doc: descriptions(keywords, at, value),
        });
        return Described::Shape(Shape::StringEnum(string_enum(titled.collect())));
    }
    if values.iter().all(|value| value.is_i64()) && keywords.kind != Some(Kind::Number) {
        let mut known: Vec<EnumValue<i64>> = Vec::new();
        for (at, value) in values.iter().enumerate() {
            let Some(number) = value.as_i64().filter(|number| known.iter().all(|old| old.value != *number))
            else {
                continue;
            };
            let doc = descriptions(keywords, at, value);
            known.push(EnumValue { value: number, title: names(keywords, at), name: Unnamed, doc });
        }
        return Described::Shape(Shape::IntegerEnum(Enumeration::of(known)));
    }
    let numbers = values.iter().all(|value| value.is_number());
    Described::Type(match keywords.kind {
        Some(Kind::Boolean) | None if values.iter().all(|value| value.is_boolean()) => Type::Bool,
        Some(Kind::Number | Kind::Integer) | None if numbers => scalar(types, keywords).or_float(),
        _ => Type::Any,
    })
}

impl Type {
    fn or_float(self) -> Self {
        if self == Self::Any { Self::F64 } else { self }
    }
}

/// Values that stand twice count once.
pub(super) fn string_enum(mut values: Vec<EnumValue<Wire>>) -> Enumeration<Wire> {
    let mut known: HashSet<Wire> = HashSet::new();
    values.retain(|value| known.insert(value.value.clone()));
    Enumeration::of(values)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `x-enum-varnames` and `x-enumNames`, as several generators write them.
fn names(keywords: &Keywords<'_>, at: usize) -> Option<Hint> {
    ["x-enum-varnames", "x-enumNames"]
        .iter()
        .find_map(|key| keywords.extension(key)?.get(at)?.as_str())
        .filter(|name| !name.trim().is_empty())
        .map(Hint::from)
}

fn descriptions(keywords: &Keywords<'_>, at: usize, value: &Value) -> String {
    let by_index = ["x-enum-descriptions", "x-enumDescriptions"].iter().find_map(|key| {
        let found = keywords.extension(key)?;
        found.get(at).or_else(|| found.get(text(value)))?.as_str()
    });
    by_index.unwrap_or_default().to_owned()
}
