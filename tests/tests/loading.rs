//! What a document says is what the client has: references, keys that vendors made up, keys that stand twice, and text that
//! YAML reads as numbers.

use cloudrun_codegen::{Code, Diagnostics, Layout, Options, Severity, generate};
use serde_json::{Value, json};
use std::fs;

type Failure = Box<dyn std::error::Error>;

/// The client's code, or nothing, and the findings.
fn client(text: &str, options: &Options) -> Result<(String, Diagnostics), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.yaml");
    fs::write(&path, text)?;
    Ok(match generate(&path, options, Layout::Single) {
        Ok(client) => (client.files().map(|(_, text)| text).collect(), client.diagnostics().clone()),
        Err(diagnostics) => (String::new(), diagnostics),
    })
}

fn strict(document: &Value) -> Result<(String, Diagnostics), Failure> {
    client(&serde_json::to_string_pretty(document)?, &Options::new("loading"))
}

fn lenient(document: &Value) -> Result<(String, Diagnostics), Failure> {
    let mut options = Options::new("loading");
    options.lenient = true;
    client(&serde_json::to_string_pretty(document)?, &options)
}

fn found(diagnostics: &Diagnostics) -> Vec<(Severity, Code, &str)> {
    diagnostics.iter().map(|one| (one.severity, one.code, one.place.pointer.as_str())).collect()
}

/// A document with one schema that its one operation answers with.
fn with_schema(version: &str, schema: Value) -> Value {
    json!({
        "openapi": version, "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "getA", "responses": {"200": {
            "description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
        }}}}},
        "components": {"schemas": {"A": schema}}
    })
}

/// A document with one operation.
fn with_operation(version: &str, operation: Value) -> Value {
    json!({
        "openapi": version, "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"post": operation}}
    })
}

#[test]
fn any_value_stands_for_a_property_whatever_it_is_called() -> Result<(), Failure> {
    let dangling = json!({"$ref": "#/components/schemas/None"});
    let names = ["requestBody", "headers", "parameters", "examples", "links", "responses", "default", "enum"];
    let mut properties: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), dangling.clone())).collect();
    let inner = json!({"type": "object", "properties": {"headers": {"type": "object", "additionalProperties": dangling}}});
    properties.insert("inner".to_owned(), inner);
    let document = with_schema("3.0.3", json!({"type": "object", "properties": properties}));
    let (code, diagnostics) = lenient(&document)?;
    for name in names {
        assert!(code.contains(&format!("\"{name}\" ")), "{name} is not in\n{code}");
    }
    assert!(code.contains("BTreeMap<String, serde_json::Value>"), "{code}");
    assert_eq!(diagnostics.count(Severity::Warning), names.len() + 1, "{diagnostics}");
    let (_, diagnostics) = strict(&document)?;
    assert_eq!(diagnostics.count(Severity::Error), names.len() + 1, "{diagnostics}");
    Ok(())
}

#[test]
fn any_value_stands_for_bodies_and_answers_and_what_has_no_name_is_left_out() -> Result<(), Failure> {
    let (code, diagnostics) = lenient(&with_operation(
        "3.0.3",
        json!({
            "operationId": "postA",
            "parameters": [
                {"$ref": "#/components/parameters/None"},
                {"name": "q", "in": "query", "schema": {"type": "string"}}
            ],
            "requestBody": {"$ref": "#/components/requestBodies/None"},
            "responses": {"200": {"$ref": "#/components/responses/None"}}
        }),
    ))?;
    assert!(code.contains("Pending<serde_json::Value"), "{code}");
    assert!(code.contains("body: &serde_json::Value"), "{code}");
    assert!(code.contains("fn q("), "{code}");
    let messages: Vec<&str> = diagnostics.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the reference `#/components/parameters/None` leads nowhere; it is left out",
            "the reference `#/components/requestBodies/None` leads nowhere; any value is taken",
            "the reference `#/components/responses/None` leads nowhere; any value is taken",
        ]
    );
    Ok(())
}

#[test]
fn a_missing_file_is_one_error_and_names_what_is_written() -> Result<(), Failure> {
    let document =
        with_schema("3.0.3", json!({"type": "object", "properties": {"a": {"$ref": "missing.yaml#/x"}}}));
    let (_, diagnostics) = strict(&document)?;
    let place = "/components/schemas/A/properties/a/$ref";
    assert_eq!(found(&diagnostics), [(Severity::Error, Code::DanglingReference, place)]);
    assert!(diagnostics.to_string().contains("`missing.yaml#/x`"), "{diagnostics}");
    let (code, diagnostics) = lenient(&document)?;
    assert_eq!(found(&diagnostics), [(Severity::Warning, Code::DanglingReference, place)]);
    assert!(code.contains("pub a: Option<serde_json::Value>"), "{code}");
    let swagger = json!({
        "swagger": "2.0", "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": {"description": "d", "schema": {"$ref": "#/definitions/None"}}}}}}
    });
    let (_, diagnostics) = strict(&swagger)?;
    assert!(
        diagnostics.to_string().contains("the reference `#/definitions/None` leads nowhere"),
        "{diagnostics}"
    );
    Ok(())
}

#[test]
fn an_empty_reference_is_any_value_and_one_warning() -> Result<(), Failure> {
    let schema = json!({"type": "object", "properties": {"a": {"$ref": ""}, "b": {"type": "string"}}});
    let (code, diagnostics) = strict(&with_schema("3.0.3", schema))?;
    let place = "/components/schemas/A/properties/a/$ref";
    assert_eq!(found(&diagnostics), [(Severity::Warning, Code::DanglingReference, place)]);
    assert!(code.contains("pub a: Option<serde_json::Value>"), "{code}");
    Ok(())
}

#[test]
fn a_path_item_that_is_not_there_is_an_error_and_a_link_is_not() -> Result<(), Failure> {
    let mut document = with_schema("3.1.0", json!({"type": "string"}));
    document["paths"]["/b"] = json!({"$ref": "#/components/pathItems/None"});
    let (_, diagnostics) = strict(&document)?;
    assert_eq!(found(&diagnostics), [(Severity::Error, Code::DanglingReference, "/paths/~1b/$ref")]);
    let (code, _) = lenient(&document)?;
    assert!(code.contains("fn get_a("), "{code}");
    let mut document = with_schema("3.1.0", json!({"type": "string"}));
    let response = "/paths/~1a/get/responses/200";
    document.pointer_mut(response).ok_or("a response")?["links"] =
        json!({"l": {"$ref": "#/components/links/None"}});
    let (code, diagnostics) = strict(&document)?;
    let place = format!("{response}/links/l/$ref");
    assert_eq!(found(&diagnostics), [(Severity::Warning, Code::DanglingReference, place.as_str())]);
    assert!(code.contains("fn get_a("), "{code}");
    Ok(())
}

#[test]
fn keys_of_vendors_mean_nothing() -> Result<(), Failure> {
    let vendors = json!({
        "x-null": false, "x-location": "header", "x-joined": true, "x-item-schema": {"type": "integer"},
        "x-content-schema": {"type": "integer"}, "x-pattern-properties": {"a": {"type": "integer"}},
        "x-prefix-items": [{"type": "integer"}]
    });
    let with = |mut value: Value, vendors: &Value| {
        for (key, vendor) in vendors.as_object().into_iter().flatten() {
            value[key.as_str()] = vendor.clone();
        }
        value
    };
    let document = |vendors: &Value| {
        let schema = with(
            json!({"type": "object", "properties": {"a": with(json!({"type": "string"}), vendors)}}),
            vendors,
        );
        let form =
            json!({"type": "object", "properties": {"l": {"type": "array", "items": {"type": "string"}}}});
        let content = json!({
            "application/x-www-form-urlencoded": with(json!({
                "schema": form, "encoding": {"l": with(json!({"style": "form", "explode": true}), vendors)}
            }), vendors)
        });
        let mut document = with_operation(
            "3.0.3",
            json!({
                "operationId": "postA", "requestBody": {"content": content},
                "parameters": [with(json!({"name": "q", "in": "query", "required": true, "schema": {"type": "string"}}), vendors)],
                "responses": {"200": {"description": "d", "content": {"text/event-stream": with(json!({"schema": schema}), vendors)}}}
            }),
        );
        let item = document["paths"]["/a"].take();
        document["paths"]["/a"] =
            with(item, &json!({"x-additional-operations": {"COPY": {"responses": {}}}}));
        document
    };
    let (plain, _) = strict(&document(&json!({})))?;
    let (code, diagnostics) = strict(&document(&vendors))?;
    assert_eq!(found(&diagnostics), []);
    assert_eq!(code, plain);
    Ok(())
}

#[test]
fn keys_like_our_own_are_left_out_with_a_warning() -> Result<(), Failure> {
    let schema = |key: &str| {
        let mut schema = json!({"type": "object", "properties": {"x-cloudrun-null": {"type": "string"}}});
        schema[key] = json!(["other.yaml", "/elsewhere"]);
        with_schema("3.0.3", schema)
    };
    let (plain, _) = strict(&schema("x-vendor"))?;
    for key in ["x-cloudrun-origin", "x-cloudrun-null", "x-cloudrun-dangling", "x-cloudrun-anything"] {
        let (code, diagnostics) = strict(&schema(key))?;
        let place = format!("/components/schemas/A/{key}");
        assert_eq!(found(&diagnostics), [(Severity::Warning, Code::OwnKey, place.as_str())]);
        assert_eq!(code, plain, "{key}");
    }
    Ok(())
}

#[test]
fn no_operation_is_lost_by_a_key_that_stands_twice() -> Result<(), Failure> {
    let head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";
    let get = "get: {operationId: getA, responses: {'200': {description: d}}}";
    let post = "post: {operationId: postA, responses: {'200': {description: d}}}";
    let options = Options::new("loading");
    for (text, lines) in [
        (format!("{head}paths:\n  /a:\n    {get}\n  /a:\n    {post}\n"), vec![(6, "also at 4:3")]),
        (
            format!("{head}paths:\n  /a:\n    {get}\npaths:\n  /a:\n    {post}\n"),
            vec![(6, "also at 3:1"), (7, "also at 4:3")],
        ),
    ] {
        let (code, diagnostics) = client(&text, &options)?;
        assert!(code.contains("fn get_a(") && code.contains("fn post_a("), "{code}");
        let found: Vec<_> = diagnostics.iter().map(|one| (one.place.line, one.severity, one.code)).collect();
        let expected: Vec<_> = lines
            .iter()
            .map(|(line, also)| {
                assert!(diagnostics.to_string().contains(also), "{diagnostics}");
                (*line, Severity::Warning, Code::DuplicateKey)
            })
            .collect();
        let found: Vec<_> =
            found.into_iter().map(|(line, s, c)| (line.map_or(0, |line| line.0), s, c)).collect();
        assert_eq!(found, expected);
    }
    let (code, diagnostics) = client(&format!("{head}paths:\n  /a:\n    {get}\n    {get}\n"), &options)?;
    assert_eq!(found(&diagnostics), [(Severity::Error, Code::DuplicateKey, "/paths/~1a/get")]);
    assert!(
        code.is_empty()
            && diagnostics.to_string().contains(":6:5: ")
            && diagnostics.to_string().contains("also at 5:5"),
        "{diagnostics}"
    );
    let json =
        r#"{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {}, "/a": {}}}"#;
    let (_, diagnostics) = client(json, &options)?;
    assert_eq!(found(&diagnostics), [(Severity::Warning, Code::DuplicateKey, "/paths/~1a")]);
    Ok(())
}

#[test]
fn text_is_what_the_file_says_where_yaml_reads_numbers() -> Result<(), Failure> {
    let text = "openapi: 3.0.3\ninfo: {title: t, version: 1.10}\npaths:\n  /a:\n    get:\n      operationId: 0x1F\n      \
                tags: [1e3]\n      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}\n\
                components:\n  schemas:\n    A:\n      type: object\n      required: [1.20, 0x10]\n      properties:\n        \
                1.20: {type: string, enum: [1.10, 012, 1e3, 0x1F, yes, True, 2024-01-01, .5, +1]}\n        \
                0x10: {type: number, enum: [1.50]}\n";
    let (code, diagnostics) = client(text, &Options::new("loading"))?;
    assert_eq!(found(&diagnostics), []);
    for written in ["1.10", "012", "1e3", "0x1F", "yes", "True", "2024-01-01", ".5", "+1"] {
        assert!(code.contains(&format!("\"{written}\" ")), "{written} is not in\n{code}");
    }
    assert!(code.contains("\"1.20\" ") && code.contains("\"0x10\" "), "{code}");
    assert!(code.contains("`0x1F`") || code.contains("\"0x1F\", "), "{code}");
    Ok(())
}

#[test]
fn lists_of_types_are_read_as_in_31_by_every_version() -> Result<(), Failure> {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": ["string", "null"]}, "b": {"type": ["array", "null"], "items": {"type": "string"}}
    }});
    let swagger = json!({
        "swagger": "2.0", "info": {"title": "t", "version": "1"}, "definitions": {"A": schema},
        "paths": {"/a": {"get": {"responses": {"200": {"description": "d", "schema": {"$ref": "#/definitions/A"}}}}}}
    });
    for document in [swagger, with_schema("3.0.3", schema.clone()), with_schema("3.1.0", schema)] {
        let (code, _) = strict(&document)?;
        assert!(code.contains("pub a: Option<Option<String>>"), "{code}");
        assert!(code.contains("pub b: Option<Option<Vec<String>>>"), "{code}");
    }
    Ok(())
}

#[test]
fn what_31_and_32_let_stand_is_no_finding() -> Result<(), Failure> {
    let schema = json!({"type": "string", "ui_hint": "x", "$recursiveAnchor": true});
    let mut document = with_schema("3.2.0", schema.clone());
    document["$self"] = "https://x/y".into();
    document["jsonSchemaDialect"] = "https://x/z".into();
    document["info"]["summary"] = "s".into();
    document["servers"] = json!([{"url": "/", "name": "n"}]);
    document["tags"] = json!([{"name": "a", "summary": "A", "kind": "nav"}, {"name": "b", "parent": "a"}]);
    let response = document.pointer_mut("/paths/~1a/get/responses/200").ok_or("a response")?;
    response["summary"] = "s".into();
    response["content"]["application/json"]["examples"] =
        json!({"e": {"dataValue": "abc", "serializedValue": "\"abc\""}});
    let (_, diagnostics) = strict(&document)?;
    assert_eq!(found(&diagnostics), []);
    let (_, diagnostics) = strict(&with_schema("3.0.3", schema))?;
    assert_eq!(diagnostics.count(Severity::Warning), 2, "{diagnostics}");
    Ok(())
}

#[test]
fn what_is_dropped_is_told() -> Result<(), Failure> {
    let (_, diagnostics) = strict(&with_operation(
        "3.0.3",
        json!({
            "requestBody": {"content": {
                "application/json": {"schema": {"type": "string"}}, "a/b,c": {"schema": {"type": "string"}},
                "multipart/mixed": {"schema": {"type": "string"}},
                "multipart/form-data": {
                    "schema": {"type": "object", "properties": {"p": {"type": "string"}}},
                    "encoding": {"p": {"headers": {"X-A": {"schema": {"type": "string"}}}, "style": "odd"}}
                }
            }},
            "security": ["basic"],
            "responses": {"200": {"description": "d", "headers": {"bad header": {"schema": {"type": "string"}}}}}
        }),
    ))?;
    let operation = "/paths/~1a/post";
    let encoding = format!("{operation}/requestBody/content/multipart~1form-data/encoding/p");
    let mut expected = vec![
        (Severity::Warning, Code::WrongType, format!("{encoding}/style")),
        (Severity::Warning, Code::UnsupportedPart, format!("{encoding}/headers")),
        (Severity::Warning, Code::WrongType, format!("{operation}/security/0")),
        (Severity::Warning, Code::UnsupportedPart, format!("{operation}/requestBody/content/a~1b,c")),
        (
            Severity::Warning,
            Code::UnsupportedPart,
            format!("{operation}/requestBody/content/multipart~1mixed/schema"),
        ),
        (Severity::Warning, Code::UnsupportedPart, format!("{operation}/responses/200/headers/bad header")),
    ];
    let mut found: Vec<_> = found(&diagnostics).into_iter().map(|(s, c, p)| (s, c, p.to_owned())).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    Ok(())
}

#[test]
fn values_of_a_discriminator_that_stand_for_no_schema_are_told() -> Result<(), Failure> {
    let pet = json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}});
    let mut document = with_schema(
        "3.0.3",
        json!({
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Fox"}],
            "discriminator": {"propertyName": "kind", "mapping": {
                "cat": "Cat", "tom": "#/components/schemas/Cat", "dog": "Dog", "cow": "#/components/schemas/Cow"
            }}
        }),
    );
    document["components"]["schemas"]["Cat"] = pet.clone();
    document["components"]["schemas"]["Fox"] = pet;
    let (code, diagnostics) = strict(&document)?;
    let mapping = "/components/schemas/A/discriminator/mapping";
    assert_eq!(
        found(&diagnostics),
        [
            (Severity::Warning, Code::DanglingReference, format!("{mapping}/cow").as_str()),
            (Severity::Warning, Code::DanglingReference, format!("{mapping}/dog").as_str()),
        ]
    );
    assert!(code.contains("\"tom\""), "{code}");
    Ok(())
}
