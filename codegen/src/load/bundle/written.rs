//! What a tree says before anything moves: keys with our prefix are the document's own and go, and what must be text is what
//! is written in the file, where YAML reads `1.10` as a number.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::read::Files;
use crate::openapi::grammar::{Form, Kind};
use crate::openapi::{Place, Step, Visitor, parked, walk};
use serde_json::Value;

/// Takes out a document's own keys with our prefix, and puts the text of the file where text belongs.
pub(super) fn as_written(
    value: &mut Value,
    kind: Kind,
    place: &Place,
    files: &Files,
    diagnostics: &mut Diagnostics,
) {
    walk(value, kind, place, &mut Written { files, diagnostics });
}

struct Written<'a> {
    files: &'a Files,
    diagnostics: &'a mut Diagnostics,
}

impl Visitor for Written<'_> {
    const FOLLOWS_NOTES: bool = false;

    fn enter(&mut self, value: &mut Value, _: Kind, place: &Place) -> Step {
        for key in value.as_object_mut().map(parked::strip).unwrap_or_default() {
            let message = format!("`{key}` is a key of the generator's own; it is left out");
            self.diagnostics.push(Diagnostic::warning(Code::OwnKey, place.key(&key), message));
        }
        Step::Into
    }

    fn member(&mut self, value: &mut Value, form: Option<Form>, _: Kind, key: &str, place: &Place) -> Step {
        match (form, value) {
            (Some(Form::Text), scalar) => self.text(scalar, || place.key(key)),
            (Some(Form::Texts), Value::Array(items)) => self.texts(items, || place.key(key)),
            _ => {}
        }
        Step::Into
    }

    fn leave(&mut self, value: &mut Value, kind: Kind, place: &Place) {
        if !matches!(kind, Kind::Schema | Kind::Parameter | Kind::Header) || !is_of_text(value) {
            return;
        }
        if let Some(constant) = value.get_mut("const") {
            self.text(constant, || place.key("const"));
        }
        if let Some(Value::Array(items)) = value.get_mut("enum") {
            self.texts(items, || place.key("enum"));
        }
    }
}

impl Written<'_> {
    fn texts(&self, items: &mut [Value], place: impl Fn() -> Place) {
        for (index, item) in items.iter_mut().enumerate() {
            self.text(item, || place().index(index));
        }
    }

    fn text(&self, scalar: &mut Value, place: impl FnOnce() -> Place) {
        if (scalar.is_number() || scalar.is_boolean())
            && let Some(text) = self.files.written(&place(), scalar)
        {
            *scalar = text.into();
        }
    }
}

/// Whether a schema's values are text, and nothing else that a scalar could be.
fn is_of_text(schema: &Value) -> bool {
    let has = |name: &str| match schema.get("type") {
        Some(Value::String(kind)) => kind == name,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        _ => false,
    };
    has("string") && !["number", "integer", "boolean"].into_iter().any(has)
}
