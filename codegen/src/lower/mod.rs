//! The typed document to the IR. In comes a document with checked references, out goes plain data with hints for
//! names. Never mints an identifier, never reads a file; what it cannot say becomes a coded warning.
//!
//! Inside, `operation` imports from `schema`, both from `lowering`, that from `same`, and all from `set`, never the other way.
//!
//! May import from `openapi`, `diagnostic`, `config`, `resolve`, `ir`, `read`, `sample`.

#[cfg(test)]
mod growth;
mod lowering;
mod operation;
mod same;
mod schema;
mod set;

use self::lowering::Lower;
use crate::config::Options;
use crate::diagnostic::Diagnostics;
use crate::ir::Api;
use crate::resolve::Document;
use indexmap::IndexMap;

/// Lowers a document. Errors go to `diagnostics`.
pub(crate) fn lower(document: &Document, options: &Options, diagnostics: &mut Diagnostics) -> Api {
    let mut lower = Lower::new(document, options, diagnostics);
    lower.all_components();
    let (mut operations, errors, schemes) = operation::operations(&mut lower);
    lower.keep_overlaps();
    let rules = if options.types.check_constraints { schema::named_rules(document) } else { IndexMap::new() };
    let known = rules.keys().cloned().collect();
    for operation in &mut operations {
        let bodies = operation.bodies.iter_mut().map(|body| &mut body.rules);
        for own in operation.parameters.iter_mut().map(|parameter| &mut parameter.rules).chain(bodies) {
            *own = schema::kept(std::mem::take(own), &known);
        }
    }
    let info = &document.api.info;
    Api {
        title: info.title.clone(),
        description: info.description.clone().unwrap_or_default(),
        version: info.version.clone(),
        chosen: options.types.clone(),
        types: lower.types,
        operations,
        errors,
        schemes,
        rules,
        schema_types: lower.schema_types,
    }
}
