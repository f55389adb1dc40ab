use super::reply::Reply;
use crate::gateway::code::GatewayCode;
use crate::shown::line::{Line, QUOTE, write_line};
use serde_json::Value;
use std::fmt;

/// An answer of the gateway itself: `{"code", "message", "requestId"}` where it has a body
/// (<https://docs.cloudbase.net/error-code/>).
#[derive(Clone)]
pub struct GatewayError(Box<Refusal>);

#[derive(Clone)]
struct Refusal {
    code: Option<GatewayCode>,
    message: Option<String>,
    reply: Reply,
}

impl GatewayError {
    pub(crate) fn new(reply: Reply) -> Self {
        let body: Option<Value> = reply.json().ok();
        let text = |name| body.as_ref().and_then(|body| body.get(name)?.as_str());
        let cover = reply.cover();
        let shown = |text| Line::covered(cover, text, QUOTE).to_string();
        let code = text("code").map(|code| GatewayCode::from(shown(code).as_str()));
        let message = text("message").map(shown);
        Self(Box::new(Refusal { code, message, reply }))
    }

    /// The error code, for example [`GatewayCode::ServiceNotFound`].
    pub fn code(&self) -> Option<&GatewayCode> {
        self.0.code.as_ref()
    }

    /// The gateway's words, on one line and without secrets that they repeat. As they came they are in the body of the
    /// [`reply`](Self::reply).
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The answer as it came.
    pub fn reply(&self) -> &Reply {
        &self.0.reply
    }
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reply = self.reply();
        let mut text = format!("the gateway answered {}", reply.status());
        match (self.code(), self.message()) {
            (Some(code), Some(message)) => text.push_str(&format!(": {code}: {message}")),
            (Some(code), None) => text.push_str(&format!(": {code}")),
            (None, Some(message)) => text.push_str(&format!(": {message}")),
            (None, None) => text.push_str(&format!(": {}", reply.excerpt())),
        }
        if let Some(advice) = self.code().and_then(GatewayCode::advice) {
            text.push_str(&format!("; {advice}"));
        }
        write_line(f, format_args!("{text}"))
    }
}

impl fmt::Debug for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GatewayError({self})")
    }
}
