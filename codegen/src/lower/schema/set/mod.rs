//! Schemas as sets of values. In come schemas that one value must fit all of, out goes what that value can be: a form
//! for what holds in any case, and the unions beside it. `allOf` and keywords beside each other are an intersection,
//! `oneOf` and `anyOf` a union that it distributes over. A reference stays a name, and a property the schemas that
//! were written for it, until somebody asks. Never a type of Rust, never a name of one.

mod apart;
mod form;
#[cfg(test)]
mod laws;
mod spread;
mod together;
mod values;

pub(super) use self::apart::{Apart, Clash, only_name};
pub(super) use self::form::{Form, Rest};
pub(super) use self::spread::{Alternative, spread};
pub(super) use self::together::informative;
