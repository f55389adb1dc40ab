//! Swagger 2.0 to OpenAPI 3.0: the same content in other places.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, set_origin};
use crate::openapi::grammar::METHODS;
use serde_json::{Map, Value, json};

/// Keywords of a parameter or header that belong into its schema.
const SCHEMA_KEYS: [&str; 16] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
];

pub(super) fn document(mut tree: Value, root: &Place, diagnostics: &mut Diagnostics) -> Value {
    let mut take = |key: &str| tree.as_object_mut().and_then(|object| object.shift_remove(key));
    let parameters = take("parameters").unwrap_or_else(|| json!({}));
    let definitions = take("definitions").unwrap_or_else(|| json!({}));
    let responses = take("responses").unwrap_or_else(|| json!({}));
    let security = take("securityDefinitions").unwrap_or_else(|| json!({}));
    let paths = take("paths").unwrap_or_else(|| json!({}));
    let servers = servers(take("schemes"), take("host"), take("basePath"));
    let consumes = media_types(take("consumes"));
    let produces = media_types(take("produces"));
    let mut upgrade = Upgrade { parameters: &parameters, consumes, produces, diagnostics };
    let mut document = json!({"openapi": "3.0.3", "servers": servers});
    let section = |name: &str, map: Value, each: &mut dyn FnMut(Value, &Place) -> Value| {
        let Value::Object(map) = map else { return json!({}) };
        let place = root.key(name);
        let convert = |(key, value): (String, Value)| {
            let place = place.key(&key);
            let mut value = each(value, &place);
            set_origin(&mut value, &place);
            (key, value)
        };
        Value::Object(map.into_iter().map(convert).collect())
    };
    document["components"] = json!({
        "schemas": section("definitions", definitions, &mut |value, _| value),
        "responses": section("responses", responses, &mut |value, _| convert_response(value, &upgrade.produces)),
        "parameters": section("parameters", parameters.clone(), &mut |value, place| upgrade.parameter(value, place)),
        "securitySchemes": section("securityDefinitions", security, &mut |value, _| security_scheme(value)),
    });
    // Bodies and forms have no place among the parameters of 3.0; operations take them from the original.
    if let Some(map) = document["components"]["parameters"].as_object_mut() {
        map.retain(|name, _| !matches!(location(&parameters[name.as_str()]), "body" | "formData"));
    }
    document["paths"] = paths;
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        upgrade.path_item(item, &root.key("paths").key(path));
    }
    for (key, value) in tree.as_object().into_iter().flatten().filter(|(key, _)| *key != "swagger") {
        document[key.as_str()] = value.clone();
    }
    document
}

fn servers(schemes: Option<Value>, host: Option<Value>, base_path: Option<Value>) -> Value {
    let base_path = base_path.as_ref().and_then(Value::as_str).unwrap_or("/").to_owned();
    match host.as_ref().and_then(Value::as_str).filter(|host| !host.is_empty()) {
        Some(host) => {
            let scheme = schemes.as_ref().and_then(|list| list.get(0)?.as_str()).unwrap_or("https");
            json!([{"url": format!("{scheme}://{host}/{}", base_path.trim_start_matches('/'))}])
        }
        None => json!([{ "url": base_path }]),
    }
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
    diagnostics: &'a mut Diagnostics,
}

impl Upgrade<'_> {
    fn path_item(&mut self, item: &mut Value, place: &Place) {
        let Some(object) = item.as_object_mut() else { return };
        let shared = object.shift_remove("parameters").unwrap_or_else(|| json!([]));
        let (shared, shared_bodies) = self.split(shared, &place.key("parameters"));
        object.insert("parameters".to_owned(), Value::Array(shared));
        for method in METHODS {
            if let Some(operation) = object.get_mut(method).and_then(Value::as_object_mut) {
                self.operation(operation, &shared_bodies, &place.key(method));
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
        bodies.extend(shared.iter().cloned());
        operation.insert("parameters".to_owned(), Value::Array(parameters));
        if let Some(body) = request_body(&bodies, &consumes) {
            operation.insert("requestBody".to_owned(), body);
        }
        for (status, response) in
            operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
        {
            if !status.starts_with("x-") {
                *response = convert_response(response.take(), &produces);
            }
        }
    }

    /// Parameters as 3.0 has them, and those that are bodies or forms.
    fn split(&mut self, list: Value, place: &Place) -> (Vec<Value>, Vec<Value>) {
        let (mut parameters, mut bodies) = (Vec::new(), Vec::new());
        let Value::Array(list) = list else { return (parameters, bodies) };
        for (index, item) in list.into_iter().enumerate() {
            let name =
                item.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix("#/parameters/"));
            let resolved = name.and_then(|name| self.parameters.get(name)).unwrap_or(&item);
            if matches!(location(resolved), "body" | "formData") {
                bodies.push(resolved.clone());
            } else {
                let place = place.index(index);
                let mut parameter = self.parameter(item, &place);
                // Without the bodies, the others are counted anew.
                set_origin(&mut parameter, &place);
                parameters.push(parameter);
            }
        }
        (parameters, bodies)
    }

    fn parameter(&mut self, mut value: Value, place: &Place) -> Value {
        let is_query = location(&value) == "query";
        let Some(object) = value.as_object_mut() else { return value };
        if let Some(text) = object.get("$ref").and_then(Value::as_str) {
            return json!({"$ref": text.replacen("#/parameters/", "#/components/parameters/", 1)});
        }
        let schema = take_schema(object);
        let format = object.shift_remove("collectionFormat");
        let is_array = schema.get("type").is_some_and(|kind| kind == "array");
        object.entry("schema").or_insert(schema);
        if is_array {
            let (style, explode) = match format.as_ref().and_then(Value::as_str) {
                Some("multi") => ("form", true),
                Some("ssv") => ("spaceDelimited", false),
                Some("pipes") => ("pipeDelimited", false),
                Some("tsv") => {
                    let message = "lists separated by tabs are sent separated by commas";
                    let place = place.key("collectionFormat");
                    self.diagnostics.push(Diagnostic::warning(Code::UnsupportedPart, place, message));
                    ("form", false)
                }
                _ => ("form", false),
            };
            if is_query {
                object.insert("style".to_owned(), style.into());
                object.insert("explode".to_owned(), explode.into());
            }
        }
        value
    }
}

/// A response's schema goes under the media type that it is produced as.
fn convert_response(mut value: Value, produces: &[String]) -> Value {
    let Some(object) = value.as_object_mut() else { return value };
    if let Some(text) = object.get("$ref").and_then(Value::as_str) {
        return json!({"$ref": text.replacen("#/responses/", "#/components/responses/", 1)});
    }
    object.shift_remove("examples");
    if let Some(schema) = object.shift_remove("schema") {
        let is_file = schema.get("type").is_some_and(|kind| kind == "file");
        let default = if is_file { "application/octet-stream" } else { "application/json" };
        let json = produces.iter().find(|media_type| media_type.contains("json"));
        let media_type = if is_file { produces.first() } else { json.or(produces.first()) };
        let media_type = media_type.map_or(default, String::as_str);
        object.insert("content".to_owned(), json!({ media_type: { "schema": schema } }));
    }
    for (_, header) in object.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(header) = header.as_object_mut() {
            let schema = take_schema(header);
            header.shift_remove("collectionFormat");
            header.entry("schema").or_insert(schema);
        }
    }
    value
}

pub(in crate::load) fn take_schema(object: &mut Map<String, Value>) -> Value {
    let members = SCHEMA_KEYS.iter().filter_map(|key| Some(((*key).to_owned(), object.shift_remove(*key)?)));
    Value::Object(members.collect())
}

/// A body parameter, or the fields of a form, as the request body of 3.0.
fn request_body(bodies: &[Value], consumes: &[String]) -> Option<Value> {
    let text = |value: &Value, key: &str| value.get(key).cloned().unwrap_or(Value::Null);
    if let Some(body) = bodies.iter().find(|body| location(body) == "body") {
        let schema = body.get("schema").cloned().unwrap_or_else(|| json!({}));
        let json_like = consumes.iter().find(|media_type| media_type.contains("json"));
        let media_type = json_like.or(consumes.first()).map_or("application/json", String::as_str);
        let required = body.get("required").cloned().unwrap_or(false.into());
        let mut request = json!({"content": {media_type: {"schema": schema}}, "required": required});
        if body.get("description").is_some_and(Value::is_string) {
            request["description"] = text(body, "description");
        }
        return Some(request);
    }
    let fields: Vec<&Value> = bodies.iter().filter(|body| location(body) == "formData").collect();
    let has_file = fields.iter().any(|field| field.get("type").is_some_and(|kind| kind == "file"));
    let is_multipart = has_file || consumes.iter().any(|media_type| media_type == "multipart/form-data");
    let media_type = if is_multipart { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    let mut properties = Map::new();
    let mut encoding = Map::new();
    let mut required = Vec::new();
    for field in &fields {
        let Some(name) = field.get("name").and_then(Value::as_str) else { continue };
        let mut schema = take_schema(&mut field.as_object().cloned()?);
        if schema.get("type").is_some_and(|kind| kind == "array") {
            let style = match field.get("collectionFormat").and_then(Value::as_str) {
                Some("multi") => None,
                Some("ssv") => Some("spaceDelimited"),
                Some("pipes") => Some("pipeDelimited"),
                _ => Some("form"),
            };
            if let Some(style) = style {
                encoding.insert(name.to_owned(), json!({"style": style, "explode": false, "x-joined": true}));
            }
        }
        schema["description"] = text(field, "description");
        if schema["description"].is_null() {
            schema.as_object_mut()?.shift_remove("description");
        }
        if field.get("required") == Some(&Value::Bool(true)) {
            required.push(name);
        }
        properties.insert(name.to_owned(), schema);
    }
    if fields.is_empty() {
        return None;
    }
    let schema = json!({"type": "object", "properties": properties, "required": required});
    let content = json!({"schema": schema, "encoding": encoding});
    Some(json!({"content": {media_type: content}, "required": !required.is_empty()}))
}

fn security_scheme(value: Value) -> Value {
    match value.get("type").and_then(Value::as_str) {
        Some("basic") => json!({"type": "http", "scheme": "basic"}),
        Some("oauth2") => json!({"type": "oauth2", "flows": {}}),
        _ => value,
    }
}

/// What differs inside schemas.
pub(super) fn schema(value: &mut Value) {
    let Some(object) = value.as_object_mut() else { return };
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
