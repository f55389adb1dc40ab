//! A schema to a type. Named schemas become definitions, inline ones become definitions where Rust needs a name.

mod combine;
mod component;
mod compose;
mod described;
mod discriminator;
mod enumeration;
mod object;
mod rules;
mod scalar;
mod union;

pub(super) use self::rules::{kept, named_rules, rules};

use self::described::Described;
use self::enumeration::enumeration;
use self::scalar::scalar;
use crate::diagnostic::{Code, Place};
use crate::ir::{Shape, Type};
use crate::lower::lowering::Lower;
use crate::read::{Keywords, Kind, Node, Placed};

impl<'a> Lower<'a> {
    /// The type of a schema where it is used, with `Nullable` if it may be null. `hint` is what an inline
    /// definition is named after.
    pub(super) fn ty(&mut self, node: Node<'a>, hint: &str, place: &Place) -> Type {
        let ty = self.bare(node, hint, place);
        let ty = if self.schemas.is_nullable(node) { ty.nullable() } else { ty };
        self.record(place, &ty, false);
        ty
    }

    /// The type of a schema without its being nullable.
    pub(super) fn bare(&mut self, node: Node<'a>, hint: &str, place: &Place) -> Type {
        match node {
            Node::Reference(_) => {
                let name = node.component().unwrap_or_default();
                match self.components.get(&name) {
                    Some(id) => Type::Named(*id),
                    None => Type::Any,
                }
            }
            Node::Schema(schema) => self.inline(node, std::ptr::from_ref(schema).addr(), hint, place),
        }
    }

    /// An inline schema becomes one type, however often and from wherever it is reached.
    fn inline(&mut self, node: Node<'a>, address: usize, hint: &str, place: &Place) -> Type {
        match self.inline.get(&address) {
            Some(Some(ty)) => return ty.clone(),
            Some(None) => {
                // It contains itself: it gets its id now and its shape once that is known.
                let ty = Type::Named(self.define(hint, node, Shape::Alias(Type::Any)));
                self.inline.insert(address, Some(ty.clone()));
                return ty;
            }
            None => {}
        }
        self.inline.insert(address, None);
        let described = self.describe(node, hint, place);
        if let Some(Some(Type::Named(id))) = self.inline.get(&address).cloned() {
            self.types[id.0].shape = match described {
                Described::Shape(shape) => shape,
                Described::Type(ty) => Shape::Alias(ty),
            };
            return Type::Named(id);
        }
        let ty = match described {
            Described::Type(ty) => ty,
            Described::Shape(shape) => Type::Named(self.define(hint, node, shape)),
        };
        self.inline.insert(address, Some(ty.clone()));
        ty
    }

    fn describe(&mut self, node: Node<'a>, hint: &str, place: &Place) -> Described {
        let Node::Schema(schema) = node else { return Described::Type(self.bare(node, hint, place)) };
        let keywords = Keywords::of(schema);
        let variants = if keywords.one_of.is_empty() { keywords.any_of } else { keywords.one_of };
        if !keywords.all_of.is_empty() || (!variants.is_empty() && keywords.properties.is_some()) {
            return self.compose(&[Placed::new(node, place.clone(), hint)], hint, place);
        }
        if !variants.is_empty() {
            let key = if keywords.one_of.is_empty() { "anyOf" } else { "oneOf" };
            let place = place.key(key);
            let nodes: Vec<_> = variants
                .iter()
                .enumerate()
                .map(|(at, node)| Placed::new(node.into(), place.index(at), hint))
                .collect();
            return self.union(&nodes, keywords.data.discriminator.as_ref(), hint, &place);
        }
        if keywords.is_null() {
            return Described::Type(Type::Null);
        }
        if !keywords.values.is_empty() {
            return enumeration(&self.options.types, &keywords);
        }
        self.by_kind(&keywords, hint, place)
    }

    fn by_kind(&mut self, keywords: &Keywords<'a>, hint: &str, place: &Place) -> Described {
        if keywords.is_object() {
            return self.object(keywords, hint, place);
        }
        if keywords.kind == Some(Kind::Array) || (keywords.kind.is_none() && keywords.items.is_some()) {
            let item = match keywords.items {
                Some(items) => {
                    let hint = format!("{hint} item");
                    self.inside(|this| this.ty(items, &hint, &place.key("items")))
                }
                None => Type::Any,
            };
            return Described::Type(Type::List(Box::new(item)));
        }
        Described::Type(scalar(&self.options.types, keywords))
    }

    fn contradiction(&mut self, place: &Place, message: &str) -> Described {
        self.warn(Code::Contradiction, place, message);
        Described::Type(Type::Any)
    }
}
