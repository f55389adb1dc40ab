//! Paths and methods to operations.

mod answer;
mod body;
mod error_sets;
mod header;
mod multipart;
mod paging;
mod parameter;
mod representation;
mod security;
mod socket;
mod stream;

use self::answer::Answers;
use self::error_sets::ErrorSets;
use crate::diagnostic::Code;
use crate::ir::{ErrorSet, Errors, Operation, Rule, Scheme, Unnamed};
use crate::lower::lowering::Lower;
use crate::lower::schema;
use crate::read::{Context, Node, OperationId, OperationIds, base_path};
use openapiv3::ReferenceOr;

/// All operations in the document's order, and the sets of errors and the security schemes that they share.
pub(super) fn operations(lower: &mut Lower<'_>) -> (Vec<Operation>, Vec<ErrorSet>, Vec<Scheme>) {
    let document = lower.document;
    let mut found = Vec::new();
    let mut operations =
        Operations { lower, ids: OperationIds::default(), errors: ErrorSets::default(), schemes: Vec::new() };
    for (path, item) in &document.api.paths.paths {
        let ReferenceOr::Item(item) = item else {
            let message = "the path item is a reference that leads nowhere";
            operations.lower.warn(Code::UnsupportedOperation, &document.path_place(path), message);
            continue;
        };
        for context in Context::of_path(document, path, item) {
            found.extend(operations.operation(&context));
        }
    }
    (found, operations.errors.into_sets(), operations.schemes)
}

/// The lowering of operations: what they share so far. Their schemas are lowered as all others.
struct Operations<'l, 'a> {
    lower: &'l mut Lower<'a>,
    ids: OperationIds,
    errors: ErrorSets,
    schemes: Vec<Scheme>,
}

impl<'a> Operations<'_, 'a> {
    fn operation(&mut self, context: &Context<'a>) -> Option<Operation> {
        let Context { source, place, method, .. } = context;
        let OperationId { label, words: id } = self.ids.next(context, self.lower.diagnostics);
        let is_token = method.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if method.is_empty() || !is_token {
            self.lower.warn(Code::UnsupportedOperation, place, format!("{method:?} is no HTTP method"));
            return None;
        }
        let (path, query, parameters) = self.parameters(context, &id);
        let bodies = self.bodies(context, &id);
        let answers = self.answers(context, &id);
        let Answers { success, errors: own, sends, stream, alternatives, headers, accept } = answers;
        let security = self.security(context);
        let socket = self.socket(context);
        let paging = self.paging(context, &id);
        let set = self.errors.share(own);
        let configured = self.lower.options.base_path.as_deref();
        let base = base_path(self.lower.document, context, configured, self.lower.diagnostics);
        Some(Operation {
            id: label,
            hint: id.into(),
            method_name: Unnamed,
            type_name: Unnamed,
            sample_name: Unnamed,
            tag: source.tags.first().filter(|tag| !tag.trim().is_empty()).cloned(),
            module: Unnamed,
            http_method: method.clone(),
            path: format!("{base}{path}"),
            query,
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

    /// What a value is checked for before it is sent, if the user wants that.
    fn rules(&self, node: Node<'a>) -> Vec<Rule> {
        if self.lower.options.types.check_constraints { schema::rules(node) } else { Vec::new() }
    }
}
