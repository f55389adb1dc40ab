//! Other dialects to OpenAPI 3.0, as value trees. What 3.0 cannot say is parked under `x-` keys.

mod schema_31;
pub(in crate::load) mod swagger;

use super::read::Dialect;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, at_key};
use crate::openapi::grammar::{Form, Kind, foreign_member, is_extension, member};
use serde_json::{Value, json};

pub(in crate::load) fn upgrade(
    mut tree: Value,
    dialect: Dialect,
    root: &Place,
    diagnostics: &mut Diagnostics,
) -> Value {
    match dialect {
        Dialect::V30 => walk(&mut tree, Kind::Document, root, &mut |value, kind, place| match kind {
            Kind::Schema => {
                newer(value, place, diagnostics);
                schema_31::wrap_reference(value);
            }
            Kind::Encoding => joined(value),
            _ => {}
        }),
        Dialect::V31 => {
            walk(&mut tree, Kind::Document, root, &mut |value, kind, place| match kind {
                Kind::Schema => schema_31::schema(value, place, diagnostics),
                Kind::PathItem => path_item(value),
                Kind::Encoding => joined(value),
                Kind::MediaType => rename(value, "itemSchema", "x-item-schema"),
                _ => {}
            });
            if let Some(object) = tree.as_object_mut() {
                if let Some(webhooks) = object.remove("webhooks").as_ref().and_then(Value::as_object) {
                    for name in webhooks.keys() {
                        let message =
                            format!("the webhook `{name}` is not part of a client: the service calls it");
                        let place = root.key("webhooks").key(name);
                        diagnostics.push(Diagnostic::warning(Code::UnsupportedPart, place, message));
                    }
                }
                object.remove("jsonSchemaDialect");
                object.entry("paths").or_insert_with(|| json!({}));
                object.insert("openapi".to_owned(), "3.0.3".into());
            }
        }
        Dialect::Swagger2 => {
            tree = swagger::document(tree, root, diagnostics);
            walk(&mut tree, Kind::Document, root, &mut |value, kind, _| {
                if kind == Kind::Schema {
                    swagger::schema(value);
                    schema_31::wrap_reference(value);
                }
            });
        }
    }
    tree
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

/// A schema of 3.0 with keywords of 3.1 is read as one of 3.1.
fn newer(value: &mut Value, place: &Place, diagnostics: &mut Diagnostics) {
    let found = NEWER.iter().find(|key| value.get(**key).is_some());
    if let Some(key) = found {
        let message = format!("`{key}` is a keyword of OpenAPI 3.1; it is read as there");
        diagnostics.push(Diagnostic::warning(Code::UnknownKey, place.key(key), message));
        schema_31::schema(value, place, diagnostics);
    }
}

/// Methods beyond those of 3.0.
fn path_item(value: &mut Value) {
    if let Some(object) = value.as_object_mut() {
        let mut more = object.remove("additionalOperations").unwrap_or_else(|| json!({}));
        if let (Some(query), Some(more)) = (object.remove("query"), more.as_object_mut()) {
            more.insert("QUERY".to_owned(), query);
        }
        if more.as_object().is_some_and(|more| !more.is_empty()) {
            object.insert("x-additional-operations".to_owned(), more);
        }
    }
}

/// The typed parse takes a missing `explode` for `false`; one that is written gets a mark.
fn joined(value: &mut Value) {
    if let Some(object) =
        value.as_object_mut().filter(|object| object.get("explode") == Some(&Value::Bool(false)))
    {
        object.insert("x-joined".to_owned(), true.into());
    }
}

fn rename(value: &mut Value, from: &str, to: &str) {
    if let Some(object) = value.as_object_mut()
        && let Some(member) = object.remove(from)
    {
        object.insert(to.to_owned(), member);
    }
}

type Visit<'a> = &'a mut dyn FnMut(&mut Value, Kind, &Place);

/// Visits every object of the document, children before parents.
pub(in crate::load) fn walk(value: &mut Value, kind: Kind, place: &Place, visit: Visit<'_>) {
    if let Some(object) = value.as_object_mut() {
        for (key, member_value) in object.iter_mut() {
            let Some(form) = member(kind, key).or_else(|| foreign_member(kind, key)) else { continue };
            let place = at_key(place, key, member_value);
            match form {
                Form::Node(kind) => match member_value {
                    Value::Array(items) => walk_items(items, kind, &place, visit),
                    _ => walk(member_value, kind, &place, visit),
                },
                Form::FlagOrSchema if member_value.is_object() => {
                    walk(member_value, Kind::Schema, &place, visit)
                }
                Form::List(kind) => {
                    walk_items(
                        member_value.as_array_mut().map_or(&mut [], Vec::as_mut_slice),
                        kind,
                        &place,
                        visit,
                    );
                }
                Form::Map(kind) => {
                    for (key, member) in member_value.as_object_mut().into_iter().flatten() {
                        if !is_extension(kind, key) {
                            let place = at_key(&place, key, member);
                            walk(member, kind, &place, visit);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    visit(value, kind, place);
}

fn walk_items(items: &mut [Value], kind: Kind, place: &Place, visit: Visit<'_>) {
    for (index, item) in items.iter_mut().enumerate() {
        walk(item, kind, &place.index(index), visit);
    }
}
