//! Discriminators: named ones, those that a schema's children inherit, and the constants that stand for them.

use super::described::Described;
use super::object::structure;
use crate::diagnostic::Place;
use crate::ir::{Shape, Tag, Type, Union, Unnamed, Variant};
use crate::lower::lowering::Lower;
use crate::read::doc;
use crate::read::{Keywords, Node, Placed};
use crate::resolve::name_of;
use openapiv3::Discriminator;

impl<'a> Lower<'a> {
    /// A union by its discriminator. `None` if a variant is no object or has no value of the tag.
    pub(super) fn tagged(
        &mut self,
        nodes: &[&Placed<'a>],
        discriminator: &Discriminator,
        hint: &str,
    ) -> Option<Union> {
        let tag = &discriminator.property_name;
        let mut union = Union { tag: Some(Tag::of(tag)), variants: Vec::new() };
        for part in nodes {
            let tags = self.tags_of(part.node, Some(discriminator));
            if tags.is_empty() || !self.schemas.is_of_objects(part.node) {
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
    pub(super) fn tags_of(&self, node: Node<'a>, discriminator: Option<&Discriminator>) -> Vec<String> {
        let Some(discriminator) = discriminator else { return Vec::new() };
        let constants = self.schemas.constants_of(node, &discriminator.property_name);
        tags(node.component(), constants, discriminator)
    }

    /// A component with a discriminator and no `oneOf`: the union of the components that extend it.
    pub(super) fn inherited_union(
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
            let constants = target
                .map(|node| self.schemas.constants_of(node, &discriminator.property_name))
                .unwrap_or_default();
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
            Described::Shape(shape) => shape,
            Described::Type(_) => Shape::Struct(structure(Vec::new(), Some(Type::Any))),
        };
        let id = self.define(&hint, node, shape);
        let ty = Some(Type::Named(id));
        union.variants.push(Variant { hint: "Base".into(), name: Unnamed, doc: String::new(), tags, ty });
    }

    fn descendants(&self, name: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut queue = vec![name.to_owned()];
        while let Some(next) = queue.pop() {
            for child in self.schemas.children(&next) {
                if child != name && !found.contains(child) {
                    found.push(child.clone());
                    queue.push(child.clone());
                }
            }
        }
        found
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
