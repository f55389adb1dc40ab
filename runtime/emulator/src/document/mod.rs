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

    /// The operation that a request is for: of several whose paths fit, the one with the most literal path and query.
    fn operation(&self, method: &str, path: &str, query: &str) -> Option<&OperationDescription> {
        let sent: Vec<String> = query.split('&').map(decoded).collect();
        let fits = |(template, operation): &&(Template, OperationDescription)| {
            let mut written = operation.query.split('&').filter(|pair| !pair.is_empty());
            operation.method == method
                && template.fits(path)
                && written.all(|pair| sent.contains(&decoded(pair)))
        };
        self.0
            .operations
            .iter()
            .filter(fits)
            .max_by_key(|(template, operation)| template.literal + operation.query.len())
            .map(|(_, operation)| operation)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} operations)", self.operations())
    }
}

/// A pair of a query whatever of it is percent-encoded.
fn decoded(pair: &str) -> String {
    percent_encoding::percent_decode_str(pair).decode_utf8_lossy().into_owned()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[test]
    fn a_query_that_the_document_writes_tells_operations_apart() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("openapi.yaml");
        let document = "openapi: 3.0.3\ninfo: { title: Notes, version: '1' }\npaths:\n  /notes: { get: { operationId: all, \
                        responses: { '204': { description: Fine. } } } }\n  /notes?of=née&new: { get: { operationId: new, \
                        responses: { '204': { description: Fine. } } } }\n";
        std::fs::write(&path, document)?;
        let document = Document::read(&path).map_err(|error| error.to_string())?;
        let id = |query| document.operation("GET", "/notes", query).map(|operation| operation.id.as_str());
        assert_eq!([id(""), id("new"), id("of=n%C3%A9e")], [Some("all"); 3]);
        assert_eq!([id("of=n%C3%A9e&new"), id("page=2&new&of=née")], [Some("new"); 2]);
        Ok(())
    }
}
