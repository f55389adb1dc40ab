//! Paths and methods to operations.

mod answer;
mod body;
mod error_sets;
mod header;
mod multipart;
mod paging;
mod parameter;
mod path;
mod security;
mod socket;
mod stream;

use self::answer::Answers;
use self::error_sets::ErrorSets;
use crate::diagnostic::Code;
use crate::ir::{ErrorSet, Errors, Operation, Scheme, Unnamed};
use crate::lower::lowering::Lower;
use crate::read::{Context, OperationId, OperationIds, base_path};
use openapiv3::ReferenceOr;

/// All operations in the document's order, and the sets of errors and the security schemes that they share.
pub(super) fn operations(lower: &mut Lower<'_>) -> (Vec<Operation>, Vec<ErrorSet>, Vec<Scheme>) {
    let mut schemes = Vec::new();
    let mut operations = Vec::new();
    let mut errors = ErrorSets::default();
    let mut ids = OperationIds::default();
    let document = lower.document;
    for (path, item) in &document.api.paths.paths {
        let place = document.path_place(path);
        let ReferenceOr::Item(item) = item else {
            lower.warn(Code::UnsupportedOperation, &place, "the path item is a reference that leads nowhere");
            continue;
        };
        for context in Context::all(document, path, item) {
            if let Some(operation) = lower.operation(&context, &mut ids, &mut errors, &mut schemes) {
                operations.push(operation);
            }
        }
    }
    (operations, errors.into_sets(), schemes)
}

impl<'a> Lower<'a> {
    fn operation(
        &mut self,
        context: &Context<'a>,
        ids: &mut OperationIds,
        errors: &mut ErrorSets,
        schemes: &mut Vec<Scheme>,
    ) -> Option<Operation> {
        let Context { source, place, method, .. } = context;
        let OperationId { label, words: id } = ids.next(context, self.diagnostics);
        let is_token = method.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if method.is_empty() || !is_token {
            self.warn(Code::UnsupportedOperation, place, format!("{method:?} is no HTTP method"));
            return None;
        }
        let (template, parameters) = self.parameters(context, &id);
        let bodies = self.bodies(context, &id);
        let answers = self.answers(context, &id);
        let Answers { success, errors: own, sends, stream, alternatives, headers, accept } = answers;
        let security = self.security(context, schemes);
        let socket = self.socket(context);
        let paging = self.paging(context, &id);
        let set = errors.share(own);
        let configured = self.options.base_path.as_deref();
        let base = base_path(self.document, context, configured, self.diagnostics);
        Some(Operation {
            id: label,
            hint: id.into(),
            method_name: Unnamed,
            type_name: Unnamed,
            sample_name: Unnamed,
            tag: source.tags.first().filter(|tag| !tag.trim().is_empty()).cloned(),
            module: Unnamed,
            http_method: method.clone(),
            path: format!("{base}{template}"),
            summary: source.summary.clone().unwrap_or_default(),
            description: source.description.clone().unwrap_or_default(),
            deprecated: source.deprecated,
            parameters,
            bodies,
            success,
            sends,
            stream,
            socket,
            paging,
            alternatives,
            headers,
            security,
            errors: set.map(|set| Errors { set, name: Unnamed }),
            accept,
        })
    }
}
