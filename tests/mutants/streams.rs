//! Answers that are read while they arrive, and what they may cost.

#[path = "../tests/limits.rs"]
mod limits;
#[path = "../tests/stream_places.rs"]
mod stream_places;
#[path = "../tests/streams.rs"]
mod streams;
#[path = "../tests/waits.rs"]
mod waits;
