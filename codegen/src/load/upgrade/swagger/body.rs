//! Request bodies: a body parameter, or the fields of a form.

use super::lists::Separators;
use super::parameter::take_schema;
use super::{Upgrade, location};
use crate::diagnostic::Place;
use crate::openapi::{origin, parked};
use serde_json::{Map, Value, json};

impl Upgrade<'_> {
    /// What an operation sends; `bodies` are its own parameters of that kind, then those of its path, and `place` is where
    /// they are listed.
    pub(super) fn request_body(
        &mut self,
        bodies: &[Value],
        consumes: &[String],
        place: &Place,
    ) -> Option<Value> {
        match bodies.iter().find(|body| location(body) == "body") {
            Some(body) => Some(body_parameter(body, consumes, place)),
            None => self.form(bodies, consumes, place),
        }
    }

    /// Reports what an operation lists beside its body.
    pub(super) fn only_one_body(&mut self, bodies: &[Value]) {
        let Some(first) = bodies.iter().position(|body| location(body) == "body") else { return };
        for (_, other) in bodies.iter().enumerate().filter(|(at, _)| *at != first) {
            if let Some(place) = origin::noted(other) {
                self.unsupported(place, "an operation has one body; this one is left out");
            }
        }
    }

    fn form(&mut self, fields: &[Value], consumes: &[String], place: &Place) -> Option<Value> {
        let has_file = fields.iter().any(|field| field.get("type").is_some_and(|kind| kind == "file"));
        let is_multipart = has_file || consumes.iter().any(|media_type| media_type == "multipart/form-data");
        let media_type =
            if is_multipart { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
        let mut properties = Map::new();
        let mut encoding = Map::new();
        let mut required = Vec::new();
        for field in fields {
            let place = origin::noted(field).unwrap_or_else(|| place.clone());
            let Some(name) = field.get("name").and_then(Value::as_str) else {
                self.unsupported(place, "a field of a form needs a name; this one is left out");
                continue;
            };
            let mut field = field.as_object().cloned().unwrap_or_default();
            let separators = self.take_separators(&mut field, true, &place);
            if let Some(mut style) = separators.and_then(|separators| list_style(&separators)) {
                origin::note_made(&mut style, &place);
                encoding.insert(name.to_owned(), style);
            }
            if field.get("required") == Some(&Value::Bool(true)) {
                required.push(name);
            }
            properties.insert(name.to_owned(), property(field, &place));
        }
        if fields.is_empty() {
            return None;
        }
        let mut schema = json!({"type": "object", "properties": properties, "required": required});
        origin::note_made(&mut schema, place);
        let mut content = json!({"schema": schema, "encoding": encoding});
        origin::note_made(&mut content, place);
        let mut body = json!({"content": {media_type: content}, "required": !required.is_empty()});
        origin::note_made(&mut body, place);
        Some(body)
    }
}

fn body_parameter(body: &Value, consumes: &[String], place: &Place) -> Value {
    let place = origin::noted(body).unwrap_or_else(|| place.clone());
    let mut schema = body.get("schema").cloned().unwrap_or_else(|| json!({}));
    origin::note(&mut schema, &place.key("schema"));
    let json_like = consumes.iter().find(|media_type| media_type.contains("json"));
    let media_type = json_like.or(consumes.first()).map_or("application/json", String::as_str);
    let required = body.get("required").cloned().unwrap_or(false.into());
    let mut content = json!({ "schema": schema });
    origin::note_made(&mut content, &place);
    let mut request = json!({"content": {media_type: content}, "required": required});
    if let Some(description) = body.get("description").filter(|text| text.is_string()) {
        request["description"] = description.clone();
    }
    origin::note_made(&mut request, &place);
    request
}

/// How a list is encoded in a form, if not as usual.
fn list_style(separators: &Separators) -> Option<Value> {
    let mut style = match separators.style() {
        Some((_, true)) => return None,
        Some((style, false)) => json!({"style": style, "explode": false}),
        None => json!({}),
    };
    let object = style.as_object_mut()?;
    match separators.style() {
        Some(_) => parked::set_joined(object),
        None => separators.park(object),
    }
    Some(style)
}

/// A field as the property of an object.
fn property(mut field: Map<String, Value>, place: &Place) -> Value {
    let mut schema = take_schema(&mut field, place);
    if let Some(description) = field.shift_remove("description").filter(|text| !text.is_null()) {
        schema["description"] = description;
    }
    schema
}
