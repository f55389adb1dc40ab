//! IR to IR: what Rust needs and the document does not say. Each pass is one file and does one thing.
//!
//! May import from `diagnostic`, `ir`.

mod access;
mod boxing;
mod closed;
mod paging;
mod patch;
mod prune;
mod tags;

use crate::diagnostic::{Diagnostics, Place};
use crate::ir::Api;

/// All passes, in their order. Nothing has a name yet.
pub(crate) fn run(api: &mut Api, root: &Place, diagnostics: &mut Diagnostics) {
    paging::run(api, root, diagnostics);
    tags::run(api);
    patch::run(api);
    prune::run(api);
    access::run(api);
    boxing::run(api);
    closed::run(api);
}
