//! The one walker over value trees: it goes down by the grammar and tells a visitor what stands where. It knows data from
//! schemas, names from keys, and goes by the notes of where moved nodes were written.

use super::grammar::{Form, Kind, form, is_extension};
use super::{Place, origin};
use serde_json::{Map, Value};

/// What becomes of a value after it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Its members are visited.
    Into,
    /// Its members are not visited.
    Over,
    /// It is taken out of what holds it.
    Remove,
}

/// What is done with the values of a tree. Everything may be changed on the way; what is not implemented does nothing.
pub(crate) trait Visitor {
    /// Whether notes of where nodes were written are ours. In a tree that was just read they are the document's own.
    const FOLLOWS_NOTES: bool = true;

    /// An object of a kind, or what stands where one belongs, before its members.
    fn enter(&mut self, value: &mut Value, kind: Kind, place: &Place) -> Step {
        let _ = (value, kind, place);
        Step::Into
    }

    /// A member of an object, with what belongs there. `place` is the object's.
    fn member(
        &mut self,
        value: &mut Value,
        form: Option<Form>,
        owner: Kind,
        key: &str,
        place: &Place,
    ) -> Step {
        let _ = (value, form, owner, key, place);
        Step::Into
    }

    /// A map of objects by names, before they are visited. `place` is the map's.
    fn map(&mut self, members: &mut Map<String, Value>, owner: Kind, kind: Kind, place: &Place) {
        let _ = (members, owner, kind, place);
    }

    /// An object, or what stands where one belongs, after its members.
    fn leave(&mut self, value: &mut Value, kind: Kind, place: &Place) {
        let _ = (value, kind, place);
    }

    /// The walker goes down to a member, a name or an item.
    fn down(&mut self, key: &str) {
        let _ = key;
    }

    /// The walker is back up.
    fn up(&mut self) {}
}

/// Visits a value of a kind that stands at a place, and all below it. The answer is whether it stays.
pub(crate) fn walk<V: Visitor>(value: &mut Value, kind: Kind, place: &Place, visitor: &mut V) -> bool {
    let written = if V::FOLLOWS_NOTES { origin::noted(value) } else { None };
    let place = written.as_ref().unwrap_or(place);
    match visitor.enter(value, kind, place) {
        Step::Remove => return false,
        Step::Over => return true,
        Step::Into => {}
    }
    match value {
        Value::Object(members) => {
            members.retain(|key, value| member(key, value, kind, place, visitor));
        }
        // `items` was a list of schemas once.
        Value::Array(items) if kind == Kind::Schema => walk_items(items, kind, place, visitor),
        _ => {}
    }
    visitor.leave(value, kind, place);
    true
}

fn member(key: &str, value: &mut Value, owner: Kind, place: &Place, visitor: &mut impl Visitor) -> bool {
    let form = form(owner, key);
    match visitor.member(value, form, owner, key, place) {
        Step::Remove => return false,
        Step::Over => return true,
        Step::Into => {}
    }
    let Some(form) = form else { return true };
    visitor.down(key);
    let stays = match (form, &mut *value) {
        (Form::Node(kind), _) => walk(value, kind, &place.key(key), visitor),
        (Form::FlagOrSchema, Value::Bool(_)) => true,
        (Form::FlagOrSchema, _) => walk(value, Kind::Schema, &place.key(key), visitor),
        (Form::List(kind), Value::Array(items)) => {
            walk_items(items, kind, &place.key(key), visitor);
            true
        }
        (Form::Map(kind), Value::Object(members)) => {
            walk_map(members, owner, kind, &place.key(key), visitor);
            true
        }
        _ => true,
    };
    visitor.up();
    stays
}

fn walk_items(items: &mut Vec<Value>, kind: Kind, place: &Place, visitor: &mut impl Visitor) {
    let (mut written, mut removed) = (0, 0);
    items.retain_mut(|item| {
        let place = place.index(written);
        if removed > 0 {
            // It is counted anew from here on.
            origin::note(item, &place);
        }
        visitor.down(&(written - removed).to_string());
        let stays = walk(item, kind, &place, visitor);
        visitor.up();
        written += 1;
        removed += usize::from(!stays);
        stays
    });
}

/// Visits a map of objects by names that an object of the kind `owner` holds.
pub(crate) fn walk_map(
    members: &mut Map<String, Value>,
    owner: Kind,
    kind: Kind,
    place: &Place,
    visitor: &mut impl Visitor,
) {
    visitor.map(members, owner, kind, place);
    members.retain(|key, value| {
        if is_extension(owner, kind, key) {
            return true;
        }
        visitor.down(key);
        let stays = walk(value, kind, &place.key(key), visitor);
        visitor.up();
        stays
    });
}

#[cfg(test)]
mod tests {
    use super::{Step, Visitor, walk};
    use crate::openapi::grammar::Kind;
    use crate::openapi::{Origins, Place};
    use serde_json::{Value, json};

    /// Notes what stands where, and takes out parameters without a name.
    #[derive(Default)]
    struct Seen(Vec<(String, Kind)>);

    impl Visitor for Seen {
        fn enter(&mut self, value: &mut Value, kind: Kind, place: &Place) -> Step {
            self.0.push((place.pointer.clone(), kind));
            match kind {
                Kind::Parameter if value.get("name").is_none() => Step::Remove,
                _ => Step::Into,
            }
        }
    }

    fn root() -> Place {
        Place::file(&"a.yaml".into())
    }

    #[test]
    fn names_and_data_are_not_taken_for_keys() {
        let mut schema = json!({
            "properties": {"properties": {"type": "string"}, "x-y": {}, "enum": {"items": {}}},
            "enum": [{"items": {}}], "default": {"not": {}}, "example": {"allOf": [{}]}, "x-z": {"items": {}}
        });
        let mut seen = Seen::default();
        walk(&mut schema, Kind::Schema, &root(), &mut seen);
        let pointers: Vec<&str> = seen.0.iter().map(|(pointer, _)| pointer.as_str()).collect();
        let below =
            ["/properties/properties", "/properties/x-y", "/properties/enum", "/properties/enum/items"];
        assert_eq!(pointers, [&[""], &below[..]].concat());
    }

    #[test]
    fn what_moves_up_in_a_list_keeps_the_place_where_it_was_written() {
        let mut item = json!({"parameters": [{}, {"name": "a", "schema": {"items": {}}}]});
        walk(&mut item, Kind::PathItem, &root(), &mut Seen::default());
        let mut again = Seen::default();
        walk(&mut item, Kind::PathItem, &root(), &mut again);
        assert!(again.0.contains(&("/parameters/1/schema/items".to_owned(), Kind::Schema)), "{:?}", again.0);
        let mut tree = json!({"paths": {"/a": item}});
        let origins = Origins::take(&mut tree, &root());
        assert_eq!(tree, json!({"paths": {"/a": {"parameters": [{"name": "a", "schema": {"items": {}}}]}}}));
        let place = Place { pointer: "/paths/~1a/parameters/0/schema".to_owned(), ..root() };
        assert_eq!(origins.written(place).pointer, "/parameters/1/schema");
    }
}
