//! Objects to structs and maps.

use super::described::Described;
use crate::diagnostic::Place;
use crate::ir::{Access, Extra, Field, Presence, Shape, Struct, Type, Unnamed};
use crate::lower::lowering::Lower;
use crate::openapi::parked;
use crate::read::doc;
use crate::read::{Keywords, Node, Placed};
use openapiv3::AdditionalProperties;

impl<'a> Lower<'a> {
    pub(super) fn object(&mut self, keywords: &Keywords<'a>, hint: &str, place: &Place) -> Described {
        let extra = self.additional(keywords, hint, place);
        let Some(properties) = keywords.properties else {
            return match extra {
                Some(ty) => Described::Type(Type::Map(Box::new(ty))),
                // `additionalProperties: false` and no property: an object that is always empty.
                None if matches!(keywords.additional, Some(AdditionalProperties::Any(false))) => {
                    Described::Shape(Shape::Struct(structure(Vec::new(), None)))
                }
                None => Described::Type(Type::Map(Box::new(Type::Any))),
            };
        };
        let mut fields = Vec::with_capacity(properties.len());
        for (wire, node) in properties {
            let required = keywords.required.contains(wire);
            let place = place.key("properties").key(wire);
            fields.push(self.field(wire, &[Placed::new(node.into(), place, hint)], required));
        }
        if extra.is_none() {
            fields.extend(undeclared(keywords.required, &fields));
        }
        Described::Shape(Shape::Struct(structure(fields, extra)))
    }

    /// A property, from all schemas that say something about it.
    pub(super) fn field(&mut self, wire: &str, nodes: &[Placed<'a>], required: bool) -> Field {
        self.inside(|this| this.property(wire, nodes, required))
    }

    fn property(&mut self, wire: &str, nodes: &[Placed<'a>], required: bool) -> Field {
        let owner = nodes.last().map(|part| part.owner.as_str()).unwrap_or_default();
        let hint = format!("{owner} {wire}");
        let nullable = nodes.iter().any(|part| self.schemas.is_nullable(part.node));
        let ty = match nodes {
            [one] => {
                let ty = self.bare(one.node, &hint, &one.place);
                self.record(&one.place, &ty, nullable);
                ty
            }
            many => {
                let place =
                    many.first().map_or_else(|| self.document.root.clone(), |part| part.place.clone());
                match self.compose(many, &hint, &place) {
                    Described::Type(ty) => ty,
                    Described::Shape(shape) => {
                        let node = many.last().map_or(Node::Reference(""), |part| part.node);
                        Type::Named(self.define(&hint, node, shape))
                    }
                }
            }
        };
        let nullable = nullable && !matches!(ty, Type::Any | Type::Null);
        let docs: Vec<(String, bool)> = nodes.iter().map(|part| doc::of(part.node)).collect();
        Field {
            wire: wire.into(),
            name: Unnamed,
            doc: docs
                .iter()
                .rev()
                .map(|(text, _)| text)
                .find(|text| !text.is_empty())
                .cloned()
                .unwrap_or_default(),
            deprecated: docs.iter().any(|(_, deprecated)| *deprecated),
            access: access(nodes.iter().map(|part| part.node)),
            presence: match (required, nullable) {
                (true, false) => Presence::Required,
                (true, true) => Presence::Nullable,
                (false, false) => Presence::Optional,
                (false, true) => Presence::OptionalNullable,
            },
            ty,
        }
    }

    /// The type of additional properties, if the schema asks for them.
    pub(super) fn additional(&mut self, keywords: &Keywords<'a>, hint: &str, place: &Place) -> Option<Type> {
        if parked::has_patterns(&keywords.data.extensions) {
            return Some(Type::Any);
        }
        let Some(additional) = keywords.additional else {
            let keeps = self.options.types.keep_undeclared && keywords.properties.is_some();
            return keeps.then_some(Type::Any);
        };
        match additional {
            AdditionalProperties::Any(allowed) => allowed.then_some(Type::Any),
            AdditionalProperties::Schema(schema) => {
                let place = place.key("additionalProperties");
                let hint = format!("{hint} value");
                Some(self.inside(|this| this.ty(Node::from(&**schema), &hint, &place)))
            }
        }
    }
}

/// Fields for properties that are required but not declared: what they are is not said, but they can be sent. Some
/// documents name there what no service knows, so an answer may lack them.
pub(super) fn undeclared<'r>(
    required: impl IntoIterator<Item = &'r (impl AsRef<str> + ?Sized + 'r)>,
    fields: &[Field],
) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    for wire in required.into_iter().map(AsRef::as_ref) {
        if !fields.iter().chain(&found).any(|field| field.wire == *wire) {
            found.push(Field {
                wire: wire.into(),
                name: Unnamed,
                doc: "Required by the document, which does not say what it is.".to_owned(),
                deprecated: false,
                presence: Presence::Optional,
                access: Access::Both,
                ty: Type::Any,
            });
        }
    }
    found
}

pub(super) fn structure(fields: Vec<Field>, extra: Option<Type>) -> Struct {
    Struct { fields, extra: extra.map(Extra::of) }
}

/// What the schemas of a property say of who sets it.
fn access<'a>(nodes: impl Iterator<Item = Node<'a>>) -> Access {
    let mut access = Access::Both;
    for node in nodes {
        if let Node::Schema(schema) = node {
            match (schema.schema_data.read_only, schema.schema_data.write_only) {
                (true, false) => access = Access::ReadOnly,
                (false, true) => access = Access::WriteOnly,
                _ => {}
            }
        }
    }
    access
}
