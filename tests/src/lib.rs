//! What the runners and tests of this workspace share.

pub mod corpus;
pub mod crowd;
pub mod house;
pub mod matrix;
pub mod soak;
pub mod spector;
pub mod universe;
pub mod witness;
