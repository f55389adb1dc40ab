//! What objects of each kind must have, and what only some of them may.

use super::{Repair, schema, security};
use crate::diagnostic::{Code, Place};
use crate::openapi::grammar::Kind;
use serde_json::{Map, Value, json};

impl Repair<'_> {
    /// Gives an object what its kind requires; its members are repaired already.
    pub(super) fn complete(&mut self, object: &mut Map<String, Value>, kind: Kind, place: &Place) {
        match kind {
            Kind::Document => self.document(object, place),
            Kind::Components => self.components(object, place),
            Kind::Info => {
                for key in ["title", "version"] {
                    self.require(object, key, "".into(), place);
                }
                object.shift_remove("contact");
                object.shift_remove("license");
            }
            Kind::Operation => self.operation(object, place),
            Kind::Response => self.require(object, "description", "".into(), place),
            Kind::Server => self.require(object, "url", "/".into(), place),
            Kind::ServerVariable => self.require(object, "default", "".into(), place),
            Kind::Tag => self.require(object, "name", "".into(), place),
            Kind::RequestBody => self.require(object, "content", json!({}), place),
            Kind::Schema => schema::complete(self, object, place),
            Kind::Parameter | Kind::Header => self.parameter(object, kind, place),
            Kind::Encoding => self.encoding(object, place),
            _ => {}
        }
        if matches!(kind, Kind::Document | Kind::Operation | Kind::Schema | Kind::Tag) {
            object.shift_remove("externalDocs");
        }
    }

    pub(super) fn require(
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

    fn document(&mut self, object: &mut Map<String, Value>, place: &Place) {
        self.require(object, "info", json!({"title": "", "version": ""}), place);
        self.require(object, "paths", json!({}), place);
        object.insert("openapi".to_owned(), "3.0.3".into());
        self.requirements(object, place);
    }

    fn components(&mut self, object: &mut Map<String, Value>, place: &Place) {
        if let Some(schemes) = object.get_mut("securitySchemes") {
            security::schemes(schemes, &place.key("securitySchemes"), self.diagnostics);
        }
        // The typed model of callbacks knows no references, and they are not part of a client.
        object.shift_remove("callbacks");
    }

    fn operation(&mut self, object: &mut Map<String, Value>, place: &Place) {
        self.require(object, "responses", json!({}), place);
        if object.shift_remove("callbacks").is_some() {
            let message = "callbacks are not part of a client: the service calls them";
            self.warn(Code::UnsupportedPart, &place.key("callbacks"), message);
        }
        self.requirements(object, place);
    }

    fn requirements(&mut self, object: &mut Map<String, Value>, place: &Place) {
        if let Some(security) = object.get_mut("security") {
            *security = security::requirements(security, &place.key("security"), self.diagnostics);
        }
    }
}
