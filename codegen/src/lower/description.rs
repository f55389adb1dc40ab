//! Operations as they are described to whoever answers them.

use super::Lower;
use super::operation::Context;
use crate::description::{MediaDescription, OperationDescription, ResponseDescription};
use crate::openapi::pointer;
use crate::read::Node;
use crate::resolve::PathOperation;
use openapiv3::{Content, MediaType, ReferenceOr};
use std::collections::HashSet;

impl<'a> Lower<'a> {
    pub(super) fn descriptions(&mut self) -> Vec<(String, OperationDescription)> {
        let mut ids = HashSet::new();
        let mut found = Vec::new();
        let document = self.document;
        for (path, item) in &document.api.paths.paths {
            let ReferenceOr::Item(item) = item else { continue };
            for PathOperation { method, operation: source, place } in document.operations(path) {
                let context = Context { path, method, item, source, place };
                found.push(self.description(&context, &mut ids));
            }
        }
        found
    }

    fn description(
        &mut self,
        context: &Context<'a>,
        ids: &mut HashSet<String>,
    ) -> (String, OperationDescription) {
        let (document, source) = (self.document, context.source);
        let (id, hint) = self.operation_id(context, ids);
        let base = self.base_path(context);
        let own = &context.place.pointer;
        let body = source.request_body.as_ref().and_then(|item| document.request_body(item));
        let request = body.as_ref().map(|(component, body)| {
            let place = match component {
                Some(name) => pointer::join(&["components", "requestBodies", name]),
                None => format!("{own}/requestBody"),
            };
            self.contents(&body.content, &place)
        });
        let responses = &source.responses;
        let named = responses.responses.iter().map(|(status, item)| (status.to_string(), item));
        let default = responses.default.iter().map(|item| ("default".to_owned(), item));
        let responses = named.chain(default).filter_map(|(status, item)| {
            let (component, response) = document.response(item)?;
            let place = match component {
                Some(name) => pointer::join(&["components", "responses", &name]),
                None => format!("{own}/responses/{status}"),
            };
            Some(ResponseDescription { contents: self.contents(&response.content, &place), status })
        });
        let description = OperationDescription {
            responses: responses.collect(),
            needs_body: body.is_some_and(|(_, body)| body.required),
            request: request.unwrap_or_default(),
            method: context.method.clone(),
            path: format!("{base}{}", context.path),
            id,
        };
        (hint, description)
    }

    fn contents(&self, contents: &'a Content, place: &str) -> Vec<MediaDescription> {
        let describe = |(media_type, content): (&String, &'a MediaType)| MediaDescription {
            media_type: media_type.clone(),
            schema: content
                .schema
                .as_ref()
                .map(|_| format!("{place}{}", pointer::join(&["content", media_type, "schema"]))),
            sample: self.answer_sample(content),
        };
        contents.iter().map(describe).collect()
    }

    fn answer_sample(&self, content: &'a MediaType) -> Option<serde_json::Value> {
        let examples = self.examples(content.example.as_ref(), content.examples.values());
        match &content.schema {
            Some(schema) => self.full_sample(examples, Node::from(schema)),
            None => examples.into_iter().next().cloned(),
        }
    }
}
