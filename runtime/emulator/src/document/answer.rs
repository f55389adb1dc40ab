//! Answers in a service's place: in comes a request, out goes what its document says, with the samples of its contents.

use super::media::{covers, is_json};
use super::response::{response_of, success_of};
use super::{Document, header};
use crate::media::essence;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use cloudrun_codegen::{MediaDescription, ResponseDescription};
use serde_json::{Value, json};

/// The longest body of a request that is checked.
const CHECKED: usize = 20 << 20;

/// How many operations are named to who asks for another.
const SHOWN: usize = 8;

impl Document {
    /// The answer of a service that does what the document says: the first documented success, or the status that the header
    /// `Prefer: code=404` asks for; of its media types one that the request accepts.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let Some(operation) =
            self.operation(head.method.as_str(), head.uri.path(), head.uri.query().unwrap_or_default())
        else {
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
