//! `allOf`, and whatever stands beside it: all parts are gathered, flattened and put together again as one type.

use super::described::Described;
use super::object::{structure, undeclared};
use crate::diagnostic::{Code, Place};
use crate::ir::{Extra, Shape, Type};
use crate::lower::lowering::Lower;
use crate::openapi::parked;
use crate::read::{Keywords, Node, Placed};
use indexmap::IndexMap;
use openapiv3::Discriminator;
use std::collections::HashSet;

/// What the parts of an `allOf` say, taken together.
#[derive(Default)]
struct Parts<'a> {
    properties: IndexMap<&'a str, Vec<Placed<'a>>>,
    required: Vec<&'a str>,
    /// Parts that are objects with additional properties of a type.
    additional: Option<Placed<'a>>,
    unions: Vec<UnionPart<'a>>,
    /// Parts that are neither objects nor unions.
    others: Vec<Placed<'a>>,
    is_object: bool,
    /// The components among the parts. A part that is there twice says nothing the second time.
    seen: HashSet<String>,
}

struct UnionPart<'a> {
    variants: Vec<Placed<'a>>,
    discriminator: Option<&'a Discriminator>,
    place: Place,
}

impl<'a> Lower<'a> {
    pub(super) fn compose(&mut self, nodes: &[Placed<'a>], hint: &str, place: &Place) -> Described {
        if let Some(ty) = self.one_component(nodes) {
            return Described::Type(ty);
        }
        let mut parts = Parts::default();
        for part in nodes {
            self.gather(part, &mut parts);
        }
        let mut parts = self.objects_first(parts, place);
        match (parts.unions.len(), parts.is_object) {
            (0, true) => self.merged_object(parts),
            (0, false) => self.merged_others(&parts.others, hint),
            (1, _) => match parts.unions.pop() {
                Some(union) if !parts.is_object && parts.others.is_empty() => {
                    self.union(&union.variants, union.discriminator, hint, &union.place)
                }
                Some(union) => self.spread(&union.variants, nodes, union.discriminator, hint),
                None => Described::Type(Type::Any),
            },
            _ => {
                self.warn(
                    Code::UnsupportedSchema,
                    place,
                    "several unions in one `allOf`: what they add is kept as JSON beside the fields",
                );
                let Described::Shape(Shape::Struct(mut object)) = self.merged_object(parts) else {
                    return Described::Type(Type::Map(Box::new(Type::Any)));
                };
                object.extra = Some(Extra::of(Type::Any));
                Described::Shape(Shape::Struct(object))
            }
        }
    }

    /// `allOf` of one reference and nothing but words beside it is that reference.
    fn one_component(&mut self, nodes: &[Placed<'a>]) -> Option<Type> {
        let mut found = None;
        for part in nodes {
            let name = match says(part.node) {
                Says::Component(name) => name,
                Says::Words => continue,
                Says::More => return None,
            };
            if found.as_ref().is_some_and(|found| *found != name) || self.composing.contains(&name) {
                return None;
            }
            found = Some(name);
        }
        let name = found?;
        self.components.get(&name).map(|id| Type::Named(*id))
    }

    fn gather(&mut self, part: &Placed<'a>, parts: &mut Parts<'a>) {
        let Placed { node, place, owner } = part;
        let schema = match *node {
            Node::Schema(schema) => schema,
            Node::Reference(_) => {
                let name = node.component().unwrap_or_default();
                if self.composing.contains(&name) {
                    let circle =
                        [self.composing.as_slice(), std::slice::from_ref(&name)].concat().join(" → ");
                    self.error(Code::CyclicReference, place, format!("`allOf` forms a circle: {circle}"));
                    return;
                }
                if !parts.seen.insert(name.clone()) {
                    return;
                }
                let document = self.document;
                let Some(target) = document.schema(&name) else { return };
                let is_plain_scalar = !self.is_composable(target.into());
                if is_plain_scalar {
                    parts.others.push(part.clone());
                    return;
                }
                let place = document.place("schemas", &name);
                let part = Placed::new(target.into(), place, &name);
                self.composing.push(name);
                self.gather(&part, parts);
                self.composing.pop();
                return;
            }
        };
        let keywords = Keywords::of(schema);
        for (at, part) in keywords.all_of.iter().enumerate() {
            let part = Placed::new(part.into(), place.key("allOf").index(at), owner);
            self.gather(&part, parts);
        }
        parts.required.extend(keywords.required.iter().map(String::as_str));
        for (name, property) in keywords.properties.into_iter().flatten() {
            let place = place.key("properties").key(name);
            parts.properties.entry(name).or_default().push(Placed::new(property.into(), place, owner));
        }
        if keywords.is_object() || !keywords.required.is_empty() {
            parts.is_object |= keywords.is_object();
            if keywords.additional.is_some() || parked::has_patterns(&keywords.data.extensions) {
                parts.additional = Some(part.clone());
            }
        }
        for (key, variants) in [("oneOf", keywords.one_of), ("anyOf", keywords.any_of)] {
            let place = place.key(key);
            let variants: Vec<Placed<'a>> = variants
                .iter()
                .enumerate()
                .map(|(at, node)| Placed::new(node.into(), place.index(at), owner))
                .filter(|part| self.has_shape(part.node))
                .collect();
            if !variants.is_empty() {
                let discriminator = keywords.data.discriminator.as_ref();
                parts.unions.push(UnionPart { variants, discriminator, place });
            }
        }
        let is_other = !keywords.is_object() && !keywords.is_combined() && keywords.has_shape();
        if is_other {
            parts.others.push(part.clone());
        }
    }

    /// Whether a component is an object, a union or a composition of them.
    fn is_composable(&self, node: Node<'a>) -> bool {
        match node {
            Node::Reference(_) => {
                let name = node.component().unwrap_or_default();
                self.document.schema(&name).is_some_and(|target| self.is_composable(target.into()))
            }
            Node::Schema(schema) => {
                let keywords = Keywords::of(schema);
                keywords.is_object() || keywords.is_combined() || !keywords.required.is_empty()
            }
        }
    }

    /// A branch like `{required: [a]}` restricts values but adds no shape.
    fn has_shape(&self, node: Node<'a>) -> bool {
        match node {
            Node::Reference(_) => true,
            Node::Schema(schema) => {
                let keywords = Keywords::of(schema);
                keywords.is_null() || keywords.has_own_shape() || keywords.is_combined()
            }
        }
    }

    /// Parts that are objects and parts that are not cannot both hold; the objects win.
    fn objects_first(&mut self, mut parts: Parts<'a>, place: &Place) -> Parts<'a> {
        if parts.is_object && !parts.others.is_empty() {
            self.warn(
                Code::Contradiction,
                place,
                "an object and another type in one `allOf`; the object counts",
            );
            parts.others.clear();
        }
        parts.is_object |= !parts.properties.is_empty();
        parts
    }

    fn merged_object(&mut self, parts: Parts<'a>) -> Described {
        let extra = match &parts.additional {
            Some(Placed { node: Node::Schema(schema), place, owner }) => {
                self.additional(&Keywords::of(schema), owner, place)
            }
            _ => self.options.types.keep_undeclared.then_some(Type::Any),
        };
        if parts.properties.is_empty() {
            return Described::Type(Type::Map(Box::new(extra.unwrap_or(Type::Any))));
        }
        let mut fields = Vec::with_capacity(parts.properties.len());
        for (wire, nodes) in &parts.properties {
            let nodes = self.informative(nodes);
            fields.push(self.field(wire, &nodes, parts.required.contains(wire)));
        }
        if extra.is_none() {
            fields.extend(undeclared(&parts.required, &fields));
        }
        Described::Shape(Shape::Struct(structure(fields, extra)))
    }

    /// Of several schemas of one property, those that say something, each once.
    fn informative(&self, nodes: &[Placed<'a>]) -> Vec<Placed<'a>> {
        let mut kept: Vec<Placed<'a>> = Vec::new();
        for part in nodes {
            if self.has_shape(part.node) && !kept.iter().any(|old| same(old.node, part.node)) {
                kept.push(part.clone());
            }
        }
        if kept.is_empty() { nodes.last().cloned().into_iter().collect() } else { kept }
    }

    /// Several scalars: the one that says the most.
    fn merged_others(&mut self, others: &[Placed<'a>], hint: &str) -> Described {
        let weight = |node: Node<'a>| match node {
            Node::Reference(_) => 3,
            Node::Schema(schema) => {
                let keywords = Keywords::of(schema);
                if !keywords.values.is_empty() {
                    4
                } else if keywords.items.is_some() || !keywords.format.is_empty() {
                    2
                } else {
                    1
                }
            }
        };
        let mut best: Option<&Placed<'a>> = None;
        for candidate in others {
            if best.is_none_or(|best| weight(candidate.node) > weight(best.node)) {
                best = Some(candidate);
            }
        }
        match best {
            Some(Placed { node: node @ Node::Reference(_), place, .. }) => {
                Described::Type(self.bare(*node, hint, place))
            }
            Some(part) => self.describe(part.node, hint, &part.place),
            None => Described::Type(Type::Any),
        }
    }
}

/// What a part of an `allOf` says.
enum Says {
    /// It stands for a component.
    Component(String),
    /// It says something in words only.
    Words,
    More,
}

fn says(node: Node<'_>) -> Says {
    let Node::Schema(schema) = node else { return node.component().map_or(Says::Words, Says::Component) };
    let keywords = Keywords::of(schema);
    let more = keywords.has_own_shape()
        || !keywords.one_of.is_empty()
        || !keywords.any_of.is_empty()
        || !keywords.required.is_empty()
        || keywords.additional.is_some();
    match keywords.all_of {
        [] if !more => Says::Words,
        [one] if !more => says(one.into()),
        _ => Says::More,
    }
}

fn same(one: Node<'_>, other: Node<'_>) -> bool {
    match (one, other) {
        (Node::Reference(one), Node::Reference(other)) => one == other,
        (Node::Schema(one), Node::Schema(other)) => std::ptr::eq(one, other) || one == other,
        _ => false,
    }
}
