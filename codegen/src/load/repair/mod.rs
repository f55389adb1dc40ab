//! A tree of OpenAPI 3.0 that may break the rules to one that the typed parse takes: values of the wrong type are
//! read as what they look like or left out, what is missing gets a default, unknown keys go. Each repair is a warning;
//! the list of them is in `REPAIRS.md`.

mod key;
mod object;
mod parameter;
mod scalar;
mod schema;
mod security;

use super::read::Dialect;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::grammar::{Form, Kind, member, newer_member};
use crate::openapi::{Step, Visitor, origin, parked, walk};
use serde_json::{Map, Value, json};

pub(super) fn repair(
    mut tree: Value,
    dialect: Dialect,
    root: &Place,
    diagnostics: &mut Diagnostics,
) -> Value {
    walk(&mut tree, Kind::Document, root, &mut Repair { dialect, diagnostics });
    tree
}

struct Repair<'a> {
    dialect: Dialect,
    diagnostics: &'a mut Diagnostics,
}

impl Visitor for Repair<'_> {
    fn enter(&mut self, value: &mut Value, kind: Kind, place: &Place) -> Step {
        if kind == Kind::Schema {
            self.schema_node(value, place);
        }
        let Value::Object(object) = value else {
            if !value.is_null() {
                self.warn(Code::WrongType, place, format!("{} stands where an object belongs", noun(value)));
            }
            return Step::Remove;
        };
        if object.get("$ref").is_some_and(Value::is_string) {
            // What may stand beside a reference was put elsewhere by the upgrade.
            object.retain(|key, _| key == "$ref" || origin::is_note(key));
            return Step::Over;
        }
        if !matches!(kind, Kind::Schema | Kind::PathItem) && parked::dangling(object).is_some() {
            return Step::Over;
        }
        self.with_schema(object, kind, place);
        Step::Into
    }

    fn member(&mut self, value: &mut Value, _: Option<Form>, owner: Kind, key: &str, place: &Place) -> Step {
        let Some(form) = member(owner, key) else { return self.unknown(owner, key, place) };
        if value.is_null() && !matches!(form, Form::Any | Form::Values) {
            return Step::Remove;
        }
        let place = place.key(key);
        let fixed = match form {
            Form::Any => return Step::Over,
            Form::Node(_) => return Step::Into,
            Form::List(_) => return self.list(value, &place),
            Form::Map(_) => return self.object(value, &place),
            Form::FlagOrSchema => return self.flag_or_schema(value, &place),
            Form::Text => self.text(value.take(), &place).map(Value::String),
            Form::Flag => self.flag(value, &place).map(Value::Bool),
            Form::Count => self.count(value, &place),
            Form::Number => self.number(value.take(), &place),
            Form::Values => self.values(value.take(), &place),
            Form::Texts => self.texts(value.take(), &place),
            Form::TextMap => match self.object(value, &place) {
                Step::Remove => None,
                _ => Some(self.text_map(value.take(), &place)),
            },
        };
        match fixed {
            Some(fixed) => {
                *value = fixed;
                Step::Over
            }
            None => Step::Remove,
        }
    }

    fn map(&mut self, members: &mut Map<String, Value>, owner: Kind, kind: Kind, place: &Place) {
        self.keys(members, owner, kind, place);
    }

    fn leave(&mut self, value: &mut Value, kind: Kind, place: &Place) {
        if let Some(object) = value.as_object_mut() {
            self.complete(object, kind, place);
        }
    }
}

impl Repair<'_> {
    fn warn(&mut self, code: Code, place: &Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, place.clone(), message));
    }

    /// What people write where a schema belongs.
    fn schema_node(&mut self, value: &mut Value, place: &Place) {
        match value {
            Value::Bool(flag) => {
                *value = if *flag { json!({}) } else { json!({"not": {}}) };
                self.warn(Code::WrongType, place, "a boolean stands where a schema belongs");
            }
            Value::Array(items) if items.len() == 1 => {
                let mut item = items.remove(0);
                origin::note(&mut item, &place.index(0));
                *value = item;
            }
            Value::Null => *value = json!({}),
            _ => {}
        }
    }

    /// A key that 3.0 does not know. Vendors' keys stay; what 3.1 lets stand says nothing about what is sent.
    fn unknown(&mut self, owner: Kind, key: &str, place: &Place) -> Step {
        if key.starts_with("x-") {
            return Step::Over;
        }
        let place = place.key(key);
        match newer_member(owner, key).filter(|_| self.dialect == Dialect::V31) {
            Some(Form::Any) => {}
            Some(_) => self.warn(Code::UnsupportedPart, &place, format!("`{key}` is not read yet")),
            None if owner == Kind::Schema && self.dialect == Dialect::V31 => {}
            None => self.warn(Code::UnknownKey, &place, format!("`{key}` means nothing here")),
        }
        Step::Remove
    }

    fn flag_or_schema(&mut self, value: &mut Value, place: &Place) -> Step {
        if value.is_array() {
            self.schema_node(value, place);
        }
        if !matches!(value, Value::Bool(_) | Value::Object(_)) {
            self.warn(Code::WrongType, place, format!("{} stands where an object belongs", noun(value)));
            *value = Value::Bool(true);
        }
        Step::Into
    }

    fn list(&mut self, value: &mut Value, place: &Place) -> Step {
        match value {
            Value::Array(_) => Step::Into,
            Value::Object(_) => {
                self.warn(Code::WrongType, place, "an object stands where a list belongs");
                origin::note(value, place);
                *value = Value::Array(vec![value.take()]);
                Step::Into
            }
            other => {
                self.warn(Code::WrongType, place, format!("{} stands where a list belongs", noun(other)));
                Step::Remove
            }
        }
    }

    fn object(&mut self, value: &Value, place: &Place) -> Step {
        if value.is_object() {
            return Step::Into;
        }
        self.warn(Code::WrongType, place, format!("{} stands where a map belongs", noun(value)));
        Step::Remove
    }
}

pub(super) fn noun(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
