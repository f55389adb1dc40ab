//! Exchanges as the page takes them, without their secrets.

use super::curl;
use super::mask::{Masked, MaskedMessage};
use crate::environment::running::Environments;
use crate::exchange::{Exchange, Message};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

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
    fn masked(&self, exchange: &Exchange) -> Masked {
        let environment = self.environments.by_id(&exchange.environment);
        Masked::new(environment.map(|environment| &environment.accounts), exchange)
    }

    /// A row of the list.
    pub(super) fn summary(&self, exchange: &Exchange) -> Value {
        row(exchange, &self.masked(exchange))
    }

    /// All of an exchange.
    pub(super) fn detail(&self, exchange: &Exchange) -> Value {
        let masked = self.masked(exchange);
        let mut detail = row(exchange, &masked);
        let has_body = exchange.request.length > 0;
        let more = json!({
            "head_after": milliseconds(exchange.head_after),
            "complete": exchange.is_complete,
            "findings": &masked.findings,
            "request": message(&masked.request, &exchange.request),
            "response": message(&masked.response, &exchange.response),
            "curl": curl::command(exchange.method(), &self.address(exchange), &masked, has_body),
            "replayable": exchange.request.is_whole() && exchange.status != 101,
        });
        if let (Some(detail), Value::Object(more)) = (detail.as_object_mut(), more) {
            detail.extend(more);
        }
        detail
    }

    /// Where the request went.
    fn address(&self, exchange: &Exchange) -> String {
        let host = exchange.request.headers.get("host").and_then(|host| host.to_str().ok());
        let host = exchange.uri.authority().map(|authority| authority.as_str()).or(host);
        let host = host.and_then(|host| host.rsplit('@').next()).unwrap_or("127.0.0.1");
        format!("{}://{host}", self.scheme)
    }
}

fn row(exchange: &Exchange, masked: &Masked) -> Value {
    let started = exchange.started.duration_since(UNIX_EPOCH).unwrap_or_default();
    let service = exchange.service().map_or("", |(service, _)| service);
    json!({
        "number": exchange.number,
        "environment": exchange.environment,
        "started": started.as_millis() as u64,
        "method": exchange.method(),
        "service": service,
        "path": masked.path,
        "status": exchange.status,
        "by": if exchange.is_from_service() { "service" } else { "gateway" },
        "elapsed": milliseconds(exchange.elapsed),
        "operation": exchange.operation,
        "findings": exchange.findings().map(<[String]>::len),
        "fault": exchange.fault,
    })
}

fn message(masked: &MaskedMessage, message: &Message) -> Value {
    json!({
        "headers": masked.headers,
        "body": masked.body,
        "length": message.length,
        "whole": message.is_whole(),
    })
}
