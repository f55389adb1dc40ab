//! Schemas and values that nobody chose. In come a seed and a number, out come what the generated types lost, refused or
//! changed of values that an independent validator says are valid. It knows nothing of how schemas are lowered.

mod family;
mod generation;
mod judge;
mod kinds;
mod schema;
mod shrink;
mod values;

pub use family::{Dialect, Family};
pub use generation::generate_one;
pub use judge::{Class, Counts, Failure, Judge, Probe, Sheet};
pub use kinds::{Kind, kinds, write};
pub use schema::family;
pub use shrink::shrink;
pub use values::{Faker, Meaning, Values, values};
