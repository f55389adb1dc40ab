//! Values of schemas. In comes a document, out come values of each of its schemas that an independent validator says are
//! valid. None of it knows how clients are generated.

mod faker;
mod meaning;
mod near;

pub use self::faker::Faker;
pub use self::meaning::Meaning;

use fastrand::Rng;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io;

/// How many near misses are made of a value.
const NEAR: usize = 3;

/// The values of a schema.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// Those that are valid.
    pub valid: Vec<Value>,
    /// How many others were made.
    pub invalid: usize,
}

/// Values of the schemas at pointers: `count` each that are made, and near misses of those.
///
/// # Errors
///
/// The maker of values cannot be run.
pub fn values(
    faker: &Faker,
    meaning: &Meaning,
    pointers: &[String],
    count: usize,
    seed: u64,
) -> io::Result<Vec<Values>> {
    let made = faker.values(meaning.json_schema(), pointers, count)?;
    let of_schema = |(at, (pointer, made)): (usize, (&String, Vec<Value>))| {
        let mut rng = Rng::with_seed(seed ^ (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let spares = meaning.constants(pointer);
        let near: Vec<Value> =
            made.iter().flat_map(|value| near::near(value, &spares, NEAR, &mut rng)).collect();
        let mut seen = BTreeSet::new();
        let mut values = Values::default();
        for value in made.into_iter().chain(near) {
            if !seen.insert(value.to_string()) {
                continue;
            }
            match meaning.is_valid(pointer, &value) {
                true => values.valid.push(value),
                false => values.invalid += 1,
            }
        }
        values
    };
    Ok(pointers.iter().zip(made).enumerate().map(of_schema).collect())
}
