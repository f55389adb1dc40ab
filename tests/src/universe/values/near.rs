//! Near misses: values beside those that were made, some of which are valid too.

use fastrand::Rng;
use serde_json::{Value, json};

/// Values that differ from one in a place. `spares` are what may stand in the place of a string: the constants and tags
/// of the schemas.
pub(super) fn near(value: &Value, spares: &[String], count: usize, rng: &mut Rng) -> Vec<Value> {
    let mut places = Vec::new();
    collect(value, String::new(), &mut places);
    let one = |_| {
        let at = &places[rng.usize(..places.len())];
        let mut mutant = value.clone();
        change(mutant.pointer_mut(at)?, spares, rng);
        (mutant != *value).then_some(mutant)
    };
    (0..count).filter_map(one).collect()
}

fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                collect(member, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, format!("{at}/{index}"), places));
        }
        _ => {}
    }
    places.push(at);
}

fn change(value: &mut Value, spares: &[String], rng: &mut Rng) {
    if rng.u8(..100) < 12 {
        *value = other(rng);
        return;
    }
    match value {
        Value::Object(members) => {
            let keys: Vec<String> = members.keys().cloned().collect();
            match rng.u8(..4) {
                0 | 1 if !keys.is_empty() => {
                    members.shift_remove(&keys[rng.usize(..keys.len())]);
                }
                2 if !keys.is_empty() => {
                    members.insert(keys[rng.usize(..keys.len())].clone(), Value::Null);
                }
                _ => {
                    let names = ["extra", "x-extra", "9th", "id", "a", "name", "c"];
                    members.insert(names[rng.usize(..names.len())].to_owned(), other(rng));
                }
            }
        }
        Value::Array(items) => match rng.u8(..3) {
            0 => items.truncate(items.len() / 2),
            1 if !items.is_empty() => items.push(items[0].clone()),
            _ => items.push(other(rng)),
        },
        Value::Number(_) => {
            let numbers = [
                json!(0),
                json!(-1),
                json!(1),
                json!(4),
                json!(7),
                json!(1.0),
                json!(0.5),
                json!(-0.25),
                json!(255),
                json!(2_147_483_648_u64),
                json!(9_007_199_254_740_993_u64),
                json!(i64::MAX),
                json!(1e300),
                json!(1e-7),
            ];
            *value = numbers[rng.usize(..numbers.len())].clone();
        }
        Value::String(text) => {
            let texts = [
                "",
                "1",
                "-12",
                "1.5",
                "true",
                "null",
                "x-",
                "2024-02-29",
                "2024-02-29T23:59:59.5+08:00",
                "abc",
                "数\u{1f600}\n\"",
            ];
            *text = match spares {
                [_, ..] if rng.u8(..100) < 60 => spares[rng.usize(..spares.len())].clone(),
                _ => texts[rng.usize(..texts.len())].to_owned(),
            };
        }
        Value::Bool(flag) => *flag = !*flag,
        Value::Null => *value = other(rng),
    }
}

fn other(rng: &mut Rng) -> Value {
    let others = [
        Value::Null,
        json!(true),
        json!(3),
        json!(1.5),
        json!("text"),
        json!("1"),
        json!([]),
        json!({}),
        json!(["text"]),
        json!([1, null]),
        json!({"a": 1}),
        json!({"id": "x", "deep": {"b": [null]}}),
    ];
    others[rng.usize(..others.len())].clone()
}
