//! Swagger 2.0 to OpenAPI 3.0: the same content in other places, each with a note of its own place.

mod body;
mod lists;
mod parameter;
mod response;

pub(in crate::load) use self::parameter::take_schema;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::grammar::METHODS;
use crate::openapi::origin;
use serde_json::{Map, Value, json};

pub(super) fn document(mut tree: Value, root: &Place, diagnostics: &mut Diagnostics) -> Value {
    let mut take = |key: &str| tree.as_object_mut().and_then(|object| object.shift_remove(key));
    let parameters = take("parameters").unwrap_or_else(|| json!({}));
    let definitions = take("definitions").unwrap_or_else(|| json!({}));
    let responses = take("responses").unwrap_or_else(|| json!({}));
    let security = take("securityDefinitions").unwrap_or_else(|| json!({}));
    let paths = take("paths").unwrap_or_else(|| json!({}));
    let servers = servers(take("schemes"), take("host"), take("basePath"), root);
    let consumes = media_types(take("consumes"));
    let produces = media_types(take("produces"));
    let mut upgrade = Upgrade { parameters: &parameters, consumes, produces, root, diagnostics };
    // Bodies and forms have no place among the parameters of 3.0; operations take them from the original.
    let mut others = parameters.clone();
    if let Some(map) = others.as_object_mut() {
        map.retain(|_, parameter| !parameter::is_body(parameter));
    }
    let mut document = json!({"openapi": "3.0.3", "servers": servers});
    let section = |name: &str, map: Value, each: &mut dyn FnMut(Value, &Place) -> Value| {
        let Value::Object(map) = map else { return json!({}) };
        let place = root.key(name);
        let convert = |(key, mut value): (String, Value)| {
            // What was moved here from another file has its note already.
            origin::note(&mut value, &place.key(&key));
            let place = origin::noted(&value).unwrap_or_else(|| place.key(&key));
            let mut value = each(value, &place);
            origin::note(&mut value, &place);
            (key, value)
        };
        Value::Object(map.into_iter().map(convert).collect())
    };
    let top = upgrade.produces.clone();
    document["components"] = json!({
        "schemas": section("definitions", definitions, &mut |value, _| value),
        "responses": section("responses", responses, &mut |value, place| upgrade.response(value, &top, place)),
        "parameters": section("parameters", others, &mut |value, place| upgrade.parameter(value, place)),
        "securitySchemes": section("securityDefinitions", security, &mut |value, _| security_scheme(value)),
    });
    document["paths"] = paths;
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        upgrade.path_item(item, &root.key("paths").key(path));
    }
    for (key, value) in tree.as_object().into_iter().flatten().filter(|(key, _)| *key != "swagger") {
        document[key.as_str()] = value.clone();
    }
    document
}

fn servers(schemes: Option<Value>, host: Option<Value>, base_path: Option<Value>, root: &Place) -> Value {
    let place = root.key(if base_path.is_some() { "basePath" } else { "host" });
    let base_path = base_path.as_ref().and_then(Value::as_str).unwrap_or("/").to_owned();
    let mut server = match host.as_ref().and_then(Value::as_str).filter(|host| !host.is_empty()) {
        Some(host) => {
            let scheme = schemes.as_ref().and_then(|list| list.get(0)?.as_str()).unwrap_or("https");
            json!({"url": format!("{scheme}://{host}/{}", base_path.trim_start_matches('/'))})
        }
        None => json!({ "url": base_path }),
    };
    origin::note_made(&mut server, &place);
    json!([server])
}

fn media_types(list: Option<Value>) -> Vec<String> {
    let list = list.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn location(parameter: &Value) -> &str {
    parameter.get("in").and_then(Value::as_str).unwrap_or_default()
}

struct Upgrade<'a> {
    parameters: &'a Value,
    consumes: Vec<String>,
    produces: Vec<String>,
    root: &'a Place,
    diagnostics: &'a mut Diagnostics,
}

impl Upgrade<'_> {
    fn path_item(&mut self, item: &mut Value, place: &Place) {
        let written = origin::noted(item);
        let place = written.as_ref().unwrap_or(place);
        let Some(object) = item.as_object_mut() else { return };
        let shared = object.shift_remove("parameters").unwrap_or_else(|| json!([]));
        let (shared, shared_bodies) = self.split(shared, &place.key("parameters"));
        object.insert("parameters".to_owned(), Value::Array(shared));
        for method in METHODS {
            if let Some(operation) = object.get_mut(method) {
                let place = origin::noted(operation).unwrap_or_else(|| place.key(method));
                if let Some(operation) = operation.as_object_mut() {
                    self.operation(operation, &shared_bodies, &place);
                }
            }
        }
    }

    fn operation(&mut self, operation: &mut Map<String, Value>, shared: &[Value], place: &Place) {
        let own =
            |list: Vec<String>, default: &[String]| if list.is_empty() { default.to_vec() } else { list };
        let consumes = own(media_types(operation.shift_remove("consumes")), &self.consumes);
        let produces = own(media_types(operation.shift_remove("produces")), &self.produces);
        operation.shift_remove("schemes");
        let parameters = operation.shift_remove("parameters").unwrap_or_else(|| json!([]));
        let (parameters, mut bodies) = self.split(parameters, &place.key("parameters"));
        self.only_one_body(&bodies);
        bodies.extend(shared.iter().cloned());
        operation.insert("parameters".to_owned(), Value::Array(parameters));
        if let Some(body) = self.request_body(&bodies, &consumes, &place.key("parameters")) {
            operation.insert("requestBody".to_owned(), body);
        }
        let place = place.key("responses");
        for (status, response) in
            operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
        {
            if !status.starts_with("x-") {
                let place = origin::noted(response).unwrap_or_else(|| place.key(status));
                *response = self.response(response.take(), &produces, &place);
            }
        }
    }
}

fn security_scheme(value: Value) -> Value {
    match value.get("type").and_then(Value::as_str) {
        Some("basic") => json!({"type": "http", "scheme": "basic"}),
        Some("oauth2") => json!({"type": "oauth2", "flows": {}}),
        _ => value,
    }
}

/// What differs inside schemas.
pub(super) fn schema(value: &mut Value, place: &Place, diagnostics: &mut Diagnostics) {
    let Some(object) = value.as_object_mut() else { return };
    let is_list = object.get("type").is_some_and(|kind| kind == "array");
    if is_list && object.shift_remove("collectionFormat").is_some() {
        let message =
            "`collectionFormat` says how parameters are written, and nothing of JSON; it is left out";
        let place = place.key("collectionFormat");
        diagnostics.push(Diagnostic::warning(Code::UnsupportedPart, place, message));
    }
    if let Some(Value::String(text)) = object.get_mut("$ref") {
        *text = text.replacen("#/definitions/", "#/components/schemas/", 1);
    }
    if let Some(Value::String(name)) = object.get("discriminator") {
        let name = name.clone();
        object.insert("discriminator".to_owned(), json!({ "propertyName": name }));
    }
    if object.get("type").is_some_and(|kind| kind == "file") {
        object.insert("type".to_owned(), "string".into());
        object.insert("format".to_owned(), "binary".into());
    }
    if let Some(nullable) = object.shift_remove("x-nullable") {
        object.entry("nullable").or_insert(nullable);
    }
}
