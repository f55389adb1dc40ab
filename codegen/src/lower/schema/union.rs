//! Unions to enums: by a discriminator, by a constant that is another one in each variant, by the only member of each, or by
//! the best fit.

use super::described::Described;
use super::scalar;
use crate::diagnostic::{Code, Place};
use crate::ir::{Shape, Tag, Type, Union, Unnamed, Variant};
use crate::lower::lowering::Lower;
use crate::lower::set::{Alternative, Apart, Form};
use crate::read::doc;
use crate::read::{Keywords, Kind, Node, Placed, are_numerals};
use indexmap::IndexSet;
use openapiv3::Discriminator;

/// How the variants of a union are told from each other.
#[derive(Clone, Copy)]
pub(super) struct Told<'d> {
    pub(super) discriminator: Option<&'d Discriminator>,
    /// Whether a value may be of several at once, as `anyOf` says.
    pub(super) may_be_several: bool,
}

impl<'a> Lower<'a> {
    pub(super) fn union(
        &mut self,
        alternatives: Vec<Alternative<'a>>,
        told: Told<'_>,
        hint: &str,
        place: &Place,
    ) -> Described {
        if let Some(form) = self.listed(&alternatives) {
            return self.of_form(&form);
        }
        if let Some(ty) = self.numeric(&alternatives) {
            return Described::Type(ty);
        }
        if let [one] = alternatives.as_slice() {
            return match (&one.form, one.origins.as_slice()) {
                (Some(form), _) => self.of_form(form),
                (None, origins) => Described::Type(self.both(origins)),
            };
        }
        let outer = std::mem::replace(&mut self.absorbing, self.composing.len());
        let union = told
            .discriminator
            .and_then(|discriminator| self.tagged(&alternatives, discriminator, told, hint))
            .or_else(|| self.implicit(&alternatives, hint))
            .or_else(|| if told.may_be_several { None } else { self.keyed(&alternatives, hint) })
            .unwrap_or_else(|| self.untagged(&alternatives, hint));
        self.absorbing = outer;
        if told.may_be_several && union.tag.is_none() {
            let types: Vec<Option<Type>> = union.variants.iter().map(|variant| variant.ty.clone()).collect();
            self.note_overlaps(&alternatives, &types);
        }
        self.told_apart(union, place)
    }

    /// What is left of a union whose variants are not all different.
    fn told_apart(&mut self, mut union: Union, place: &Place) -> Described {
        let mut seen: Vec<(Option<Type>, Vec<String>)> = Vec::new();
        union.variants.retain(|variant| {
            let what = (variant.ty.clone(), variant.tags.clone());
            let is_new = !seen.contains(&what);
            if is_new {
                seen.push(what);
            }
            is_new
        });
        // What is any text is that text as it was written, and not the moment or the bytes that it could be read as.
        if union.variants.iter().any(|variant| variant.ty == Some(Type::Text)) {
            union.variants.retain(|variant| !variant.ty.as_ref().is_some_and(is_read_text));
        }
        match union.variants.as_slice() {
            [Variant { ty: Some(ty), .. }] => Described::Type(ty.clone()),
            many if many.iter().any(|variant| variant.ty == Some(Type::Any)) && union.tag.is_none() => {
                self.warn(
                    Code::UnsupportedSchema,
                    place,
                    "one variant takes anything, so the union is any JSON",
                );
                Described::Type(Type::Any)
            }
            _ => Described::Shape(Shape::Union(union)),
        }
    }

    /// Alternatives that are all text, or all integers, and list values: one enumeration of them all.
    fn listed(&self, alternatives: &[Alternative<'a>]) -> Option<Form<'a>> {
        let mut all: Option<Form<'a>> = None;
        for alternative in alternatives {
            let origin = alternative.origins.last()?;
            let form = match &alternative.form {
                Some(form) => form.clone(),
                None => self.scalar_form(origin.node)?,
            };
            let is_listed = !form.values.open || form.format.is_empty();
            if !is_listed || !matches!(form.kind(), Some(Kind::String | Kind::Integer)) {
                return None;
            }
            match &mut all {
                None => all = Some(form),
                Some(all) if all.kind() == form.kind() => all.values.unite(&form.values),
                Some(_) => return None,
            }
        }
        let mut all = all?;
        all.format.clear();
        Some(all)
    }

    /// A number, or a text whose pattern allows numbers only: one type, which is used like the number.
    fn numeric(&self, alternatives: &[Alternative<'a>]) -> Option<Type> {
        let [one, other] = alternatives else { return None };
        let is_open = |form: &Form<'a>| form.values.is_all();
        let scalar = |alternative: &Alternative<'a>| match (&alternative.form, alternative.origins.as_slice())
        {
            (None, [Placed { node: node @ Node::Schema(schema), .. }]) => {
                Some((self.scalar_form(*node).filter(is_open)?, Keywords::of(schema).bounds.pattern))
            }
            _ => None,
        };
        let (one, other) = (scalar(one)?, scalar(other)?);
        let ((number, _), (text, pattern)) =
            if one.0.kind() == Some(Kind::String) { (other, one) } else { (one, other) };
        let has_fractions = number.kind() == Some(Kind::Number);
        let is_number = has_fractions || number.kind() == Some(Kind::Integer);
        let is_numeral = text.kind() == Some(Kind::String) && are_numerals(pattern?, has_fractions);
        let ty = scalar::scalar(&self.options.types, number.kind(), &number.format, number.maximum);
        (is_number && is_numeral).then(|| Type::Numeric(Box::new(ty)))
    }

    /// The form of a variant that may be a scalar.
    fn scalar_form(&self, node: Node<'a>) -> Option<Form<'a>> {
        let keywords = Keywords::of(self.schemas.schema(node)?);
        if matches!(keywords.kind, Some(Kind::Object | Kind::Array)) || keywords.properties.is_some() {
            return None;
        }
        let set = self.gathered(&Placed::new(node, self.document.root.clone(), "")).set;
        set.unions.is_empty().then_some(set.form)
    }

    /// A variant, taken apart.
    pub(super) fn gathered(&self, variant: &Placed<'a>) -> Apart<'_, 'a> {
        let mut apart = Apart::within(&self.schemas, &self.known, &self.composing, self.composing.len());
        apart.gather_variant(variant);
        apart
    }

    fn untagged(&mut self, alternatives: &[Alternative<'a>], hint: &str) -> Union {
        let variants = alternatives.iter().map(|alternative| self.variant(alternative, hint)).collect();
        Union { tag: None, variants }
    }

    /// A property that every variant has and that has another constant in each is a discriminator in all but name.
    fn implicit(&mut self, alternatives: &[Alternative<'a>], hint: &str) -> Option<Union> {
        let constants_of = |alternative: &Alternative<'a>| -> Vec<(String, String)> {
            alternative.origins.iter().flat_map(|origin| self.schemas.constants(origin.node)).collect()
        };
        let constants: Vec<Vec<(String, String)>> = alternatives.iter().map(constants_of).collect();
        let tags = |name: &str| -> Option<Vec<Vec<String>>> {
            let of = |constants: &Vec<(String, String)>| {
                let own = constants.iter().filter(|(known, _)| known == name);
                own.map(|(_, value)| value.clone()).collect()
            };
            let tags: Vec<Vec<String>> = constants.iter().map(of).collect();
            super::tags::tell_apart(&tags).then_some(tags)
        };
        let (name, tags) =
            constants.first()?.iter().find_map(|(name, _)| Some((name.clone(), tags(name)?)))?;
        let mut union = self.untagged(alternatives, hint);
        for (variant, tags) in union.variants.iter_mut().zip(tags) {
            variant.tags = tags;
        }
        union.tag = Some(Tag::of(name));
        Some(union)
    }

    /// A variant without tags.
    pub(super) fn variant(&mut self, alternative: &Alternative<'a>, hint: &str) -> Variant {
        let name = self.variant_hint(alternative);
        let inner = format!("{hint} {name}");
        let node = alternative.origins.last().map_or(Node::Reference(""), |origin| origin.node);
        let ty = match &alternative.form {
            Some(form) => {
                let described = self.of_form(form);
                self.defined(described, &inner, node)
            }
            None => self.ty_of(&alternative.origins),
        };
        let hint = if name == "Variant" { self.hint_of(&ty) } else { name };
        Variant { hint: hint.into(), name: Unnamed, doc: doc::of(node).0, tags: Vec::new(), ty: Some(ty) }
    }

    /// What a variant without words of its own is called: after the values or variants of its type if they are few, else after
    /// its kind.
    fn hint_of(&self, ty: &Type) -> String {
        const FEW: usize = 3;
        let words: Vec<&str> = match ty {
            Type::Nullable(inner) => return self.hint_of(inner),
            Type::Named(id) => match &self.types[id.0].shape {
                Shape::StringEnum(listed) => listed.values.iter().map(|value| value.value.as_str()).collect(),
                Shape::IntegerEnum(_) => return "Integer".to_owned(),
                Shape::Union(union) => union.variants.iter().map(|variant| variant.hint.as_str()).collect(),
                Shape::Alias(inner) | Shape::Newtype(inner) => return kind_hint(inner).to_owned(),
                Shape::Struct(_) => Vec::new(),
            },
            _ => Vec::new(),
        };
        match words.len() {
            1..=FEW => words.join(" or "),
            0 => kind_hint(ty).to_owned(),
            _ => "Choice".to_owned(),
        }
    }

    /// What a variant is called in hints.
    fn variant_hint(&self, alternative: &Alternative<'a>) -> String {
        let words: Vec<String> =
            alternative.origins.iter().filter_map(|origin| self.schemas.words_for(origin.node)).collect();
        // Variants of several unions may go by the same word.
        let words: IndexSet<String> = words.into_iter().collect();
        if words.is_empty() {
            return "Variant".to_owned();
        }
        words.into_iter().collect::<Vec<_>>().join(" ")
    }
}

/// Whether a type reads text, and may write it in another way.
fn is_read_text(ty: &Type) -> bool {
    match ty {
        Type::Nullable(inner) => is_read_text(inner),
        ty => matches!(ty, Type::DateTime | Type::Date | Type::Time | Type::Uuid | Type::Base64),
    }
}

/// What a variant is called after its type.
fn kind_hint(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "Boolean",
        Type::I32 | Type::I64 | Type::U32 | Type::U64 => "Integer",
        Type::F32 | Type::F64 | Type::Decimal | Type::Numeric(_) => "Number",
        Type::Text => "String",
        Type::Base64 | Type::Base64Url => "Bytes",
        Type::DateTime => "DateTime",
        Type::Date => "Date",
        Type::Time => "Time",
        Type::Uuid => "Uuid",
        Type::Null => "Null",
        Type::List(_) => "Array",
        Type::Map(_) | Type::Named(_) | Type::Boxed(_) => "Object",
        Type::Any => "Any",
        Type::Custom(_) => "Custom",
        Type::Nullable(inner) => kind_hint(inner),
    }
}
