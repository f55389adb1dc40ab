//! Discriminators that a schema's children inherit.

use super::described::Described;
use super::object::structure;
use super::tags::tags;
use crate::diagnostic::Place;
use crate::ir::{Shape, Tag, Type, Union, Unnamed, Variant};
use crate::lower::lowering::Lower;
use crate::read::{Keywords, Node};
use crate::resolve::name_of;
use openapiv3::Discriminator;

impl<'a> Lower<'a> {
    /// A component with a discriminator and no `oneOf`: the union of the components that extend it.
    pub(super) fn inherited_union(
        &mut self,
        name: &str,
        keywords: &Keywords<'a>,
        node: Node<'a>,
        place: &Place,
    ) -> Option<Union> {
        let discriminator = keywords.data.discriminator.as_ref()?;
        if !self.schemas.is_parent(node) {
            return None;
        }
        let children = self.schemas.descendants(name);
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
        let described = self.of_its_own(name, node, &hint, place);
        let shape = match described {
            Described::Shape(shape) => shape,
            Described::Type(_) => Shape::Struct(structure(Vec::new(), Some(Type::Any))),
        };
        let id = self.define(&hint, node, shape);
        let ty = Some(Type::Named(id));
        union.variants.push(Variant { hint: "Base".into(), name: Unnamed, doc: String::new(), tags, ty });
    }
}
