//! IR to IR: what Rust needs and the document does not say. Each pass is one file and does one thing.

mod access;
mod boxing;
mod paging;
mod prune;
mod tags;

use crate::diagnostic::{Diagnostics, Place};
use crate::ir::Api;

/// The passes before anything has a name.
pub(crate) fn before_names(api: &mut Api, root: &Place, diagnostics: &mut Diagnostics) {
    paging::run(api, root, diagnostics);
    tags::run(api);
    prune::run(api);
    access::run(api);
}

/// The passes on the named client.
pub(crate) fn after_names(api: &mut Api) {
    boxing::run(api);
}
