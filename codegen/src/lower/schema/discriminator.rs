//! Discriminators: named ones, those that a schema's children inherit, and the constants that stand for them.

use super::compose::Placed;
use super::object::structure;
use crate::diagnostic::Place;
use crate::ir::{Shape, Tag, Type, Union, Unnamed, Variant};
use crate::lower::Lower;
use crate::read::doc;
use crate::read::{Keywords, Node};
use crate::resolve::{Document, name_of};
use openapiv3::Discriminator;
use serde_json::Value;
use std::collections::HashMap;

/// The components that name another one in their `allOf`, by that other's name, in the document's order.
pub(crate) fn children(document: &Document) -> HashMap<String, Vec<String>> {
    let mut children: HashMap<String, Vec<String>> = HashMap::new();
    for (name, schema) in document.schemas() {
        let Node::Schema(schema) = Node::from(schema) else { continue };
        for parent in Keywords::of(schema).all_of.iter().filter_map(|part| Node::from(part).component()) {
            children.entry(parent).or_default().push(name.to_owned());
        }
    }
    children
}

impl<'a> Lower<'a> {
    /// A union by its discriminator. `None` if a variant is no object or has no value of the tag.
    pub(crate) fn tagged(
        &mut self,
        nodes: &[&Placed<'a>],
        discriminator: &Discriminator,
        hint: &str,
    ) -> Option<Union> {
        let tag = &discriminator.property_name;
        let mut union = Union { tag: Some(Tag::of(tag)), variants: Vec::new() };
        for part in nodes {
            let tags = self.tags_of(part.node, Some(discriminator));
            if tags.is_empty() || !self.is_objectlike(part.node) {
                return None;
            }
            let name = self.variant_hint(part.node);
            let ty = self.bare(part.node, &format!("{hint} {name}"), &part.place);
            let doc = doc::of(part.node).0;
            union.variants.push(Variant { hint: name.into(), name: Unnamed, doc, tags, ty: Some(ty) });
        }
        self.mapped_variants(discriminator, &mut union);
        Some(union)
    }

    /// Variants that only the mapping names.
    fn mapped_variants(&mut self, discriminator: &Discriminator, union: &mut Union) {
        for (tag, target) in &discriminator.mapping {
            let name = name_of(target);
            let Some(id) = self.components.get(&name).copied() else { continue };
            if union.variants.iter().any(|variant| variant.tags.contains(tag)) {
                continue;
            }
            let ty = Some(Type::Named(id));
            match union.variants.iter_mut().find(|variant| variant.ty == ty) {
                Some(variant) => variant.tags.push(tag.clone()),
                None => union.variants.push(Variant {
                    hint: name.into(),
                    name: Unnamed,
                    doc: String::new(),
                    tags: vec![tag.clone()],
                    ty,
                }),
            }
        }
    }

    /// The values of the tag that stand for a variant: those mapped to it, else the constants it allows, else its
    /// name.
    pub(crate) fn tags_of(&self, node: Node<'a>, discriminator: Option<&Discriminator>) -> Vec<String> {
        let Some(discriminator) = discriminator else { return Vec::new() };
        let constants = self.constant(node, &discriminator.property_name);
        tags(node.component(), constants, discriminator)
    }

    fn is_objectlike(&self, node: Node<'a>) -> bool {
        self.objectlike(node, &mut HashMap::new())
    }

    fn objectlike(&self, node: Node<'a>, known: &mut HashMap<String, bool>) -> bool {
        let schema = match node {
            Node::Reference(_) => return self.fact(node, known, Self::objectlike),
            Node::Schema(schema) => schema,
        };
        let keywords = Keywords::of(schema);
        let mut all = |nodes: &'a [openapiv3::ReferenceOr<openapiv3::Schema>]| {
            !nodes.is_empty() && nodes.iter().all(|node| self.objectlike(node.into(), known))
        };
        keywords.is_object()
            || all(keywords.one_of)
            || all(keywords.any_of)
            || keywords.all_of.iter().any(|node| self.objectlike(node.into(), known))
    }

    /// What is so of the component that a reference leads to. Each component is looked at once for an answer, however many
    /// paths lead to it; in a circle it is not so until something else says that it is.
    pub(crate) fn fact(
        &self,
        reference: Node<'a>,
        known: &mut HashMap<String, bool>,
        is_so: fn(&Self, Node<'a>, &mut HashMap<String, bool>) -> bool,
    ) -> bool {
        let Some(name) = reference.component() else { return false };
        if let Some(answer) = known.get(&name) {
            return *answer;
        }
        let Some(target) = self.document.schema(&name) else { return false };
        known.insert(name.clone(), false);
        let answer = is_so(self, target.into(), known);
        known.insert(name, answer);
        answer
    }

    /// A component with a discriminator and no `oneOf`: the union of the components that extend it.
    pub(crate) fn inherited_union(
        &mut self,
        name: &str,
        keywords: &Keywords<'a>,
        node: Node<'a>,
        place: &Place,
    ) -> Option<Union> {
        let discriminator = keywords.data.discriminator.as_ref()?;
        if !keywords.one_of.is_empty() || !keywords.any_of.is_empty() {
            return None;
        }
        let children = self.descendants(name);
        if children.is_empty() {
            return None;
        }
        let mut union = Union { tag: Some(Tag::of(&discriminator.property_name)), variants: Vec::new() };
        for child in children {
            let Some(id) = self.components.get(&child).copied() else { continue };
            let target = self.document.schema(&child).map(Node::from);
            let constants =
                target.map(|node| self.constant(node, &discriminator.property_name)).unwrap_or_default();
            // An enum of all tags, inherited from the base, singles out no child.
            let constants = if constants.len() == 1 { constants } else { Vec::new() };
            let tags = tags(Some(child.clone()), constants, discriminator);
            let free: Vec<String> = tags
                .into_iter()
                .filter(|tag| union.variants.iter().all(|old| !old.tags.contains(tag)))
                .collect();
            if !free.is_empty() {
                let ty = Some(Type::Named(id));
                union.variants.push(Variant {
                    hint: child.into(),
                    name: Unnamed,
                    doc: String::new(),
                    tags: free,
                    ty,
                });
            }
        }
        self.base_variant(name, discriminator, node, place, &mut union);
        Some(union)
    }

    /// The schema itself may be what a tag names.
    fn base_variant(
        &mut self,
        name: &str,
        discriminator: &Discriminator,
        node: Node<'a>,
        place: &Place,
        union: &mut Union,
    ) {
        let mapped = discriminator.mapping.iter().filter(|(_, target)| name_of(target) == name);
        let mut tags: Vec<String> = mapped.map(|(tag, _)| tag.clone()).collect();
        if tags.is_empty() {
            tags.push(name.to_owned());
        }
        tags.retain(|tag| union.variants.iter().all(|old| !old.tags.contains(tag)));
        if tags.is_empty() {
            return;
        }
        let hint = format!("{name} base");
        self.composing.push(name.to_owned());
        let described = self.describe(node, &hint, place);
        self.composing.pop();
        let shape = match described {
            super::Described::Shape(shape) => shape,
            super::Described::Type(_) => Shape::Struct(structure(Vec::new(), Some(Type::Any))),
        };
        let id = self.define(&hint, node, shape);
        let ty = Some(Type::Named(id));
        union.variants.push(Variant { hint: "Base".into(), name: Unnamed, doc: String::new(), tags, ty });
    }

    fn descendants(&self, name: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut queue = vec![name.to_owned()];
        while let Some(next) = queue.pop() {
            for child in self.children.get(&next).into_iter().flatten() {
                if child != name && !found.contains(child) {
                    found.push(child.clone());
                    queue.push(child.clone());
                }
            }
        }
        found
    }

    /// The constants that a node's property allows, through references and `allOf`.
    pub(crate) fn constant(&self, node: Node<'a>, property: &str) -> Vec<String> {
        let constants = self.constants(node);
        constants.into_iter().filter(|(name, _)| name == property).map(|(_, value)| value).collect()
    }

    /// All properties of a node that are enums of strings, with their values.
    pub(crate) fn constants(&self, node: Node<'a>) -> Vec<(String, String)> {
        let mut parts: Vec<Vec<(&'a str, Vec<String>)>> = Vec::new();
        self.each_part(node, &mut |keywords| {
            let own = keywords.properties.into_iter().flatten();
            let own = own.map(|(name, node)| (name.as_str(), self.string_constants(node.into(), 16)));
            parts.push(own.filter(|(_, values)| !values.is_empty()).collect());
        });
        let mut found: Vec<(String, String)> = Vec::new();
        // A schema refines its parts, so it comes last.
        for (name, values) in parts.into_iter().rev().flatten() {
            found.retain(|(known, _)| known != name);
            found.extend(values.into_iter().map(|value| (name.to_owned(), value)));
        }
        found
    }

    fn string_constants(&self, node: Node<'a>, depth: usize) -> Vec<String> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        match node {
            Node::Reference(_) => {
                let target = node.component().and_then(|name| self.document.schema(&name));
                target.map(|target| self.string_constants(target.into(), depth)).unwrap_or_default()
            }
            Node::Schema(schema) => {
                let values = Keywords::of(schema).values;
                values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
        }
    }
}

/// The values of the tag that stand for a component: mapped ones, else the constants it allows, else its name.
fn tags(name: Option<String>, constants: Vec<String>, discriminator: &Discriminator) -> Vec<String> {
    let mapped: Vec<String> = discriminator
        .mapping
        .iter()
        .filter(|(_, target)| name.as_deref() == Some(name_of(target).as_str()))
        .map(|(tag, _)| tag.clone())
        .collect();
    if !mapped.is_empty() {
        return mapped;
    }
    if constants.is_empty() { name.into_iter().collect() } else { constants }
}
