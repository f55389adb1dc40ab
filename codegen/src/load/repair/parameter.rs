//! Repairs of parameters and headers: where they are, how they are written, and what they hold.

use super::Repair;
use crate::diagnostic::{Code, Place};
use crate::load::upgrade::take_schema;
use crate::openapi::grammar::Kind;
use crate::openapi::parked;
use serde_json::{Map, Value, json};

impl Repair<'_> {
    pub(super) fn parameter(&mut self, object: &mut Map<String, Value>, kind: Kind, place: &Place) {
        let location = object.get("in").and_then(Value::as_str).unwrap_or("header").to_owned();
        if kind == Kind::Parameter {
            self.require(object, "name", "".into(), place);
            if !matches!(location.as_str(), "query" | "path" | "header" | "cookie")
                || !object.contains_key("in")
            {
                if location != parked::QUERY_STRING {
                    self.warn(
                        Code::WrongType,
                        &place.key("in"),
                        "a parameter is in query, path, header or cookie",
                    );
                }
                parked::set_location(object, &location);
                object.insert("in".to_owned(), "query".into());
            }
        }
        let styles: &[&str] = match location.as_str() {
            "path" => &["simple", "label", "matrix"],
            "header" => &["simple"],
            "cookie" => &["form"],
            _ => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        };
        self.style(object, styles, place);
        let has_content =
            object.get("content").and_then(Value::as_object).is_some_and(|content| !content.is_empty());
        if has_content {
            if object.shift_remove("schema").is_some() {
                let message = "beside `content` there is no `schema`; this one is left out";
                self.warn(Code::WrongType, &place.key("schema"), message);
            }
        } else {
            object.shift_remove("content");
            if !object.contains_key("schema") {
                self.warn(Code::Missing, place, "`schema` is missing; any text is taken");
                object.insert("schema".to_owned(), json!({"type": "string"}));
            }
        }
    }

    /// A parameter or header of 3.0 that is written like one of 2.0, with its type beside it, gets its schema.
    pub(super) fn with_schema(&mut self, object: &mut Map<String, Value>, kind: Kind, place: &Place) {
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
            let schema = take_schema(object, place);
            object.insert("schema".to_owned(), schema);
        }
    }

    pub(super) fn encoding(&mut self, object: &mut Map<String, Value>, place: &Place) {
        self.style(object, &["form", "spaceDelimited", "pipeDelimited", "deepObject"], place);
        let headers = object.get("headers").and_then(Value::as_object);
        if headers.is_some_and(|headers| !headers.is_empty()) {
            let message = "headers of parts are not sent";
            self.warn(Code::UnsupportedPart, &place.key("headers"), message);
        }
    }

    /// A style that does not exist where it stands falls back to the default.
    fn style(&mut self, object: &mut Map<String, Value>, allowed: &[&str], place: &Place) {
        let style = object.get("style").and_then(Value::as_str);
        if let Some(style) = style.filter(|style| !allowed.contains(style)) {
            let message = format!("there is no style `{style}` here; the usual one is taken");
            object.shift_remove("style");
            self.warn(Code::WrongType, &place.key("style"), message);
        }
    }
}
