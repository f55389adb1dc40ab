//! What a check of one value may cost: in comes a document, out goes whether its schemas can be checked in reasonable time.
//! Schemas that refer to each other twice at every step have as many paths as there are subsets of them.

use serde_json::Value;
use std::collections::HashMap;

/// Schemas that may look at the same value.
const MOST: u64 = 200_000;
/// How many of them may refer to each other in a row.
const DEEPEST: usize = 400;

/// Whether every value of a document can be checked.
pub(crate) fn is_bearable(tree: &Value) -> bool {
    let mut costs = Costs { tree, known: HashMap::new() };
    let mut nodes = vec![tree];
    while let Some(node) = nodes.pop() {
        let Cost { schemas, in_a_row } = costs.of(node, 0);
        if schemas > MOST || in_a_row > DEEPEST {
            return false;
        }
        match node {
            Value::Object(members) => nodes.extend(members.values()),
            Value::Array(items) => nodes.extend(items),
            _ => {}
        }
    }
    true
}

/// Schemas that look at one value, and the longest row of them.
#[derive(Clone, Copy)]
struct Cost {
    schemas: u64,
    in_a_row: usize,
}

struct Costs<'a> {
    tree: &'a Value,
    /// By address; a node that is being looked at costs nothing more.
    known: HashMap<usize, Cost>,
}

impl<'a> Costs<'a> {
    /// What a check of one value by this schema costs.
    fn of(&mut self, node: &'a Value, depth: usize) -> Cost {
        let mut cost = Cost { schemas: 1, in_a_row: 1 };
        let Value::Object(members) = node else { return cost };
        let address = std::ptr::from_ref(node).addr();
        if let Some(known) = self.known.get(&address) {
            return *known;
        }
        if depth > DEEPEST {
            return Cost { schemas: 1, in_a_row: usize::MAX };
        }
        self.known.insert(address, cost);
        let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| members.get(key)?.as_array());
        let single = ["not", "if", "then", "else"].into_iter().filter_map(|key| members.get(key));
        let reference =
            members.get("$ref").and_then(Value::as_str).and_then(|reference| self.target(reference));
        let parts: Vec<&Value> = lists.flatten().chain(single).chain(reference).collect();
        for part in parts {
            let part = self.of(part, depth + 1);
            cost.schemas = cost.schemas.saturating_add(part.schemas);
            cost.in_a_row = cost.in_a_row.max(part.in_a_row.saturating_add(1));
        }
        self.known.insert(address, cost);
        cost
    }

    fn target(&self, reference: &str) -> Option<&'a Value> {
        let pointer =
            percent_encoding::percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
        self.tree.pointer(&pointer)
    }
}

#[cfg(test)]
mod tests {
    use super::is_bearable;
    use serde_json::{Value, json};

    /// Schemas in a row, each made of the next one.
    fn row(length: usize, link: impl Fn(String) -> Value) -> Value {
        let schema = |number: usize| match number + 1 == length {
            true => json!({"type": "object"}),
            false => link(format!("#/components/schemas/S{}", number + 1)),
        };
        let schemas = (0..length).map(|number| (format!("S{number}"), schema(number)));
        json!({"components": {"schemas": schemas.collect::<serde_json::Map<_, _>>()}})
    }

    #[test]
    fn only_what_has_too_many_paths_or_too_long_ones_is_left() {
        assert!(is_bearable(&row(100, |next| json!({"allOf": [{"$ref": next}]}))));
        assert!(is_bearable(&row(
            5_000,
            |next| json!({"properties": {"a": {"$ref": next}, "b": {"$ref": next}}})
        )));
        assert!(!is_bearable(&row(40, |next| json!({"anyOf": [{"$ref": next}, {"$ref": next}]}))));
        assert!(!is_bearable(&row(5_000, |next| json!({"$ref": next}))));
        let circle =
            json!({"components": {"schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}});
        assert!(is_bearable(&circle), "the validator ends circles itself");
    }
}
