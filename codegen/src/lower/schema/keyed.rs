//! Unions that are told apart from outside, as Rust's serde writes enums: each variant is a text, or an object of one member.

use super::enumeration::texts;
use crate::ir::{EnumValue, Presence, Tag, Union, Unnamed, Variant, Wire};
use crate::lower::lowering::Lower;
use crate::lower::set::{Alternative, Form, Rest};
use crate::read::{Kind, Node, Placed, doc};
use std::collections::HashSet;

impl<'a> Lower<'a> {
    /// The union of alternatives of which each one is told by its only member, or is a text that is listed. `None` if one is
    /// something else, has a name of its own, or may have members that somebody wants to keep.
    pub(super) fn keyed(&mut self, alternatives: &[Alternative<'a>], hint: &str) -> Option<Union> {
        let forms = alternatives.iter().map(|alternative| self.inline_form(alternative, hint));
        let forms: Vec<Form<'a>> = forms.collect::<Option<_>>()?;
        let mut members: HashSet<&str> = HashSet::new();
        for form in &forms {
            match self.only_member(form) {
                Some(wire) if members.insert(wire) => {}
                None if is_listed_text(form) => {}
                _ => return None,
            }
        }
        if members.is_empty() {
            return None;
        }
        let mut union = Union { tag: Some(Tag::member()), variants: Vec::new() };
        for (alternative, form) in alternatives.iter().zip(&forms) {
            match self.only_member(form).and_then(|wire| form.properties.get_key_value(wire)) {
                Some((wire, parts)) => union.variants.push(self.member(alternative, wire, parts)),
                None => union.variants.extend(texts(form).into_iter().map(unit)),
            }
        }
        Some(union)
    }

    /// What an alternative is, if nothing in it has a name.
    fn inline_form(&self, alternative: &Alternative<'a>, hint: &str) -> Option<Form<'a>> {
        let is_inline = |origin: &Placed<'a>| matches!(origin.node, Node::Schema(_));
        match (&alternative.form, alternative.origins.as_slice()) {
            (Some(form), origins) if origins.iter().all(is_inline) => Some(form.clone()),
            (None, [one]) if is_inline(one) => {
                // What is in the member is named after the member, and not after the variant too.
                let apart = self.gathered(&Placed::new(one.node, one.place.clone(), hint));
                let is_plain = apart.names.is_empty() && apart.set.unions.is_empty();
                is_plain.then_some(apart.set.form)
            }
            _ => None,
        }
    }

    /// The name of the only member that an object has, and must have.
    fn only_member(&self, form: &Form<'a>) -> Option<&'a str> {
        let is_closed = match form.rest {
            Rest::None => true,
            Rest::Unsaid => !self.options.types.keep_undeclared,
            Rest::Any | Rest::Of(_) => false,
        };
        let wire = form.properties.keys().next()?;
        let is_only = form.properties.len() == 1 && form.required.len() == 1 && form.required.contains(wire);
        (is_only && is_closed && form.kind() == Some(Kind::Object)).then_some(wire)
    }

    fn member(&mut self, alternative: &Alternative<'a>, wire: &str, parts: &[Placed<'a>]) -> Variant {
        let field = self.inside(|this| this.field(wire, parts, true));
        let own = alternative.origins.last().map(|origin| doc::of(origin.node).0);
        let is_nullable = field.presence == Presence::Nullable;
        Variant {
            hint: wire.into(),
            name: Unnamed,
            doc: own.filter(|text| !text.is_empty()).unwrap_or(field.doc),
            tags: vec![wire.to_owned()],
            ty: Some(if is_nullable { field.ty.nullable() } else { field.ty }),
        }
    }
}

fn is_listed_text(form: &Form<'_>) -> bool {
    form.kind() == Some(Kind::String) && !form.values.open && form.format.is_empty()
}

/// The variant that is a text and nothing else.
fn unit(text: EnumValue<Wire>) -> Variant {
    let hint = text.title.unwrap_or_else(|| text.value.as_str().into());
    Variant { hint, name: Unnamed, doc: text.doc, tags: vec![text.value.to_string()], ty: None }
}
