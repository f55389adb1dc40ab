//! Repairs of parameters and headers: where they are, how they are written, and what they hold.

use super::Repair;
use crate::diagnostic::{Code, Place};
use crate::load::upgrade::swagger;
use crate::openapi::grammar::Kind;
use serde_json::{Map, Value, json};

impl Repair<'_> {
    pub(super) fn parameter(&mut self, object: &mut Map<String, Value>, kind: Kind, place: &Place) {
        let location = object.get("in").and_then(Value::as_str).unwrap_or("header").to_owned();
        if kind == Kind::Parameter {
            self.require(object, "name", "".into(), place);
            if !matches!(location.as_str(), "query" | "path" | "header" | "cookie")
                || !object.contains_key("in")
            {
                if location != "querystring" {
                    self.warn(
                        Code::WrongType,
                        &place.key("in"),
                        "a parameter is in query, path, header or cookie",
                    );
                }
                object.insert("x-location".to_owned(), location.clone().into());
                object.insert("in".to_owned(), "query".into());
            }
        }
        let styles: &[&str] = match location.as_str() {
            "path" => &["simple", "label", "matrix"],
            "header" => &["simple"],
            "cookie" => &["form"],
            _ => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        };
        style(object, styles);
        let has_content =
            object.get("content").and_then(Value::as_object).is_some_and(|content| !content.is_empty());
        if has_content {
            object.shift_remove("schema");
        } else {
            object.shift_remove("content");
            if !object.contains_key("schema") {
                self.warn(Code::Missing, place, "`schema` is missing; any text is taken");
                object.insert("schema".to_owned(), json!({"type": "string"}));
            }
        }
    }

    /// A parameter or header of 3.0 that is written like one of 2.0, with its type beside it, gets its schema.
    pub(super) fn with_schema(
        &mut self,
        mut object: Map<String, Value>,
        kind: Kind,
        place: &Place,
    ) -> Map<String, Value> {
        let is_old = matches!(kind, Kind::Parameter | Kind::Header)
            && object.contains_key("type")
            && !object.contains_key("schema")
            && !object.contains_key("content");
        if is_old {
            self.warn(
                Code::WrongType,
                &place.key("type"),
                "the type belongs into `schema`; it is read as if it were there",
            );
            let schema = swagger::take_schema(&mut object);
            object.insert("schema".to_owned(), schema);
        }
        object
    }
}

/// A style that does not exist where it stands falls back to the default.
pub(super) fn style(object: &mut Map<String, Value>, allowed: &[&str]) {
    let fits = object.get("style").and_then(Value::as_str).is_none_or(|style| allowed.contains(&style));
    if !fits {
        object.shift_remove("style");
    }
}
