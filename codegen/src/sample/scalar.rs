//! Strings and numbers that their schemas take.

use super::pattern;
use crate::read::Bounds;
use serde_json::{Number, Value, json};

/// A string of a format, a pattern, and a length.
pub(super) fn string(format: &str, bounds: &Bounds<'_>) -> Value {
    let by_pattern = bounds.pattern.and_then(pattern::text);
    let mut text = match (by_pattern, of_format(format)) {
        (Some(text), _) => text,
        (None, Some(text)) => return text.into(),
        (None, None) => "sample".to_owned(),
    };
    let last = text.chars().next_back().unwrap_or('a');
    while text.chars().count() < bounds.min_length.unwrap_or_default().min(10_000) {
        text.push(last);
    }
    match bounds.max_length {
        Some(max) => text.chars().take(max).collect::<String>().into(),
        None => text.into(),
    }
}

fn of_format(format: &str) -> Option<String> {
    Some(
        match format {
            "date-time" => "2026-01-02T03:04:05Z",
            "date" => "2026-01-02",
            "time" => "03:04:05Z",
            "duration" => "P1D",
            "uuid" => "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "byte" | "base64" => "AAECAw==",
            "base64url" => "AAECAw",
            "email" | "idn-email" => "user@example.com",
            "hostname" | "idn-hostname" => "example.com",
            "ipv4" | "ip" => "192.0.2.1",
            "ipv6" => "2001:db8::1",
            "uri" | "url" | "iri" => "https://example.com/",
            "uri-reference" | "iri-reference" => "/sample",
            "json-pointer" => "/sample",
            "regex" => "^a$",
            _ => return None,
        }
        .to_owned(),
    )
}

/// Whether a text is of a format, a pattern and a length.
pub(super) fn fits(text: &str, format: &str, bounds: &Bounds<'_>) -> bool {
    let length = text.chars().count();
    let of_format = match format {
        "date-time" => text.len() >= 20 && text.as_bytes()[10].eq_ignore_ascii_case(&b'T'),
        "date" => text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2,
        "uuid" => text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'),
        "email" => text.contains('@'),
        "uri" | "url" => text.contains("://"),
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "byte" => {
            text.len().is_multiple_of(4)
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
        }
        "base64url" => text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte)),
        "time" => text.len() >= 8 && text.contains(':'),
        _ => true,
    };
    of_format
        && bounds.min_length.is_none_or(|min| length >= min)
        && bounds.max_length.is_none_or(|max| length <= max)
        && bounds.pattern.is_none_or(|pattern| pattern::matches(pattern, text))
}

/// A number in its range, a multiple of its step.
pub(super) fn number(bounds: &Bounds<'_>, whole: bool) -> Value {
    let step = bounds.multiple_of.filter(|step| *step > 0.0);
    let unit = step.unwrap_or(if whole { 1.0 } else { 0.5 });
    let first = match (bounds.minimum, bounds.maximum) {
        (Some(min), _) => min,
        (None, Some(max)) if max < 1.0 => max - unit * 2.0,
        _ => 1.0,
    };
    let mut value = (first / unit).ceil() * unit;
    for _ in 0..4 {
        if in_range(value, bounds) {
            break;
        }
        value += unit;
    }
    if !in_range(value, bounds)
        && let (Some(min), Some(max)) = (bounds.minimum, bounds.maximum)
    {
        value = f64::midpoint(min, max);
    }
    match value.fract() == 0.0 && value.abs() < 9e15 {
        true => json!(value as i64),
        false => Number::from_f64(value).map_or(json!(1), Value::Number),
    }
}

pub(super) fn in_range(value: f64, bounds: &Bounds<'_>) -> bool {
    let above = bounds.minimum.is_none_or(|min| if bounds.above { value > min } else { value >= min });
    let below = bounds.maximum.is_none_or(|max| if bounds.below { value < max } else { value <= max });
    above && below
}

#[cfg(test)]
mod tests {
    use super::{number, string};
    use crate::read::Bounds;
    use serde_json::json;

    #[test]
    fn samples_stay_in_their_bounds() {
        let between =
            |minimum, maximum| Bounds { minimum: Some(minimum), maximum: Some(maximum), ..Bounds::default() };
        assert_eq!(number(&between(5.0, 7.0), true), json!(5));
        assert_eq!(number(&Bounds { above: true, ..between(0.0, 1.0) }, false), json!(0.5));
        assert_eq!(number(&Bounds { multiple_of: Some(10.0), ..between(11.0, 40.0) }, true), json!(20));
        assert_eq!(number(&Bounds { maximum: Some(-3.0), ..Bounds::default() }, true), json!(-5));
        let length = Bounds { min_length: Some(8), max_length: Some(9), ..Bounds::default() };
        assert_eq!(string("", &length), json!("sampleee"));
        let pattern = Bounds { pattern: Some("^[A-Z]{2}-\\d+(x|y)?$"), ..Bounds::default() };
        assert_eq!(string("", &pattern), json!("AA-0"));
    }
}
