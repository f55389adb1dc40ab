//! Calls that fail, and who is told.

#[path = "../tests/faults.rs"]
mod faults;
#[path = "../tests/limits.rs"]
mod limits;
#[path = "../tests/observed.rs"]
mod observed;
#[path = "../tests/openings.rs"]
mod openings;
#[path = "../tests/waits.rs"]
mod waits;
