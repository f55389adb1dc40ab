//! `oneOf` and `anyOf`.

use super::described::Described;
use super::enumeration::string_enum;
use crate::diagnostic::{Code, Place};
use crate::ir::{EnumValue, Hint, Shape, Tag, Type, Union, Unnamed, Variant, Wire};
use crate::lower::lowering::Lower;
use crate::read::doc;
use crate::read::{Keywords, Kind, Node, Placed};
use openapiv3::Discriminator;
use serde_json::Value;

impl<'a> Lower<'a> {
    pub(super) fn union(
        &mut self,
        nodes: &[Placed<'a>],
        discriminator: Option<&Discriminator>,
        hint: &str,
        place: &Place,
    ) -> Described {
        // `null` is nullability, and a union that contains itself says nothing by that.
        let nodes: Vec<&Placed<'a>> = nodes
            .iter()
            .filter(|part| !self.is_only_null(part.node))
            .filter(|part| part.node.component().is_none_or(|name| !self.leads_back(&name)))
            .collect();
        if let Some(values) = self.string_values(&nodes) {
            return match values.is_empty() {
                true => Described::Type(Type::Text),
                false => Described::Shape(Shape::StringEnum(string_enum(values))),
            };
        }
        match nodes.as_slice() {
            [] => return self.contradiction(place, "no variant of this union can be taken"),
            [Placed { node: node @ Node::Reference(_), place, .. }] => {
                return Described::Type(self.bare(*node, hint, place));
            }
            [one] => return self.describe(one.node, hint, &one.place),
            _ => {}
        }
        if let Some(discriminator) = discriminator
            && let Some(union) = self.tagged(&nodes, discriminator, hint)
        {
            return Described::Shape(Shape::Union(union));
        }
        let mut union = self.implicit(&nodes, hint).unwrap_or_else(|| self.untagged(&nodes, hint));
        union.variants.dedup_by(|one, other| one.ty == other.ty && one.tags == other.tags);
        if union.tag.is_none() {
            let mut seen: Vec<Option<Type>> = Vec::new();
            union.variants.retain(|variant| {
                let new = !seen.contains(&variant.ty);
                seen.push(variant.ty.clone());
                new
            });
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

    fn is_only_null(&self, node: Node<'a>) -> bool {
        match node {
            Node::Schema(schema) => {
                let keywords = Keywords::of(schema);
                // `anyOf: [$ref, {nullable: true}]` means the same.
                keywords.is_null() || (keywords.data.nullable && !keywords.has_shape())
            }
            Node::Reference(_) => false,
        }
    }

    /// Whether a component is the union that is being lowered, by way of references and unions only.
    fn leads_back(&self, name: &str) -> bool {
        let mut queue = vec![name.to_owned()];
        let mut seen: Vec<String> = Vec::new();
        while let Some(name) = queue.pop() {
            if self.composing.last() == Some(&name) {
                return true;
            }
            if seen.contains(&name) {
                continue;
            }
            if let Some(schema) = self.document.schema(&name) {
                match Node::from(schema) {
                    node @ Node::Reference(_) => queue.extend(node.component()),
                    Node::Schema(schema) => {
                        let keywords = Keywords::of(schema);
                        let nodes = keywords.one_of.iter().chain(keywords.any_of);
                        queue.extend(nodes.filter_map(|node| Node::from(node).component()));
                    }
                }
            }
            seen.push(name);
        }
        false
    }

    /// The values of a union of strings: enums, constants with a title, and plain strings. `None` if a variant is
    /// something else; empty if there are plain strings only.
    fn string_values(&self, nodes: &[&Placed<'a>]) -> Option<Vec<EnumValue<Wire>>> {
        let mut values = Vec::new();
        for part in nodes {
            let keywords = Keywords::of(self.schemas.schema(part.node)?);
            let plain = keywords.kind == Some(Kind::String) && keywords.format.is_empty();
            if !plain && (keywords.values.is_empty() || keywords.is_combined()) {
                return None;
            }
            for value in keywords.values.iter().filter(|value| !value.is_null()) {
                let single = keywords.values.len() == 1;
                values.push(EnumValue {
                    value: value.as_str()?.into(),
                    title: keywords.data.title.as_ref().filter(|_| single).map(Hint::from),
                    name: Unnamed,
                    doc: keywords.data.description.clone().filter(|_| single).unwrap_or_default(),
                });
            }
        }
        (!nodes.is_empty()).then_some(values)
    }

    fn untagged(&mut self, nodes: &[&Placed<'a>], hint: &str) -> Union {
        let mut union = Union { tag: None, variants: Vec::new() };
        for part in nodes {
            let name = self.variant_hint(part.node);
            let ty = self.ty(part.node, &format!("{hint} {name}"), &part.place);
            let hint = if name == "Variant" { kind_hint(&ty).to_owned() } else { name };
            let doc = doc::of(part.node).0;
            union.variants.push(Variant {
                hint: hint.into(),
                name: Unnamed,
                doc,
                tags: Vec::new(),
                ty: Some(ty),
            });
        }
        union
    }

    /// A property that every variant requires and that has another constant in each is a discriminator in all but name.
    fn implicit(&mut self, nodes: &[&Placed<'a>], hint: &str) -> Option<Union> {
        let candidates = self.schemas.constants(nodes.first()?.node);
        let tag = candidates.into_iter().map(|(name, _)| name).find(|name| {
            let tags: Vec<Vec<String>> =
                nodes.iter().map(|part| self.schemas.constants_of(part.node, name)).collect();
            let mut all: Vec<&String> = tags.iter().flatten().collect();
            let total = all.len();
            all.sort_unstable();
            all.dedup();
            all.len() == total && tags.iter().all(|tags| !tags.is_empty())
        })?;
        let mut union = self.untagged(nodes, hint);
        for (variant, part) in union.variants.iter_mut().zip(nodes) {
            variant.tags = self.schemas.constants_of(part.node, &tag);
        }
        union.tag = Some(Tag::of(tag));
        Some(union)
    }

    /// What an inline variant is called in hints: its component, its title, its place.
    pub(super) fn variant_hint(&self, node: Node<'a>) -> String {
        match node {
            Node::Reference(_) => node.component().unwrap_or_default(),
            Node::Schema(schema) => {
                let keywords = Keywords::of(schema);
                let title = keywords.data.title.as_deref().map(str::trim).unwrap_or_default();
                let constant = self.schemas.constants(node).into_iter().next().map(|(_, value)| value);
                if !title.is_empty() && title.chars().count() <= 40 {
                    return title.to_owned();
                }
                match (constant, keywords.values.as_slice()) {
                    (Some(value), _) => value,
                    (None, [Value::String(value)]) => value.clone(),
                    _ => match self.only_component(node) {
                        Some(name) => name,
                        None => "Variant".to_owned(),
                    },
                }
            }
        }
    }

    fn only_component(&self, node: Node<'a>) -> Option<String> {
        let Node::Schema(schema) = node else { return node.component() };
        match Keywords::of(schema).all_of {
            [one] => Node::from(one).component(),
            _ => None,
        }
    }
}

/// What a variant is called after its type.
fn kind_hint(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "Boolean",
        Type::I32 | Type::I64 | Type::U32 | Type::U64 => "Integer",
        Type::F32 | Type::F64 | Type::Decimal => "Number",
        Type::Text => "String",
        Type::Base64 => "Bytes",
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
