//! Names that schemas give themselves: in comes a file's tree, out go the pointers that `$anchor`, `$dynamicAnchor` and `$id`
//! stand for.

use serde_json::Value;
use std::collections::HashMap;

/// The pointers of `$anchor`s and `$id`s of a file, by the references that mean them.
pub(super) fn anchors(tree: &Value) -> HashMap<String, String> {
    let mut anchors = HashMap::new();
    let mut stack = vec![(tree, String::new())];
    while let Some((value, pointer)) = stack.pop() {
        match value {
            Value::Object(members) => {
                for key in ["$anchor", "$dynamicAnchor"] {
                    if let Some(Value::String(anchor)) = members.get(key) {
                        anchors.insert(format!("#{anchor}"), pointer.clone());
                    }
                }
                if let Some(Value::String(id)) = members.get("$id") {
                    anchors.insert(id.trim_end_matches('#').to_owned(), pointer.clone());
                }
                for (key, member) in members {
                    stack.push((member, crate::diagnostic::child(&pointer, key)));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    stack.push((item, format!("{pointer}/{index}")));
                }
            }
            _ => {}
        }
    }
    anchors
}

#[cfg(test)]
mod tests {
    use super::anchors;
    use serde_json::json;

    #[test]
    fn anchors_and_ids_lead_to_their_schemas() {
        let tree = json!({"a": {"b": {"$anchor": "x"}}, "c": [{"$id": "https://example.com/s#", "$dynamicAnchor": "y"}]});
        let found = anchors(&tree);
        assert_eq!(found.get("#x").map(String::as_str), Some("/a/b"));
        assert_eq!(found.get("#y").map(String::as_str), Some("/c/0"));
        assert_eq!(found.get("https://example.com/s").map(String::as_str), Some("/c/0"));
    }
}
