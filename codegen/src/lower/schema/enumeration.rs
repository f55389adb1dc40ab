//! Enums of strings and integers; both are open, since services grow values.

use super::described::Described;
use super::scalar::scalar;
use crate::config::Types;
use crate::ir::{EnumValue, Enumeration, Shape, Type, Unnamed, Wire};
use crate::lower::set::Form;
use crate::read::Kind;
use serde_json::Value;
use std::collections::HashSet;
use std::hash::Hash;

/// The enumeration of a form with values; other kinds than text and integers have their usual type.
pub(super) fn enumeration(types: &Types, form: &Form<'_>) -> Described {
    match form.kind() {
        Some(Kind::String) => Described::Shape(Shape::StringEnum(Enumeration::of(texts(form)))),
        Some(Kind::Integer) if form.values.known().all(|known| known.value.is_i64()) => {
            Described::Shape(Shape::IntegerEnum(Enumeration::of(listed(form, Value::as_i64))))
        }
        Some(Kind::Integer) => Described::Type(large(types, form)),
        kind => Described::Type(scalar(types, kind, &form.format, form.maximum)),
    }
}

/// The values as text, each once.
pub(super) fn texts(form: &Form<'_>) -> Vec<EnumValue<Wire>> {
    listed(form, |value| Some(Wire::from(text(value))))
}

/// The type of integers of which some are beyond those of an enumeration: any JSON where no integer of Rust takes all.
fn large(types: &Types, form: &Form<'_>) -> Type {
    let all = |is: fn(&Value) -> bool| form.values.known().all(|known| is(&known.value));
    match scalar(types, Some(Kind::Integer), &form.format, form.maximum) {
        custom @ Type::Custom(_) => custom,
        _ if all(Value::is_u64) => Type::U64,
        usual if all(|value| value.as_f64().is_some_and(|number| number.abs() < i64::MAX as f64)) => usual,
        _ => Type::Any,
    }
}

/// The values, each once.
fn listed<T: Clone + Eq + Hash>(form: &Form<'_>, read: impl Fn(&Value) -> Option<T>) -> Vec<EnumValue<T>> {
    let mut seen: HashSet<T> = HashSet::new();
    let values = form.values.known().filter_map(|known| {
        let value = read(&known.value).filter(|value| seen.insert(value.clone()))?;
        Some(EnumValue { value, title: known.title.clone(), name: Unnamed, doc: known.doc.clone() })
    });
    values.collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
