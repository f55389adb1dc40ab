//! Every test of calls that `cloudrun-tests` has, in one binary: a mutant of the runtime is linked once, not fifteen times.
//! How it is run stands in `../MUTANTS.md`.

#[path = "../tests/bodies.rs"]
mod bodies;
#[path = "../tests/credentials.rs"]
mod credentials;
#[path = "../tests/faults.rs"]
mod faults;
#[path = "../tests/json.rs"]
mod json;
#[path = "../tests/limits.rs"]
mod limits;
#[path = "../tests/observed.rs"]
mod observed;
#[path = "../tests/openings.rs"]
mod openings;
#[path = "../tests/pages.rs"]
mod pages;
#[path = "../tests/paths.rs"]
mod paths;
#[path = "../tests/sockets.rs"]
mod sockets;
#[path = "../tests/streams.rs"]
mod streams;
#[path = "../tests/wire.rs"]
mod wire;
