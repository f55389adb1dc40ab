//! Sample values: in comes a schema, out goes a JSON value that it takes, from the document's examples where they fit,
//! else made up. For calls in tests and for answers in the service's place; never part of a client.
//!
//! May import from `resolve`, `read`.

mod compose;
mod fits;
mod make;
mod pattern;
mod scalar;

use self::fits::fits;
use self::make::{Extent, make};
use crate::read::{Keywords, Node, Schemas};
use crate::resolve::name_of;
use openapiv3::{Example, MediaType, ParameterData, ParameterSchemaOrContent, ReferenceOr};
use serde_json::{Value, json};

/// An enum of a list's items is looked for this deep.
const DEPTH: usize = 4;

/// The samples of a document.
#[derive(Clone, Copy)]
pub(crate) struct Samples<'s, 'a> {
    schemas: &'s Schemas<'a>,
}

impl<'s, 'a> Samples<'s, 'a> {
    pub(crate) fn of(schemas: &'s Schemas<'a>) -> Self {
        Self { schemas }
    }

    /// A request's body. In a merge patch `null` stands for what is to be removed, and fits wherever nothing has to be.
    pub(crate) fn body(&self, content: &'a MediaType, is_merge_patch: bool) -> Option<Value> {
        let node = Node::from(content.schema.as_ref()?);
        let is_patch = |value: &&Value| is_merge_patch && fits(self.schemas, &without_nulls(value), node);
        let patch = self.examples(content).find(is_patch).cloned();
        let value = patch.or_else(|| self.value(self.examples(content), node))?;
        // An empty form is no body.
        let is_empty = value.as_object().is_some_and(serde_json::Map::is_empty);
        Some(if is_empty { self.first_property(node).unwrap_or(value) } else { value })
    }

    /// An answer's body, as a service sends it: with its optional properties, and without those that are only written.
    pub(crate) fn answer(&self, content: &'a MediaType) -> Option<Value> {
        let mut examples = self.examples(content);
        let Some(schema) = &content.schema else { return examples.next().cloned() };
        let node = Node::from(schema);
        let example = examples.find(|value| fits(self.schemas, value, node)).cloned();
        // A document may nest too deep for whole values, not for the least ones.
        let made = || make(self.schemas, node, Extent::Whole);
        example.or_else(made).or_else(|| make(self.schemas, node, Extent::Least))
    }

    /// A parameter; lists have two items where they may, since one alone looks like no list on the wire.
    pub(crate) fn parameter(&self, data: &'a ParameterData) -> Option<Value> {
        let (schema, content) = match &data.format {
            ParameterSchemaOrContent::Schema(schema) => (Some(schema), None),
            ParameterSchemaOrContent::Content(content) => {
                let content = content.values().next();
                (content.and_then(|content| content.schema.as_ref()), content)
            }
        };
        let own = self.values(data.example.as_ref(), data.examples.values());
        let node = Node::from(schema?);
        let value =
            self.value(own.chain(content.into_iter().flat_map(|content| self.examples(content))), node)?;
        let Value::Array(items) = &value else { return Some(value) };
        let [one] = items.as_slice() else { return Some(value) };
        let second = match one {
            Value::String(text) => json!(format!("{text}2")),
            Value::Number(number) => json!(number.as_i64()? + 1),
            _ => return Some(value),
        };
        let mut lists = [json!([one, second])].into_iter().chain(self.enumerated(node, DEPTH));
        Some(lists.find(|list| fits(self.schemas, list, node)).unwrap_or(value))
    }

    /// The first of these examples that fits, else a value that is made up.
    fn value(&self, mut examples: impl Iterator<Item = &'a Value>, node: Node<'a>) -> Option<Value> {
        let example = examples.find(|value| fits(self.schemas, value, node));
        example.cloned().or_else(|| make(self.schemas, node, Extent::Least))
    }

    /// An object of its first property alone.
    fn first_property(&self, node: Node<'a>) -> Option<Value> {
        let (name, property) = self.schemas.properties(node).into_iter().next()?;
        Some(json!({ name: make(self.schemas, property, Extent::Least)? }))
    }

    /// The first two values of the enum of a list's items, as a list.
    fn enumerated(&self, node: Node<'a>, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let Node::Schema(schema) = node else { return self.enumerated(self.schemas.target(node)?, depth) };
        let keywords = Keywords::of(schema);
        let variants = keywords.any_of.iter().chain(keywords.one_of);
        if let Some(found) = variants.map(Node::from).find_map(|node| self.enumerated(node, depth)) {
            return Some(found);
        }
        let values = Keywords::of(self.schemas.schema(keywords.items?)?).values;
        (values.len() > 1).then(|| Value::Array(values[..2].to_vec()))
    }

    fn examples(&self, content: &'a MediaType) -> impl Iterator<Item = &'a Value> {
        self.values(content.example.as_ref(), content.examples.values())
    }

    /// The values of an `example` and of `examples`.
    fn values(
        &self,
        example: Option<&'a Value>,
        examples: impl Iterator<Item = &'a ReferenceOr<Example>>,
    ) -> impl Iterator<Item = &'a Value> {
        let components = self.schemas.document().api.components.as_ref();
        let named = examples.filter_map(move |item| match item {
            ReferenceOr::Item(example) => example.value.as_ref(),
            ReferenceOr::Reference { reference } => {
                components?.examples.get(&name_of(reference))?.as_item()?.value.as_ref()
            }
        });
        example.into_iter().chain(named)
    }
}

/// A value without the members that are null.
fn without_nulls(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let kept = members.iter().filter(|(_, member)| !member.is_null());
    Value::Object(kept.map(|(key, member)| (key.clone(), without_nulls(member))).collect())
}
