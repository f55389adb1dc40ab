//! A schema to a type. Schemas are intersected as sets of values (`set`), then one place chooses the shape of Rust that
//! holds them. Named schemas become definitions, inline ones become definitions where Rust needs a name.

mod component;
mod described;
mod discriminator;
mod enumeration;
mod keyed;
mod object;
mod overlap;
mod rules;
mod scalar;
mod shape;
mod tags;
mod union;

pub(super) use self::overlap::Overlap;
pub(super) use self::rules::{kept, named_rules, rules};

use self::described::Described;
use crate::diagnostic::Place;
use crate::ir::{Shape, Type};
use crate::lower::lowering::{Key, Lower};
use crate::lower::set::informative;
use crate::read::{Node, Placed};

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
        self.both(&[Placed::new(node, place.clone(), hint)])
    }

    /// The type of what fits all of these schemas, without its being nullable. The same schemas become one type, however
    /// often and from wherever they are reached.
    pub(super) fn both(&mut self, parts: &[Placed<'a>]) -> Type {
        let parts = informative(parts);
        let (Some(first), Some(Placed { node, owner: hint, .. })) = (parts.first(), parts.last()) else {
            return Type::Any;
        };
        if let ([_], Node::Reference(_)) = (parts.as_slice(), node) {
            return self.named(*node);
        }
        if let [one] = parts.as_slice()
            && let Some(name) = self.same.component(one, self.document, self.diagnostics)
            && let Some(id) = self.components.get(name)
        {
            return Type::Named(*id);
        }
        let (keys, place, node) = (Key::all(&parts, &mut self.same), first.place.clone(), *node);
        match self.inline.get(&keys) {
            Some(Some(ty)) => return ty.clone(),
            Some(None) => {
                // It contains itself: it gets its id now and its shape once that is known.
                let ty = Type::Named(self.define(hint, node, Shape::Alias(Type::Any)));
                self.inline.insert(keys, Some(ty.clone()));
                return ty;
            }
            None => {}
        }
        self.inline.insert(keys.clone(), None);
        let described = self.describe(&parts, hint, &place);
        if let Some(Some(Type::Named(id))) = self.inline.get(&keys).cloned() {
            self.types[id.0].shape = match described {
                Described::Shape(shape) => shape,
                Described::Type(ty) => Shape::Alias(ty),
            };
            return Type::Named(id);
        }
        let ty = self.defined(described, hint, node);
        self.inline.insert(keys, Some(ty.clone()));
        ty
    }

    /// The type of a component.
    fn named(&self, node: Node<'a>) -> Type {
        let id = node.component().and_then(|name| self.components.get(&name));
        id.map_or(Type::Any, |id| Type::Named(*id))
    }

    /// The type of what may need a definition.
    fn defined(&mut self, described: Described, hint: &str, node: Node<'a>) -> Type {
        match described {
            Described::Type(ty) => ty,
            Described::Shape(shape) => Type::Named(self.define(hint, node, shape)),
        }
    }
}
