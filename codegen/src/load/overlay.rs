//! Overlays: a document's tree and a list of actions to a changed tree, before anything else looks at it (Overlay
//! Specification 1.0 and 1.1, <https://spec.openapis.org/overlay/v1.1.0.html>). Only the root document is changed.

use super::read::Files;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::pointer;
use serde_json::Value;
use serde_json_path::JsonPath;
use std::path::Path;

/// Applies the overlay in a file. Errors go to `diagnostics`; the tree is then what it was before the failing action.
pub(super) fn apply(tree: &mut Value, path: &Path, files: &mut Files, diagnostics: &mut Diagnostics) {
    let name = path.to_string_lossy();
    let overlay = match files.read(path, &name) {
        Ok(overlay) => overlay,
        Err(diagnostic) => return diagnostics.push(diagnostic),
    };
    let place = Place { file: (*name).into(), pointer: String::new(), line: None };
    let mut fail = |place: &Place, message: String| {
        diagnostics.push(Diagnostic::error(Code::Overlay, place.clone(), message));
    };
    let version = overlay.get("overlay").and_then(Value::as_str).unwrap_or_default();
    if !["1.0", "1.1"].iter().any(|known| version == *known || version.starts_with(&format!("{known}."))) {
        return fail(&place, "this is no overlay: `overlay: 1.0.0` or `1.1.0` is missing".to_owned());
    }
    let Some(actions) = overlay.get("actions").and_then(Value::as_array) else {
        return fail(&place, "the overlay has no list of `actions`".to_owned());
    };
    let place = place.key("actions");
    for (index, action) in actions.iter().enumerate() {
        let place = place.index(index);
        match act(tree, action) {
            Ok(0) => diagnostics.push(Diagnostic::warning(
                Code::Overlay,
                place.key("target"),
                "the action changes nothing: its target is not in the document",
            )),
            Ok(_) => {}
            Err((key, message)) => {
                let place = place.key(key);
                return diagnostics.push(Diagnostic::error(Code::Overlay, place, message));
            }
        }
    }
}

/// Why an action cannot be done: the member that is wrong, and what is wrong with it.
type Refusal = (&'static str, String);

/// Does one action and answers with the number of nodes that it was done to.
fn act(tree: &mut Value, action: &Value) -> Result<usize, Refusal> {
    let target =
        action.get("target").and_then(Value::as_str).ok_or(("target", "`target` is missing".to_owned()))?;
    let pointers = select(tree, target).map_err(|reason| ("target", reason))?;
    if action.get("remove").and_then(Value::as_bool) == Some(true) {
        // The last first, so that the places of the others in their lists stay what they were.
        for pointer in pointers.iter().rev() {
            remove(tree, pointer)?;
        }
        return Ok(pointers.len());
    }
    let (key, change) = match (action.get("update"), action.get("copy").and_then(Value::as_str)) {
        (Some(update), None) => ("update", update.clone()),
        (None, Some(source)) => {
            let found = select(tree, source).map_err(|reason| ("copy", reason))?;
            let [pointer] = found.as_slice() else {
                return Err(("copy", format!("`copy` must name one node; it names {}", found.len())));
            };
            ("copy", tree.pointer(pointer).cloned().unwrap_or_default())
        }
        (Some(_), Some(_)) => return Err(("copy", "an action has `update` or `copy`, not both".to_owned())),
        (None, None) => {
            return Err(("target", "the action has none of `update`, `copy` and `remove`".to_owned()));
        }
    };
    for pointer in &pointers {
        if let Some(node) = tree.pointer_mut(pointer) {
            match (&mut *node, &change) {
                (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
                (Value::Array(items), one) => items.push(one.clone()),
                _ => merge(node, &change).map_err(|at| (key, incompatible(pointer, &at)))?,
            }
        }
    }
    Ok(pointers.len())
}

/// The pointers of what a JSONPath selects, in the document's order, each once.
fn select(tree: &Value, path: &str) -> Result<Vec<String>, String> {
    let path = JsonPath::parse(path).map_err(|error| format!("{path:?} is no JSONPath: {error}"))?;
    let mut pointers: Vec<String> = Vec::new();
    for node in path.query_located(tree).iter() {
        let pointer = node.location().to_json_pointer();
        if !pointers.contains(&pointer) {
            pointers.push(pointer);
        }
    }
    Ok(pointers)
}

fn remove(tree: &mut Value, pointer: &str) -> Result<(), Refusal> {
    let Some((parent, key)) = pointer::split(pointer) else {
        return Err(("target", "the whole document cannot be removed".to_owned()));
    };
    match tree.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&key);
        }
        Some(Value::Array(items)) => {
            if let Some(index) = key.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Merges a change into a node; the error is the pointer, from the node on, where the two do not go together.
fn merge(node: &mut Value, change: &Value) -> Result<(), String> {
    match (node, change) {
        (Value::Object(members), Value::Object(changes)) => {
            for (key, change) in changes {
                match members.get_mut(key) {
                    Some(member) => merge(member, change).map_err(|at| format!("/{key}{at}"))?,
                    None => {
                        members.insert(key.clone(), change.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(more)) => items.extend(more.iter().cloned()),
        // A structured overlay mirrors the document; an empty branch changes nothing.
        (Value::Object(_) | Value::Array(_), Value::Null) => {}
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => {
            return Err(String::new());
        }
        (node, change) => *node = change.clone(),
    }
    Ok(())
}

fn incompatible(pointer: &str, at: &str) -> String {
    format!("at {pointer}{at} the document and the change are of different kinds")
}

#[cfg(test)]
mod tests {
    use super::act;
    use serde_json::{Value, json};

    fn after(mut tree: Value, action: Value) -> Result<Value, (&'static str, String)> {
        act(&mut tree, &action).map(|_| tree)
    }

    #[test]
    fn updates_merge_objects_append_to_lists_and_replace_the_rest() {
        let tree = json!({"a": {"b": 1, "c": [1]}, "d": [1]});
        let merged = after(tree.clone(), json!({"target": "$.a", "update": {"b": 2, "c": [2], "e": true}}));
        assert_eq!(merged, Ok(json!({"a": {"b": 2, "c": [1, 2], "e": true}, "d": [1]})));
        let appended = after(tree.clone(), json!({"target": "$.d", "update": {"x": 1}}));
        assert_eq!(appended, Ok(json!({"a": {"b": 1, "c": [1]}, "d": [1, {"x": 1}]})));
        let replaced = after(tree.clone(), json!({"target": "$.a.b", "update": "text"}));
        assert_eq!(replaced, Ok(json!({"a": {"b": "text", "c": [1]}, "d": [1]})));
        assert!(after(tree, json!({"target": "$.a", "update": {"c": {"no": "list"}}})).is_err());
    }

    #[test]
    fn removing_several_items_of_a_list_removes_those() {
        let tree = json!({"l": ["a", "x", "b", "x"]});
        let removed = after(tree, json!({"target": "$.l[?@ == 'x']", "remove": true}));
        assert_eq!(removed, Ok(json!({"l": ["a", "b"]})));
    }

    #[test]
    fn a_copy_takes_one_node_from_elsewhere() {
        let tree = json!({"from": {"x": 1}, "to": {"y": 2}, "list": [1, 2]});
        let copied = after(tree.clone(), json!({"target": "$.to", "copy": "$.from"}));
        assert_eq!(copied, Ok(json!({"from": {"x": 1}, "to": {"y": 2, "x": 1}, "list": [1, 2]})));
        assert!(after(tree, json!({"target": "$.to", "copy": "$.list[*]"})).is_err());
    }

    #[test]
    fn what_cannot_be_done_says_which_member_is_wrong() {
        let wrong = |action| after(json!({"a": 1}), action).err().map(|(key, _)| key);
        assert_eq!(wrong(json!({"update": 1})), Some("target"));
        assert_eq!(wrong(json!({"target": "a", "update": 1})), Some("target"));
        assert_eq!(wrong(json!({"target": "$", "remove": true})), Some("target"));
        assert_eq!(wrong(json!({"target": "$.a", "update": 1, "copy": "$.a"})), Some("copy"));
    }
}
