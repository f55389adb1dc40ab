//! What requests and answers hold.

#[path = "../tests/bodies.rs"]
mod bodies;
#[path = "../tests/json.rs"]
mod json;
#[path = "../tests/parts.rs"]
mod parts;
#[path = "../tests/paths.rs"]
mod paths;
#[path = "../tests/unions.rs"]
mod unions;
#[path = "../tests/wire.rs"]
mod wire;
#[path = "../tests/written.rs"]
mod written;
