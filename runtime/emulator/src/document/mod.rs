//! A service's document: which operation a request is for, whether request and answer fit it, and an answer in the service's
//! place.

use crate::Schemas;
use crate::exchange::{Exchange, Message};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use cloudrun_codegen::{
    Description, Diagnostics, MediaDescription, OperationDescription, Options, ResponseDescription, describe,
};
use regex::Regex;
use serde_json::{Value, json};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The longest body of a request that is checked.
const CHECKED: usize = 20 << 20;

/// How many operations are named to who asks for another.
const SHOWN: usize = 8;

/// A service's OpenAPI document. Cheap to clone.
///
/// ```no_run
/// use cloudrun_emulator::{Document, Emulator};
/// let document = Document::read("openapi.yaml".as_ref())?;
/// let emulator = Emulator::new().mock("petstore", document);
/// # let _ = emulator;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    operations: Vec<(Template, OperationDescription)>,
    schemas: Schemas,
    diagnostics: Diagnostics,
}

impl Document {
    /// Reads a document of Swagger 2.0, OpenAPI 3.0, 3.1 or 3.2, as JSON or YAML.
    ///
    /// # Errors
    ///
    /// The document cannot be read; each finding names file, line and JSON pointer.
    pub fn read(path: &Path) -> Result<Self, Diagnostics> {
        let mut options = Options::new("mock");
        options.lenient = true;
        let Description { document, operations, diagnostics } = describe(path, &options)?;
        let schemas = Schemas::new(&document, ".".into(), "openapi.json");
        let operations =
            operations.into_iter().map(|operation| (Template::read(&operation.path), operation)).collect();
        Ok(Self(Arc::new(Inner { operations, schemas, diagnostics })))
    }

    /// What was repaired in the document.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.0.diagnostics
    }

    /// How many operations the document has.
    pub fn operations(&self) -> usize {
        self.0.operations.len()
    }

    /// The operation that a request is for: of several whose paths fit, the one with the most literal path.
    fn operation(&self, method: &str, path: &str) -> Option<&OperationDescription> {
        let fits = |(template, operation): &&(Template, OperationDescription)| {
            operation.method == method && template.fits(path)
        };
        self.0
            .operations
            .iter()
            .filter(fits)
            .max_by_key(|(template, _)| template.literal)
            .map(|(_, operation)| operation)
    }

    /// The id of the operation that an exchange was for, and what of it does not fit the document.
    pub(crate) fn look_at(&self, exchange: &Exchange) -> Option<(String, Vec<String>)> {
        let (_, path) = exchange.service()?;
        let Some(operation) = self.operation(exchange.method(), path) else {
            return Some((String::new(), vec!["the document has no such operation".to_owned()]));
        };
        let mut findings = Vec::new();
        if exchange.request.is_whole() {
            findings.extend(self.request_findings(
                operation,
                &exchange.request.headers,
                &exchange.request.body,
            ));
        }
        if exchange.response.headers.contains_key("x-cloudbase-upstream-status-code") && exchange.is_complete
        {
            findings.extend(self.response_findings(operation, exchange.status, &exchange.response));
        }
        Some((operation.id.clone(), findings))
    }

    fn request_findings(
        &self,
        operation: &OperationDescription,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Vec<String> {
        if body.is_empty() {
            let is_missing = operation.needs_body;
            return is_missing.then(|| "request: the body is missing".to_owned()).into_iter().collect();
        }
        // Bodies that are not documented do no harm: the SDKs send `{}` with every POST.
        if operation.request.is_empty() {
            return Vec::new();
        }
        self.body_findings("request", &operation.request, headers, body)
    }

    fn response_findings(
        &self,
        operation: &OperationDescription,
        status: u16,
        message: &Message,
    ) -> Vec<String> {
        let Some(response) = response_of(operation, status) else {
            return vec![format!("response: the status {status} is not documented")];
        };
        if message.body.is_empty() || !message.is_whole() || response.contents.is_empty() {
            return Vec::new();
        }
        self.body_findings("response", &response.contents, &message.headers, &message.body)
    }

    fn body_findings(
        &self,
        side: &str,
        contents: &[MediaDescription],
        headers: &HeaderMap,
        body: &[u8],
    ) -> Vec<String> {
        let media_type = header(headers, CONTENT_TYPE.as_str());
        let Some(content) = contents.iter().find(|content| covers(&content.media_type, media_type)) else {
            return vec![format!("{side}: the media type {media_type:?} is not documented")];
        };
        let Some(schema) = content.schema.as_ref().filter(|_| is_json(media_type)) else { return Vec::new() };
        match serde_json::from_slice(body) {
            Ok(value) => {
                let findings = self.0.schemas.findings(schema, &value).into_iter();
                findings.map(|finding| format!("{side}: {finding}")).collect()
            }
            Err(error) => vec![format!("{side}: the body is not JSON: {error}")],
        }
    }

    /// The answer of a service that does what the document says: the first documented success, or the status that the header
    /// `Prefer: code=404` asks for; of its media types one that the request accepts.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let Some(operation) = self.operation(head.method.as_str(), head.uri.path()) else {
            let some = self.0.operations.iter().take(SHOWN);
            let some: Vec<String> =
                some.map(|(_, operation)| format!("{} {}", operation.method, operation.path)).collect();
            let message = format!(
                "the document has no operation {} {}; some that it has: {}",
                head.method,
                head.uri.path(),
                some.join(", ")
            );
            return problem(StatusCode::NOT_FOUND, &[message]);
        };
        let body = axum::body::to_bytes(body, CHECKED).await.unwrap_or_default();
        let findings = self.request_findings(operation, &head.headers, &body);
        if !findings.is_empty() {
            return problem(StatusCode::UNPROCESSABLE_ENTITY, &findings);
        }
        let preferred = header(&head.headers, "prefer").split([',', ';']).find_map(|part| {
            part.trim().strip_prefix("code=").and_then(|code| code.trim_matches('"').parse().ok())
        });
        let response = match preferred {
            Some(status) => response_of(operation, status).map(|response| (status, response)),
            None => success_of(operation),
        };
        let Some((status, response)) = response else {
            return problem(StatusCode::NOT_IMPLEMENTED, &["the document has no such answer".to_owned()]);
        };
        let accept = header(&head.headers, ACCEPT.as_str());
        written(status, content_of(response, accept))
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} operations)", self.operations())
    }
}

/// A path with parameters in braces, each for one or more characters of a segment.
struct Template {
    pattern: Option<Regex>,
    literal: usize,
}

impl Template {
    fn read(path: &str) -> Self {
        let (mut pattern, mut literal) = (String::from("^"), 0);
        let mut text = |pattern: &mut String, text: &str| {
            pattern.push_str(&regex::escape(text));
            literal += text.len();
        };
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((_, after)) = after.split_once('}') else { break };
            text(&mut pattern, before);
            pattern.push_str("[^/]+");
            rest = after;
        }
        text(&mut pattern, rest);
        pattern.push('$');
        // A path too long for a pattern fits nothing.
        Self { pattern: Regex::new(&pattern).ok(), literal }
    }

    fn fits(&self, path: &str) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(path))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// Whether a documented media type or range stands for one of a message. What does not look like a media type is JSON.
fn covers(documented: &str, media_type: &str) -> bool {
    let (documented, media_type) = (essence(documented), essence(media_type));
    match documented.split_once('/') {
        Some(("*", _)) => true,
        Some((kind, "*")) => media_type.split_once('/').is_some_and(|(found, _)| found == kind),
        Some(_) => documented == media_type,
        None => is_json(&media_type),
    }
}

/// What is documented for a status: itself, its range, or the default.
fn response_of(operation: &OperationDescription, status: u16) -> Option<&ResponseDescription> {
    let find = |wanted: &str| {
        operation.responses.iter().find(|response| response.status.eq_ignore_ascii_case(wanted))
    };
    find(&status.to_string()).or_else(|| find(&format!("{}XX", status / 100))).or_else(|| find("default"))
}

fn success_of(operation: &OperationDescription) -> Option<(u16, &ResponseDescription)> {
    let status = |response: &ResponseDescription| match response.status.as_str() {
        "default" => Some(200),
        text => text.replace(['X', 'x'], "0").parse().ok(),
    };
    let class = |first: char| {
        operation
            .responses
            .iter()
            .find(|response| response.status.starts_with(first) && response.status != "101")
    };
    let found = class('2').or_else(|| class('3')).or_else(|| class('d')).or(operation.responses.first())?;
    Some((status(found)?, found))
}

fn content_of<'a>(response: &'a ResponseDescription, accept: &str) -> Option<&'a MediaDescription> {
    let wanted = accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
    let asked = wanted
        .filter(|range| !range.is_empty() && *range != "*/*")
        .find_map(|range| response.contents.iter().find(|content| covers(range, &content.media_type)));
    asked
        .or_else(|| response.contents.iter().find(|content| is_json(&content.media_type)))
        .or(response.contents.first())
}

/// An answer of a status, with the sample of its content.
fn written(status: u16, content: Option<&MediaDescription>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let Some(content) = content else { return response };
    let sample = content.sample.clone().unwrap_or_default();
    let media_type = match content.media_type.as_str() {
        name if name.contains('*') || !name.contains('/') => "application/json",
        name => name,
    };
    let text = match (&sample, essence(media_type).as_str()) {
        (_, "text/event-stream") => format!("data: {sample}\n\n"),
        (Value::String(text), _) if !is_json(media_type) => text.clone(),
        (_, name) if name.contains("ndjson") || name.contains("jsonl") => format!("{sample}\n"),
        _ => sample.to_string(),
    };
    if let Ok(value) = HeaderValue::try_from(media_type) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    *response.body_mut() = Body::from(text);
    response
}

/// An answer of the mock's own.
fn problem(status: StatusCode, findings: &[String]) -> Response {
    let body = json!({"title": "The mock cannot answer from the document", "status": status.as_u16(), "errors": findings});
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

#[cfg(test)]
mod tests {
    use super::{Template, covers};

    #[test]
    fn parameters_stay_in_their_segment() {
        let fits = |template, path| Template::read(template).fits(path);
        assert!(fits("/pets/{id}", "/pets/7"));
        assert!(fits("/files/{name}.{format}", "/files/a.b.json"));
        assert!(fits("/pets/{id}:copy", "/pets/a:b:copy"));
        assert!(!fits("/pets/{id}", "/pets/7/toys"));
        assert!(!fits("/pets/{id}", "/pets/"));
        assert!(!fits("/pets", "/pets/"));
        assert!(Template::read("/pets/mine").literal > Template::read("/pets/{id}").literal);
    }

    #[test]
    fn ranges_cover_media_types() {
        assert!(
            covers("*/*", "image/png")
                && covers("image/*", "image/png")
                && covers("json", "application/json")
        );
        assert!(covers("application/json; charset=utf-8", "Application/JSON"));
        assert!(!covers("image/*", "text/plain") && !covers("text/csv", "text/plain"));
    }
}
