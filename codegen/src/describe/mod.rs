//! What a document says of its operations, for whoever answers in the service's place or looks at calls. In comes a
//! document, out goes plain data: paths, media types, where schemas stand, a sample of each answer.
//!
//! May import from `stack`, `openapi`, `diagnostic`, `config`, `load`, `resolve`, `read`, `sample`.

mod description;
mod operation;

pub use self::description::{Description, MediaDescription, OperationDescription, ResponseDescription};

use crate::config::{self, Found, Options};
use crate::diagnostic::{Diagnostics, Place};
use crate::stack::with_stack;
use crate::{load, resolve};
use std::path::Path;

/// Describes a document.
///
/// # Errors
///
/// The findings, at least one of which is an error.
///
/// ```no_run
/// use cloudrun_codegen::{Options, describe};
/// let description = describe("openapi.yaml".as_ref(), &Options::new("petstore"))?;
/// for operation in &description.operations {
///     println!("{} {} {}", operation.id, operation.method, operation.path);
/// }
/// # Ok::<(), cloudrun_codegen::Diagnostics>(())
/// ```
pub fn describe(document: &Path, options: &Options) -> Result<Description, Diagnostics> {
    with_stack(|| {
        let mut diagnostics = Diagnostics::default();
        let given = Place::file(&document.to_string_lossy().into());
        config::check_alone(options, &given, &mut diagnostics);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        let (files, loaded) = load::load(document, options, &mut diagnostics);
        let described = loaded.and_then(|loaded| {
            let checked = resolve::check(loaded, &mut diagnostics)?;
            let tree = checked.tree.clone();
            let formats = Found::formats(options, &tree);
            let resolved = resolve::resolve(checked, &mut diagnostics)?;
            let described = operation::operations(&resolved, options, &mut diagnostics);
            let operations = described.iter().map(|(id, _)| id.as_str()).collect();
            let schemas = resolved.schemas().map(|(name, _)| name).collect();
            config::check_against(options, &Found { schemas, operations, formats }, &given, &mut diagnostics);
            Some((tree, described.into_iter().map(|(_, operation)| operation).collect()))
        });
        load::locate(&mut diagnostics, &files);
        match described {
            Some((document, operations)) if !diagnostics.has_errors() => {
                Ok(Description { document, operations, diagnostics })
            }
            _ => Err(diagnostics),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::describe;
    use crate::client::Layout;
    use crate::config::Options;
    use crate::generate::generate;
    use serde_json::{Value, json};

    /// The sample of the only answer of a document with these schemas.
    fn sample(schemas: Value) -> Option<Value> {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "Samples", "version": "1"},
            "paths": {"/": {"get": {"responses": {"200": {"description": "It.", "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/It"}}
            }}}}}},
            "components": {"schemas": schemas}
        });
        let folder = tempfile::tempdir().ok()?;
        let path = folder.path().join("openapi.json");
        std::fs::write(&path, document.to_string()).ok()?;
        let described = describe(&path, &Options::new("samples")).ok()?;
        described.operations.first()?.responses.first()?.contents.first()?.sample.clone()
    }

    #[test]
    fn a_parent_that_is_told_apart_by_its_children_is_one_of_them() {
        let sample = sample(json!({
            "It": {
                "type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
                "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}
            },
            "Cat": {"allOf": [
                {"$ref": "#/components/schemas/It"},
                {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}}}
            ]}
        }));
        assert_eq!(sample, Some(json!({"kind": "cat", "lives": 1})));
    }

    #[test]
    fn what_one_part_requires_has_the_type_that_another_part_declares() {
        let sample = sample(json!({"It": {"allOf": [
            {"type": "object", "properties": {"size": {"type": "integer"}}},
            {"type": "object", "required": ["size"]}
        ]}}));
        assert_eq!(sample, Some(json!({"size": 1})));
    }

    #[test]
    fn options_are_checked_as_for_a_client() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("openapi.yaml");
        let document = "openapi: 3.0.3\ninfo: { title: Shop, version: '1' }\npaths:\n  /products:\n    get:\n      \
                        responses: { '204': { description: Fine. } }\ncomponents:\n  schemas:\n    Product: { type: \
                        string, format: iban }\n";
        std::fs::write(&path, document)?;
        let mut options = Options::new("shop");
        options.pagination.insert("get products".to_owned(), crate::Pagination::Link { items: None });
        options.types.replace.insert("Product".to_owned(), "crate::Product".to_owned());
        options.types.replace_format.insert("iban".to_owned(), "crate::Iban".to_owned());
        describe(&path, &options)?;
        generate(&path, &options, Layout::Single)?;
        options.pagination.insert("get product".to_owned(), crate::Pagination::Link { items: None });
        options.types.replace.insert("Produkt".to_owned(), "crate::Product".to_owned());
        options.types.replace_format.insert("ibann".to_owned(), "crate::Iban".to_owned());
        for found in [describe(&path, &options).err(), generate(&path, &options, Layout::Single).err()] {
            let found = found.ok_or("options that name nothing are taken")?.to_string();
            assert_eq!(found.matches("did you mean `").count(), 3, "{found}");
        }
        let nobody = describe(&path, &Options::new("../shop")).err().ok_or("any name is taken")?;
        assert!(nobody.to_string().contains("no CloudRun service name"), "{nobody}");
        Ok(())
    }
}
