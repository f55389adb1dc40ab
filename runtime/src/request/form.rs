//! Bodies of `application/x-www-form-urlencoded`.

use super::params::{Style, query};
use serde_json::Value;

/// An object as a form: lists repeat their key, objects inside are JSON (OpenAPI 3.0, "Encoding Object"), unless a style
/// says otherwise.
pub(crate) fn form(value: &Value, styles: &[(&str, Style)]) -> String {
    let Value::Object(members) = value else {
        return query("value", Style::Form, value).join("&");
    };
    let pair = |(name, member): (&String, &Value)| {
        let style = styles.iter().find(|(key, _)| key == name).map(|(_, style)| *style);
        match (member, style) {
            (Value::Null, _) => Vec::new(),
            (member, Some(style)) => query(name, style, member),
            (Value::Object(_), None) => query(name, Style::Json, member),
            (Value::Array(items), None) => {
                items.iter().flat_map(|item| query(name, item_style(item), item)).collect()
            }
            (other, None) => query(name, Style::Form, other),
        }
    };
    members.iter().flat_map(pair).collect::<Vec<_>>().join("&").replace("%20", "+")
}

fn item_style(item: &Value) -> Style {
    if item.is_object() || item.is_array() { Style::Json } else { Style::Form }
}
