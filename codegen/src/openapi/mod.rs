//! What an OpenAPI document is made of: which object stands where, where it was written, and what we park in it. In come
//! value trees, out go kinds, places and visits. Never reads a file, never judges what it finds.
//!
//! May import from no other room.

pub(crate) mod grammar;
pub(crate) mod origin;
pub(crate) mod parked;
mod place;
pub(crate) mod pointer;
mod walk;

pub(crate) use self::origin::Origins;
pub use self::place::Place;
pub(crate) use self::walk::{Step, Visitor, walk, walk_map};
