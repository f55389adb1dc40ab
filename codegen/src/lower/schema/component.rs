//! Named schemas to definitions.

use super::described::Described;
use crate::diagnostic::Place;
use crate::ir::{Shape, Type, TypeDef, TypeId, Unnamed};
use crate::lower::lowering::Lower;
use crate::read::{Keywords, Node, Placed, doc};

impl<'a> Lower<'a> {
    /// All named schemas, in the document's order. Their ids come first, so that they can refer to each other.
    pub(crate) fn all_components(&mut self) {
        let names: Vec<&str> = self.document.schemas().map(|(name, _)| name).collect();
        for name in &names {
            let id = TypeId(self.types.len());
            self.types.push(TypeDef {
                hint: (*name).into(),
                name: Unnamed,
                component: true,
                doc: String::new(),
                deprecated: false,
                shape: Shape::Alias(Type::Any),
            });
            self.components.insert((*name).to_owned(), id);
        }
        for name in names {
            self.component(name);
        }
    }

    fn component(&mut self, name: &str) {
        let document = self.document;
        let (Some(schema), Some(id)) = (document.schema(name), self.components.get(name).copied()) else {
            return;
        };
        let place = document.place("schemas", name);
        let node = Node::from(schema);
        let shape = match self.options.types.replace.get(name) {
            Some(path) => Shape::Alias(Type::Custom(path.clone())),
            None => match self.of_component(name, node, &place) {
                Described::Shape(shape) => shape,
                Described::Type(ty) => Shape::Alias(ty),
            },
        };
        let nullable = self.schemas.is_nullable(node);
        self.record(&place, &Type::Named(id), nullable);
        let (doc, deprecated) = doc::of(node);
        let def = &mut self.types[id.0];
        def.doc = doc;
        def.deprecated = deprecated;
        def.shape = shape;
    }

    fn of_component(&mut self, name: &str, node: Node<'a>, place: &Place) -> Described {
        match node {
            Node::Reference(_) => Described::Type(self.named(node)),
            Node::Schema(schema) => {
                let keywords = Keywords::of(schema);
                if let Some(union) = self.inherited_union(name, &keywords, node, place) {
                    return Described::Shape(Shape::Union(union));
                }
                self.of_its_own(name, node, name, place)
            }
        }
    }

    /// What a component is by its own keywords.
    pub(super) fn of_its_own(&mut self, name: &str, node: Node<'a>, hint: &str, place: &Place) -> Described {
        self.composing.push(name.to_owned());
        let described = self.describe(&[Placed::new(node, place.clone(), hint)], hint, place);
        self.composing.pop();
        described
    }
}
