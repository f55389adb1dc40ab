//! What the calls of all clients share: reading arguments, and telling what was answered in JSON.

use cloudrun_runtime::json::{Decode, Encode, from_slice, to_vec};
use cloudrun_runtime::serde_json::{self, Value, json};
use cloudrun_runtime::{Base64, DecodeError, Error, Reply};

/// What a call saw, or why it did not come so far.
pub type Outcome = Result<Seen, String>;

/// An answer: what came, and what the client made of it.
#[derive(Default)]
pub struct Seen {
    status: Option<u16>,
    raw: String,
    headers: Value,
    body: Value,
}

impl Seen {
    pub fn new(reply: &Reply) -> Self {
        let raw = String::from_utf8_lossy(reply.body()).into_owned();
        Self { status: Some(reply.status().as_u16()), raw, ..Self::default() }
    }

    pub fn of_items(items: Vec<Value>) -> Self {
        Self { body: json!({ "items": items }), ..Self::default() }
    }

    pub fn headers(mut self, headers: Result<Vec<(&str, Value)>, DecodeError>) -> Self {
        self.headers = match headers {
            Ok(headers) => Value::Object(headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
            Err(error) => error.to_string().into(),
        };
        self
    }

    pub fn body(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    pub fn to_json(&self) -> Value {
        json!({ "status": self.status, "raw": self.raw, "headers": self.headers, "body": self.body })
    }
}

pub fn read<T: Decode>(json: &str) -> Result<T, String> {
    from_slice(json.as_bytes()).map_err(|error| format!("argument: {error}: {json}"))
}

/// A part's value: numbers may be texts, as forms have no others.
pub fn part<T: Decode>(json: &str) -> Result<T, String> {
    from_slice(json.as_bytes()).or_else(|_| read(&Value::from(json).to_string()))
}

/// Bytes from their base64.
pub fn bytes(text: &str) -> Vec<u8> {
    let bytes: Base64 = from_slice(Value::from(text).to_string().as_bytes()).expect("the runner wrote it");
    bytes.to_vec()
}

/// A value as it is written.
pub fn value(value: &dyn Encode) -> Value {
    let written = to_vec(value).map_err(|error| error.to_string());
    let read = written.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).map_err(|error| error.to_string()));
    read.map_or_else(|error| json!({ "error": error }), |value| json!({ "value": value }))
}

pub fn text(text: &str) -> Value {
    json!({ "text": text })
}

pub fn content(bytes: &[u8]) -> Value {
    json!({ "bytes": bytes })
}

pub fn nothing() -> Value {
    json!({})
}

/// What an error says: what the service answers with is an answer, documented or not.
pub fn failed<E: std::fmt::Debug>(error: &Error<E>, shown: impl Fn(&E) -> Option<Value>) -> Outcome {
    match (error.reply(), error.service_error()) {
        (Some(reply), Some(error)) => {
            let undocumented = || json!({ "undocumented": String::from_utf8_lossy(reply.body()) });
            Ok(Seen::new(reply).body(shown(error).unwrap_or_else(undocumented)))
        }
        _ => Err(error.to_string()),
    }
}
