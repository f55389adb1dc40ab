//! IR to IR: what Rust needs and the document does not say. Each pass is one file and does one thing.

mod boxing;

use crate::ir::Api;

/// All passes, in order.
pub(crate) fn run(api: &mut Api) {
    boxing::run(api);
}
