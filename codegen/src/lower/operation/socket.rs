//! WebSockets: operations that document status 101, or carry the extension `x-websocket` with the schemas of the messages
//! that are sent and received, by reference to components.

use super::Operations;
use crate::diagnostic::Code;
use crate::ir::{Socket, Type};
use crate::read::Context;
use openapiv3::StatusCode;
use serde_json::Value;

impl Operations<'_, '_> {
    pub(super) fn socket(&mut self, context: &Context<'_>) -> Option<Socket> {
        let extension =
            context.source.extensions.get("x-websocket").filter(|value| **value != Value::Bool(false));
        let documented = context.source.responses.responses.contains_key(&StatusCode::Code(101));
        if extension.is_none() && !documented {
            return None;
        }
        let sent = extension.and_then(|value| self.message(value, "send", context));
        let received = extension.and_then(|value| self.message(value, "receive", context));
        Some(Socket { sent, received })
    }

    fn message(&mut self, extension: &Value, key: &str, context: &Context<'_>) -> Option<Type> {
        let schema = extension.get(key)?;
        let name = schema.get("$ref").and_then(Value::as_str).map(crate::resolve::name_of);
        let id = name.and_then(|name| self.lower.components.get(&name).copied());
        if id.is_none() {
            let message = "messages of a WebSocket have a type where their schema is a reference to a component; these are handed out as they are";
            let place = context.place.key("x-websocket").key(key);
            self.lower.warn(Code::UnsupportedPart, &place, message);
        }
        id.map(Type::Named)
    }
}
