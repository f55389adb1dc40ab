use serde_json::Value;
use std::collections::BTreeMap;

/// What came back in another form that says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A moment or a time of day: another offset, other digits of a fraction.
    Moment,
    /// A UUID in capitals.
    Uuid,
    /// Bytes in base64 with or without padding, in either alphabet.
    Bytes,
    /// A number of `format: float`, which has 24 bits.
    Single,
    /// A whole number of more than 53 bits where any number may be, which is a double.
    Double,
}

/// How a value came back, as JSON: numbers by value, absent and null told apart. Places are JSON pointers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Members that are gone, with what they were.
    pub lost: Vec<(String, Value)>,
    /// What is something else now, in words.
    pub changed: Vec<String>,
    /// What is the same in another form.
    pub forms: BTreeMap<Form, usize>,
}

impl Comparison {
    /// Whether everything is as it was.
    pub fn is_kept(&self) -> bool {
        self.lost.is_empty() && self.changed.is_empty()
    }

    /// The first thing that is not as it was.
    pub fn complaint(&self) -> Option<String> {
        let lost = || self.lost.first().map(|(place, value)| format!("lost {place} which was {value}"));
        self.changed.first().map(|text| format!("changed {text}")).or_else(lost)
    }
}

/// Compares a value with what came back.
pub fn compare(before: &Value, after: &Value) -> Comparison {
    let mut comparison = Comparison::default();
    comparison.values(before, after, "");
    comparison
}

impl Comparison {
    fn values(&mut self, before: &Value, after: &Value, at: &str) {
        match (before, after) {
            (Value::Object(one), Value::Object(other)) => {
                for key in other.keys().filter(|key| !one.contains_key(*key)) {
                    self.changed.push(format!("{at}: `{key}` came from nowhere"));
                }
                for (key, value) in one {
                    let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                    match other.get(key) {
                        Some(other) => self.values(value, other, &at),
                        None => self.lost.push((at, value.clone())),
                    }
                }
            }
            (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
                let pairs = one.iter().zip(other).enumerate();
                pairs.for_each(|(index, (one, other))| self.values(one, other, &format!("{at}/{index}")));
            }
            _ => match scalars(before, after) {
                Some(None) => {}
                Some(Some(form)) => *self.forms.entry(form).or_default() += 1,
                None => self.changed.push(format!("{at}: {before} became {after}")),
            },
        }
    }
}

/// Whether two scalars say the same, and in which other form.
fn scalars(before: &Value, after: &Value) -> Option<Option<Form>> {
    match (before, after) {
        _ if before == after => Some(None),
        (Value::Number(one), Value::Number(other)) => {
            let is_whole = |number: &serde_json::Number| number.is_i64() || number.is_u64();
            let are_whole = is_whole(one) && is_whole(other);
            let (one, other) = (one.as_f64()?, other.as_f64()?);
            if one == other {
                return Some(are_whole.then_some(Form::Double));
            }
            // What is larger than any becomes the largest.
            let single = (one as f32).clamp(f32::MIN, f32::MAX);
            let is_single = f64::from(single) == other || single.to_string().parse() == Ok(other);
            is_single.then_some(Some(Form::Single))
        }
        (Value::String(one), Value::String(other)) => same_text(one, other).map(Some),
        _ => None,
    }
}

fn same_text(one: &str, other: &str) -> Option<Form> {
    let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let time = |text: &str| text.parse::<jiff::civil::Time>().ok();
    let bytes = |text: &str| text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let is_uuid = |text: &str| {
        text.len() == 36 && text.chars().all(|letter| letter == '-' || letter.is_ascii_hexdigit())
    };
    if instant(one).is_some_and(|moment| Some(moment) == instant(other))
        || time(one).is_some_and(|moment| Some(moment) == time(other))
        || (instant(one).is_some() && one.eq_ignore_ascii_case(other))
    {
        Some(Form::Moment)
    } else if is_uuid(one) && one.eq_ignore_ascii_case(other) {
        Some(Form::Uuid)
    } else if bytes(one) == bytes(other) {
        Some(Form::Bytes)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, compare};
    use serde_json::json;

    #[test]
    fn losing_null_is_a_difference() {
        assert!(compare(&json!({"a": 1.0}), &json!({"a": 1})).is_kept());
        assert_eq!(compare(&json!({"a": {"b/c": null}}), &json!({"a": {}})).lost[0].0, "/a/b~1c");
        assert_eq!(compare(&json!([1]), &json!(["1"])).changed.len(), 1);
        assert_eq!(compare(&json!({}), &json!({"a": null})).changed.len(), 1);
    }

    #[test]
    fn numbers_are_the_same_by_value_and_not_nearly() {
        let large = compare(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64));
        assert_eq!(large.forms[&Form::Double], 1);
        assert!(!compare(&json!(9_007_199), &json!(9_007_198)).is_kept());
        assert!(!compare(&json!(0.1), &json!(0.100_000_1)).is_kept());
        assert_eq!(compare(&json!(0.123_456_789), &json!(0.123_456_79)).forms[&Form::Single], 1);
    }

    #[test]
    fn another_form_is_told_from_another_value() {
        let form = |one: &str, other: &str| compare(&json!(one), &json!(other)).forms.into_keys().next();
        assert_eq!(form("2024-01-01T08:00:00+08:00", "2024-01-01T00:00:00Z"), Some(Form::Moment));
        assert_eq!(
            form("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            Some(Form::Uuid)
        );
        assert_eq!(form("_w==", "/w"), Some(Form::Bytes));
        assert!(!compare(&json!("Red"), &json!("red")).is_kept());
    }
}
