//! How often schemas are read as documents grow: twice the document is read twice, however it is composed.

use super::lower;
use crate::config::Options;
use crate::diagnostic::Diagnostics;
use crate::read::READ;
use crate::resolve::Document;
use serde_json::{Map, Value, json};

/// Components by number, up to a last one that is an object.
fn components(count: usize, schema: impl Fn(usize, Value) -> Value) -> Value {
    let next = |at: usize| json!({"$ref": format!("#/components/schemas/S{}", at + 1)});
    let mut schemas: Map<String, Value> =
        (0..count).map(|at| (format!("S{at}"), schema(at, next(at)))).collect();
    let last = json!({"type": "object", "properties": {"last": {"type": "string"}}});
    schemas.insert(format!("S{count}"), last);
    Value::Object(schemas)
}

/// How many times a schema is read while a document is lowered.
fn read(schemas: Value) -> usize {
    let lowered = || {
        let document = Document::of_schemas(schemas);
        lower(&document, &Options::new("grown"), &mut Diagnostics::default());
        READ.get()
    };
    // As deep as a client is generated.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, lowered);
        thread.map_or(0, |thread| thread.join().unwrap_or(0))
    })
}

#[track_caller]
fn grows_evenly(count: usize, schemas: impl Fn(usize) -> Value) {
    let (once, twice) = (read(schemas(count)), read(schemas(2 * count)));
    assert!(once > count && twice <= 2 * once + 200, "{once}, then {twice}");
}

#[test]
fn levels_of_all_of() {
    grows_evenly(500, |count| {
        components(count, |at, next| json!({"allOf": [next, {"required": [format!("p{at}")]}]}))
    });
}

#[test]
fn levels_that_refer_to_the_next_one_twice() {
    grows_evenly(30, |count| components(count, |_, next| json!({"allOf": [next, next]})));
    grows_evenly(30, |count| components(count, |_, next| json!({"properties": {"a": next, "b": next}})));
    grows_evenly(200, |count| {
        components(count, |_, next| json!({"anyOf": [next, {"properties": {"a": next, "b": next}}]}))
    });
}

#[test]
fn variants() {
    for key in ["oneOf", "anyOf"] {
        grows_evenly(500, |count| {
            let variant = |at: usize| {
                let name = format!("p{at}");
                json!({"type": "object", "required": [name], "properties": {name.clone(): {"type": "string"}}})
            };
            json!({"Union": {key: (0..count).map(variant).collect::<Vec<_>>()}})
        });
    }
}
