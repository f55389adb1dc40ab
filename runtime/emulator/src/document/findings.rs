//! What does not fit a document: in comes an exchange, out go its operation and the findings.

use super::media::{covers, is_json, is_merge_patch};
use super::response::response_of;
use super::{Document, header};
use crate::exchange::{Exchange, Message};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use cloudrun_codegen::{MediaDescription, OperationDescription};
use serde_json::Value;

impl Document {
    /// The id of the operation that an exchange was for, and what of it does not fit the document.
    pub(crate) fn look_at(&self, exchange: &Exchange) -> Option<(String, Vec<String>)> {
        let (_, path) = exchange.service()?;
        let Some(operation) =
            self.operation(exchange.method(), path, exchange.uri.query().unwrap_or_default())
        else {
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
        if exchange.is_from_service() && exchange.is_complete {
            findings.extend(self.response_findings(operation, exchange.status, &exchange.response));
        }
        Some((operation.id.clone(), findings))
    }

    pub(super) fn request_findings(
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
                let mut findings = self.0.schemas.findings(schema, &value);
                if is_merge_patch(media_type) && !findings.is_empty() {
                    findings = self.0.schemas.findings(schema, &without_nulls(value));
                }
                findings.into_iter().map(|finding| format!("{side}: {finding}")).collect()
            }
            Err(error) => vec![format!("{side}: the body is not JSON: {error}")],
        }
    }
}

/// A merge patch without what it removes: `null` fits any property that need not be there (RFC 7396).
fn without_nulls(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let kept = members.into_iter().filter(|(_, member)| !member.is_null());
    Value::Object(kept.map(|(key, member)| (key, without_nulls(member))).collect())
}
