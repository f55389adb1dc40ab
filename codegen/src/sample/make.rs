//! Values that are made up of a schema.

use super::fits::fits;
use super::scalar;
use crate::read::{Keywords, Kind, Node, Schemas};
use crate::resolve::name_of;
use openapiv3::{AdditionalProperties, Discriminator};
use serde_json::{Map, Value, json};

/// How much of a value is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// What a request needs.
    Least,
    /// What an answer has: with optional properties, and without those that are only written.
    Whole,
}

impl Extent {
    /// Deeper than this nothing is made. Whole values grow faster.
    const fn depth(self) -> usize {
        match self {
            Self::Least => 14,
            Self::Whole => 6,
        }
    }

    /// Schemas that are looked at for one value: a document may ask for a tree that no machine has time for.
    const fn work(self) -> usize {
        match self {
            Self::Least => 20_000,
            Self::Whole => 2_000,
        }
    }
}

/// A value of a schema. `None` if there is none, for example because the schema contains itself without an end.
pub(super) fn make<'a>(schemas: &Schemas<'a>, node: Node<'a>, extent: Extent) -> Option<Value> {
    Maker { schemas, extent, work: extent.work() }.made(node, extent.depth())
}

/// The making of one value.
pub(super) struct Maker<'s, 'a> {
    pub(super) schemas: &'s Schemas<'a>,
    extent: Extent,
    /// How many more schemas may be looked at.
    work: usize,
}

impl<'a> Maker<'_, 'a> {
    pub(super) fn made(&mut self, node: Node<'a>, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.work = self.work.checked_sub(1)?;
        let schema = match node {
            // A reference is no level of its own; circles of references are refused before.
            Node::Reference(_) => {
                let component = node.component()?;
                let target = self.schemas.target(node)?;
                // A parent that is told apart by its children is never sent as itself.
                let child = self.a_child(&component).and_then(|(child, discriminator)| {
                    Some(tagged(self.made(child, depth)?, child, discriminator))
                });
                return child.or_else(|| self.made(target, depth + 1));
            }
            Node::Schema(schema) => schema,
        };
        let keywords = Keywords::of(schema);
        // Examples of single properties show what answers look like; put together they need not be a request.
        let example = keywords.data.example.as_ref().filter(|_| self.extent == Extent::Whole);
        let own = [example, keywords.data.default.as_ref()];
        if let Some(value) = own.into_iter().flatten().find(|value| fits(self.schemas, value, node)) {
            return Some(value.clone());
        }
        if let Some(value) = keywords.values.iter().find(|value| !value.is_null()).or(keywords.values.first())
        {
            return Some(value.clone());
        }
        let variants = if keywords.one_of.is_empty() { keywords.any_of } else { keywords.one_of };
        if !keywords.all_of.is_empty() || !variants.is_empty() {
            return self.composed(&keywords, node, variants, depth);
        }
        match keywords.kind {
            _ if keywords.is_object() => self.object(&keywords, depth).map(Value::Object),
            Some(Kind::Array) => self.list(&keywords, depth),
            None if keywords.items.is_some() => self.list(&keywords, depth),
            Some(Kind::String) => Some(scalar::string(&keywords.format, &keywords.bounds)),
            Some(Kind::Integer) => Some(scalar::number(&keywords.bounds, true)),
            Some(Kind::Number) => Some(scalar::number(&keywords.bounds, false)),
            Some(Kind::Boolean) => Some(json!(true)),
            _ if keywords.is_null() => Some(Value::Null),
            _ if !keywords.format.is_empty() => Some(scalar::string(&keywords.format, &keywords.bounds)),
            _ => Some(json!("sample")),
        }
    }

    /// The first child of a component that names its children by a discriminator.
    fn a_child(&self, component: &str) -> Option<(Node<'a>, &'a Discriminator)> {
        let schema = self.schemas.document().schema(component)?.as_item()?;
        let keywords = Keywords::of(schema);
        let discriminator = keywords.data.discriminator.as_ref()?;
        let has_variants = !keywords.one_of.is_empty() || !keywords.any_of.is_empty();
        if has_variants {
            return None;
        }
        let children = self.schemas.children(component);
        let mut mapped = discriminator.mapping.values().map(String::as_str);
        let child = mapped.find(|target| children.contains(&name_of(target)))?;
        Some((Node::Reference(child), discriminator))
    }

    pub(super) fn object(&mut self, keywords: &Keywords<'a>, depth: usize) -> Option<Map<String, Value>> {
        let mut members = Map::new();
        for (name, node) in keywords.properties.into_iter().flatten() {
            let node = Node::from(node);
            let is_required = keywords.required.contains(name);
            if self.extent == Extent::Whole {
                let is_write_only = matches!(node, Node::Schema(schema) if schema.schema_data.write_only);
                match self.made(node, depth).filter(|_| !is_write_only) {
                    Some(value) => drop(members.insert(name.clone(), value)),
                    None if is_required && !is_write_only => return None,
                    None => {}
                }
                continue;
            }
            let is_read_only = matches!(node, Node::Schema(schema) if schema.schema_data.read_only);
            if is_required && !is_read_only {
                members.insert(name.clone(), self.made(node, depth)?);
            }
        }
        for name in keywords.required {
            let is_declared = keywords.properties.is_some_and(|properties| properties.contains_key(name));
            if !is_declared && !members.contains_key(name) {
                let value = match keywords.additional {
                    Some(AdditionalProperties::Schema(schema)) => self.made(Node::from(&**schema), depth)?,
                    _ => json!("sample"),
                };
                members.insert(name.clone(), value);
            }
        }
        let missing = keywords.bounds.min_properties.unwrap_or_default().saturating_sub(members.len());
        let optional =
            keywords.properties.into_iter().flatten().filter(|(name, _)| !keywords.required.contains(name));
        for (name, node) in optional.take(missing) {
            members.extend(self.made(node.into(), depth).map(|value| (name.clone(), value)));
        }
        let missing = keywords.bounds.min_properties.unwrap_or_default().saturating_sub(members.len());
        if let Some(AdditionalProperties::Schema(schema)) = keywords.additional {
            for number in 0..missing.min(8) {
                let value = self.made(Node::from(&**schema), depth)?;
                members.insert(format!("key{number}"), value);
            }
        }
        Some(members)
    }

    fn list(&mut self, keywords: &Keywords<'a>, depth: usize) -> Option<Value> {
        let least = keywords.bounds.min_items.unwrap_or_default();
        let most = keywords.bounds.max_items.unwrap_or(usize::MAX);
        let item = match keywords.items {
            Some(items) => self.made(items, depth),
            None => Some(json!("sample")),
        };
        match item {
            Some(item) => Some(Value::Array(vec![item; least.max(1).min(most).min(64)])),
            None => (least == 0).then(|| json!([])),
        }
    }
}

/// A variant with the value that its discriminator needs.
pub(super) fn tagged(mut value: Value, node: Node<'_>, discriminator: &Discriminator) -> Value {
    let Some(component) = node.component() else { return value };
    let mapped = discriminator.mapping.iter().find(|(_, target)| name_of(target) == component);
    let tag = mapped.map_or(component.as_str(), |(tag, _)| tag.as_str());
    if let Some(members) = value.as_object_mut() {
        members.insert(discriminator.property_name.clone(), tag.into());
    }
    value
}
