//! Who calls.

#[path = "../tests/credentials/main.rs"]
mod credentials;
#[path = "../tests/faults.rs"]
mod faults;
#[path = "../tests/finality.rs"]
mod finality;
