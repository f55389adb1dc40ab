//! Repairs of scalars and lists of them: each is read as what it looks like, or left out.

use super::{Repair, noun};
use crate::diagnostic::{Code, Place};
use serde_json::{Value, json};

impl Repair<'_> {
    pub(super) fn text(&mut self, value: Value, place: &Place) -> Option<String> {
        match value {
            Value::String(text) => Some(text),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            other => {
                self.warn(Code::WrongType, place, format!("{} stands where text belongs", noun(&other)));
                None
            }
        }
    }

    pub(super) fn flag(&mut self, value: &Value, place: &Place) -> Option<bool> {
        let flag = match value {
            Value::Bool(flag) => return Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        self.warn(Code::WrongType, place, format!("{} stands where `true` or `false` belongs", noun(value)));
        flag
    }

    pub(super) fn count(&mut self, value: &Value, place: &Place) -> Option<Value> {
        if value.as_u64().is_some() {
            return Some(value.clone());
        }
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        self.warn(Code::WrongType, place, format!("{value} stands where a count belongs"));
        number
            .filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number))
            .map(|number| json!(number as u64))
    }

    pub(super) fn number(&mut self, value: Value, place: &Place) -> Option<Value> {
        if value.is_number() {
            return Some(value);
        }
        self.warn(Code::WrongType, place, format!("{} stands where a number belongs", noun(&value)));
        let text = value.as_str()?.trim();
        text.parse::<i64>()
            .map(|number| json!(number))
            .ok()
            .or_else(|| text.parse::<f64>().ok().map(|n| json!(n)))
    }

    pub(super) fn texts(&mut self, value: Value, place: &Place) -> Option<Value> {
        let items = match value {
            Value::Array(items) => items,
            // `required: true` inside a schema is JSON Schema draft 3; the parent cannot be told from here.
            other => {
                self.warn(Code::WrongType, place, format!("{} stands where a list belongs", noun(&other)));
                return None;
            }
        };
        let mut texts: Vec<Value> = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let place = place.index(index);
            if let Some(text) = self.text(item, &place).map(Value::String) {
                if texts.contains(&text) {
                    self.warn(Code::WrongType, &place, format!("{text} is listed twice"));
                } else {
                    texts.push(text);
                }
            }
        }
        Some(Value::Array(texts))
    }

    pub(super) fn text_map(&mut self, value: Value, place: &Place) -> Value {
        let Value::Object(members) = value else { return value };
        let text = |(key, value): (String, Value)| {
            let value = self.text(value, &place.key(&key))?;
            Some((key, Value::String(value)))
        };
        Value::Object(members.into_iter().filter_map(text).collect())
    }

    pub(super) fn values(&mut self, value: Value, place: &Place) -> Option<Value> {
        match value {
            Value::Array(_) => Some(value),
            Value::Null => None,
            other => {
                self.warn(Code::WrongType, place, format!("{} stands where a list belongs", noun(&other)));
                Some(json!([other]))
            }
        }
    }
}
