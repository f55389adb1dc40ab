//! Answers that are read while they arrive, and what they may cost.

#[path = "../tests/streams.rs"]
mod streams;
#[path = "../tests/limits.rs"]
mod limits;
