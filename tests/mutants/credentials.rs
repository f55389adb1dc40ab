//! Who calls.

#[path = "../tests/credentials.rs"]
mod credentials;
#[path = "../tests/faults.rs"]
mod faults;
