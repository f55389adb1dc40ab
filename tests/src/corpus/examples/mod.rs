//! The examples of a document as witnesses: those that an independent validator accepts must survive being decoded and
//! encoded by the generated types.

mod collect;
mod compare;
mod trip;

pub use self::collect::Example;
pub use self::compare::{Comparison, Form, compare};
pub use self::trip::Clients;

use cloudrun_emulator::Schemas;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What became of a document's examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Examples in the document.
    pub found: usize,
    /// Those that fit their schema.
    pub valid: usize,
    /// Those of the valid whose schema has a type in the client.
    pub typed: usize,
    /// Those of the typed that came back as they were.
    pub kept: usize,
    /// Those of the valid without a type, by where their schema stands.
    pub untyped: BTreeMap<&'static str, usize>,
}

/// The examples of a document that fit their schemas, and how many there are in all. `file` is the document's name
/// below `folder`.
pub fn examples(tree: &Value, folder: PathBuf, file: &str) -> (Vec<Example>, usize) {
    let mut found = collect::collect(tree);
    let total = found.len();
    let schemas = Schemas::new(tree, folder, file);
    found.retain(|example| schemas.is_valid(&example.schema, &example.value));
    (found, total)
}

#[cfg(test)]
mod tests {
    use super::examples;
    use serde_json::{Value, json};

    fn valid(tree: &Value) -> (Vec<String>, usize) {
        let (found, total) = examples(tree, ".".into(), "a.json");
        (found.into_iter().map(|example| example.pointer).collect(), total)
    }

    #[test]
    fn only_examples_that_fit_their_schema_count() {
        let (found, total) = valid(&json!({"openapi": "3.0.0", "components": {"schemas": {
            "A": {
                "type": "object", "required": ["x"], "nullable": true,
                "properties": {"x": {"type": "string", "nullable": true, "example": "y"}},
                "example": {"x": null}
            },
            "B": {"type": "integer", "example": "no"},
            "C": {"$ref": "#/components/schemas/A/properties/x", "example": "beside a reference"},
            "D": {"properties": {"x": {"type": "string"}}, "example": "no object"}
        }}}));
        assert_eq!(total, 5);
        assert_eq!(
            found,
            [
                "/components/schemas/A/example",
                "/components/schemas/A/properties/x/example",
                "/components/schemas/C/example"
            ]
        );
    }

    #[test]
    fn examples_are_found_wherever_they_may_stand() {
        let (found, _) = valid(&json!({"openapi": "3.1.0", "paths": {"/a/{b}": {
            "parameters": [{"name": "b", "in": "path", "schema": {"type": "integer"}, "example": 1}],
            "get": {"responses": {"200": {
                "headers": {"X-A": {"schema": {"type": "string", "examples": ["t"]}}},
                "content": {"application/json": {
                    "schema": {"type": "array", "items": {"type": "string"}},
                    "examples": {"one": {"value": ["u"]}, "two": {"$ref": "#/components/examples/two"}}
                }}
            }}}
        }}, "components": {"examples": {"two": {"value": ["v"]}}}}));
        assert_eq!(
            found,
            [
                "/paths/~1a~1{b}/parameters/0/example",
                "/paths/~1a~1{b}/get/responses/200/headers/X-A/schema/examples/0",
                "/paths/~1a~1{b}/get/responses/200/content/application~1json/examples/one/value",
                "/paths/~1a~1{b}/get/responses/200/content/application~1json/examples/two/value"
            ]
        );
    }
}
