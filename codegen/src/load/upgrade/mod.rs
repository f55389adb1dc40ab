//! Other dialects to OpenAPI 3.0, as value trees. What 3.0 cannot say is parked; what moves keeps a note of where it was
//! written. Never judges what is wrong in every dialect.

mod schema_31;
mod swagger;

pub(super) use self::swagger::take_schema;

use super::read::Dialect;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::grammar::Kind;
use crate::openapi::{Visitor, origin, parked, walk};
use serde_json::{Map, Value, json};

pub(super) fn upgrade(
    mut tree: Value,
    dialect: Dialect,
    root: &Place,
    diagnostics: &mut Diagnostics,
) -> Value {
    if dialect == Dialect::Swagger2 {
        tree = swagger::document(tree, root, diagnostics);
    }
    walk(&mut tree, Kind::Document, root, &mut Upgrade { dialect, diagnostics });
    if dialect == Dialect::V31 {
        document(&mut tree, root, diagnostics);
    }
    tree
}

struct Upgrade<'a> {
    dialect: Dialect,
    diagnostics: &'a mut Diagnostics,
}

impl Visitor for Upgrade<'_> {
    /// Children come first.
    fn leave(&mut self, value: &mut Value, kind: Kind, place: &Place) {
        match (kind, self.dialect) {
            (Kind::Schema, Dialect::V31) => schema_31::schema(value, place, self.diagnostics),
            (Kind::Schema, dialect) => {
                if dialect == Dialect::Swagger2 {
                    swagger::schema(value, place, self.diagnostics);
                }
                self.newer(value, place);
                schema_31::wrap_reference(value, place);
            }
            (Kind::PathItem, Dialect::V31) => path_item(value, place),
            (Kind::MediaType, Dialect::V31) => item_schema(value, place),
            (Kind::Encoding, _) => joined(value),
            _ => {}
        }
    }
}

/// Keywords of 3.1 that documents of 3.0 use, and mean as 3.1 does.
const NEWER: [&str; 8] = [
    "const",
    "prefixItems",
    "patternProperties",
    "propertyNames",
    "contentEncoding",
    "contentMediaType",
    "unevaluatedProperties",
    "if",
];

impl Upgrade<'_> {
    /// A schema of an older dialect with keywords of 3.1 is read as one of 3.1.
    fn newer(&mut self, value: &mut Value, place: &Place) {
        let message = if let Some(key) = NEWER.iter().find(|key| value.get(**key).is_some()) {
            let message = format!("`{key}` is a keyword of OpenAPI 3.1; it is read as there");
            Diagnostic::warning(Code::UnknownKey, place.key(key), message)
        } else if value.get("type").is_some_and(Value::is_array) {
            let message = "a list of types is of OpenAPI 3.1; it is read as there";
            Diagnostic::warning(Code::WrongType, place.key("type"), message)
        } else {
            return;
        };
        self.diagnostics.push(message);
        schema_31::schema(value, place, self.diagnostics);
    }
}

/// What 3.1 and 3.2 have at the top.
fn document(tree: &mut Value, root: &Place, diagnostics: &mut Diagnostics) {
    let Some(object) = tree.as_object_mut() else { return };
    if let Some(webhooks) = object.shift_remove("webhooks").as_ref().and_then(Value::as_object) {
        for name in webhooks.keys() {
            let message = format!("the webhook `{name}` is not part of a client: the service calls it");
            let place = root.key("webhooks").key(name);
            diagnostics.push(Diagnostic::warning(Code::UnsupportedPart, place, message));
        }
    }
    if let Some(components) = object.get_mut("components").and_then(Value::as_object_mut) {
        // Each stands in the place of the references to it.
        components.shift_remove("pathItems");
        components.shift_remove("mediaTypes");
    }
    object.entry("paths").or_insert_with(|| json!({}));
    object.insert("openapi".to_owned(), "3.0.3".into());
}

/// Methods beyond those of 3.0.
fn path_item(value: &mut Value, place: &Place) {
    let Some(object) = value.as_object_mut() else { return };
    let mut more: Map<String, Value> = Map::new();
    if let Some(Value::Object(additional)) = object.shift_remove("additionalOperations") {
        let place = place.key("additionalOperations");
        for (method, mut operation) in additional {
            origin::note(&mut operation, &place.key(&method));
            more.insert(method, operation);
        }
    }
    if let Some(mut query) = object.shift_remove("query") {
        origin::note(&mut query, &place.key("query"));
        more.insert("QUERY".to_owned(), query);
    }
    if !more.is_empty() {
        parked::set_operations(object, more);
    }
}

fn item_schema(value: &mut Value, place: &Place) {
    if let Some(object) = value.as_object_mut()
        && let Some(mut item) = object.shift_remove("itemSchema")
    {
        origin::note(&mut item, &place.key("itemSchema"));
        parked::set_item_schema(object, item);
    }
}

/// The typed parse takes a missing `explode` for `false`; one that is written gets a mark.
fn joined(value: &mut Value) {
    if let Some(object) =
        value.as_object_mut().filter(|object| object.get("explode") == Some(&Value::Bool(false)))
    {
        parked::set_joined(object);
    }
}
