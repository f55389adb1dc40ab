//! Documents that put every name which generated code has by itself into every place where a document names things.

use serde_json::{Map, Value, json};

/// A document whose things of one kind have the given names.
#[derive(Debug)]
pub struct Place {
    /// What has the names.
    pub name: &'static str,
    /// The document.
    pub document: Value,
}

/// Names that are hard for other reasons than what generated code writes: Rust's keywords, scripts without case, and
/// what is no identifier.
#[rustfmt::skip]
const HARD: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn", "for",
    "gen", "if", "impl", "in", "let", "loop", "macro_rules", "match", "mod", "move", "mut", "pub", "ref", "return", "self",
    "Self", "static", "struct", "super", "trait", "true", "try", "type", "union", "unsafe", "use", "where", "while",
    "yield", "abstract", "become", "do", "final", "macro", "override", "priv", "typeof", "unsized", "virtual", "raw", "safe",
    "test", "vec", "format", "u8", "str", "usize", "page", "value", "error", "json", "answer", "decoder", "encoder", "reply",
    "获取用户列表", "用户", "宠物", "ペット", "펫", "Ａ", "é", "ß", "а", "ა", "ÅÄÖ", "一", "v1", "a", "b64", "1", "+1", "-1", "$a", "@a", "",
    " ", "_", "__", "😀", "a\nb", "\"", "`", "\\", "{a}", "*/", "//", "r#type", "#", "%", "a.b", "a/b", "a-b", "a_b", "aB", "AB",
];

/// All names, as generated code writes them and in the cases that a document may have them in.
pub fn names() -> Vec<String> {
    let written = cloudrun_codegen::written_names();
    let mut names: Vec<String> = written.iter().chain(HARD).map(|name| (*name).to_owned()).collect();
    names.extend(written.iter().map(|name| name.to_lowercase()));
    names.extend(written.iter().map(|name| name.to_uppercase()));
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// A document for each place.
pub fn places(names: &[String]) -> Vec<Place> {
    let place = |(name, add): &(&'static str, Add)| {
        let mut parts = Parts::default();
        add(&mut parts, names);
        Place { name, document: parts.document() }
    };
    PARTS.iter().map(place).collect()
}

/// A document that has all names in all places.
pub fn everywhere(names: &[String]) -> Place {
    let mut parts = Parts::default();
    PARTS.iter().for_each(|(_, add)| add(&mut parts, names));
    Place { name: "everywhere", document: parts.document() }
}

type Add = fn(&mut Parts, &[String]);

const PARTS: &[(&str, Add)] = &[
    ("schema", Parts::schemas),
    ("property", Parts::properties),
    ("enumeration", Parts::enumerations),
    ("variant", Parts::variants),
    ("operation", Parts::operations),
    ("tag", Parts::tags),
    ("argument", Parts::arguments),
    ("setter", Parts::setters),
    ("path", Parts::paths),
    ("header", Parts::headers),
    ("form", Parts::forms),
    ("scheme", Parts::schemes),
];

#[derive(Default)]
struct Parts {
    schemas: Map<String, Value>,
    paths: Map<String, Value>,
    schemes: Map<String, Value>,
}

impl Parts {
    fn document(self) -> Value {
        json!({
            "openapi": "3.0.3", "info": {"title": "Names", "version": "1"}, "paths": self.paths,
            "components": {"schemas": self.schemas, "securitySchemes": self.schemes}
        })
    }

    fn operation(&mut self, operation: Value) {
        let path = format!("/{}", self.paths.len());
        self.paths.insert(path, json!({ "post": operation }));
    }

    fn schemas(&mut self, names: &[String]) {
        for (at, name) in names.iter().enumerate() {
            // Structs, newtypes, aliases and enums in turn, each used by an operation.
            let schema = match at % 4 {
                0 => json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}),
                1 => {
                    json!({"type": "array", "items": {"$ref": format!("#/components/schemas/{}", pointer(name))}})
                }
                2 => json!({"type": "string", "enum": ["a", "b"]}),
                _ => {
                    json!({"type": "object", "additionalProperties": {"type": "string", "format": "date-time"}})
                }
            };
            self.schemas.insert(name.clone(), schema);
            let schema = json!({"$ref": format!("#/components/schemas/{}", pointer(name))});
            self.operation(json!({
                "requestBody": {"required": true, "content": json_of(&schema)}, "responses": answers(&schema)
            }));
        }
    }

    fn properties(&mut self, names: &[String]) {
        let properties: Map<String, Value> =
            names.iter().map(|name| (name.clone(), json!({"type": "string"}))).collect();
        let required: Vec<&String> = names.iter().step_by(2).collect();
        self.schemas.insert(
            "Properties".to_owned(),
            json!({"type": "object", "properties": properties, "required": required, "additionalProperties": {}}),
        );
    }

    fn enumerations(&mut self, names: &[String]) {
        self.schemas.insert("Values".to_owned(), json!({"type": "string", "enum": names}));
        let numbers: Vec<usize> = (0..names.len()).collect();
        self.schemas.insert(
            "Numbers".to_owned(),
            json!({"type": "integer", "enum": numbers, "x-enum-varnames": names}),
        );
    }

    fn variants(&mut self, names: &[String]) {
        let variant = |(at, name): (usize, &String)| {
            let field = format!("f{at}");
            json!({"title": name, "type": "object", "required": [field], "properties": {(field): {"type": "string"}}})
        };
        let variants: Vec<Value> = names.iter().enumerate().map(variant).collect();
        self.schemas.insert("Fits".to_owned(), json!({ "oneOf": variants }));
        let tagged = |name: &String| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": [name]}}});
        let variants: Vec<Value> = names.iter().map(tagged).collect();
        self.schemas.insert(
            "Tagged".to_owned(),
            json!({"oneOf": variants, "discriminator": {"propertyName": "kind"}}),
        );
    }

    fn operations(&mut self, names: &[String]) {
        for (at, name) in names.iter().enumerate() {
            let mut operation = json!({
                "operationId": name, "responses": answers(&json!({"type": "string"})),
                "requestBody": {"required": at % 2 == 0, "content": {
                    "application/json": {"schema": {"type": "object"}}, "text/csv": {"schema": {"type": "string"}}
                }}
            });
            if at % 5 == 0 {
                operation["responses"]["200"]["content"]["text/event-stream"] = json!({});
            }
            if at % 7 == 0 {
                operation["requestBody"]["content"]["multipart/form-data"] = json!({"schema": {"type": "object", "properties": {"a": {"type": "string", "format": "binary"}}}});
            }
            self.operation(operation);
        }
    }

    fn tags(&mut self, names: &[String]) {
        for name in names {
            self.operation(json!({"tags": [name], "responses": answers(&json!({"type": "object"}))}));
        }
    }

    fn arguments(&mut self, names: &[String]) {
        for names in names.chunks(6) {
            let parameter = |name: &String| json!({"name": name, "in": "query", "required": true, "schema": {"type": "string"}});
            let parameters: Vec<Value> = names.iter().map(parameter).collect();
            let body = json!({"required": true, "content": json_of(&json!({"type": "object"}))});
            self.operation(json!({
                "parameters": parameters, "requestBody": body, "responses": answers(&json!({"type": "string"}))
            }));
            // Operations that are called like an argument of another.
            if let Some(name) = names.first() {
                self.operation(
                    json!({"operationId": name, "responses": answers(&json!({"type": "string"}))}),
                );
            }
        }
    }

    fn setters(&mut self, names: &[String]) {
        let parameter = |name: &String| json!({"name": name, "in": "query", "schema": {"type": "array", "items": {"type": "string"}}});
        let parameters: Vec<Value> = names.iter().map(parameter).collect();
        let page = json!({"type": "object", "properties": {"next": {"type": "string"}, "all": {"type": "array", "items": {"type": "string"}}}});
        let mut responses = answers(&page);
        responses["200"]["content"]["text/csv"] = json!({});
        responses["200"]["content"]["text/event-stream"] = json!({});
        self.operation(json!({
            "parameters": parameters, "requestBody": {"content": json_of(&json!({"type": "object"}))}, "responses": responses,
            "x-pagination": {"style": "cursor", "parameter": "next", "next": "next", "items": "all"}
        }));
    }

    fn paths(&mut self, names: &[String]) {
        for name in
            names.iter().filter(|name| !name.is_empty() && !name.contains(['{', '}', '/', '?', '#', '\n']))
        {
            let path = format!("/path{}/{{{name}}}", self.paths.len());
            let parameter =
                json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
            let item =
                json!({"get": {"parameters": [parameter], "responses": answers(&json!({"type": "string"}))}});
            self.paths.insert(path, item);
        }
    }

    fn headers(&mut self, names: &[String]) {
        let header = json!({"schema": {"type": "string"}});
        let headers: Map<String, Value> = names.iter().map(|name| (name.clone(), header.clone())).collect();
        let mut responses = answers(&json!({"type": "string"}));
        responses["200"]["headers"] = headers.into();
        let sent: Vec<Value> = names
            .iter()
            .flat_map(|name| {
                ["header", "cookie"]
                    .map(|place| json!({"name": name, "in": place, "schema": {"type": "string"}}))
            })
            .collect();
        self.operation(json!({"parameters": sent, "responses": responses}));
    }

    fn forms(&mut self, names: &[String]) {
        let part = |(at, name): (usize, &String)| {
            let format = if at.is_multiple_of(2) { "binary" } else { "date" };
            (name.clone(), json!({"type": "string", "format": format}))
        };
        let properties: Map<String, Value> = names.iter().enumerate().map(part).collect();
        let required: Vec<&String> = names.iter().step_by(3).collect();
        let schema = json!({"type": "object", "properties": properties, "required": required, "additionalProperties": {"type": "string"}});
        let content = json!({"multipart/form-data": {"schema": schema}, "application/x-www-form-urlencoded": {"schema": schema}});
        self.operation(json!({"requestBody": {"required": true, "content": content}, "responses": answers(&json!({"type": "string"}))}));
    }

    fn schemes(&mut self, names: &[String]) {
        for (at, name) in names.iter().enumerate() {
            let scheme = match at % 3 {
                0 => json!({"type": "apiKey", "in": "query", "name": "key"}),
                1 => json!({"type": "http", "scheme": "basic"}),
                _ => json!({"type": "apiKey", "in": "header", "name": "x-key"}),
            };
            self.schemes.insert(name.clone(), scheme);
        }
        let security: Vec<Value> = names.iter().map(|name| json!({ (name): [] })).collect();
        self.operation(json!({"security": security, "responses": answers(&json!({"type": "string"}))}));
    }
}

fn json_of(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn answers(schema: &Value) -> Value {
    json!({"200": {"description": "Fine.", "content": json_of(schema)}, "404": {"description": "Not there.", "content": json_of(schema)}})
}

fn pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
