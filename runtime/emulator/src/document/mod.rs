//! A service's document: which operation a request is for, whether request and answer fit it, and an answer in the service's
//! place.
//!
//! May import from `media`, `exchange`.

mod answer;
mod cost;
mod findings;
mod media;
mod response;
pub(crate) mod schemas;
mod template;

use crate::document::schemas::Schemas;
use crate::document::template::Template;
use axum::http::HeaderMap;
use cloudrun_codegen::{Description, Diagnostics, OperationDescription, Options, describe};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A service's OpenAPI document. Cheap to clone.
///
/// ```no_run
/// use cloudrun_emulator::{Document, Emulator};
/// let document = Document::read("openapi.yaml".as_ref())?;
/// let emulator = Emulator::new().mock("petstore", document);
/// # let _ = emulator;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    operations: Vec<(Template, OperationDescription)>,
    schemas: Schemas,
    diagnostics: Diagnostics,
}

impl Document {
    /// Reads a document of Swagger 2.0, OpenAPI 3.0, 3.1 or 3.2, as JSON or YAML.
    ///
    /// # Errors
    ///
    /// The document cannot be read; each finding names file, line and JSON pointer.
    pub fn read(path: &Path) -> Result<Self, Diagnostics> {
        let mut options = Options::new("mock");
        options.lenient = true;
        let Description { document, operations, diagnostics } = describe(path, &options)?;
        let schemas = Schemas::new(&document, ".".into(), "openapi.json");
        let operations =
            operations.into_iter().map(|operation| (Template::read(&operation.path), operation)).collect();
        Ok(Self(Arc::new(Inner { operations, schemas, diagnostics })))
    }

    /// What was repaired in the document.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.0.diagnostics
    }

    /// How many operations the document has.
    pub fn operations(&self) -> usize {
        self.0.operations.len()
    }

    /// The operation that a request is for: of several whose paths fit, the one with the most literal path.
    fn operation(&self, method: &str, path: &str) -> Option<&OperationDescription> {
        let fits = |(template, operation): &&(Template, OperationDescription)| {
            operation.method == method && template.fits(path)
        };
        self.0
            .operations
            .iter()
            .filter(fits)
            .max_by_key(|(template, _)| template.literal)
            .map(|(_, operation)| operation)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} operations)", self.operations())
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
