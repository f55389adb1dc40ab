//! Documents made to hurt: each ends in a client or in a coded error with its place, never in a panic, and never reads
//! what it must not.

use cloudrun_codegen::{Code, Diagnostics, Layout, Options, describe, generate};
use cloudrun_emulator::Schemas;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

fn errors(document: &Path) -> Vec<Code> {
    match generate(document, &Options::new("hostile"), Layout::Single) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => codes(&diagnostics),
    }
}

/// Reads a document as the emulator does, and checks a value by each of its schemas.
fn described(document: &Path) {
    let Ok(description) = describe(document, &Options::new("hostile")) else { return };
    let schemas = Schemas::new(&description.document, ".".into(), "openapi.json");
    for operation in &description.operations {
        for content in operation.responses.iter().flat_map(|response| &response.contents) {
            if let Some(schema) = &content.schema {
                // What it says is one thing; that it ends is what counts here.
                let _ = schemas.findings(schema, &json!({"a": [1, {"b": null}], "x": "y"}));
            }
        }
    }
}

fn codes(diagnostics: &Diagnostics) -> Vec<Code> {
    diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

/// The error codes of a document with this text.
fn of(text: &str) -> Result<Vec<Code>, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.yaml");
    fs::write(&path, text)?;
    Ok(errors(&path))
}

fn with_schema(schema: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{ title: t, version: v }}\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n          \
         description: d\n          content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/A' }} }} }}\n\
         components:\n  schemas:\n    A: {schema}\n"
    )
}

#[test]
fn what_is_no_document_is_refused_by_name() -> Result<(), Failure> {
    for text in [
        "",
        "null",
        "[]",
        "hello",
        "swagger: '1.2'",
        "openapi: 4.0.0",
        "openapi: 3.0.0\nswagger: '2.0'",
        "a: 1",
    ] {
        assert_eq!(of(text)?, [Code::Version], "{text}");
    }
    for text in ["{\"openapi\": ", "a:\n\t- b", "a: *nothing", "{ // c\n \"a\": 1 }"] {
        assert_eq!(of(text)?, [Code::Syntax], "{text}");
    }
    assert_eq!(errors(Path::new("/nowhere/openapi.yaml")), [Code::Unreadable]);
    assert_eq!(errors(Path::new("/")), [Code::Unreadable]);
    Ok(())
}

#[test]
fn references_lead_somewhere_inside_the_folder() -> Result<(), Failure> {
    assert_eq!(of(&with_schema("{ $ref: '#/components/schemas/B' }"))?, [Code::DanglingReference]);
    for target in [
        "/etc/passwd",
        "file:///etc/passwd",
        "https://evil.example/x.yaml",
        "../../../../etc/passwd",
        "%2e%2e/x",
    ] {
        let codes = of(&with_schema(&format!("{{ $ref: '{target}' }}")))?;
        assert!(codes.contains(&Code::ForbiddenReference), "{target}: {codes:?}");
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_outside() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let inside = folder.path().join("inside");
    fs::create_dir(&inside)?;
    fs::write(folder.path().join("secret.yaml"), "type: string")?;
    std::os::unix::fs::symlink(folder.path().join("secret.yaml"), inside.join("link.yaml"))?;
    fs::write(inside.join("openapi.yaml"), with_schema("{ $ref: 'link.yaml' }"))?;
    assert!(errors(&inside.join("openapi.yaml")).contains(&Code::ForbiddenReference));
    Ok(())
}

#[test]
fn circles_without_a_schema_are_named() -> Result<(), Failure> {
    assert_eq!(of(&with_schema("{ $ref: '#/components/schemas/A' }"))?, [Code::CyclicReference]);
    assert_eq!(
        of(&with_schema("{ allOf: [{ $ref: '#/components/schemas/A' }, { type: object }] }"))?,
        [Code::CyclicReference]
    );
    let endless = "{ type: object, required: [a], properties: { a: { $ref: '#/components/schemas/A' } } }";
    assert!(of(&with_schema(endless))?.is_empty());
    Ok(())
}

#[test]
fn an_error_has_its_line_and_pointer() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.yaml");
    fs::write(&path, with_schema("{ $ref: '#/components/schemas/B' }"))?;
    let Err(diagnostics) = generate(&path, &Options::new("hostile"), Layout::Single) else {
        return Err("no error".into());
    };
    let first = diagnostics.iter().next().ok_or("an error")?;
    assert_eq!(first.place.pointer, "/components/schemas/A/$ref");
    assert_eq!(first.place.line, Some((12, 10)));
    assert!(diagnostics.to_string().contains("openapi.yaml:12:10: error[CR0101]"), "{diagnostics}");
    Ok(())
}

#[test]
fn text_of_the_document_stays_text() -> Result<(), Failure> {
    let evil = r##"{ type: object, description: "*/ } fn main() { panic!() } /*\n```rust\npanic!()", properties: { "\"); panic!(\"": { type: string, enum: ["\"#, panic!()", "}"] } } }"##;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.yaml");
    fs::write(&path, with_schema(evil))?;
    let client = generate(&path, &Options::new("hostile"), Layout::Single)?;
    let code: String = client.files().map(|(_, text)| text).collect();
    let outside = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    // Whatever the document says is inside a string literal there, with its quotes escaped.
    assert!(outside.filter(|line| line.contains("panic!")).all(|line| line.contains("\\\"")));
    assert!(code.contains("```text"));
    Ok(())
}

#[test]
fn the_shared_hostile_documents_end_well() -> Result<(), Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/hostile");
    if !folder.exists() {
        println!("skipped: ../shared/hostile is not here");
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension != "tsv") {
            let start = Instant::now();
            errors(&path);
            described(&path);
            assert!(start.elapsed() < Duration::from_secs(60), "{}", path.display());
        }
    }
    Ok(())
}

/// Forty schemas, each of which refers to the next one twice: 2^40 paths lead through them.
fn shared_parts(schema: impl Fn(&str) -> Value, last: Value) -> Value {
    let mut schemas = serde_json::Map::new();
    for number in 0..40 {
        let next = format!("#/components/schemas/S{}", number + 1);
        schemas.insert(format!("S{number}"), schema(&next));
    }
    schemas.insert("S40".to_owned(), last);
    let first = json!({"$ref": "#/components/schemas/S0"});
    let content = json!({"application/json": {"schema": first}, "multipart/form-data": {"schema": first}});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "v"},
        "paths": {"/a": {"post": {
            "requestBody": {"content": content},
            "responses": {"200": {"description": "d", "content": content}}
        }}},
        "components": {"schemas": schemas}
    })
}

#[test]
fn shared_parts_are_looked_at_once() -> Result<(), Failure> {
    let next = |next: &str| json!({ "$ref": next });
    let object =
        json!({"type": "object", "required": ["x"], "properties": {"x": {"type": "string", "enum": ["y"]}}});
    let nullable = json!({"type": "string", "nullable": true});
    let documents = [
        shared_parts(|at| json!({"allOf": [next(at), next(at)]}), object.clone()),
        shared_parts(|at| json!({"allOf": [next(at), next(at)]}), nullable.clone()),
        shared_parts(|at| json!({"oneOf": [next(at), next(at)]}), object.clone()),
        shared_parts(|at| json!({"anyOf": [next(at), {"type": "integer"}, next(at)]}), nullable),
        shared_parts(
            |at| json!({"properties": {"p": next(at)}, "oneOf": [next(at), {"allOf": [next(at)]}]}),
            object.clone(),
        ),
        shared_parts(
            |at| json!({"type": "object", "required": ["a", "b"], "properties": {"a": next(at), "b": next(at)}}),
            object,
        ),
    ];
    for document in documents {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("openapi.json");
        fs::write(&path, document.to_string())?;
        let mut options = Options::new("shared");
        options.samples = true;
        options.types.check_constraints = true;
        // Whether it can be generated is one thing; that it ends is what counts here.
        let _ = generate(&path, &options, Layout::Directory);
        described(&path);
    }
    Ok(())
}

/// Schemas of a composition of this size, lowered in so many milliseconds; the least of three tries.
fn lowered(schemas: &impl Fn(usize) -> serde_json::Map<String, Value>, size: usize) -> Result<u128, Failure> {
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "t", "version": "v"},
        "paths": {"/a": {"get": {"responses": {"200": {"description": "d", "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/S0"}}
        }}}}}},
        "components": {"schemas": schemas(size)}
    });
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.json");
    fs::write(&path, document.to_string())?;
    let mut least = u128::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        generate(&path, &Options::new("deep"), Layout::Directory)?;
        least = least.min(start.elapsed().as_millis());
    }
    Ok(least)
}

#[test]
fn compositions_take_time_in_proportion_to_their_size() -> Result<(), Failure> {
    let next = |at: usize| json!({"$ref": format!("#/components/schemas/S{}", at + 1)});
    let plain = || json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let row = |size: usize| -> serde_json::Map<String, Value> {
        let word =
            |at: usize| json!({"allOf": [next(at), {"properties": {"a": {"description": format!("{at}")}}}]});
        let rows = (0..size).map(|at| (format!("S{at}"), word(at)));
        rows.chain([(format!("S{size}"), plain())]).collect()
    };
    let wide = |size: usize| -> serde_json::Map<String, Value> {
        let variant = |at: usize| json!({"title": format!("T{at}"), "properties": {format!("p{at}"): {"type": "string"}}});
        let variants: Vec<Value> = (0..size).map(variant).collect();
        let beside = json!({"type": "object", "properties": {"id": {"type": "string"}}, "oneOf": variants});
        [("S0".to_owned(), beside)].into_iter().collect()
    };
    let twice = |size: usize| -> serde_json::Map<String, Value> {
        let both =
            |at: usize| json!({"allOf": [next(at), next(at)], "oneOf": [next(at), {"allOf": [next(at)]}]});
        let rows = (0..size).map(|at| (format!("S{at}"), both(at)));
        rows.chain([(format!("S{size}"), plain())]).collect()
    };
    let values = |size: usize| -> serde_json::Map<String, Value> {
        let listed: Vec<String> = (0..size).map(|at| format!("value{at}")).collect();
        [("S0".to_owned(), json!({"type": "string", "enum": listed}))].into_iter().collect()
    };
    for (name, few, many) in [
        ("values", lowered(&values, 5_000)?, lowered(&values, 20_000)?),
        ("row", lowered(&row, 250)?, lowered(&row, 1_000)?),
        ("wide", lowered(&wide, 250)?, lowered(&wide, 1_000)?),
        ("twice", lowered(&twice, 250)?, lowered(&twice, 1_000)?),
    ] {
        println!("{name}: {few} ms, four times as many in {many} ms");
        // In proportion it is four times, by the square sixteen times as much; this machine may do other things.
        assert!(many <= 9 * few.max(20), "{name}: {few} ms, {many} ms");
    }
    Ok(())
}

#[test]
fn schemas_in_a_long_row_end_well() -> Result<(), Failure> {
    for key in ["properties", "items", "allOf"] {
        let schemas = (0..1_500).map(|number| {
            let next = json!({"$ref": format!("#/components/schemas/S{}", (number + 1).min(1_499))});
            let schema = match key {
                _ if number == 1_499 => json!({"type": "string"}),
                "properties" => json!({"type": "object", "properties": {"a": next}}),
                "items" => json!({"type": "array", "items": next}),
                _ => json!({"allOf": [next]}),
            };
            (format!("S{number}"), schema)
        });
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "v"},
            "paths": {"/a": {"get": {"responses": {"200": {"description": "d", "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/S0"}}
            }}}}}},
            "components": {"schemas": schemas.collect::<serde_json::Map<_, _>>()}
        });
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("openapi.json");
        fs::write(&path, document.to_string())?;
        let _ = generate(&path, &Options::new("row"), Layout::Directory);
        described(&path);
    }
    Ok(())
}

#[test]
fn unions_that_meet_and_have_nothing_in_common_end() -> Result<(), Failure> {
    let union = |at: usize| {
        let variant =
            |name: &str| json!({"type": "object", "properties": {format!("{name}{at}"): {"type": "string"}}});
        json!({"oneOf": [variant("a"), variant("b")]})
    };
    let clash = |size: usize| -> serde_json::Map<String, Value> {
        let scalars = json!({"oneOf": [{"type": "string"}, {"type": "integer"}]});
        let parts: Vec<Value> = (0..size).map(union).chain([scalars]).collect();
        [("S0".to_owned(), json!({"allOf": parts}))].into_iter().collect()
    };
    let time = lowered(&clash, 30)?;
    assert!(time < 5_000, "{time} ms");
    Ok(())
}
