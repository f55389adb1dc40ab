//! What the variants of a union are called in a document's own words.

use super::{Keywords, Node, Schemas};
use serde_json::Value;

/// A title that is longer is a sentence.
const LONGEST_TITLE: usize = 40;

impl<'a> Schemas<'a> {
    /// The words for a variant: its component, its title, its constant, the only property that it has.
    pub(crate) fn words_for(&self, node: Node<'a>) -> Option<String> {
        let Node::Schema(schema) = node else { return node.component() };
        let keywords = Keywords::of(schema);
        let title = keywords.data.title.as_deref().map(str::trim).unwrap_or_default();
        if !title.is_empty() && title.chars().count() <= LONGEST_TITLE {
            return Some(title.to_owned());
        }
        if let Some((_, value)) = self.constants(node).into_iter().next() {
            return Some(value);
        }
        match (keywords.values.as_slice(), keywords.all_of, keywords.properties, keywords.required) {
            ([Value::String(value)], ..) => Some(value.clone()),
            (_, [one], ..) => Node::from(one).component(),
            // An enum of serde's is told by the one property of each variant.
            (_, _, Some(properties), [only]) if properties.len() == 1 && properties.contains_key(only) => {
                Some(only.clone())
            }
            (_, [], None, required @ ([_] | [_, _])) => Some(required.join(" ")),
            _ => None,
        }
    }
}
