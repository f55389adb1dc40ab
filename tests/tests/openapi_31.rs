//! What OpenAPI 3.1 says and 3.0 cannot, an overlay, and more choices of types.

cloudrun_runtime::include_client!("openapi-31");

use cloudrun_runtime::json::{Decode, Encode, from_slice, to_vec};
use openapi_31::types::{
    Anchored, Beside, Branch, ByPattern, ByPatternValue, Constant, Local, Names, Never, OpenPattern, Thing,
    Tuple,
};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// A format of the document, as a type written by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Iban(pub String);
cloudrun_runtime::newtype!(Iban);

fn through<T: Decode + Encode>(value: Value) -> Result<T, Failure> {
    let decoded: T = from_slice(value.to_string().as_bytes())?;
    let back: Value = serde_json::from_slice(&to_vec(&decoded)?)?;
    assert_eq!(back, value);
    Ok(decoded)
}

#[test]
fn an_overlay_is_applied_before_anything_else() -> Result<(), Failure> {
    // Without the overlay, `account` is optional.
    let thing = Thing::new("1.10".parse()?, Iban("DE89".to_owned()));
    assert_eq!(to_vec(&thing)?, br#"{"price":1.10,"account":"DE89"}"#);
    let code = include_str!(concat!(env!("OUT_DIR"), "/openapi-31.rs"));
    assert!(code.contains("Put there by an overlay.") && !code.contains("delete_thing"));
    Ok(())
}

#[test]
fn maps_keep_the_order_of_the_wire_and_undeclared_properties_stay() -> Result<(), Failure> {
    let text = br#"{"price":0.30,"account":"x","counts":{"z":1,"a":2},"later":[null]}"#;
    let thing: Thing = from_slice(text)?;
    assert_eq!(to_vec(&thing)?, text);
    Ok(())
}

#[test]
fn tuples_are_lists_of_what_their_places_take() -> Result<(), Failure> {
    assert_eq!(through::<Tuple>(json!(["a", 1]))?.len(), 2);
    assert!(from_slice::<Tuple>(b"[true]").is_err());
    Ok(())
}

#[test]
fn patterns_of_keys_give_the_values_their_types() -> Result<(), Failure> {
    let map = through::<ByPattern>(json!({"n_a": 1, "s_b": "x"}))?;
    assert_eq!(map["n_a"], ByPatternValue::Integer(1));
    through::<OpenPattern>(json!({"n_a": 1, "other": [true]}))?;
    through::<Names>(json!({"a": "b"}))?;
    Ok(())
}

#[test]
fn definitions_anchors_and_dynamic_references_are_found() -> Result<(), Failure> {
    let local = through::<Local>(json!({"one": {"x": 1}, "many": [{"y": 2}]}))?;
    assert_eq!((local.one.x, local.many[0].y), (1, 2));
    let branch = through::<Branch>(json!({"name": "a", "children": [{"name": "b"}]}))?;
    let children: Option<Vec<Branch>> = branch.children;
    assert_eq!(children.map(|children| children.len()), Some(1));
    Ok(())
}

#[test]
fn keywords_beside_a_reference_count() -> Result<(), Failure> {
    let beside = through::<Beside>(json!({"y": 1, "z": true}))?;
    assert_eq!((beside.y, beside.z), (1, Some(true)));
    through::<Anchored>(json!({"y": 1}))?;
    Ok(())
}

#[test]
fn constants_and_negations_take_what_they_can_name() -> Result<(), Failure> {
    through::<Constant>(json!(7))?;
    through::<Option<Never>>(json!(null))?;
    through::<Never>(json!(1))?;
    Ok(())
}
