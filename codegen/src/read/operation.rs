//! Operations where they stand, and what each is called before it has a name.

use super::path::Template;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::resolve::{Document, PathOperation};
use openapiv3::{Operation, Parameter, PathItem};
use std::collections::HashSet;

/// An operation with what surrounds it.
pub(crate) struct Context<'a> {
    pub(crate) path: &'a str,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) item: &'a PathItem,
    pub(crate) source: &'a Operation,
    pub(crate) place: Place,
}

impl<'a> Context<'a> {
    /// The operations of a path.
    pub(crate) fn of_path(
        document: &'a Document,
        path: &'a str,
        item: &'a PathItem,
    ) -> impl Iterator<Item = Self> {
        let found = document.operations(path).into_iter();
        found.map(move |PathOperation { method, operation: source, place }| Self {
            path,
            method,
            item,
            source,
            place,
        })
    }

    /// The path as it can be filled, by the parameters that the operation declares in it.
    pub(crate) fn template(&self, document: &'a Document) -> Template {
        let items = self.item.parameters.iter().chain(&self.source.parameters);
        let declared =
            items.filter_map(|item| document.parameter(item)).filter_map(|(_, source)| match source {
                Parameter::Path { parameter_data, .. } => Some(parameter_data.name.as_str()),
                _ => None,
            });
        Template::read(self.path, &declared.collect::<Vec<_>>())
    }
}

/// What an operation is called.
pub(crate) struct OperationId {
    /// In messages: the document's id, or method and path.
    pub(crate) label: String,
    /// The words that its names are made of, and that options know it by: the document's id, or words of method and path.
    /// No two operations have the same.
    pub(crate) words: String,
}

/// The words that are taken.
#[derive(Default)]
pub(crate) struct OperationIds(HashSet<String>);

impl OperationIds {
    /// The id of the next operation.
    pub(crate) fn next(&mut self, context: &Context<'_>, diagnostics: &mut Diagnostics) -> OperationId {
        let id = context.source.operation_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        if let Some(id) = id {
            if self.0.insert(id.to_owned()) {
                return OperationId { label: id.to_owned(), words: id.to_owned() };
            }
            let message =
                format!("another operation has the id `{id}`; this one is named after its method and path");
            let place = context.place.key("operationId");
            diagnostics.push(Diagnostic::warning(Code::DuplicateOperation, place, message));
        }
        let made = words(context);
        let mut unique = made.clone();
        let mut number = 2;
        while !self.0.insert(unique.clone()) {
            unique = format!("{made} {number}");
            number += 1;
        }
        OperationId { label: format!("{} {}", context.method, context.path), words: unique }
    }
}

/// `get pets by petId` for `GET /pets/{petId}`.
fn words(context: &Context<'_>) -> String {
    let mut words = vec![context.method.to_ascii_lowercase()];
    for segment in context.path.split('/').filter(|segment| !segment.is_empty()) {
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(parameter) => words.push(format!("by {parameter}")),
            None => words.push(segment.replace(['{', '}'], " ")),
        }
    }
    words.join(" ")
}
