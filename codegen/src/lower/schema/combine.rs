//! A union beside fields (`properties` and `oneOf` in one schema): each variant becomes a struct of the fields and
//! its own, so that nothing of either is lost.

use super::described::Described;
use super::object::structure;
use crate::diagnostic::Place;
use crate::ir::{Field, Shape, Tag, Type, Union, Unnamed, Variant};
use crate::lower::lowering::Lower;
use crate::read::doc;
use crate::read::{Keywords, Node, Placed};
use openapiv3::Discriminator;

impl<'a> Lower<'a> {
    pub(super) fn spread(
        &mut self,
        variants: &[Placed<'a>],
        nodes: &[Placed<'a>],
        discriminator: Option<&Discriminator>,
        hint: &str,
    ) -> Described {
        let mut base = Vec::new();
        let mut extra = None;
        // Lowering a field may spread another union.
        let outer = std::mem::take(&mut self.merged);
        for part in nodes {
            self.own_fields(part.node, &part.place, hint, &mut base, &mut extra);
        }
        let mut union =
            Union { tag: discriminator.map(|found| Tag::of(&found.property_name)), variants: Vec::new() };
        for part in variants {
            let mut fields = base.clone();
            let mut extra = extra.clone();
            let name = self.variant_hint(part.node);
            let hint = format!("{hint} {name}");
            self.merged.clear();
            match part.node {
                Node::Schema(_) => self.own_fields(part.node, &part.place, &hint, &mut fields, &mut extra),
                Node::Reference(_) => self.all_fields(part.node, &mut fields, &mut extra),
            }
            let shape = Shape::Struct(structure(fields, extra));
            let id = self.define(&hint, part.node, shape);
            let tags = self.tags_of(part.node, discriminator);
            union.variants.push(Variant {
                hint: name.into(),
                name: Unnamed,
                doc: doc::of(part.node).0,
                tags,
                ty: Some(Type::Named(id)),
            });
        }
        if union.tag.is_some() && union.variants.iter().any(|variant| variant.tags.is_empty()) {
            union.tag = None;
        }
        self.merged = outer;
        Described::Shape(Shape::Union(union))
    }

    /// The fields of a node's `properties` and of its `allOf`, not those of its unions.
    fn own_fields(
        &mut self,
        node: Node<'a>,
        place: &Place,
        hint: &str,
        fields: &mut Vec<Field>,
        extra: &mut Option<Type>,
    ) {
        let Node::Schema(schema) = node else { return };
        let keywords = Keywords::of(schema);
        for (at, part) in keywords.all_of.iter().enumerate() {
            let place = place.key("allOf").index(at);
            match Node::from(part) {
                Node::Reference(_) => self.all_fields(part.into(), fields, extra),
                part => self.own_fields(part, &place, hint, fields, extra),
            }
        }
        for (wire, property) in keywords.properties.into_iter().flatten() {
            let place = place.key("properties").key(wire);
            let part = Placed::new(property.into(), place, hint);
            let field = self.field(wire, &[part], keywords.required.contains(wire));
            match fields.iter_mut().find(|old| old.wire == *wire) {
                Some(old) if field.ty == Type::Any => old.presence = stricter(old.presence, field.presence),
                Some(old) => *old = Field { presence: stricter(old.presence, field.presence), ..field },
                None => fields.push(field),
            }
        }
        for field in
            fields.iter_mut().filter(|field| keywords.required.iter().any(|wire| field.wire == *wire))
        {
            field.presence = stricter(field.presence, crate::ir::Presence::Required);
        }
        if let Some(ty) = self.additional(&keywords, hint, place) {
            *extra = Some(ty);
        }
    }

    /// The fields of a component, through its references.
    fn all_fields(&mut self, node: Node<'a>, fields: &mut Vec<Field>, extra: &mut Option<Type>) {
        let Some(name) = node.component() else { return };
        let document = self.document;
        let Some(target) = document.schema(&name).filter(|_| !self.composing.contains(&name)) else { return };
        if !self.merged.insert(name.clone()) {
            return;
        }
        let place = document.place("schemas", &name);
        let owner = name.clone();
        self.composing.push(name);
        match Node::from(target) {
            Node::Schema(_) => self.own_fields(target.into(), &place, &owner, fields, extra),
            node => self.all_fields(node, fields, extra),
        }
        self.composing.pop();
    }
}

fn stricter(one: crate::ir::Presence, other: crate::ir::Presence) -> crate::ir::Presence {
    use crate::ir::Presence::{Nullable, Optional, OptionalNullable, Required};
    let required = matches!(one, Required | Nullable) || matches!(other, Required | Nullable);
    let nullable = matches!(one, Nullable | OptionalNullable) || matches!(other, Nullable | OptionalNullable);
    match (required, nullable) {
        (true, false) => Required,
        (true, true) => Nullable,
        (false, false) => Optional,
        (false, true) => OptionalNullable,
    }
}
