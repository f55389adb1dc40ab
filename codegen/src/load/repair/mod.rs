//! A tree of OpenAPI 3.0 that may break the rules to one that the typed parse takes: values of the wrong type are
//! read as what they look like or left out, what is missing gets a default, unknown keys go. Each repair is a warning;
//! the list of them is in `REPAIRS.md`.

mod parameter;
mod schema;
mod security;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, at_key, set_origin};
use crate::openapi::grammar::{Form, Kind, is_extension, member};
use serde_json::{Map, Value, json};

pub(in crate::load) fn repair(tree: Value, root: &Place, diagnostics: &mut Diagnostics) -> Value {
    let mut repair = Repair { diagnostics };
    let mut tree = repair.node(tree, Kind::Document, root).unwrap_or_else(|| json!({}));
    repair.documents_duty(&mut tree, root);
    tree
}

pub(in crate::load) struct Repair<'a> {
    diagnostics: &'a mut Diagnostics,
}

impl Repair<'_> {
    pub(in crate::load) fn warn(&mut self, code: Code, place: &Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, place.clone(), message));
    }

    fn node(&mut self, value: Value, kind: Kind, place: &Place) -> Option<Value> {
        let value = match value {
            Value::Bool(flag) if kind == Kind::Schema => {
                self.warn(Code::WrongType, place, "a boolean stands where a schema belongs");
                if flag { json!({}) } else { json!({"not": {}}) }
            }
            Value::Array(mut items) if kind == Kind::Schema && items.len() == 1 => items.remove(0),
            Value::Null if kind == Kind::Schema => json!({}),
            other => other,
        };
        let Value::Object(object) = value else {
            if !value.is_null() {
                self.warn(Code::WrongType, place, format!("{} stands where an object belongs", noun(&value)));
            }
            return None;
        };
        if object.get("$ref").is_some_and(Value::is_string) && kind != Kind::PathItem {
            return Some(json!({"$ref": object["$ref"]}));
        }
        let object = self.with_schema(object, kind, place);
        let mut fixed = Map::with_capacity(object.len());
        for (key, value) in object {
            match member(kind, &key) {
                Some(form) => {
                    if let Some(value) = self.form(value, form, kind, &place.key(&key)) {
                        fixed.insert(key, value);
                    }
                }
                None if key.starts_with("x-") => {
                    fixed.insert(key, value);
                }
                None => self.warn(Code::UnknownKey, &place.key(&key), format!("`{key}` means nothing here")),
            }
        }
        self.complete(&mut fixed, kind, place);
        Some(Value::Object(fixed))
    }

    fn form(&mut self, value: Value, form: Form, parent: Kind, place: &Place) -> Option<Value> {
        if value.is_null() && !matches!(form, Form::Any | Form::Values) {
            return None;
        }
        match form {
            Form::Any => Some(value),
            Form::Text => self.text(value, place).map(Value::String),
            Form::Flag => self.flag(&value, place).map(Value::Bool),
            Form::Count => self.count(&value, place),
            Form::Number => self.number(value, place),
            Form::Values => match value {
                Value::Array(_) => Some(value),
                Value::Null => None,
                other => {
                    self.warn(
                        Code::WrongType,
                        place,
                        format!("{} stands where a list belongs", noun(&other)),
                    );
                    Some(json!([other]))
                }
            },
            Form::Texts => self.texts(value, place),
            Form::TextMap => {
                let Value::Object(members) = value else {
                    self.warn(Code::WrongType, place, format!("{} stands where a map belongs", noun(&value)));
                    return None;
                };
                let text = |(key, value): (String, Value)| {
                    let value = self.text(value, &place.key(&key))?;
                    Some((key, Value::String(value)))
                };
                Some(Value::Object(members.into_iter().filter_map(text).collect()))
            }
            Form::Node(kind) => self.node(value, kind, place),
            Form::List(kind) => self.list(value, kind, place),
            Form::Map(kind) => self.map(value, kind, parent, place),
            Form::FlagOrSchema => match value {
                Value::Bool(_) => Some(value),
                other => match self.node(other, Kind::Schema, place) {
                    Some(schema) => Some(schema),
                    None => Some(Value::Bool(true)),
                },
            },
        }
    }

    fn list(&mut self, value: Value, kind: Kind, place: &Place) -> Option<Value> {
        let items = match value {
            Value::Array(items) => items,
            Value::Object(_) => {
                self.warn(Code::WrongType, place, "an object stands where a list belongs");
                vec![value]
            }
            other => {
                self.warn(Code::WrongType, place, format!("{} stands where a list belongs", noun(&other)));
                return None;
            }
        };
        let item = |(index, item)| self.node(item, kind, &place.index(index));
        Some(Value::Array(items.into_iter().enumerate().filter_map(item).collect()))
    }

    fn map(&mut self, value: Value, kind: Kind, parent: Kind, place: &Place) -> Option<Value> {
        let Value::Object(members) = value else {
            self.warn(Code::WrongType, place, format!("{} stands where a map belongs", noun(&value)));
            return None;
        };
        let mut fixed = Map::with_capacity(members.len());
        for (key, mut value) in members {
            let place = at_key(place, &key, &value);
            let written = key.clone();
            let key = match (parent, kind) {
                (Kind::Operation, Kind::Response) => match self.status(&key, &place) {
                    Some(key) => key,
                    None => continue,
                },
                (Kind::Document, Kind::PathItem) => match self.path(key, &place) {
                    Some(key) => key,
                    None => continue,
                },
                _ => key,
            };
            if key != written {
                set_origin(&mut value, &place);
            }
            if is_extension(kind, &key) || (parent == Kind::Operation && key.starts_with("x-")) {
                continue;
            }
            if let Some(value) = self.node(value, kind, &place) {
                fixed.insert(key, value);
            }
        }
        Some(Value::Object(fixed))
    }

    /// `4xx` is `4XX`, `200 OK` is `200`.
    fn status(&mut self, key: &str, place: &Place) -> Option<String> {
        if key == "default" || key.starts_with("x-") {
            return Some(key.to_owned());
        }
        let head: String = key.trim().chars().take(3).collect::<String>().to_ascii_uppercase();
        let is_code = head.len() == 3 && head.parse::<u16>().is_ok_and(|code| (100..=599).contains(&code));
        let is_range = head.len() == 3 && head.ends_with("XX") && matches!(head.as_bytes()[0], b'1'..=b'5');
        let rest_is_number = key.trim().chars().nth(3).is_some_and(|c| c.is_ascii_alphanumeric());
        if !(is_code || is_range) || rest_is_number {
            let message = format!("`{key}` is no HTTP status; the response is left out");
            self.warn(Code::Status, place, message);
            return None;
        }
        if head != key {
            self.warn(Code::Status, place, format!("the status `{key}` is read as `{head}`"));
        }
        Some(head)
    }

    fn path(&mut self, key: String, place: &Place) -> Option<String> {
        if key.starts_with('/') {
            return Some(key);
        }
        if key.starts_with("x-") {
            return None;
        }
        self.warn(
            Code::WrongType,
            place,
            format!("the path `{key}` does not start with `/`; one is put before it"),
        );
        Some(format!("/{key}"))
    }

    pub(in crate::load) fn text(&mut self, value: Value, place: &Place) -> Option<String> {
        match value {
            Value::String(text) => Some(text),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            other => {
                self.warn(Code::WrongType, place, format!("{} stands where text belongs", noun(&other)));
                None
            }
        }
    }

    fn flag(&mut self, value: &Value, place: &Place) -> Option<bool> {
        let flag = match value {
            Value::Bool(flag) => return Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        self.warn(Code::WrongType, place, format!("{} stands where `true` or `false` belongs", noun(value)));
        flag
    }

    fn count(&mut self, value: &Value, place: &Place) -> Option<Value> {
        if value.as_u64().is_some() {
            return Some(value.clone());
        }
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
        self.warn(Code::WrongType, place, format!("{value} stands where a count belongs"));
        number
            .filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number))
            .map(|number| json!(number as u64))
    }

    fn number(&mut self, value: Value, place: &Place) -> Option<Value> {
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

    fn texts(&mut self, value: Value, place: &Place) -> Option<Value> {
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

    /// What an object must have, and what only some objects may.
    fn complete(&mut self, object: &mut Map<String, Value>, kind: Kind, place: &Place) {
        match kind {
            Kind::Info => {
                for key in ["title", "version"] {
                    self.require(object, key, "".into(), place);
                }
                object.shift_remove("contact");
                object.shift_remove("license");
            }
            Kind::Operation => {
                self.require(object, "responses", json!({}), place);
                if object.contains_key("callbacks") {
                    let message = "callbacks are not part of a client: the service calls them";
                    self.warn(Code::UnsupportedPart, &place.key("callbacks"), message);
                }
            }
            Kind::Response => self.require(object, "description", "".into(), place),
            Kind::Server => self.require(object, "url", "/".into(), place),
            Kind::ServerVariable => self.require(object, "default", "".into(), place),
            Kind::Tag => self.require(object, "name", "".into(), place),
            Kind::RequestBody => self.require(object, "content", json!({}), place),
            Kind::Schema => schema::complete(self, object, place),
            Kind::Parameter | Kind::Header => self.parameter(object, kind, place),
            Kind::Encoding => {
                parameter::style(object, &["form", "spaceDelimited", "pipeDelimited", "deepObject"])
            }
            _ => {}
        }
        if matches!(kind, Kind::Document | Kind::Operation | Kind::Schema | Kind::Tag) {
            object.shift_remove("externalDocs");
        }
    }

    pub(in crate::load) fn require(
        &mut self,
        object: &mut Map<String, Value>,
        key: &str,
        default: Value,
        place: &Place,
    ) {
        if !object.contains_key(key) {
            self.warn(Code::Missing, place, format!("`{key}` is missing"));
            object.insert(key.to_owned(), default);
        }
    }

    fn documents_duty(&mut self, tree: &mut Value, root: &Place) {
        let Some(object) = tree.as_object_mut() else { return };
        if !object.contains_key("info") {
            self.warn(Code::Missing, root, "`info` is missing");
            object.insert("info".to_owned(), json!({"title": "", "version": ""}));
        }
        if !object.contains_key("paths") {
            self.warn(Code::Missing, root, "`paths` is missing");
            object.insert("paths".to_owned(), json!({}));
        }
        object.insert("openapi".to_owned(), "3.0.3".into());
        if let Some(security) = object.get_mut("security") {
            *security = security::requirements(security);
        }
        if let Some(components) = object.get_mut("components").and_then(Value::as_object_mut) {
            if let Some(schemes) = components.get_mut("securitySchemes") {
                let place = root.key("components").key("securitySchemes");
                security::schemes(schemes, &place, self.diagnostics);
            }
            // The typed model of callbacks knows no references, and they are not part of a client.
            components.shift_remove("callbacks");
        }
        for (_, item) in object.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
            for (_, operation) in item.as_object_mut().into_iter().flatten() {
                if let Some(operation) = operation.as_object_mut() {
                    if let Some(security) = operation.get_mut("security") {
                        *security = security::requirements(security);
                    }
                    operation.shift_remove("callbacks");
                }
            }
        }
    }
}

pub(in crate::load) fn noun(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
