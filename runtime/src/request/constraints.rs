//! What a document asks of values beyond their types: in comes a value as JSON and a table of checks, out goes the first
//! thing that is wrong with it. Generated clients have such tables where they are asked for.

use super::pattern::{self, Verdict};
use serde_json::Value;
use std::fmt;

/// One demand on a value. As in JSON Schema, a check of one kind of value passes over values of other kinds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Check {
    /// Text has at least so many characters.
    MinLength(usize),
    /// Text has at most so many characters.
    MaxLength(usize),
    /// Text matches a pattern of ECMA-262. The time is linear in the text. A pattern that looks around or back at what it matched
    /// has a limited number of steps, on texts up to 1 kB. Where there is no answer, because of that or because the pattern
    /// cannot be read, the text passes, and the feature `tracing` notes it as a warning.
    Pattern(&'static str),
    /// A number is this or more.
    Minimum(f64),
    /// A number is more than this.
    Above(f64),
    /// A number is this or less.
    Maximum(f64),
    /// A number is less than this.
    Below(f64),
    /// A number is a multiple of this.
    MultipleOf(f64),
    /// A list has at least so many items.
    MinItems(usize),
    /// A list has at most so many items.
    MaxItems(usize),
    /// No item of a list is there twice.
    UniqueItems,
    /// An object has at least so many properties.
    MinProperties(usize),
    /// An object has at most so many properties.
    MaxProperties(usize),
    /// What is asked of every item of a list.
    Items(&'static [Check]),
    /// What is asked of every property of an object.
    Values(&'static [Check]),
    /// What is asked of a property.
    Property(&'static str, &'static [Check]),
    /// What is asked of a named schema.
    Of(&'static &'static [Check]),
    /// What is asked by at least one of these.
    AnyOf(&'static [&'static [Check]]),
}

/// What is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) path: String,
    pub(crate) reason: String,
}

/// The first violation of a value.
pub(crate) fn check(value: &Value, checks: &[Check]) -> Option<Violation> {
    all(value, checks, &mut "$".to_owned())
}

fn all(value: &Value, checks: &[Check], path: &mut String) -> Option<Violation> {
    checks.iter().find_map(|one| violation(value, *one, path))
}

fn violation(value: &Value, check: Check, path: &mut String) -> Option<Violation> {
    match (check, value) {
        (Check::Of(checks), value) => all(value, checks, path),
        (Check::AnyOf(variants), value) => {
            let mut first = None;
            for checks in variants {
                first = Some(all(value, checks, path)?).filter(|_| first.is_none()).or(first);
            }
            first
        }
        (Check::Items(checks), Value::Array(items)) => {
            items.iter().enumerate().find_map(|(at, item)| below(item, checks, path, &format!("[{at}]")))
        }
        (Check::Values(checks), Value::Object(members)) => {
            members.iter().find_map(|(key, member)| below(member, checks, path, &format!(".{key}")))
        }
        (Check::Property(key, checks), Value::Object(members)) => {
            members.get(key).and_then(|member| below(member, checks, path, &format!(".{key}")))
        }
        (check, value) => complaint(check, value).map(|reason| Violation { path: path.clone(), reason }),
    }
}

fn below(value: &Value, checks: &[Check], path: &mut String, step: &str) -> Option<Violation> {
    let length = path.len();
    path.push_str(step);
    let found = all(value, checks, path);
    path.truncate(length);
    found
}

fn complaint(check: Check, value: &Value) -> Option<String> {
    let say =
        |wrong: bool, found: &dyn fmt::Display, wanted: String| wrong.then(|| format!("{found}; {wanted}"));
    match (check, value) {
        (Check::MinLength(min), Value::String(text)) => {
            let length = text.chars().count();
            say(length < min, &format!("{length} characters"), format!("at least {min} are asked for"))
        }
        (Check::MaxLength(max), Value::String(text)) => {
            let length = text.chars().count();
            say(length > max, &format!("{length} characters"), format!("at most {max} are allowed"))
        }
        (Check::Pattern(pattern), Value::String(text)) => {
            let shown: String = text.chars().take(60).collect();
            say(
                pattern::ask(pattern, text) == Verdict::Differs,
                &format!("{shown:?}"),
                format!("it must match `{pattern}`"),
            )
        }
        (Check::MinItems(min), Value::Array(items)) => {
            say(items.len() < min, &format!("{} items", items.len()), format!("at least {min} are asked for"))
        }
        (Check::MaxItems(max), Value::Array(items)) => {
            say(items.len() > max, &format!("{} items", items.len()), format!("at most {max} are allowed"))
        }
        (Check::UniqueItems, Value::Array(items)) => {
            let twice = items.iter().enumerate().any(|(at, item)| items[..at].contains(item));
            say(twice, &"an item is there twice", "items must be unique".to_owned())
        }
        (Check::MinProperties(min), Value::Object(members)) => say(
            members.len() < min,
            &format!("{} properties", members.len()),
            format!("at least {min} are asked for"),
        ),
        (Check::MaxProperties(max), Value::Object(members)) => say(
            members.len() > max,
            &format!("{} properties", members.len()),
            format!("at most {max} are allowed"),
        ),
        (check, Value::Number(number)) => {
            let value = number.as_f64()?;
            let (wrong, wanted) = match check {
                Check::Minimum(min) => (value < min, format!("at least {min} is asked for")),
                Check::Above(min) => (value <= min, format!("more than {min} is asked for")),
                Check::Maximum(max) => (value > max, format!("at most {max} is allowed")),
                Check::Below(max) => (value >= max, format!("less than {max} is asked for")),
                Check::MultipleOf(step) => {
                    let quotient = value / step;
                    // Binary fractions: 0.3 is a multiple of 0.1 to everyone but the processor.
                    let off = (quotient - quotient.round()).abs() > 1e-9 * quotient.abs().max(1.0);
                    (off, format!("a multiple of {step} is asked for"))
                }
                _ => return None,
            };
            say(wrong, number, wanted)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, check};
    use super::{
        Check::AnyOf, Check::Items, Check::MaxLength, Check::Maximum, Check::MinLength, Check::Minimum,
        Check::MultipleOf, Check::Of, Check::Pattern, Check::Property, Check::UniqueItems,
    };
    use serde_json::json;

    static NODE: &[Check] =
        &[Property("name", &[MinLength(2)]), Property("children", &[Items(&[Of(&NODE)])])];

    #[test]
    fn a_violation_names_the_field() {
        let tree = json!({"name": "root", "children": [{"name": "ok"}, {"name": "x"}]});
        let found = check(&tree, &[Of(&NODE)]);
        assert_eq!(found.map(|found| found.path).as_deref(), Some("$.children[1].name"));
    }

    #[test]
    fn each_check_asks_what_it_says() {
        let wrong = |value, checks: &[Check]| check(&value, checks).is_some();
        assert!(wrong(json!("äöü"), &[MaxLength(2)]) && !wrong(json!("äöü"), &[MaxLength(3)]));
        assert!(wrong(json!("b"), &[Pattern("^a+$")]) && !wrong(json!("aa"), &[Pattern("^a+$")]));
        assert!(!wrong(json!("anything"), &[Pattern("(")]), "what cannot be read is passed over");
        assert!(wrong(json!(0.35), &[MultipleOf(0.1)]) && !wrong(json!(0.3), &[MultipleOf(0.1)]));
        assert!(wrong(json!([1, 1]), &[UniqueItems]) && !wrong(json!([1, 2]), &[UniqueItems]));
        assert!(!wrong(json!("text"), &[Minimum(3.0)]), "other kinds of values are passed over");
        let either: &[Check] = &[AnyOf(&[&[Maximum(1.0)], &[Minimum(10.0)]])];
        assert!(wrong(json!(5), either) && !wrong(json!(11), either) && !wrong(json!(0), either));
    }
}
