//! Where examples stand in a document, each with the schema that it is an example of.

use serde_json::Value;

/// An example and the schema that it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The pointer of the example.
    pub pointer: String,
    /// The pointer of its schema.
    pub schema: String,
    /// The example.
    pub value: Value,
}

/// All examples of a document, of schemas at any depth, media types, parameters, headers and responses.
pub(super) fn collect(tree: &Value) -> Vec<Example> {
    let mut collector = Collector { tree, found: Vec::new() };
    let components = [
        ("/components/schemas", Kind::Schema),
        ("/components/parameters", Kind::Parameter),
        ("/components/headers", Kind::Parameter),
        ("/components/requestBodies", Kind::Content),
        ("/components/responses", Kind::Content),
        ("/definitions", Kind::Schema),
        ("/responses", Kind::Content),
    ];
    for (section, kind) in components {
        collector.map(section, kind);
    }
    for (path, item) in members(tree.get("paths")) {
        let item_at = child("/paths", path);
        collector.list(&child(&item_at, "parameters"), Kind::Parameter);
        for (method, operation) in members(Some(item)).filter(|(_, operation)| operation.is_object()) {
            let at = child(&item_at, method);
            collector.list(&child(&at, "parameters"), Kind::Parameter);
            collector.visit(&child(&at, "requestBody"), Kind::Content);
            if operation.get("responses").is_some() {
                collector.map(&child(&at, "responses"), Kind::Content);
            }
        }
    }
    collector.found
}

#[derive(Clone, Copy)]
enum Kind {
    Schema,
    /// A parameter, a header or a media type: a `schema` and examples of it.
    Parameter,
    /// A request body or a response.
    Content,
}

struct Collector<'a> {
    tree: &'a Value,
    found: Vec<Example>,
}

impl Collector<'_> {
    fn map(&mut self, at: &str, kind: Kind) {
        let keys: Vec<String> = members(self.tree.pointer(at)).map(|(key, _)| child(at, key)).collect();
        keys.iter().for_each(|at| self.visit(at, kind));
    }

    fn list(&mut self, at: &str, kind: Kind) {
        let count = self.tree.pointer(at).and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).for_each(|index| self.visit(&child(at, &index.to_string()), kind));
    }

    fn visit(&mut self, at: &str, kind: Kind) {
        let Some(node) = self.tree.pointer(at).filter(|node| node.is_object()) else { return };
        match kind {
            Kind::Schema => self.schema(at, node),
            Kind::Parameter => self.parameter(at, node),
            Kind::Content => {
                self.map(&child(at, "headers"), Kind::Parameter);
                self.map(&child(at, "content"), Kind::Parameter);
                // Swagger 2.0: a response has one schema, and examples by media type.
                let schema = child(at, "schema");
                for (media_type, example) in members(node.get("examples")) {
                    if media_type.contains("json") && node.get("schema").is_some() {
                        self.add(&child(&child(at, "examples"), media_type), &schema, example);
                    }
                }
                self.visit(&schema, Kind::Schema);
            }
        }
    }

    fn parameter(&mut self, at: &str, node: &Value) {
        let schema = child(at, "schema");
        if node.get("schema").is_some() {
            if let Some(example) = node.get("example") {
                self.add(&child(at, "example"), &schema, example);
            }
            let examples = child(at, "examples");
            for (name, example) in members(node.get("examples")) {
                let reference =
                    example.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
                let example = reference.and_then(|pointer| self.tree.pointer(pointer)).unwrap_or(example);
                if let Some(value) = example.get("value") {
                    self.add(&child(&child(&examples, name), "value"), &schema, value);
                }
            }
        }
        self.visit(&schema, Kind::Schema);
        self.map(&child(at, "content"), Kind::Parameter);
    }

    fn schema(&mut self, at: &str, node: &Value) {
        if let Some(example) = node.get("example") {
            self.add(&child(at, "example"), at, example);
        }
        for (index, example) in
            node.get("examples").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            self.add(&child(&child(at, "examples"), &index.to_string()), at, example);
        }
        for key in ["properties", "patternProperties", "$defs"] {
            self.map(&child(at, key), Kind::Schema);
        }
        for key in ["allOf", "oneOf", "anyOf", "prefixItems"] {
            self.list(&child(at, key), Kind::Schema);
        }
        for key in ["items", "additionalProperties"] {
            self.visit(&child(at, key), Kind::Schema);
        }
    }

    fn add(&mut self, pointer: &str, schema: &str, value: &Value) {
        self.found.push(Example {
            pointer: pointer.to_owned(),
            schema: schema.to_owned(),
            value: value.clone(),
        });
    }
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}
