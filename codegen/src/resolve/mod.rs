//! References of the repaired tree: every one that is used must lead to something, and no chain may bite its tail.
//! In comes a tree, out goes the typed document with look-ups that cannot fail for a checked reference.
//!
//! May import from `openapi`, `diagnostic`, `load`.

mod check;
mod circle;
mod document;
mod parked;

pub(crate) use self::document::{Document, PathOperation, name_of};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Loaded;
use crate::openapi::Origins;
use serde_json::Value;

/// Checks the references. From here on the findings' places are those of the answer's tree. `None` means that
/// `diagnostics` has errors.
pub(crate) fn check(loaded: Loaded, diagnostics: &mut Diagnostics) -> Option<Loaded> {
    let Loaded { mut tree, root, references } = loaded;
    check::check(&mut tree, &root, references, diagnostics);
    diagnostics.set_origins(Origins::take(&mut tree, &root));
    (!diagnostics.has_errors()).then_some(Loaded { tree, root, references })
}

/// Reads a checked tree as OpenAPI 3.0. `None` means that `diagnostics` has errors.
pub(crate) fn resolve(checked: Loaded, diagnostics: &mut Diagnostics) -> Option<Document> {
    let Loaded { mut tree, root, .. } = checked;
    let parked = parked::read(&mut tree, &root, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    match typed(&tree) {
        Ok(api) => Some(Document::new(api, root, parked)),
        Err(message) => {
            diagnostics.push(Diagnostic::error(Code::NotOpenApi, root, message));
            None
        }
    }
}

fn typed(tree: &Value) -> Result<openapiv3::OpenAPI, String> {
    serde_path_to_error::deserialize(tree).map_err(|error| {
        format!("the document cannot be read as OpenAPI: {} (at {})", error.inner(), error.path())
    })
}
