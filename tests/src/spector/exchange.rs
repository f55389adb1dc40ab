//! Exchanges. In come the scenarios of the suite, out come the requests that they expect and the answers to these, as data.
//! Knows no document.

use super::suite::Suite;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::io;
use std::path::Path;

/// What stands for the server's own origin until it is known.
pub const ORIGIN: &str = "http://origin.invalid";

/// A request that a scenario expects, and the answer to it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The spec's folder in the suite.
    pub spec: String,
    /// The scenario; some have several exchanges.
    pub scenario: String,
    /// Which of the scenario's exchanges it is.
    pub at: usize,
    /// The method in capitals.
    pub method: String,
    /// The path as it is sent.
    pub path: String,
    /// The parameters of the query: a text, or a list of texts.
    pub query: Vec<(String, Vec<String>)>,
    /// The headers, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Body>,
    /// The status of the answer.
    pub status: u16,
    /// The headers of the answer.
    pub answer_headers: Vec<(String, String)>,
    /// The body of the answer.
    pub answer: Option<Body>,
    /// Whether a handler of the scenario's own makes the answer, which may then say more.
    pub has_handler: bool,
}

/// A body.
#[derive(Clone, Debug)]
pub struct Body {
    /// The media type.
    pub media_type: String,
    /// The bytes, if it is not made of parts.
    pub content: Vec<u8>,
    /// The parts that are values, by their names.
    pub parts: Vec<(String, Value)>,
    /// The parts that are files.
    pub files: Vec<File>,
}

/// A part that is a file.
#[derive(Clone, Debug)]
pub struct File {
    /// The part's name.
    pub field: String,
    /// The file's name.
    pub name: String,
    /// The media type.
    pub media_type: String,
    /// The bytes.
    pub content: Vec<u8>,
}

/// All exchanges of the suite, in its order.
///
/// # Errors
///
/// Node cannot be run.
pub fn exchanges(suite: &Suite) -> io::Result<Vec<Exchange>> {
    let folder = suite.package("http-specs/dist/specs");
    let rows = suite.rows("scenarios.mjs", &[&folder, Path::new(ORIGIN)])?;
    Ok(rows.iter().map(exchange).collect())
}

impl Exchange {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Body {
    /// The bytes as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.content).ok()
    }
}

fn exchange(row: &Value) -> Exchange {
    let members = |key: &str| row[key].as_object().into_iter().flatten();
    let query = members("query").map(|(name, value)| match value {
        Value::Array(items) => (name.clone(), items.iter().map(plain).collect()),
        other => (name.clone(), vec![plain(other)]),
    });
    let headers =
        |key: &str| members(key).map(|(name, value)| (name.to_ascii_lowercase(), plain(value))).collect();
    Exchange {
        spec: text(row, "spec"),
        scenario: text(row, "name"),
        at: row["at"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or_default(),
        method: text(row, "method"),
        // Express, which the server is made with, reads a colon as the start of a parameter unless it is escaped.
        path: text(row, "uri").replace("\\:", ":"),
        query: query.collect(),
        headers: headers("headers"),
        body: body(&row["body"]),
        status: row["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default(),
        answer_headers: headers("answerHeaders"),
        answer: body(&row["answer"]),
        has_handler: row["hasHandler"] == true,
    }
}

fn body(row: &Value) -> Option<Body> {
    row.as_object()?;
    let file = |file: &Value| File {
        field: text(file, "field"),
        name: text(file, "name"),
        media_type: text(file, "mediaType"),
        content: bytes(file),
    };
    let parts = row["parts"].as_object().into_iter().flatten();
    Some(Body {
        media_type: text(row, "mediaType"),
        content: bytes(row),
        parts: parts.map(|(name, value)| (name.clone(), value.clone())).collect(),
        files: row["files"].as_array().into_iter().flatten().map(file).collect(),
    })
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}

fn bytes(row: &Value) -> Vec<u8> {
    row["content"].as_str().and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default()
}

/// A scalar as it stands in a query or a header.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
