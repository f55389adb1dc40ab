//! What an answer says in its own words: in comes a body, out comes the text that a person would quote of it.

use super::reply::Reply;
use crate::shown::line::{Line, QUOTE};
use serde_json::{Map, Value};

/// Members that say what went wrong, in the order in which people read them: what a program tells it by, what kind it is, what
/// happened (RFC 9457, section 3.1; RFC 6749, section 5.2; what frameworks write where nobody told them otherwise). Written in
/// small letters, as `_` and `-` do not count.
const WORDS: [&str; 17] = [
    "code",
    "errorcode",
    "errcode",
    "error",
    "title",
    "message",
    "msg",
    "errormessage",
    "errormsg",
    "errmsg",
    "errordescription",
    "detail",
    "details",
    "description",
    "reason",
    "errors",
    "fault",
];
/// Members that say where.
const PLACES: [&str; 6] = ["loc", "field", "pointer", "path", "param", "parameter"];
/// How many of them are quoted.
const MOST: usize = 3;
/// How far an error inside of an error is looked for.
const DEPTH: usize = 3;

impl Reply {
    /// What the body says went wrong: `OUT_OF_STOCK: there are 3 left`. The start of the body where it has no words that are known.
    pub(crate) fn words(&self) -> Line {
        match self.json::<Value>().ok().and_then(|body| words(&body, DEPTH)) {
            Some(words) => Line::covered(self.cover(), &words, QUOTE),
            None => self.excerpt(),
        }
    }
}

fn words(body: &Value, depth: usize) -> Option<String> {
    match body {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(items) => {
            let first = words(items.first()?, depth.checked_sub(1)?)?;
            Some(match items.len() - 1 {
                0 => first,
                more => format!("{first} (and {more} more)"),
            })
        }
        Value::Object(members) => of_object(members, depth.checked_sub(1)?),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn of_object(members: &Map<String, Value>, depth: usize) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    for name in WORDS {
        for (_, value) in members.iter().filter(|(key, _)| plain(key) == name) {
            let text = match value {
                Value::Number(number) if name.ends_with("code") => Some(number.to_string()),
                value => words(value, depth),
            };
            // Frameworks repeat the message as the description.
            said.extend(text.filter(|text| !said.iter().any(|said| said.contains(text.as_str()))));
        }
    }
    // A code alone tells less than the body.
    let is_told = said.iter().any(|text| text.parse::<f64>().is_err());
    if !is_told {
        return None;
    }
    said.truncate(MOST);
    let place = members.iter().find(|(key, _)| PLACES.contains(&plain(key).as_str()));
    let place = place.and_then(|(_, value)| place_of(value));
    Some(said.join(": ") + &place.map(|place| format!(" (at {place})")).unwrap_or_default())
}

/// `body.items.0`, or the text.
fn place_of(value: &Value) -> Option<String> {
    let part = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(parts) => {
            parts.iter().map(part).collect::<Option<Vec<_>>>().map(|parts| parts.join("."))
        }
        value => part(value),
    }
    .filter(|place| !place.is_empty())
}

fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, words};
    use serde_json::json;

    #[test]
    fn an_error_says_what_a_person_would_quote() {
        let cases = [
            (
                json!({"type": "about:blank", "title": "Gone", "status": 410, "detail": "Sold."}),
                "Gone: Sold.",
            ),
            (json!({"error": "invalid_grant", "error_description": "Too late"}), "invalid_grant: Too late"),
            (
                json!({"statusCode": 404, "message": "No such cat", "error": "Not Found"}),
                "Not Found: No such cat",
            ),
            (
                json!({"code": 40001, "msg": "\u{53c2}\u{6570}\u{9519}\u{8bef}"}),
                "40001: \u{53c2}\u{6570}\u{9519}\u{8bef}",
            ),
            (json!({"Code": "NoSuchKey", "Message": "gone", "RequestId": "7"}), "NoSuchKey: gone"),
            (json!({"error": {"code": 400, "message": "Bad", "status": "INVALID"}}), "400: Bad"),
            (json!({"errors": [{"message": "first"}, {"message": "second"}]}), "first (and 1 more)"),
            (
                json!({"detail": [{"loc": ["body", "items", 0], "msg": "field required", "type": "missing"}]}),
                "field required (at body.items.0)",
            ),
            (json!({"message": "same", "description": "same"}), "same"),
            (json!("only a text"), "only a text"),
        ];
        for (body, said) in cases {
            assert_eq!(words(&body, DEPTH).as_deref(), Some(said), "{body}");
        }
    }

    #[test]
    fn what_has_no_words_is_left_to_its_excerpt() {
        for body in
            [json!({}), json!({"code": 7}), json!({"id": 1, "name": "x"}), json!([]), json!(null), json!(" ")]
        {
            assert_eq!(words(&body, DEPTH), None, "{body}");
        }
        let deep = json!({"error": {"error": {"error": {"error": {"error": "far below"}}}}});
        assert_eq!(words(&deep, DEPTH), None);
    }
}
