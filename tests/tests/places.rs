//! Every finding names a place that is in the file that it names, however far the document was rearranged before it was found.

use cloudrun_codegen::{Code, Diagnostics, Layout, Options, Place, generate, read};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

fn findings(document: &Path, base: Option<&Path>) -> Diagnostics {
    let mut options = Options::new("places");
    options.lenient = true;
    options.base_folder = base.map(Path::to_owned);
    match generate(document, &options, Layout::Single) {
        Ok(client) => client.diagnostics().clone(),
        Err(diagnostics) => diagnostics,
    }
}

/// The findings whose pointers are not in their files.
fn astray(document: &Path, base: Option<&Path>) -> Vec<String> {
    let folder = document.parent().unwrap_or(Path::new("."));
    let mut files: HashMap<PathBuf, Option<Value>> = HashMap::new();
    let mut is_there = |place: &Place| {
        let path = match Path::new(&*place.file) == document {
            true => document.to_owned(),
            false => folder.join(&*place.file),
        };
        let tree = files.entry(path).or_insert_with_key(|path| read(path).ok());
        tree.as_ref().is_none_or(|tree| tree.pointer(&place.pointer).is_some())
    };
    let found = findings(document, base);
    found.iter().filter(|one| !is_there(&one.place)).map(ToString::to_string).collect()
}

/// The findings of a document, as codes and pointers.
fn of(document: &Value) -> Result<Vec<(Code, String)>, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.json");
    fs::write(&path, serde_json::to_string_pretty(document)?)?;
    assert_eq!(astray(&path, None), Vec::<String>::new());
    let found = findings(&path, None);
    assert!(found.iter().all(|one| one.place.line.is_some()), "{found}");
    Ok(found.iter().map(|one| (one.code, one.place.pointer.clone())).collect())
}

fn document(version: &str, mut rest: Value) -> Value {
    let key = if version == "2.0" { "swagger" } else { "openapi" };
    rest[key] = version.into();
    rest["info"] = json!({"title": "t", "version": "1"});
    rest
}

fn expect(found: &[(Code, String)], code: Code, pointer: &str) {
    assert!(found.contains(&(code, pointer.to_owned())), "{code} {pointer} is not among {found:#?}");
}

#[test]
fn operations_of_other_methods_are_named_where_they_are_written() -> Result<(), Failure> {
    let operation = json!({
        "parameters": [{"name": "Authorization", "in": "header", "schema": {"type": "string"}}],
        "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"if": {}}}}}}
    });
    let path = json!({"additionalOperations": {"COPY": operation}, "query": operation});
    let found = of(&document("3.2.0", json!({"paths": {"/a": path}})))?;
    expect(&found, Code::ReservedHeader, "/paths/~1a/additionalOperations/COPY/parameters/0");
    expect(&found, Code::ReservedHeader, "/paths/~1a/query/parameters/0");
    let schema = "responses/200/content/application~1json/schema/if";
    expect(&found, Code::UnsupportedSchema, &format!("/paths/~1a/query/{schema}"));
    Ok(())
}

#[test]
fn swagger_is_told_of_its_own_places() -> Result<(), Failure> {
    let found = of(&document(
        "2.0",
        json!({
            "host": "x", "basePath": "/{stage}",
            "securityDefinitions": {"basic": {"type": "basic"}, "odd": {"type": "odd"}},
            "security": [{"basic": []}, {"none": []}],
            "definitions": {"A": {"type": "object", "properties": {"a": {"type": "bool"}}}},
            "parameters": {"P": {"name": "p", "in": "query", "type": "int"}},
            "paths": {"/a": {"post": {
                "parameters": [
                    {"name": "b", "in": "body", "schema": {"type": "object", "properties": {"a": {"type": "bool"}}}},
                    {"$ref": "#/parameters/P"},
                    {"name": "q", "in": "query", "type": "int"}
                ],
                "responses": {"200": {"description": "d", "schema": {"$ref": "#/definitions/None"}}}
            }}}
        }),
    ))?;
    expect(&found, Code::Server, "/basePath");
    expect(&found, Code::Authorization, "/securityDefinitions/basic");
    expect(&found, Code::UnsupportedPart, "/securityDefinitions/odd");
    expect(&found, Code::UnsupportedPart, "/security");
    expect(&found, Code::WrongType, "/definitions/A/properties/a/type");
    expect(&found, Code::WrongType, "/parameters/P/type");
    expect(&found, Code::WrongType, "/paths/~1a/post/parameters/0/schema/properties/a/type");
    expect(&found, Code::WrongType, "/paths/~1a/post/parameters/2/type");
    expect(&found, Code::DanglingReference, "/paths/~1a/post/responses/200/schema/$ref");
    Ok(())
}

#[test]
fn parameters_of_a_path_are_named_there() -> Result<(), Failure> {
    let found = of(&document(
        "3.0.3",
        json!({"paths": {"/a": {
            "parameters": [
                {"name": "q", "in": "query", "schema": {"type": "string"}},
                {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
                {"name": "none", "in": "path", "required": true, "schema": {"type": "string"}}
            ],
            "get": {
                "parameters": [{"name": "r", "in": "query", "schema": {"type": "string"}}],
                "responses": {"204": {"description": "d"}}
            }
        }}}),
    ))?;
    expect(&found, Code::ReservedHeader, "/paths/~1a/parameters/1");
    expect(&found, Code::PathParameter, "/paths/~1a/parameters/2");
    Ok(())
}

#[test]
fn what_stands_beside_a_reference_to_a_path_item_is_named_there() -> Result<(), Failure> {
    let operation = |header: &str| {
        json!({
            "parameters": [{"name": header, "in": "header", "schema": {"type": "string"}}],
            "responses": {"204": {"description": "d"}}
        })
    };
    let found = of(&document(
        "3.2.0",
        json!({
            "paths": {"/a": {
                "$ref": "#/components/pathItems/P", "post": operation("Host"),
                "additionalOperations": {"COPY": operation("Upgrade")},
                "parameters": [{"name": "Accept", "in": "header", "schema": {"type": "string"}}]
            }},
            "components": {"pathItems": {"P": {"get": operation("Connection")}}}
        }),
    ))?;
    let places: BTreeSet<&str> = found.iter().map(|(_, pointer)| pointer.as_str()).collect();
    let expected = [
        "/components/pathItems/P/get/parameters/0",
        "/paths/~1a/additionalOperations/COPY/parameters/0",
        "/paths/~1a/parameters/0",
        "/paths/~1a/post/parameters/0",
    ];
    assert_eq!(places, BTreeSet::from(expected));
    Ok(())
}

#[test]
fn schemas_that_are_rearranged_are_named_where_they_are_written() -> Result<(), Failure> {
    let odd = json!({"type": "strange"});
    let found = of(&document(
        "3.1.0",
        json!({
            "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}},
            "components": {
                "responses": {"R": {"description": "d", "content": {"application/json": {"schema": {
                    "type": "object", "properties": {
                        "tuple": {"prefixItems": [{"type": "string"}, odd], "items": false},
                        "pattern": {"type": "object", "patternProperties": {"^x": odd}, "additionalProperties": false},
                        "types": {"type": ["array", "string"], "items": odd},
                        "beside": {"$ref": "#/components/schemas/B", "allOf": [odd]}
                    }
                }}}}},
                "schemas": {"B": {"type": "object"}}
            }
        }),
    ))?;
    let properties = "/components/responses/R/content/application~1json/schema/properties";
    for rest in ["tuple/prefixItems/1", "pattern/patternProperties/^x", "types/items", "beside/allOf/0"] {
        expect(&found, Code::WrongType, &format!("{properties}/{rest}/type"));
    }
    Ok(())
}

#[test]
fn no_finding_of_our_documents_names_a_place_that_is_not_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut documents: Vec<PathBuf> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file() && !path.to_string_lossy().contains("overlay"))
        .collect();
    documents.push(folder.join("tree/openapi.yaml"));
    documents.sort();
    let astray: Vec<String> = documents.iter().flat_map(|document| astray(document, None)).collect();
    assert_eq!(astray, Vec::<String>::new());
}

/// Every so many documents of the corpus; all of them take minutes.
const SAMPLE: usize = 12;

#[test]
fn no_finding_of_real_documents_names_a_place_that_is_not_there() -> Result<(), Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/public");
    if !folder.exists() {
        eprintln!("skipped: {} is not there", folder.display());
        return Ok(());
    }
    let documents = cloudrun_tests::corpus::documents(&folder, None)?;
    for document in documents.iter().filter(|document| document.path.is_file()).step_by(SAMPLE) {
        assert_eq!(astray(&document.path, Some(&document.base)), Vec::<String>::new(), "{}", document.name);
    }
    Ok(())
}
