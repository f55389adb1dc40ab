//! Properties that are enums of strings: what tells the variants of a union apart.

use super::{Keywords, Node, Schemas};
use indexmap::IndexMap;
use serde_json::Value;

/// References to references are followed this far.
const DEPTH: usize = 16;

impl<'a> Schemas<'a> {
    /// The constants that a node's property allows, through references and `allOf`.
    pub(crate) fn constants_of(&self, node: Node<'a>, property: &str) -> Vec<String> {
        let constants = self.constants(node);
        constants.into_iter().filter(|(name, _)| name == property).map(|(_, value)| value).collect()
    }

    /// All properties of a node that are enums of strings, with their values.
    pub(crate) fn constants(&self, node: Node<'a>) -> Vec<(String, String)> {
        let mut parts: Vec<Vec<(&'a str, Vec<String>)>> = Vec::new();
        self.each_part(node, &mut |keywords| {
            let own = keywords.properties.into_iter().flatten();
            let own = own.map(|(name, node)| (name.as_str(), self.strings(node.into(), DEPTH)));
            parts.push(own.filter(|(_, values)| !values.is_empty()).collect());
        });
        let mut found: IndexMap<&'a str, Vec<String>> = IndexMap::new();
        // What several parts allow is what all of them do. A schema that says something else than its parts comes last, and counts.
        for (name, values) in parts.into_iter().rev().flatten() {
            let both =
                found.get(name).map(|known| values.iter().filter(|value| known.contains(value)).cloned());
            let both: Vec<String> = both.into_iter().flatten().collect();
            found.shift_remove(name);
            found.insert(name, if both.is_empty() { values } else { both });
        }
        let pairs = found
            .into_iter()
            .flat_map(|(name, values)| values.into_iter().map(move |value| (name.to_owned(), value)));
        pairs.collect()
    }

    fn strings(&self, node: Node<'a>, depth: usize) -> Vec<String> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        match node {
            Node::Reference(_) => {
                self.target(node).map(|target| self.strings(target, depth)).unwrap_or_default()
            }
            Node::Schema(schema) => {
                let values = Keywords::of(schema).values;
                values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
        }
    }
}
