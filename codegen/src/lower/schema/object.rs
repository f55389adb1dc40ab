//! Objects to structs and maps.

use super::described::Described;
use crate::ir::{Access, Extra, Field, Presence, Shape, Struct, Type, Unnamed};
use crate::lower::lowering::Lower;
use crate::lower::set::{Apart, Form, Outline, Rest, informative};
use crate::read::doc;
use crate::read::{Node, Placed};

impl<'a> Lower<'a> {
    pub(super) fn object(&mut self, form: &Form<'a>) -> Described {
        let extra = self.rest(&form.rest);
        if form.properties.is_empty() {
            return match extra {
                // An object that is always empty.
                None if matches!(form.rest, Rest::None) => {
                    Described::Shape(Shape::Struct(structure(Vec::new(), None)))
                }
                extra => Described::Type(Type::Map(Box::new(extra.unwrap_or(Type::Any)))),
            };
        }
        let under_conditions = self.under_conditions(form);
        let extra = extra.or_else(|| {
            let keeps = self.options.types.keep_undeclared || under_conditions.has_rest;
            let keeps = keeps && matches!(form.rest, Rest::Unsaid);
            keeps.then_some(Type::Any)
        });
        let mut fields = Vec::with_capacity(form.properties.len());
        for (wire, parts) in &form.properties {
            fields.push(self.inside(|this| this.field(wire, parts, form.required.contains(wire))));
        }
        if matches!(form.rest, Rest::Unsaid) {
            let is_new = |(wire, _): &(&&'a str, _)| !form.properties.contains_key(**wire);
            let more = under_conditions.members.iter().filter(is_new);
            fields.extend(more.map(|(wire, parts)| conditional(wire, parts)));
        }
        if extra.is_none() {
            let undeclared = form.required.iter().filter(|wire| {
                !form.properties.contains_key(*wire) && !under_conditions.members.contains_key(*wire)
            });
            fields.extend(undeclared.map(|wire| self::undeclared(wire)));
        }
        let structure = structure(fields, extra);
        Described::Shape(Shape::Struct(Struct { is_closed: matches!(form.rest, Rest::None), ..structure }))
    }

    /// What a form declares under conditions; what it has of that anyway keeps what is declared inside.
    fn under_conditions(&mut self, form: &Form<'a>) -> Outline<'a> {
        let apart = Apart::within(&self.schemas, &self.known, &[], 0);
        let mut outline = Outline::default();
        form.conditional.iter().for_each(|part| outline.add(&apart, part));
        for (wire, parts) in &outline.members {
            if let Some(own) = form.properties.get(wire) {
                self.note_overlap(own, parts);
            }
        }
        outline
    }

    /// A property, from all schemas that say something about it.
    pub(super) fn field(&mut self, wire: &str, parts: &[Placed<'a>], required: bool) -> Field {
        let telling = informative(parts);
        let nullable = telling.iter().any(|part| self.schemas.is_nullable(part.node));
        let ty = self.both(parts);
        if let [one] = telling.as_slice() {
            self.record(&one.place, &ty, nullable);
        }
        let nullable = nullable && !matches!(ty, Type::Any | Type::Null);
        let docs: Vec<(String, bool)> = parts.iter().map(|part| doc::of(part.node)).collect();
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
            access: access(parts.iter().map(|part| part.node)),
            presence: match (required, nullable) {
                (true, false) => Presence::Required,
                (true, true) => Presence::Nullable,
                (false, false) => Presence::Optional,
                (false, true) => Presence::OptionalNullable,
            },
            ty,
        }
    }

    /// The type of properties that have no name in the document, if it asks for them.
    fn rest(&mut self, rest: &Rest<'a>) -> Option<Type> {
        match rest {
            Rest::Unsaid | Rest::None => None,
            Rest::Any => Some(Type::Any),
            Rest::Of(parts) => Some(self.inside(|this| this.ty_of(parts))),
        }
    }
}

/// A field for a property that is declared under a condition: without that it may be anything.
fn conditional(wire: &str, parts: &[Placed<'_>]) -> Field {
    let (words, deprecated) = parts.last().map(|part| doc::of(part.node)).unwrap_or_default();
    let doc = if words.is_empty() { "Declared under a condition only.".to_owned() } else { words };
    Field { doc, deprecated, ..undeclared(wire) }
}

/// A field for a property that is required but not declared: what it is is not said, but it can be sent. Some documents
/// name there what no service knows, so an answer may lack it.
fn undeclared(wire: &str) -> Field {
    Field {
        wire: wire.into(),
        name: Unnamed,
        doc: "Required by the document, which does not say what it is.".to_owned(),
        deprecated: false,
        presence: Presence::Optional,
        access: Access::Both,
        ty: Type::Any,
    }
}

pub(super) fn structure(fields: Vec<Field>, extra: Option<Type>) -> Struct {
    Struct { fields, extra: extra.map(Extra::of), is_closed: false }
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
