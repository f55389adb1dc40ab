//! Sample values: in comes a schema, out goes a JSON value that it takes, from the document's examples where they fit,
//! else made up. For calls in tests; never part of a client.

mod pattern;
mod scalar;

use super::Lower;
use crate::read::{Keywords, Kind, Node};
use openapiv3::{Discriminator, Example, ReferenceOr};
use serde_json::{Map, Value, json};

/// Schemas that are looked at for one sample: a document may ask for a tree that no machine has time for.
const WORK: usize = 20_000;

/// Deeper than this nothing is made.
const DEPTH: usize = 14;

/// The same for samples with optional properties, which grow faster.
const FULL_WORK: usize = 2_000;
const FULL_DEPTH: usize = 6;

impl<'a> Lower<'a> {
    /// A value of a schema: the first of these examples that fits, else one that is made up. `None` if there is none, for
    /// example because the schema contains itself without an end.
    pub(super) fn sample<'e>(
        &self,
        examples: impl Iterator<Item = &'e Value>,
        node: Node<'a>,
    ) -> Option<Value> {
        self.sample_work.set(WORK);
        let mut examples = examples.filter(|value| self.fits(value, node, 8));
        examples.next().cloned().or_else(|| self.made(node, DEPTH))
    }

    /// A value as a service answers with it: with its optional properties, and without those that are only written.
    pub(super) fn full_sample<'e>(
        &self,
        examples: impl Iterator<Item = &'e Value>,
        node: Node<'a>,
    ) -> Option<Value> {
        let mut examples = examples.filter(|value| self.fits(value, node, 8));
        if let Some(example) = examples.next() {
            return Some(example.clone());
        }
        self.sample_work.set(FULL_WORK);
        self.sample_is_full.set(true);
        let full = self.made(node, FULL_DEPTH);
        self.sample_is_full.set(false);
        // A document may nest too deep for whole values, not for the least ones.
        full.or_else(|| self.sample(std::iter::empty(), node))
    }

    /// A value of a parameter; lists have two items where they may, since one alone looks like no list on the wire.
    pub(super) fn parameter_value<'e>(
        &self,
        examples: impl Iterator<Item = &'e Value>,
        node: Node<'a>,
    ) -> Option<Value> {
        let value = self.sample(examples, node)?;
        let Value::Array(items) = &value else { return Some(value) };
        let [one] = items.as_slice() else { return Some(value) };
        let second = match one {
            Value::String(text) => json!(format!("{text}2")),
            Value::Number(number) => json!(number.as_i64()? + 1),
            _ => return Some(value),
        };
        let mut options = [json!([one, second])].into_iter().chain(self.enumerated(node, 4));
        let fits = |list: &Value| self.fits(list, node, 8);
        Some(options.find(fits).unwrap_or(value))
    }

    /// An object of its first property alone.
    pub(super) fn with_optional(&self, node: Node<'a>) -> Option<Value> {
        let (name, property) = self.properties_of(node).into_iter().next()?;
        Some(json!({ name: self.made(property, DEPTH)? }))
    }

    /// The first two values of a list's enum, as a list.
    fn enumerated(&self, node: Node<'a>, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let Node::Schema(schema) = node else {
            return self.enumerated(self.document.schema(&node.component()?)?.into(), depth);
        };
        let keywords = Keywords::of(schema);
        let variants = keywords.any_of.iter().chain(keywords.one_of);
        if let Some(found) = variants.map(Node::from).find_map(|node| self.enumerated(node, depth)) {
            return Some(found);
        }
        let items = match keywords.items? {
            Node::Schema(schema) => schema,
            node @ Node::Reference(_) => self.document.schema(&node.component()?)?.as_item()?,
        };
        let values = Keywords::of(items).values;
        (values.len() > 1).then(|| Value::Array(values[..2].to_vec()))
    }

    /// The values of an `example` and of `examples`.
    pub(super) fn examples<'e>(
        &'e self,
        example: Option<&'e Value>,
        examples: impl Iterator<Item = &'e ReferenceOr<Example>> + 'e,
    ) -> impl Iterator<Item = &'e Value> + 'e {
        let named = examples.filter_map(|item| match item {
            ReferenceOr::Item(example) => example.value.as_ref(),
            ReferenceOr::Reference { reference } => {
                let components = self.document.api.components.as_ref()?;
                components.examples.get(&crate::resolve::name_of(reference))?.as_item()?.value.as_ref()
            }
        });
        example.into_iter().chain(named)
    }

    fn made(&self, node: Node<'a>, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.sample_work.set(self.sample_work.get().checked_sub(1)?);
        let schema = match node {
            // A reference is no level of its own; circles of references are refused before.
            Node::Reference(_) => {
                let component = node.component()?;
                let target = self.document.schema(&component)?;
                // A parent that is told apart by its children is never sent as itself.
                let child = self.a_child(&component).and_then(|(child, discriminator)| {
                    Some(tagged(self.made(child, depth)?, child, discriminator))
                });
                return child.or_else(|| self.made(target.into(), depth + 1));
            }
            Node::Schema(schema) => schema,
        };
        let keywords = Keywords::of(schema);
        // Examples of single properties show what answers look like; put together they need not be a request.
        let example = keywords.data.example.as_ref().filter(|_| self.sample_is_full.get());
        let own = [example, keywords.data.default.as_ref()];
        if let Some(value) = own.into_iter().flatten().find(|value| self.fits(value, node, 8)) {
            return Some(value.clone());
        }
        if let Some(value) = keywords.values.iter().find(|value| !value.is_null()).or(keywords.values.first())
        {
            return Some(value.clone());
        }
        let variants = if keywords.one_of.is_empty() { keywords.any_of } else { keywords.one_of };
        if !keywords.all_of.is_empty() || !variants.is_empty() {
            return self.composed(&keywords, node, variants, depth);
        }
        match keywords.kind {
            _ if keywords.is_object() => self.object_sample(&keywords, depth).map(Value::Object),
            Some(Kind::Array) => self.list(&keywords, depth),
            None if keywords.items.is_some() => self.list(&keywords, depth),
            Some(Kind::String) => Some(scalar::string(&keywords.format, &keywords.bounds)),
            Some(Kind::Integer) => Some(scalar::number(&keywords.bounds, true)),
            Some(Kind::Number) => Some(scalar::number(&keywords.bounds, false)),
            Some(Kind::Boolean) => Some(json!(true)),
            _ if keywords.is_null() => Some(Value::Null),
            _ if !keywords.format.is_empty() => Some(scalar::string(&keywords.format, &keywords.bounds)),
            _ => Some(json!("sample")),
        }
    }

    /// The first child of a component that names its children by a discriminator.
    fn a_child(&self, component: &str) -> Option<(Node<'a>, &'a Discriminator)> {
        let schema = self.document.schema(component)?.as_item()?;
        let keywords = Keywords::of(schema);
        let discriminator = keywords.data.discriminator.as_ref()?;
        let has_variants = !keywords.one_of.is_empty() || !keywords.any_of.is_empty();
        let children = self.children.get(component).filter(|_| !has_variants)?;
        let mut mapped = discriminator.mapping.values().map(String::as_str);
        let child = mapped.find(|target| children.contains(&crate::resolve::name_of(target)))?;
        Some((Node::Reference(child), discriminator))
    }

    /// The objects of all parts, put together; of several variants the first that can be made.
    fn composed(
        &self,
        keywords: &Keywords<'a>,
        node: Node<'a>,
        variants: &'a [ReferenceOr<openapiv3::Schema>],
        depth: usize,
    ) -> Option<Value> {
        let mut parts: Vec<Value> = Vec::new();
        for part in keywords.all_of {
            // A part that is a component stands for itself here, not for one of its children.
            let part = match Node::from(part) {
                node @ Node::Reference(_) => self.document.schema(&node.component()?)?.into(),
                node @ Node::Schema(_) => node,
            };
            if self.says_shape(part, 8) {
                parts.extend(self.made(part, depth));
            }
        }
        let variant = self.variant(keywords, variants, depth);
        if !variants.is_empty() && variant.is_none() && parts.is_empty() {
            return variants.iter().any(|node| self.is_nullable(node.into())).then_some(Value::Null);
        }
        parts.extend(variant);
        if keywords.properties.is_some() || !keywords.required.is_empty() {
            parts.extend(self.object_sample(keywords, depth).map(Value::Object));
        }
        let mut merged = Map::new();
        for part in &parts {
            let Value::Object(members) = part else { return Some(part.clone()) };
            merged.extend(members.clone());
        }
        // A part may ask for what another one declares.
        let properties = self.properties_of(node);
        for name in self.required_of(node) {
            if let Some((_, node)) = properties.iter().find(|(known, _)| *known == name)
                && !merged.get(name).is_some_and(|value| self.fits(value, *node, 8))
            {
                merged.insert(name.to_owned(), self.made(*node, depth)?);
            }
        }
        Some(Value::Object(merged))
    }

    /// The value of a variant: of `oneOf` one that no other variant takes, if there is one.
    fn variant(
        &self,
        keywords: &Keywords<'a>,
        variants: &'a [ReferenceOr<openapiv3::Schema>],
        depth: usize,
    ) -> Option<Value> {
        let nodes = || variants.iter().map(Node::from);
        let made = |node| {
            let value = self.made(node, depth).filter(|value| !value.is_null())?;
            Some(match keywords.data.discriminator.as_ref() {
                Some(discriminator) => tagged(value, node, discriminator),
                None => value,
            })
        };
        let fits_once = |value: &Value| nodes().filter(|node| self.fits(value, *node, 8)).count() == 1;
        let mut candidates = nodes().filter(|node| self.says_shape(*node, 8)).filter_map(made);
        let first = candidates.next()?;
        if keywords.one_of.is_empty() || fits_once(&first) {
            return Some(first);
        }
        Some(candidates.find(fits_once).unwrap_or(first))
    }

    /// Whether a schema says what its values are; one that only asks for properties, or describes, does not.
    fn says_shape(&self, node: Node<'a>, depth: usize) -> bool {
        let (Node::Schema(schema), Some(depth)) = (node, depth.checked_sub(1)) else { return true };
        let keywords = Keywords::of(schema);
        let mut parts = keywords.all_of.iter().chain(keywords.one_of).chain(keywords.any_of);
        if keywords.is_combined() && !keywords.has_own_shape() {
            return parts.any(|part| self.says_shape(part.into(), depth));
        }
        keywords.has_shape()
    }

    /// The properties that an object and the parts of its `allOf` require.
    fn required_of(&self, node: Node<'a>) -> Vec<&'a str> {
        let mut found: Vec<&'a str> = Vec::new();
        self.each_part(node, &mut |keywords| {
            // Of variants that only ask for properties, the first is as good as any.
            let variants = if keywords.one_of.is_empty() { keywords.any_of } else { keywords.one_of };
            if let Some(ReferenceOr::Item(variant)) = variants.first()
                && !self.says_shape(Node::Schema(variant), 8)
            {
                found.extend(Keywords::of(variant).required.iter().map(String::as_str));
            }
            found.extend(keywords.required.iter().map(String::as_str));
        });
        found
    }

    fn object_sample(&self, keywords: &Keywords<'a>, depth: usize) -> Option<Map<String, Value>> {
        let mut members = Map::new();
        for (name, node) in keywords.properties.into_iter().flatten() {
            let node = Node::from(node);
            let is_required = keywords.required.contains(name);
            if self.sample_is_full.get() {
                let is_write_only = matches!(node, Node::Schema(schema) if schema.schema_data.write_only);
                match self.made(node, depth).filter(|_| !is_write_only) {
                    Some(value) => drop(members.insert(name.clone(), value)),
                    None if is_required && !is_write_only => return None,
                    None => {}
                }
                continue;
            }
            let is_read_only = matches!(node, Node::Schema(schema) if schema.schema_data.read_only);
            if is_required && !is_read_only {
                members.insert(name.clone(), self.made(node, depth)?);
            }
        }
        for name in keywords.required {
            let is_declared = keywords.properties.is_some_and(|properties| properties.contains_key(name));
            if !is_declared && !members.contains_key(name) {
                let value = match keywords.additional {
                    Some(openapiv3::AdditionalProperties::Schema(schema)) => {
                        self.made(Node::from(&**schema), depth)?
                    }
                    _ => json!("sample"),
                };
                members.insert(name.clone(), value);
            }
        }
        let missing = keywords.bounds.min_properties.unwrap_or_default().saturating_sub(members.len());
        let optional =
            keywords.properties.into_iter().flatten().filter(|(name, _)| !keywords.required.contains(name));
        for (name, node) in optional.take(missing) {
            members.extend(self.made(node.into(), depth).map(|value| (name.clone(), value)));
        }
        let missing = keywords.bounds.min_properties.unwrap_or_default().saturating_sub(members.len());
        if let Some(openapiv3::AdditionalProperties::Schema(schema)) = keywords.additional {
            for number in 0..missing.min(8) {
                let value = self.made(Node::from(&**schema), depth)?;
                members.insert(format!("key{number}"), value);
            }
        }
        Some(members)
    }

    fn list(&self, keywords: &Keywords<'a>, depth: usize) -> Option<Value> {
        let least = keywords.bounds.min_items.unwrap_or_default();
        let most = keywords.bounds.max_items.unwrap_or(usize::MAX);
        let item = match keywords.items {
            Some(items) => self.made(items, depth),
            None => Some(json!("sample")),
        };
        match item {
            Some(item) => Some(Value::Array(vec![item; least.max(1).min(most).min(64)])),
            None => (least == 0).then(|| json!([])),
        }
    }

    /// Whether an example is what it claims to be, as far as a sample has to be.
    fn fits(&self, value: &Value, node: Node<'a>, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return true };
        let schema = match node {
            Node::Reference(_) => {
                let target = node.component().and_then(|name| self.document.schema(&name));
                return target.is_some_and(|target| self.fits(value, target.into(), depth));
            }
            Node::Schema(schema) => schema,
        };
        let keywords = Keywords::of(schema);
        if value.is_null() {
            return self.is_nullable(node);
        }
        if !keywords.values.is_empty() && !keywords.values.contains(value) {
            return false;
        }
        let of_kind = match keywords.kind {
            Some(Kind::String) => {
                value.as_str().is_some_and(|text| scalar::fits(text, &keywords.format, &keywords.bounds))
            }
            Some(Kind::Integer) => value
                .as_f64()
                .is_some_and(|number| number.fract() == 0.0 && scalar::in_range(number, &keywords.bounds)),
            Some(Kind::Number) => {
                value.as_f64().is_some_and(|number| scalar::in_range(number, &keywords.bounds))
            }
            Some(Kind::Boolean) => value.is_boolean(),
            Some(Kind::Array) => value.is_array(),
            Some(Kind::Object) => value.is_object(),
            None => !keywords.is_object() || value.is_object(),
        };
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let counted = keywords.bounds.min_items.is_none_or(|min| items.len() >= min)
            && keywords.bounds.max_items.is_none_or(|max| items.len() <= max);
        let (one_of, any_of) = (keywords.one_of, keywords.any_of);
        of_kind
            && (counted || !value.is_array())
            && keywords.items.is_none_or(|node| items.iter().all(|item| self.fits(item, node, depth)))
            && keywords.all_of.iter().all(|part| self.fits(value, part.into(), depth))
            && [one_of, any_of].iter().all(|variants| {
                variants.is_empty() || variants.iter().any(|node| self.fits(value, node.into(), depth))
            })
            && self.members_fit(value, &keywords, depth)
    }

    fn members_fit(&self, value: &Value, keywords: &Keywords<'a>, depth: usize) -> bool {
        let Some(members) = value.as_object() else { return true };
        let declared =
            |name: &String| keywords.properties.is_some_and(|properties| properties.contains_key(name));
        let is_closed = matches!(keywords.additional, Some(openapiv3::AdditionalProperties::Any(false)));
        let more = match keywords.additional {
            Some(openapiv3::AdditionalProperties::Schema(schema)) => Some(Node::from(&**schema)),
            _ => None,
        };
        keywords.required.iter().all(|name| members.contains_key(name))
            && members.keys().all(|name| declared(name) || !is_closed)
            && members.iter().all(|(name, member)| {
                let known = keywords.properties.and_then(|properties| properties.get(name)).map(Node::from);
                known.or(more).is_none_or(|node| self.fits(member, node, depth))
            })
    }
}

/// A variant with the value that its discriminator needs.
fn tagged(mut value: Value, node: Node<'_>, discriminator: &Discriminator) -> Value {
    let Some(component) = node.component() else { return value };
    let mapped =
        discriminator.mapping.iter().find(|(_, target)| crate::resolve::name_of(target) == component);
    let tag = mapped.map_or(component.as_str(), |(tag, _)| tag.as_str());
    if let Some(members) = value.as_object_mut() {
        members.insert(discriminator.property_name.clone(), tag.into());
    }
    value
}
