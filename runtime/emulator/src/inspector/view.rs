//! Exchanges as the page takes them, without their secrets.

use super::curl;
use super::mask::Mask;
use crate::environment::running::Environments;
use crate::exchange::{Exchange, Message};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

/// How much of a body that is no text is shown.
const BYTES_SHOWN: usize = 512;

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 100.0
}

/// What is needed to show exchanges: the environments whose secrets are masked, and the scheme of the emulator's URL.
#[derive(Clone)]
pub(super) struct View {
    pub(super) environments: Arc<Environments>,
    pub(super) scheme: &'static str,
}

impl View {
    fn mask(&self, exchange: &Exchange) -> Mask {
        let environment = self.environments.by_id(&exchange.environment);
        Mask::new(environment.map(|environment| &environment.accounts), exchange)
    }

    /// A row of the list.
    pub(super) fn summary(&self, exchange: &Exchange) -> Value {
        let mask = self.mask(exchange);
        let started = exchange.started.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (service, path) = exchange.service().unwrap_or(("", exchange.uri.path()));
        let query = exchange.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        json!({
            "number": exchange.number,
            "environment": exchange.environment,
            "started": started.as_millis() as u64,
            "method": exchange.method(),
            "service": service,
            "path": mask.cover(&format!("{path}{query}")),
            "status": exchange.status,
            "by": if exchange.is_from_service() { "service" } else { "gateway" },
            "elapsed": milliseconds(exchange.elapsed),
            "operation": exchange.operation,
            "findings": exchange.findings().map(<[String]>::len),
            "fault": exchange.fault,
        })
    }

    /// All of an exchange.
    pub(super) fn detail(&self, exchange: &Exchange) -> Value {
        let mask = self.mask(exchange);
        let mut detail = self.summary(exchange);
        let findings: Option<Vec<String>> =
            exchange.findings().map(|all| all.iter().map(|finding| mask.cover(finding)).collect());
        let more = json!({
            "head_after": milliseconds(exchange.head_after),
            "complete": exchange.is_complete,
            "findings": findings,
            "request": message(&mask, &exchange.request),
            "response": message(&mask, &exchange.response),
            "curl": curl::command(&mask, self.scheme, exchange),
            "replayable": exchange.request.is_whole() && exchange.status != 101,
        });
        if let (Some(detail), Value::Object(more)) = (detail.as_object_mut(), more) {
            detail.extend(more);
        }
        detail
    }
}

fn message(mask: &Mask, message: &Message) -> Value {
    json!({
        "headers": headers(mask, &message.headers),
        "body": body(mask, message),
        "length": message.length,
        "whole": message.is_whole(),
    })
}

fn headers(mask: &Mask, headers: &HeaderMap) -> Vec<[String; 2]> {
    let pair = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        [name.as_str().to_owned(), mask.header(name.as_str(), &value)]
    };
    headers.iter().map(pair).collect()
}

/// A body to be read: JSON is indented, what is no text is shown as numbers.
fn body(mask: &Mask, message: &Message) -> String {
    if let Ok(value) = serde_json::from_slice::<Value>(&message.body) {
        return mask.cover(&serde_json::to_string_pretty(&value).unwrap_or_default());
    }
    match text(message) {
        Some(text) => mask.cover(text),
        None => {
            let bytes = message.body.iter().take(BYTES_SHOWN);
            bytes.map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
        }
    }
}

/// The body, if it is text; one that was cut may end within a character.
pub(super) fn text(message: &Message) -> Option<&str> {
    let text = match std::str::from_utf8(&message.body) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(message.body.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!text.contains(is_control)).then_some(text)
}
