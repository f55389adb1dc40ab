//! Responses: their schemas go under the media type that they are produced as.

use super::Upgrade;
use super::parameter::take_schema;
use crate::diagnostic::Place;
use crate::openapi::origin;
use serde_json::{Value, json};

impl Upgrade<'_> {
    pub(super) fn response(&mut self, mut value: Value, produces: &[String], place: &Place) -> Value {
        let Some(object) = value.as_object_mut() else { return value };
        if let Some(text) = object.get("$ref").and_then(Value::as_str) {
            let mut reference = json!({"$ref": text.replacen("#/responses/", "#/components/responses/", 1)});
            origin::note(&mut reference, place);
            return reference;
        }
        object.shift_remove("examples");
        if let Some(mut schema) = object.shift_remove("schema") {
            let is_file = schema.get("type").is_some_and(|kind| kind == "file");
            let default = if is_file { "application/octet-stream" } else { "application/json" };
            let json = produces.iter().find(|media_type| media_type.contains("json"));
            let media_type = if is_file { produces.first() } else { json.or(produces.first()) };
            let media_type = media_type.map_or(default, String::as_str);
            origin::note(&mut schema, &place.key("schema"));
            let mut content = json!({ "schema": schema });
            origin::note_made(&mut content, place);
            object.insert("content".to_owned(), json!({ media_type: content }));
        }
        let place = place.key("headers");
        for (name, header) in object.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
            let place = origin::noted(header).unwrap_or_else(|| place.key(name));
            if let Some(header) = header.as_object_mut() {
                let separators = self.take_separators(header, false, &place);
                header.shift_remove("collectionFormat");
                let schema = take_schema(header, &place);
                header.entry("schema").or_insert(schema);
                if let Some(separators) = separators.filter(|separators| !separators.is_usual()) {
                    separators.park(header);
                }
            }
        }
        value
    }
}
