//! What an OpenAPI document is made of: which object stands where, and where in a file. In come value trees, out go kinds
//! and places. Never reads a file, never judges what it finds.

pub(crate) mod grammar;
mod place;

pub use self::place::Place;
pub(crate) use self::place::{ORIGIN, at_key, child, origin, set_origin};
