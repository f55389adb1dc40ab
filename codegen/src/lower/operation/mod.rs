//! Paths and methods to operations.

mod answer;
mod body;
mod error_sets;
mod header;
mod multipart;
mod parameter;
mod path;
mod security;
mod server;
mod socket;
mod stream;

use self::answer::Answers;
use self::error_sets::ErrorSets;
use crate::config::Pagination;
use crate::diagnostic::{Code, Place};
use crate::ir::{ErrorSet, Errors, Operation, Paging, Scheme, Unnamed};
use crate::lower::Lower;
use crate::resolve::PathOperation;
use openapiv3::{Operation as Source, PathItem, ReferenceOr};
use std::collections::HashSet;

/// All operations in the document's order, and the sets of errors and the security schemes that they share.
pub(crate) fn operations(lower: &mut Lower<'_>) -> (Vec<Operation>, Vec<ErrorSet>, Vec<Scheme>) {
    let mut schemes = Vec::new();
    let mut operations = Vec::new();
    let mut errors = ErrorSets::default();
    let mut ids = HashSet::new();
    let document = lower.document;
    for (path, item) in &document.api.paths.paths {
        let place = document.path_place(path);
        let ReferenceOr::Item(item) = item else {
            lower.warn(Code::UnsupportedOperation, &place, "the path item is a reference that leads nowhere");
            continue;
        };
        for PathOperation { method, operation: source, place } in document.operations(path) {
            let context = Context { path, method, item, source, place };
            if let Some(operation) = lower.operation(&context, &mut ids, &mut errors, &mut schemes) {
                operations.push(operation);
            }
        }
    }
    (operations, errors.into_sets(), schemes)
}

/// An operation with what surrounds it.
pub(crate) struct Context<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: String,
    pub(crate) item: &'a PathItem,
    pub(crate) source: &'a Source,
    pub(crate) place: Place,
}

impl<'a> Lower<'a> {
    fn operation(
        &mut self,
        context: &Context<'a>,
        ids: &mut HashSet<String>,
        errors: &mut ErrorSets,
        schemes: &mut Vec<Scheme>,
    ) -> Option<Operation> {
        let Context { source, place, method, .. } = context;
        let (label, id) = self.operation_id(context, ids);
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
        let base = self.base_path(context);
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

    /// What the user or the document says of the operation's pages.
    fn paging(&mut self, context: &Context<'_>, id: &str) -> Option<Paging> {
        let (how, place) = match self.options.pagination.get(id) {
            // The option speaks of the whole operation.
            Some(how) => (how.clone(), context.place.clone()),
            None => {
                let place = context.place.key("x-pagination");
                let extension = context.source.extensions.get("x-pagination")?;
                match serde_json::from_value(extension.clone()) {
                    Ok(how) => (how, place),
                    Err(error) => {
                        let message = format!("`{id}` has no pages: `x-pagination` cannot be read: {error}");
                        self.warn(Code::UnsupportedPart, &place, message);
                        return None;
                    }
                }
            }
        };
        let path = |text: Option<&str>| {
            text.into_iter().flat_map(|text| text.split('.')).map(str::to_owned).collect()
        };
        let items = path(how.items());
        let next = match &how {
            Pagination::Cursor { next, .. } => path(Some(next)),
            _ => Vec::new(),
        };
        Some(Paging { how, items, next, place })
    }

    /// What the operation is called in messages, and the words of its names: the document's id, or method and path.
    pub(crate) fn operation_id(
        &mut self,
        context: &Context<'_>,
        ids: &mut HashSet<String>,
    ) -> (String, String) {
        let id = context.source.operation_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        if let Some(id) = id {
            if ids.insert(id.to_owned()) {
                return (id.to_owned(), id.to_owned());
            }
            let message =
                format!("another operation has the id `{id}`; this one is named after its method and path");
            self.warn(Code::DuplicateOperation, &context.place.key("operationId"), message);
        }
        let mut words = vec![context.method.to_ascii_lowercase()];
        for segment in context.path.split('/').filter(|segment| !segment.is_empty()) {
            match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(parameter) => words.push(format!("by {parameter}")),
                None => words.push(segment.replace(['{', '}'], " ")),
            }
        }
        let made = words.join(" ");
        let mut unique = made.clone();
        let mut number = 2;
        while !ids.insert(unique.clone()) {
            unique = format!("{made} {number}");
            number += 1;
        }
        (format!("{} {}", context.method, context.path), unique)
    }
}
