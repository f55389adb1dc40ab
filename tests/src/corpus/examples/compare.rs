use serde_json::Value;

/// How a value came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// As it was.
    None,
    /// Without properties that it had.
    Lost(String),
    /// Otherwise.
    Changed(String),
}

/// Compares a value with what came back, as JSON: numbers by value, moments by the instant.
pub fn compare(before: &Value, after: &Value, path: &str) -> Difference {
    let changed = || Difference::Changed(format!("at {path}: {before} became {after}"));
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            if let Some(key) = other.keys().find(|key| !one.contains_key(*key)) {
                return Difference::Changed(format!("at {path}: `{key}` came from nowhere"));
            }
            let mut lost = Difference::None;
            for (key, value) in one {
                let path = format!("{path}.{key}");
                let difference = match other.get(key) {
                    Some(other) => compare(value, other, &path),
                    None => Difference::Lost(format!("{path} was {value}")),
                };
                match difference {
                    Difference::Changed(_) => return difference,
                    Difference::Lost(_) => lost = difference,
                    Difference::None => {}
                }
            }
            lost
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let differences = one
                .iter()
                .zip(other)
                .enumerate()
                .map(|(at, (one, other))| compare(one, other, &format!("{path}[{at}]")));
            differences.fold(Difference::None, |worst, next| match (&worst, &next) {
                (Difference::Changed(_), _) | (_, Difference::None) => worst,
                _ => next,
            })
        }
        (Value::Number(one), Value::Number(other)) => match (one.as_f64(), other.as_f64()) {
            // `format: float` has 24 bits.
            (Some(one), Some(other)) if one == other || (one as f32) == (other as f32) => Difference::None,
            _ => changed(),
        },
        (Value::String(one), Value::String(other)) if one != other => {
            let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
            let bytes = |text: &str| text.trim_end_matches('=').replace('-', "+").replace('_', "/");
            let same = instant(one).is_some_and(|moment| Some(moment) == instant(other))
                || one.eq_ignore_ascii_case(other)
                || bytes(one) == bytes(other)
                || one
                    .parse::<jiff::civil::Time>()
                    .is_ok_and(|time| other.parse().is_ok_and(|other: jiff::civil::Time| other == time));
            if same { Difference::None } else { changed() }
        }
        (one, other) if one == other => Difference::None,
        _ => changed(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Difference, compare};
    use serde_json::json;

    #[test]
    fn losing_null_is_a_difference() {
        assert_eq!(compare(&json!({"a": 1.0}), &json!({"a": 1}), "$"), Difference::None);
        assert!(matches!(compare(&json!({"a": null}), &json!({}), "$"), Difference::Lost(_)));
        assert!(matches!(compare(&json!([1]), &json!(["1"]), "$"), Difference::Changed(_)));
    }
}
