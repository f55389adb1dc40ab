//! Operations as they are described to whoever answers them.

use super::description::{MediaDescription, OperationDescription, ResponseDescription};
use crate::config::Options;
use crate::diagnostic::Diagnostics;
use crate::openapi::pointer;
use crate::read::{Context, OperationIds, Schemas, base_path};
use crate::resolve::Document;
use crate::sample::Samples;
use openapiv3::Content;

/// All operations in the document's order, each with the words that options know it by.
pub(super) fn operations(
    document: &Document,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, OperationDescription)> {
    let mut ids = OperationIds::default();
    let mut found = Vec::new();
    let schemas = Schemas::of(document);
    let samples = Samples::of(&schemas);
    for (path, item) in &document.api.paths.paths {
        let Some(item) = item.as_item() else { continue };
        for context in Context::of_path(document, path, item) {
            let id = ids.next(&context, diagnostics);
            let base = base_path(document, &context, options.base_path.as_deref(), diagnostics);
            found.push((id.words, operation(document, &context, id.label, &base, samples)));
        }
    }
    found
}

fn operation<'a>(
    document: &'a Document,
    context: &Context<'a>,
    id: String,
    base: &str,
    samples: Samples<'_, 'a>,
) -> OperationDescription {
    let (source, own) = (context.source, &context.place.pointer);
    let body = source.request_body.as_ref().and_then(|item| document.request_body(item));
    let request = body.as_ref().map(|(component, body)| {
        let place = match component {
            Some(name) => pointer::join(&["components", "requestBodies", name]),
            None => format!("{own}/requestBody"),
        };
        contents(&body.content, &place, samples)
    });
    let template = context.template(document);
    let responses = &source.responses;
    let named = responses.responses.iter().map(|(status, item)| (status.to_string(), item));
    let default = responses.default.iter().map(|item| ("default".to_owned(), item));
    let responses = named.chain(default).filter_map(|(status, item)| {
        let (component, response) = document.response(item)?;
        let place = match component {
            Some(name) => pointer::join(&["components", "responses", &name]),
            None => format!("{own}/responses/{status}"),
        };
        Some(ResponseDescription { contents: contents(&response.content, &place, samples), status })
    });
    OperationDescription {
        responses: responses.collect(),
        needs_body: body.is_some_and(|(_, body)| body.required),
        request: request.unwrap_or_default(),
        method: context.method.clone(),
        path: format!("{base}{}", template.text),
        query: template.literal_query(),
        id,
    }
}

fn contents<'a>(contents: &'a Content, place: &str, samples: Samples<'_, 'a>) -> Vec<MediaDescription> {
    let describe = |(media_type, content): (&'a String, &'a openapiv3::MediaType)| MediaDescription {
        media_type: media_type.clone(),
        schema: content
            .schema
            .as_ref()
            .map(|_| format!("{place}{}", pointer::join(&["content", media_type, "schema"]))),
        sample: samples.answer(content),
    };
    contents.iter().map(describe).collect()
}
