//! The laws of the algebra, for schemas that nobody chose.

use super::apart::Apart;
use super::form::{Form, Kinds, Rest};
use super::known::Known;
use super::spread::{Alternative, spread};
use crate::openapi::Place;
use crate::read::{Kind, Node, Placed, Schemas};
use crate::resolve::Document;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

/// What the schemas of the tests refer to.
fn components() -> Value {
    json!({
        "Text": {"type": "string", "enum": ["a", "b", "c"]},
        "Pair": {"type": "object", "required": ["p"], "properties": {
            "p": {"$ref": "#/components/schemas/Text"}, "q": {"type": "number"}
        }}
    })
}

fn leaf() -> impl Strategy<Value = Value> {
    let texts = subsequence(vec!["a", "b", "c", "d"], 1..4)
        .prop_map(|values| json!({"type": "string", "enum": values}));
    let numbers =
        subsequence(vec![1, 2, 3], 1..3).prop_map(|values| json!({"type": "integer", "enum": values}));
    let plain = select(vec![
        json!({}),
        json!({"type": "string"}),
        json!({"type": "number"}),
        json!({"type": "integer"}),
        json!({"type": "boolean"}),
        json!({"$ref": "#/components/schemas/Text"}),
        json!({"$ref": "#/components/schemas/Pair"}),
    ]);
    prop_oneof![texts, numbers, plain]
}

/// Schemas without unions.
fn plain() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        let object =
            (prop::collection::btree_map(select(vec!["p", "q", "r"]), inner.clone(), 1..3), any::<bool>());
        let object = object.prop_map(|(properties, all)| {
            let required: Vec<&str> = properties.keys().copied().take(if all { 3 } else { 1 }).collect();
            json!({"type": "object", "properties": properties, "required": required})
        });
        let array = inner.clone().prop_map(|items| json!({"type": "array", "items": items}));
        let all_of = prop::collection::vec(inner, 2..3).prop_map(|parts| json!({"allOf": parts}));
        prop_oneof![object, array, all_of]
    })
}

/// Schemas, some of which are unions.
fn schema() -> impl Strategy<Value = Value> {
    let union = prop::collection::vec(plain(), 2..4).prop_map(|variants| json!({"anyOf": variants}));
    prop_oneof![3 => plain(), 2 => union]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = select(vec![
        json!("a"),
        json!("b"),
        json!("d"),
        json!("e"),
        json!(1),
        json!(2),
        json!(1.5),
        json!(true),
    ]);
    leaf.prop_recursive(2, 6, 2, |inner| {
        let object = prop::collection::btree_map(select(vec!["p", "q", "r"]), inner.clone(), 0..3);
        let array = prop::collection::vec(inner, 0..2);
        prop_oneof![object.prop_map(|members| json!(members)), array.prop_map(|items| json!(items))]
    })
}

/// A document, and what is known of its components.
struct World<'a> {
    schemas: Schemas<'a>,
    known: Known<'a>,
}

/// The intersection of schemas, given to a test.
fn with<T>(schemas: &[Value], test: impl for<'a> FnOnce(&[Placed<'a>], &World<'a>) -> T) -> T {
    let mut all = components();
    for (at, schema) in schemas.iter().enumerate() {
        all[format!("S{at}")] = schema.clone();
    }
    let document = Document::of_schemas(all);
    assert_eq!(document.schemas().count(), schemas.len() + 2);
    let place = Place::file(&"test".into());
    let part = |at: usize| {
        let node = document.schema(&format!("S{at}")).map(Node::from);
        Placed::new(node.unwrap_or(Node::Reference("")), place.index(at), "S")
    };
    let parts: Vec<Placed<'_>> = (0..schemas.len()).map(part).collect();
    test(&parts, &World { schemas: Schemas::of(&document), known: Known::default() })
}

fn all<'s, 'a>(world: &'s World<'a>, parts: &[&Placed<'a>]) -> Apart<'s, 'a> {
    let mut set = Apart::within(&world.schemas, &world.known, &[], 0);
    parts.iter().for_each(|part| set.gather(part));
    set
}

fn is_empty(set: &Apart<'_, '_>) -> bool {
    !set.set.clashes.is_empty() || set.without_value().is_some()
}

/// Whether a value is in a set.
fn contains<'a>(set: &Apart<'_, 'a>, world: &World<'a>, value: &Value) -> bool {
    if is_empty(set) {
        return false;
    }
    let (alternatives, _) = spread(set);
    alternatives.unwrap_or_default().iter().any(|alternative| match alternative {
        Alternative { form: Some(form), .. } => form_contains(form, world, value),
        Alternative { form: None, origins } => {
            origins.iter().all(|origin| contains(&all(world, &[origin]), world, value))
        }
    })
}

fn form_contains<'a>(form: &Form<'a>, world: &World<'a>, value: &Value) -> bool {
    let is_kind = match form.kinds {
        Kinds::Any | Kinds::Lean(_) => true,
        Kinds::One(Kind::String) => value.is_string(),
        Kinds::One(Kind::Number) => value.is_number(),
        Kinds::One(Kind::Integer) => value.is_i64(),
        Kinds::One(Kind::Boolean) => value.is_boolean(),
        Kinds::One(Kind::Array) => value.is_array(),
        Kinds::One(Kind::Object) => value.is_object(),
    };
    let both =
        |parts: &[Placed<'a>], value| contains(&all(world, &parts.iter().collect::<Vec<_>>()), world, value);
    let is_listed = form.values.open || form.values.known().any(|known| known.value == *value);
    let is_inside = match value {
        Value::Array(items) => items.iter().all(|item| both(&form.items, item)),
        Value::Object(members) => {
            form.required.iter().all(|wire| members.contains_key(*wire))
                && form
                    .properties
                    .iter()
                    .all(|(wire, parts)| members.get(*wire).is_none_or(|value| both(parts, value)))
        }
        _ => true,
    };
    is_kind && is_listed && is_inside
}

/// Whether a schema takes a value, by the words of the specification.
fn takes(schema: &Value, value: &Value) -> bool {
    let all = components();
    if let Some(reference) = schema["$ref"].as_str() {
        return takes(&all[reference.trim_start_matches("#/components/schemas/")], value);
    }
    let none = Map::new();
    let is_kind = match schema["type"].as_str() {
        None => true,
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        _ => value.is_object(),
    };
    let list = |key: &str| schema[key].as_array().cloned();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    is_kind
        && list("enum").is_none_or(|values| values.contains(value))
        && list("allOf").is_none_or(|parts| parts.iter().all(|part| takes(part, value)))
        && list("anyOf").is_none_or(|parts| parts.iter().any(|part| takes(part, value)))
        && value.as_array().is_none_or(|items| items.iter().all(|item| takes(&schema["items"], item)))
        && value.as_object().is_none_or(|members| {
            list("required").is_none_or(|wires| {
                wires.iter().all(|wire| members.contains_key(wire.as_str().unwrap_or("")))
            }) && properties
                .iter()
                .all(|(wire, inner)| members.get(wire).is_none_or(|value| takes(inner, value)))
        })
}

proptest! {
    #[test]
    fn a_value_is_in_the_intersection_if_and_only_if_it_is_in_both(a in schema(), b in schema(), value in value()) {
        let expected = takes(&a, &value) && takes(&b, &value);
        let found = with(&[a, b], |parts, world| {
            contains(&all(world, &parts.iter().collect::<Vec<_>>()), world, &value)
        });
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_order_does_not_matter(a in plain(), b in plain()) {
        with(&[a, b], |parts, world| {
            let (one, other) = (all(world, &[&parts[0], &parts[1]]), all(world, &[&parts[1], &parts[0]]));
            assert_eq!(is_empty(&one), is_empty(&other));
            assert!(is_empty(&one) || one.equals(&one.set, &other.set, 3));
        });
    }

    #[test]
    fn the_brackets_do_not_matter(a in plain(), b in plain(), c in plain()) {
        let left = json!({"allOf": [{"allOf": [a, b]}, c]});
        let right = json!({"allOf": [a, {"allOf": [b, c]}]});
        with(&[left, right], |parts, world| {
            let (left, right) = (all(world, &[&parts[0]]), all(world, &[&parts[1]]));
            assert_eq!(is_empty(&left), is_empty(&right));
            assert!(is_empty(&left) || left.equals(&left.set, &right.set, 3));
        });
    }

    #[test]
    fn a_schema_twice_is_itself_and_beside_anything_too(a in plain()) {
        with(&[a, json!({}), json!({"required": []})], |parts, world| {
            let alone = all(world, &[&parts[0]]);
            assert!(is_empty(&alone) || all(world, &[&parts[0], &parts[0]]).is(&parts[0]));
            assert!(is_empty(&alone) || all(world, &[&parts[1], &parts[0], &parts[2]]).is(&parts[0]));
        });
    }

    #[test]
    fn an_intersection_distributes_over_a_union(a in plain(), b in plain(), c in plain()) {
        let union = json!({"anyOf": [b, c]});
        with(&[a, union, b, c], |parts, world| {
            let set = all(world, &[&parts[0], &parts[1]]);
            let unions = &set.set.unions;
            let [_] = unions.as_slice() else { return };
            if is_empty(&set) {
                return;
            }
            let each = [&parts[2], &parts[3]].map(|variant| all(world, &[&parts[0], variant]));
            let expected: Vec<&Apart<'_, '_>> = each.iter().filter(|set| !is_empty(set)).collect();
            let found = spread(&set).0.unwrap_or_default();
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                match &found.form {
                    None => assert!(found.origins.iter().all(|origin| expected.is(origin))),
                    Some(form) => {
                        let mut one = set.clone();
                        one.set.unions.clear();
                        one.set.form = form.clone();
                        assert!(one.equals(&one.set, &expected.set, 3));
                    }
                }
            }
        });
    }
}

#[test]
fn a_bare_object_says_nothing_beside_something() {
    let bare = json!({"type": "object"});
    for schema in [
        json!({"type": "string"}),
        json!({"type": "array", "items": {"type": "string"}}),
        components()["Pair"].clone(),
    ] {
        with(&[bare.clone(), schema], |parts, world| {
            for order in [[&parts[0], &parts[1]], [&parts[1], &parts[0]]] {
                assert!(all(world, &order).is(&parts[1]));
            }
        });
    }
}

#[test]
fn the_rest_of_the_properties_is_intersected_too() {
    let rest = |rest: Value| json!({"type": "object", "properties": {"p": {}}, "additionalProperties": rest});
    let given = [
        rest(json!(true)),
        rest(json!({"type": "string"})),
        rest(json!(false)),
        json!({"type": "object", "properties": {"p": {}}}),
    ];
    with(&given, |parts, world| {
        let is = |at: &[usize], expected: usize| {
            let parts_at: Vec<&Placed<'_>> = at.iter().map(|at| &parts[*at]).collect();
            assert!(all(world, &parts_at).is(&parts[expected]), "{at:?}");
        };
        is(&[0, 1], 1);
        is(&[1, 0], 1);
        is(&[3, 0], 0);
        is(&[3, 1], 1);
        assert!(matches!(all(world, &[&parts[0], &parts[2]]).set.form.rest, Rest::None));
    });
}
