use super::tree::{Earlier, tree};
use serde_json::Value;

/// A syntax error with the line and column it stands at, counted from 1.
pub(super) struct SyntaxError {
    pub(super) message: String,
    pub(super) line: Option<(usize, usize)>,
}

pub(super) fn parse(text: &str) -> Result<(Value, Vec<Earlier>), SyntaxError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = tree(&mut deserializer).and_then(|parsed| deserializer.end().map(|()| parsed));
    parsed.map_err(|error| SyntaxError {
        message: format!("not valid JSON: {}", without_position(&error.to_string())),
        line: Some((error.line(), error.column().max(1))),
    })
}

/// The position is printed before the message already.
pub(super) fn without_position(message: &str) -> &str {
    message.rfind(" at line ").map_or(message, |at| &message[..at])
}
