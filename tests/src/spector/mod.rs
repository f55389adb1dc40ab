//! TypeSpec's test suite: its specs as documents, its scenarios as calls of the clients of these, and its server as the judge
//! of the requests. Stages, each of which knows only those before it:
//!
//! - `suite`: from a lock file to the installed packages, and what their scripts print
//! - `document`: from specs to documents of OpenAPI 3.0 and 3.1
//! - `exchange`: from scenarios to requests and answers
//! - `matching`, `argument`: from an exchange and a document to an operation and the values of its arguments
//! - `call`: from those to a typed call, as Rust
//! - `crates`: from calls to what they saw
//! - `server`: the mock server, and what it counts
//! - `verdict`, `foreign`: from what was seen to what is said of it

mod argument;
mod call;
mod crates;
mod document;
mod exchange;
mod foreign;
mod matching;
mod server;
mod suite;
mod verdict;

pub use call::{Written, write};
pub use crates::{Answer, Crates, Program, Seen};
pub use document::{Dialect, Document, Specs, documents};
pub use exchange::{Body, Exchange, ORIGIN, exchanges};
pub use foreign::foreign;
pub use server::{Coverage, Server};
pub use suite::Suite;
pub use verdict::{Verdict, verdict};
