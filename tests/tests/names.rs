//! Names that the runtime takes are never a parameter's.

use cloudrun_codegen::{Layout, Options, generate};
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

#[test]
fn a_parameter_may_have_the_name_of_what_every_request_offers() -> Result<(), Failure> {
    let macros = include_str!("../../runtime/src/macros/operation.rs");
    let request = macros.split("macro_rules! request").nth(1).ok_or("no macro")?;
    let request = request.split("macro_rules!").next().ok_or("no macro")?;
    let offered: Vec<&str> =
        request.split("pub fn ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
    assert!(offered.len() > 4, "{offered:?}");
    let parameters: Vec<_> = offered
        .iter()
        .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}}))
        .chain([json!({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}})])
        .collect();
    let document = json!({"openapi": "3.0.3", "info": {"title": "Names", "version": "1"}, "paths": {"/": {"get": {
        "operationId": "get", "parameters": parameters, "responses": {"200": {"description": "Fine"}}
    }}}});
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document.to_string())?;
    let client = generate(&path, &Options::new("names"), Layout::Single)?;
    let code: String = client.files().map(|(_, text)| text).collect();
    for name in offered.iter().chain([&"idempotency_key"]) {
        assert!(!code.contains(&format!("pub fn {name}(")), "`{name}` is defined twice");
    }
    Ok(())
}

#[test]
fn a_document_does_not_say_where_a_request_ends() -> Result<(), Failure> {
    let header =
        |name: &str| json!({"name": name, "in": "header", "required": true, "schema": {"type": "integer"}});
    let document = json!({"openapi": "3.0.3", "info": {"title": "Names", "version": "1"}, "paths": {"/": {"get": {
        "operationId": "get", "parameters": [header("Content-Length"), header("Host"), header("X-Own")],
        "responses": {"200": {"description": "Fine"}}
    }}}});
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document.to_string())?;
    let client = generate(&path, &Options::new("names"), Layout::Single)?;
    let code: String = client.files().map(|(_, text)| text).collect();
    assert!(code.contains("pub fn get(&self, x_own: i64)"), "{code}");
    let told: Vec<String> = client.diagnostics().iter().map(|found| found.message.clone()).collect();
    assert_eq!(told.iter().filter(|message| message.contains("set by the runtime")).count(), 2, "{told:?}");
    Ok(())
}
