//! References of the repaired tree: every one that is used must lead to something, and no chain may bite its tail.
//! In comes a tree, out goes the typed document with look-ups that cannot fail for a checked reference.

mod check;
mod document;

pub(crate) use self::document::{Document, name_of};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde_json::Value;

/// Checks the references and reads the tree as OpenAPI 3.0. `None` means that `diagnostics` has errors.
pub(crate) fn resolve(
    mut tree: Value,
    root: &Place,
    lenient: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    check::check(&mut tree, root, lenient, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    match serde_path_to_error::deserialize::<_, openapiv3::OpenAPI>(&tree) {
        Ok(api) => Some(Document::new(api, root.clone(), tree)),
        Err(error) => {
            let message =
                format!("the document cannot be read as OpenAPI: {} (at {})", error.inner(), error.path());
            diagnostics.push(Diagnostic::error(Code::NotOpenApi, root.clone(), message));
            None
        }
    }
}
