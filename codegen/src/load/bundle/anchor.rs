//! Names that schemas give themselves: in comes a file's tree, out go the pointers that `$anchor`, `$dynamicAnchor` and `$id`
//! stand for.

use crate::openapi::grammar::Kind;
use crate::openapi::{Place, Step, Visitor, walk};
use serde_json::Value;
use std::collections::HashMap;

/// The pointers of `$anchor`s and `$id`s of a file, by the references that mean them.
pub(super) fn anchors(tree: &mut Value, place: &Place) -> HashMap<String, String> {
    let is_document = ["openapi", "swagger", "paths", "components"].iter().any(|key| tree.get(key).is_some());
    let mut anchors = Anchors(HashMap::new());
    walk(tree, if is_document { Kind::Document } else { Kind::Schema }, place, &mut anchors);
    anchors.0
}

struct Anchors(HashMap<String, String>);

impl Anchors {
    /// Of two schemas with one name the first one has it.
    fn insert(&mut self, name: String, place: &Place) {
        self.0.entry(name).or_insert_with(|| place.pointer.clone());
    }
}

impl Visitor for Anchors {
    const FOLLOWS_NOTES: bool = false;

    fn enter(&mut self, value: &mut Value, kind: Kind, place: &Place) -> Step {
        if kind == Kind::Schema {
            for key in ["$anchor", "$dynamicAnchor"] {
                if let Some(Value::String(anchor)) = value.get(key) {
                    self.insert(format!("#{anchor}"), place);
                }
            }
            if let Some(Value::String(id)) = value.get("$id") {
                self.insert(id.trim_end_matches('#').to_owned(), place);
            }
        }
        Step::Into
    }
}

#[cfg(test)]
mod tests {
    use super::anchors;
    use crate::openapi::Place;
    use serde_json::{Value, json};

    fn found(mut tree: Value, name: &str) -> Option<String> {
        anchors(&mut tree, &Place::file(&"a.yaml".into())).remove(name)
    }

    #[test]
    fn anchors_and_ids_lead_to_their_schemas() {
        let tree = json!({
            "$defs": {"b": {"$anchor": "x"}},
            "oneOf": [{"$id": "https://example.com/s#", "$dynamicAnchor": "y"}]
        });
        assert_eq!(found(tree.clone(), "#x").as_deref(), Some("/$defs/b"));
        assert_eq!(found(tree.clone(), "#y").as_deref(), Some("/oneOf/0"));
        assert_eq!(found(tree, "https://example.com/s").as_deref(), Some("/oneOf/0"));
    }

    #[test]
    fn an_anchor_inside_of_data_names_nothing() {
        let data = json!([{"$anchor": "x", "$id": "y"}]);
        let schema = json!({"$anchor": "z", "examples": data, "enum": data, "default": data, "x-own": data});
        let tree = json!({"openapi": "3.1.0", "components": {"schemas": {"A": schema}}});
        assert_eq!(found(tree.clone(), "#x"), None);
        assert_eq!(found(tree.clone(), "y"), None);
        assert_eq!(found(tree, "#z").as_deref(), Some("/components/schemas/A"));
    }
}
