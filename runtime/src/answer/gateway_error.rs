use super::reply::{Reply, excerpt};
use crate::gateway::code::GatewayCode;
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
        let (code, message) = (text("code").map(GatewayCode::from), text("message").map(str::to_owned));
        Self(Box::new(Refusal { code, message, reply }))
    }

    /// The error code, for example [`GatewayCode::ServiceNotFound`].
    pub fn code(&self) -> Option<&GatewayCode> {
        self.0.code.as_ref()
    }

    /// The gateway's words.
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
            (Some(code), Some(message)) => {
                text.push_str(&format!(": {code}: {}", message.escape_debug()));
            }
            (Some(code), None) => text.push_str(&format!(": {code}")),
            (None, Some(message)) => text.push_str(&format!(": {}", message.escape_debug())),
            (None, None) => text.push_str(&format!(": {}", excerpt(reply.readable()))),
        }
        if let Some(advice) = self.code().and_then(GatewayCode::advice) {
            text.push_str(&format!("; {advice}"));
        }
        f.write_str(&reply.scrub(text))
    }
}

impl fmt::Debug for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GatewayError({self})")
    }
}
