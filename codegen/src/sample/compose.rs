//! Values of several schemas at once: the parts of an `allOf`, and a variant of a union.

use super::fits::fits;
use super::make::{Maker, tagged};
use crate::read::{Keywords, Node, Schemas};
use openapiv3::{ReferenceOr, Schema};
use serde_json::{Map, Value};

/// Parts of parts are looked at this deep for whether they say what values are.
const DEPTH: usize = 8;

impl<'a> Maker<'_, 'a> {
    /// The objects of all parts, put together; of several variants the first that can be made.
    pub(super) fn composed(
        &mut self,
        keywords: &Keywords<'a>,
        node: Node<'a>,
        variants: &'a [ReferenceOr<Schema>],
        depth: usize,
    ) -> Option<Value> {
        let mut parts: Vec<Value> = Vec::new();
        for part in keywords.all_of {
            // A part that is a component stands for itself here, not for one of its children.
            let part = match Node::from(part) {
                node @ Node::Reference(_) => self.schemas.target(node)?,
                node @ Node::Schema(_) => node,
            };
            if says_shape(part, DEPTH) {
                parts.extend(self.made(part, depth));
            }
        }
        let variant = self.variant(keywords, variants, depth);
        if !variants.is_empty() && variant.is_none() && parts.is_empty() {
            return variants.iter().any(|node| self.schemas.is_nullable(node.into())).then_some(Value::Null);
        }
        parts.extend(variant);
        if keywords.properties.is_some() || !keywords.required.is_empty() {
            parts.extend(self.object(keywords, depth).map(Value::Object));
        }
        let mut merged = Map::new();
        for part in &parts {
            let Value::Object(members) = part else { return Some(part.clone()) };
            merged.extend(members.clone());
        }
        // A part may ask for what another one declares.
        let properties = self.schemas.properties(node);
        for name in required(self.schemas, node) {
            if let Some((_, node)) = properties.iter().find(|(known, _)| *known == name)
                && !merged.get(name).is_some_and(|value| fits(self.schemas, value, *node))
            {
                merged.insert(name.to_owned(), self.made(*node, depth)?);
            }
        }
        Some(Value::Object(merged))
    }

    /// The value of a variant: of `oneOf` one that no other variant takes, if there is one.
    fn variant(
        &mut self,
        keywords: &Keywords<'a>,
        variants: &'a [ReferenceOr<Schema>],
        depth: usize,
    ) -> Option<Value> {
        let schemas = self.schemas;
        let nodes = || variants.iter().map(Node::from);
        let made = |node| {
            let value = self.made(node, depth).filter(|value| !value.is_null())?;
            Some(match keywords.data.discriminator.as_ref() {
                Some(discriminator) => tagged(value, node, discriminator),
                None => value,
            })
        };
        let fits_once = |value: &Value| nodes().filter(|node| fits(schemas, value, *node)).count() == 1;
        let mut candidates = nodes().filter(|node| says_shape(*node, DEPTH)).filter_map(made);
        let first = candidates.next()?;
        if keywords.one_of.is_empty() || fits_once(&first) {
            return Some(first);
        }
        Some(candidates.find(fits_once).unwrap_or(first))
    }
}

/// Whether a schema says what its values are; one that only asks for properties, or describes, does not.
fn says_shape(node: Node<'_>, depth: usize) -> bool {
    let (Node::Schema(schema), Some(depth)) = (node, depth.checked_sub(1)) else { return true };
    let keywords = Keywords::of(schema);
    let mut parts = keywords.all_of.iter().chain(keywords.one_of).chain(keywords.any_of);
    if keywords.is_combined() && !keywords.has_own_shape() {
        return parts.any(|part| says_shape(part.into(), depth));
    }
    keywords.has_shape()
}

/// The properties that an object and the parts of its `allOf` require.
fn required<'a>(schemas: &Schemas<'a>, node: Node<'a>) -> Vec<&'a str> {
    let mut found: Vec<&'a str> = Vec::new();
    schemas.each_part(node, &mut |keywords| {
        // Of variants that only ask for properties, the first is as good as any.
        let variants = if keywords.one_of.is_empty() { keywords.any_of } else { keywords.one_of };
        if let Some(ReferenceOr::Item(variant)) = variants.first()
            && !says_shape(Node::Schema(variant), DEPTH)
        {
            found.extend(Keywords::of(variant).required.iter().map(String::as_str));
        }
        found.extend(keywords.required.iter().map(String::as_str));
    });
    found
}
