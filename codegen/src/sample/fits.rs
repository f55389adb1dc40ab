//! Whether a value is one of a schema, as far as a sample has to be.

use super::scalar;
use crate::read::{Keywords, Kind, Node, Schemas};
use openapiv3::AdditionalProperties;
use serde_json::Value;

/// Deeper than this anything fits.
const DEPTH: usize = 8;

/// Whether an example is what it claims to be, as far as a sample has to be.
pub(super) fn fits<'a>(schemas: &Schemas<'a>, value: &Value, node: Node<'a>) -> bool {
    fits_to(schemas, value, node, DEPTH)
}

fn fits_to<'a>(schemas: &Schemas<'a>, value: &Value, node: Node<'a>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    let schema = match node {
        Node::Reference(_) => {
            return schemas.target(node).is_some_and(|target| fits_to(schemas, value, target, depth));
        }
        Node::Schema(schema) => schema,
    };
    let keywords = Keywords::of(schema);
    if value.is_null() {
        return schemas.is_nullable(node);
    }
    if !keywords.values.is_empty() && !keywords.values.contains(value) {
        return false;
    }
    let of_kind = match keywords.kind {
        Some(Kind::String) => {
            value.as_str().is_some_and(|text| scalar::fits(text, &keywords.format, &keywords.bounds))
        }
        Some(Kind::Integer) => value
            .as_f64()
            .is_some_and(|number| number.fract() == 0.0 && scalar::in_range(number, &keywords.bounds)),
        Some(Kind::Number) => value.as_f64().is_some_and(|number| scalar::in_range(number, &keywords.bounds)),
        Some(Kind::Boolean) => value.is_boolean(),
        Some(Kind::Array) => value.is_array(),
        Some(Kind::Object) => value.is_object(),
        None => !keywords.is_object() || value.is_object(),
    };
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let counted = keywords.bounds.min_items.is_none_or(|min| items.len() >= min)
        && keywords.bounds.max_items.is_none_or(|max| items.len() <= max);
    let (one_of, any_of) = (keywords.one_of, keywords.any_of);
    of_kind
        && (counted || !value.is_array())
        && keywords.items.is_none_or(|node| items.iter().all(|item| fits_to(schemas, item, node, depth)))
        && keywords.all_of.iter().all(|part| fits_to(schemas, value, part.into(), depth))
        && [one_of, any_of].iter().all(|variants| {
            variants.is_empty() || variants.iter().any(|node| fits_to(schemas, value, node.into(), depth))
        })
        && members_fit(schemas, value, &keywords, depth)
}

fn members_fit<'a>(schemas: &Schemas<'a>, value: &Value, keywords: &Keywords<'a>, depth: usize) -> bool {
    let Some(members) = value.as_object() else { return true };
    let declared =
        |name: &String| keywords.properties.is_some_and(|properties| properties.contains_key(name));
    let is_closed = matches!(keywords.additional, Some(AdditionalProperties::Any(false)));
    let more = match keywords.additional {
        Some(AdditionalProperties::Schema(schema)) => Some(Node::from(&**schema)),
        _ => None,
    };
    keywords.required.iter().all(|name| members.contains_key(name))
        && members.keys().all(|name| declared(name) || !is_closed)
        && members.iter().all(|(name, member)| {
            let known = keywords.properties.and_then(|properties| properties.get(name)).map(Node::from);
            known.or(more).is_none_or(|node| fits_to(schemas, member, node, depth))
        })
}
