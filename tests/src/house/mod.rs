//! The folders `constructs` and `regress`: in comes a folder, out go its cases, found without a list, and what differs
//! from the files beside each document. Nothing here generates or compiles.

mod case;
mod golden;

pub use case::{Case, cases};
pub use golden::{Goldens, told};
