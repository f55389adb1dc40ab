//! Parameter styles: in comes any encodable value, out goes text as OpenAPI's style table and RFC 6570 have it.
//! Values travel as JSON values in between, so that one small set of functions serves every type.

use super::error::RequestError;
use super::path::VALUE;
use crate::json::encode::Encode;
use percent_encoding::utf8_percent_encode;
use serde_json::Value;

/// How arrays and objects are written into a parameter (OpenAPI 3.0, "Style Values"). The exploded form repeats the
/// parameter for every item, the other joins the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Query and cookie, exploded: `color=blue&color=black`.
    Form,
    /// Query and cookie, joined: `color=blue,black`.
    FormJoined,
    /// Query: `color=blue%20black`.
    SpaceDelimited,
    /// Query: `color=blue%7Cblack`.
    PipeDelimited,
    /// Query, objects: `color[R]=100&color[G]=200`.
    DeepObject,
    /// Path and header, joined: `blue,black` and `R,100,G,200`.
    Simple,
    /// Path and header, exploded: `blue,black` and `R=100,G=200`.
    SimpleExploded,
    /// Path: `.blue,black`.
    Label,
    /// Path, exploded: `.blue.black`.
    LabelExploded,
    /// Path: `;color=blue,black`.
    Matrix,
    /// Path, exploded: `;color=blue;color=black`.
    MatrixExploded,
    /// A parameter with `content`: its JSON text.
    Json,
    /// Lists inside of lists, by what separates each level, outermost first: `",|"` writes `a|b,c`. An outermost `&` repeats the
    /// parameter for each item (Swagger 2.0, `collectionFormat`).
    Lists(&'static str),
}

/// A value taken apart: what a style can write.
enum Parts {
    One(String),
    List(Vec<String>),
    Pairs(Vec<(String, String)>),
}

pub(crate) fn to_value(name: &str, value: &dyn Encode) -> Result<Value, RequestError> {
    crate::json::bridge::json_value(value)
        .map_err(|reason| RequestError::Encode { place: format!("parameter `{name}`"), reason })
}

/// The text of a scalar; arrays and objects inside other values have none but their JSON.
fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn parts(value: &Value, encode: fn(&str) -> String) -> Parts {
    match value {
        Value::Array(items) => Parts::List(items.iter().map(|item| encode(&scalar(item))).collect()),
        Value::Object(members) => Parts::Pairs(
            members
                .iter()
                .filter(|(_, member)| !member.is_null())
                .map(|(key, member)| (encode(key), encode(&scalar(member))))
                .collect(),
        ),
        other => Parts::One(encode(&scalar(other))),
    }
}

pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

fn join(pairs: &[(String, String)], between: &str, inside: &str) -> String {
    pairs.iter().map(|(key, value)| format!("{key}{inside}{value}")).collect::<Vec<_>>().join(between)
}

/// The encoded text of a path parameter.
pub(crate) fn path(name: &str, style: Style, value: &Value) -> String {
    if style == Style::Json {
        return encode(&value.to_string());
    }
    if let Style::Lists(separators) = style {
        return lists(separators, value, encode);
    }
    let parts = parts(value, encode);
    let name = encode(name);
    match (style, parts) {
        (Style::Label, Parts::One(text)) | (Style::LabelExploded, Parts::One(text)) => format!(".{text}"),
        (Style::Label, Parts::List(items)) => format!(".{}", items.join(",")),
        (Style::LabelExploded, Parts::List(items)) => format!(".{}", items.join(".")),
        (Style::Label, Parts::Pairs(pairs)) => format!(".{}", join(&pairs, ",", ",")),
        (Style::LabelExploded, Parts::Pairs(pairs)) => format!(".{}", join(&pairs, ".", "=")),
        (Style::Matrix | Style::MatrixExploded, Parts::One(text)) if text.is_empty() => format!(";{name}"),
        (Style::Matrix | Style::MatrixExploded, Parts::One(text)) => format!(";{name}={text}"),
        (Style::Matrix, Parts::List(items)) => format!(";{name}={}", items.join(",")),
        (Style::MatrixExploded, Parts::List(items)) => {
            items.iter().map(|item| format!(";{name}={item}")).collect()
        }
        (Style::Matrix, Parts::Pairs(pairs)) => format!(";{name}={}", join(&pairs, ",", ",")),
        (Style::MatrixExploded, Parts::Pairs(pairs)) => format!(";{}", join(&pairs, ";", "=")),
        (Style::SimpleExploded, Parts::Pairs(pairs)) => join(&pairs, ",", "="),
        (_, Parts::One(text)) => text,
        (_, Parts::List(items)) => items.join(","),
        (_, Parts::Pairs(pairs)) => join(&pairs, ",", ","),
    }
}

/// The encoded `name=value` pairs of a query or cookie parameter.
pub(crate) fn query(name: &str, style: Style, value: &Value) -> Vec<String> {
    let name = encode(name);
    if style == Style::Json {
        return vec![format!("{name}={}", encode(&value.to_string()))];
    }
    if style == Style::DeepObject {
        let mut pairs = Vec::new();
        deep(&name, value, &mut pairs);
        return pairs;
    }
    if let Style::Lists(separators) = style {
        return match (separators.strip_prefix('&'), value) {
            (_, Value::Array(items)) if items.is_empty() => Vec::new(),
            (Some(inner), Value::Array(items)) => {
                items.iter().map(|item| format!("{name}={}", lists(inner, item, encode))).collect()
            }
            _ => vec![format!("{name}={}", lists(separators, value, encode))],
        };
    }
    let separator = match style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        _ => ",",
    };
    if let (Style::Form, Value::Object(members)) = (style, value) {
        return members.iter().filter(|(_, member)| !member.is_null()).flat_map(spread).collect();
    }
    match (style, parts(value, encode)) {
        (_, Parts::One(text)) => vec![format!("{name}={text}")],
        (Style::Form, Parts::List(items)) => items.iter().map(|item| format!("{name}={item}")).collect(),
        (_, Parts::List(items)) if items.is_empty() => Vec::new(),
        (_, Parts::List(items)) => vec![format!("{name}={}", items.join(separator))],
        (_, Parts::Pairs(pairs)) if pairs.is_empty() => Vec::new(),
        (_, Parts::Pairs(pairs)) => vec![format!("{name}={}", join(&pairs, separator, separator))],
    }
}

/// A member of an exploded object: a pair, and a pair for each item of a list, as the same object has in a form.
fn spread((key, member): (&String, &Value)) -> Vec<String> {
    match member {
        Value::Array(_) => query(key, Style::Form, member),
        other => vec![format!("{}={}", encode(key), encode(&scalar(other)))],
    }
}

/// The pairs of a query parameter whose value may hold reserved characters as they are (`allowReserved`).
pub(crate) fn query_reserved(name: &str, style: Style, value: &Value) -> Vec<String> {
    let restore = |pair: String| {
        let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
        let mut value = value.to_owned();
        for (encoded, plain) in RESERVED {
            value = value.replace(encoded, plain);
        }
        format!("{name}={value}")
    };
    query(name, style, value).into_iter().map(restore).collect()
}

/// The reserved characters that a query may hold: not `#`, which ends it, not `&` and `+`, which form parsers read.
const RESERVED: [(&str, &str); 14] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%5B", "["),
    ("%5D", "]"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%3B", ";"),
    ("%3D", "="),
];

/// `deepObject` for any depth: brackets name each level. Lists of scalars repeat their name, lists of objects count their
/// items, since nothing else would tell where one ends.
fn deep(name: &str, value: &Value, pairs: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter().filter(|(_, member)| !member.is_null()) {
                deep(&format!("{name}[{}]", encode(key)), member, pairs);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                deep(&format!("{name}[{index}]"), item, pairs);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| deep(name, item, pairs)),
        other => pairs.push(format!("{name}={}", encode(&scalar(other)))),
    }
}

/// Lists inside of lists; what separates them is no part of an item, which says itself otherwise where it can.
fn lists(separators: &str, value: &Value, encode: fn(&str) -> String) -> String {
    let mut inner = separators.chars();
    match (value, inner.next()) {
        (Value::Array(items), Some(separator)) => {
            let items: Vec<String> = items.iter().map(|item| lists(inner.as_str(), item, encode)).collect();
            let separator = if separator == ',' { ",".to_owned() } else { encode(&separator.to_string()) };
            items.join(&separator)
        }
        _ => encode(&scalar(value)),
    }
}

/// The text of a header parameter: style `simple`, nothing percent-encoded.
pub(crate) fn header(style: Style, value: &Value) -> String {
    if style == Style::Json {
        return value.to_string();
    }
    if let Style::Lists(separators) = style {
        return lists(separators, value, str::to_owned);
    }
    match parts(value, str::to_owned) {
        Parts::One(text) => text,
        Parts::List(items) => items.join(","),
        Parts::Pairs(pairs) if style == Style::SimpleExploded => join(&pairs, ",", "="),
        Parts::Pairs(pairs) => join(&pairs, ",", ","),
    }
}

#[cfg(test)]
mod tests {
    use super::{Style, header, path, query, query_reserved};
    use serde_json::{Value, json};

    /// The rows of OpenAPI 3.0.4's "Style Examples" that are defined: empty, string, array, object.
    fn values() -> [Value; 4] {
        [json!(""), json!("blue"), json!(["blue", "black", "brown"]), json!({"R": 100, "G": 200, "B": 150})]
    }

    #[test]
    fn path_styles_match_the_specification() {
        let table = [
            (Style::Simple, ["", "blue", "blue,black,brown", "R,100,G,200,B,150"]),
            (Style::SimpleExploded, ["", "blue", "blue,black,brown", "R=100,G=200,B=150"]),
            (Style::Label, [".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"]),
            (Style::LabelExploded, [".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
            (Style::Matrix, [";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"]),
            (
                Style::MatrixExploded,
                [";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"],
            ),
        ];
        for (style, expected) in table {
            for (value, expected) in values().iter().zip(expected) {
                assert_eq!(path("color", style, value), expected, "{style:?} {value}");
            }
        }
    }

    #[test]
    fn query_styles_match_the_specification() {
        let table = [
            (
                Style::Form,
                ["color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
            ),
            (
                Style::FormJoined,
                ["color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
            ),
        ];
        for (style, expected) in table {
            for (value, expected) in values().iter().zip(expected) {
                assert_eq!(query("color", style, value).join("&"), expected, "{style:?} {value}");
            }
        }
        let [_, _, array, object] = values();
        let joined = |style, value| query("color", style, value).join("&");
        assert_eq!(joined(Style::SpaceDelimited, &array), "color=blue%20black%20brown");
        assert_eq!(joined(Style::SpaceDelimited, &object), "color=R%20100%20G%20200%20B%20150");
        assert_eq!(joined(Style::PipeDelimited, &array), "color=blue%7Cblack%7Cbrown");
        assert_eq!(joined(Style::PipeDelimited, &object), "color=R%7C100%7CG%7C200%7CB%7C150");
        assert_eq!(joined(Style::DeepObject, &object), "color[R]=100&color[G]=200&color[B]=150");
    }

    #[test]
    fn header_and_cookie_styles_match_the_specification() {
        let table = [
            (Style::Simple, ["", "blue", "blue,black,brown", "R,100,G,200,B,150"]),
            (Style::SimpleExploded, ["", "blue", "blue,black,brown", "R=100,G=200,B=150"]),
        ];
        for (style, expected) in table {
            for (value, expected) in values().iter().zip(expected) {
                assert_eq!(header(style, value), expected, "{style:?} {value}");
            }
        }
        // Cookies have the style `form`; the header joins what stands for one parameter by `; `.
        let [_, text, array, object] = values();
        assert_eq!(query("color", Style::Form, &text), ["color=blue"]);
        assert_eq!(query("color", Style::FormJoined, &array), ["color=blue,black,brown"]);
        assert_eq!(query("color", Style::FormJoined, &object), ["color=R,100,G,200,B,150"]);
    }

    #[test]
    fn what_the_specification_leaves_open_loses_nothing() {
        let joined = |style, value: Value| query("a", style, &value).join("&");
        // Lists in deep objects, and objects in lists.
        assert_eq!(joined(Style::DeepObject, json!({"b": [1, 2]})), "a[b]=1&a[b]=2");
        assert_eq!(
            joined(Style::DeepObject, json!({"b": [{"c": 1}, {"c": 2}]})),
            "a[b][0][c]=1&a[b][1][c]=2"
        );
        assert_eq!(joined(Style::Form, json!([{"c": 1}])), "a=%7B%22c%22%3A1%7D");
        // Lists in exploded objects, such as the pages that Spring takes.
        assert_eq!(joined(Style::Form, json!({"sort": ["b,asc", "c"], "d": []})), "sort=b%2Casc&sort=c");
        // Nothing to send.
        for style in
            [Style::Form, Style::FormJoined, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject]
        {
            assert_eq!(joined(style, json!([])), "", "{style:?}");
            assert_eq!(joined(style, json!({})), "", "{style:?}");
        }
        assert_eq!(joined(Style::Form, json!({"b": null, "c": true})), "c=true");
        assert_eq!(joined(Style::Json, json!({"b": [1]})), "a=%7B%22b%22%3A%5B1%5D%7D");
    }

    #[test]
    fn each_level_of_lists_has_its_separator() {
        let pairs = |separators, value: Value| query("a", Style::Lists(separators), &value).join("&");
        let rows = json!([["a", "b|c"], ["d,e"]]);
        assert_eq!(pairs(",|", rows.clone()), "a=a%7Cb%7Cc,d%2Ce");
        assert_eq!(pairs("&\t", rows.clone()), "a=a%09b%7Cc&a=d%2Ce");
        assert_eq!(pairs(" |,", json!([[[1, 2], [3]], [[4]]])), "a=1,2%7C3%204");
        assert_eq!(pairs(",|", json!([])) + &pairs("&|", json!([])), "");
        assert_eq!(header(Style::Lists(",|"), &rows), "a|b|c,d,e");
        assert_eq!(path("a", Style::Lists("|"), &json!([1, 2])), "1%7C2");
    }

    #[test]
    fn reserved_characters_stay_where_they_may() {
        // RFC 3986, section 2.2, without what would end the query or the pair.
        assert_eq!(
            query_reserved("q", Style::Form, &json!("a/b?c:d@e[f] g&h#i+j=k%")),
            ["q=a/b?c:d@e[f]%20g%26h%23i%2Bj=k%25"]
        );
    }

    #[test]
    fn text_is_encoded_in_urls_and_left_alone_in_headers() {
        assert_eq!(query("q[]", Style::Form, &json!("a&b=c d/é")), ["q%5B%5D=a%26b%3Dc%20d%2F%C3%A9"]);
        assert_eq!(path("id", Style::Simple, &json!("a/b?c#d")), "a%2Fb%3Fc%23d");
        assert_eq!(header(Style::Simple, &json!(["a b", "c"])), "a b,c");
    }
}
