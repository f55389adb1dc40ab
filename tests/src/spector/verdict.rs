//! What is said of an exchange. In come the exchange and what its call saw, out comes why it is not right, if it is not: the
//! status, and the decoded answer, written again, beside what the server sends.

use super::crates::{Answer, Seen};
use super::exchange::{Exchange, ORIGIN};
use crate::corpus::compare;
use serde_json::Value;

/// What is said of an exchange; a reason if it is not right.
pub type Verdict = Result<(), String>;

/// Compares what a call saw with what the exchange says that the server at a URL answers.
///
/// # Errors
///
/// What is not right.
pub fn verdict(exchange: &Exchange, seen: &Seen, url: &str) -> Verdict {
    let answer = match seen {
        Seen::Answer(answer) => answer,
        Seen::Error(error) => return Err(error.clone()),
    };
    if let Some(status) = answer.status.filter(|status| *status != u64::from(exchange.status)) {
        return Err(format!("status {status}, and not {}: {}", exchange.status, answer.raw));
    }
    if let Some(error) = answer.body["error"].as_str() {
        return Err(format!("the answer cannot be written again: {error}"));
    }
    headers(exchange, answer)?;
    match &exchange.answer {
        // A handler may know more than the scenario tells: then what came has to be what was read.
        _ if exchange.has_handler => of_body(answer.raw.as_bytes(), answer),
        Some(body) => {
            let text = std::str::from_utf8(&body.content).map(|text| text.replace(ORIGIN, url).into_bytes());
            of_body(text.as_ref().unwrap_or(&body.content), answer)
        }
        None => of_body(&[], answer),
    }
}

/// The headers that the client reads as values, beside those of the answer.
fn headers(exchange: &Exchange, answer: &Answer) -> Verdict {
    if let Some(error) = answer.headers.as_str() {
        return Err(format!("the headers cannot be read: {error}"));
    }
    for (name, text) in &exchange.answer_headers {
        let Some(read) = answer.headers.get(name).map(|read| &read["value"]) else { continue };
        let sent = [Value::from(text.as_str()), serde_json::from_str(text).unwrap_or_default()];
        if !sent.iter().any(|sent| compare(sent, read).is_kept()) {
            return Err(format!("the header `{name}` is {text:?}, and is read as {read}"));
        }
    }
    Ok(())
}

fn of_body(sent: &[u8], answer: &Answer) -> Verdict {
    let text = String::from_utf8_lossy(sent);
    let same = |before: Value, after: &Value| compare(&before, after).complaint().map_or(Ok(()), Err);
    let body = &answer.body;
    if let Some(value) = body.get("value") {
        let before = serde_json::from_str(&text).map_err(|_| format!("read as JSON: {text:?}"))?;
        return same(before, value);
    }
    if let Some(items) = body.get("items").and_then(Value::as_array) {
        let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let items: Vec<Value> = items.iter().map(|item| item["value"].clone()).collect();
        return same(lines.into(), &items.into());
    }
    if let Some(read) = body.get("text").or(body.get("undocumented")).and_then(Value::as_str) {
        let (one, other) = (serde_json::from_str::<Value>(&text), serde_json::from_str::<Value>(read));
        let is_same = read == text || one.is_ok_and(|one| other.is_ok_and(|other| one == other));
        return if is_same { Ok(()) } else { Err(format!("the text {text:?} became {read:?}")) };
    }
    if let Some(bytes) = body.get("bytes").and_then(Value::as_array) {
        let bytes: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
        // What came is known as a text only.
        let is_same = bytes == sent || String::from_utf8_lossy(&bytes) == text;
        return if is_same { Ok(()) } else { Err("other bytes".to_owned()) };
    }
    if sent.is_empty() { Ok(()) } else { Err(format!("the answer is passed over: {text:?}")) }
}
