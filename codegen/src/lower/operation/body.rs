//! Request bodies: each media type of a request body is a way to send it, the most useful first.

use super::Operations;
use super::parameter::query_style;
use crate::diagnostic::{Code, Place};
use crate::ir::{Body, BodyKind, Style, Type, Unnamed, Wire};
use crate::openapi::parked;
use crate::read::media::{Media, essence, is_merge_patch, is_usable, media, selection, word};
use crate::read::{Context, Node};
use openapiv3::{MediaType, QueryStyle};

impl<'a> Operations<'_, 'a> {
    /// The bodies of an operation. All of them but the first are named after their media type.
    pub(super) fn bodies(&mut self, context: &Context<'a>, id: &str) -> Vec<Body> {
        let document = self.lower.document;
        let Some(item) = &context.source.request_body else { return Vec::new() };
        let Some((component, source)) = document.request_body(item) else { return Vec::new() };
        let place = context.place.key("requestBody");
        let place = document.place_or("requestBodies", component.as_deref(), place).key("content");
        let mut choices: Vec<(&'a String, &'a MediaType)> = source.content.iter().collect();
        choices.sort_by_key(|(name, _)| (media(name), essence(name) != "application/json"));
        let mut bodies: Vec<Body> = Vec::new();
        for (name, content) in choices {
            let kind = self.body_kind(name, content, id, &place.key(name));
            // The same JSON under another name, `text/json` for example, is no other way to send it; another version is.
            let is_known = bodies.iter().any(|body| match (&body.kind, &kind) {
                (BodyKind::Json(one), BodyKind::Json(other)) => {
                    one == other
                        && selection(&body.media_type) == selection(name)
                        && body.is_merge_patch == is_merge_patch(name)
                }
                _ => body.media_type == *name,
            });
            if is_known {
                continue;
            }
            if !bodies.is_empty() && !is_usable(name) {
                let message = format!("`{id}`: no header can carry the media type {name:?}; it is left out");
                self.lower.warn(Code::UnsupportedPart, &place.key(name), message);
                continue;
            }
            let media_type = match (is_usable(name), &kind) {
                (true, _) => name.trim().to_owned(),
                (false, BodyKind::Json(_)) => "application/json".to_owned(),
                (false, BodyKind::Text) => "text/plain".to_owned(),
                (false, _) => "application/octet-stream".to_owned(),
            };
            bodies.push(Body {
                hint: word(name).into(),
                method: Unnamed,
                argument: Unnamed,
                required: source.required,
                doc: source.description.clone().unwrap_or_default(),
                media_type,
                kind,
                is_merge_patch: is_merge_patch(name),
                rules: content.schema.as_ref().map(|schema| self.rules(schema.into())).unwrap_or_default(),
                sample: self.lower.samples().and_then(|samples| samples.body(content, is_merge_patch(name))),
            });
        }
        bodies
    }

    fn body_kind(&mut self, name: &str, content: &'a MediaType, id: &str, place: &Place) -> BodyKind {
        let kind = media(name);
        let node = content.schema.as_ref().map(Node::from);
        if node.is_some_and(|node| self.lower.schemas.is_binary(node)) && kind == Media::Json {
            return BodyKind::Bytes;
        }
        let ty = |this: &mut Self| match node {
            Some(node) => this.lower.ty(node, &format!("{id} body"), &place.key("schema")),
            None => Type::Any,
        };
        match kind {
            Media::Json => BodyKind::Json(ty(self)),
            Media::Form => BodyKind::Form(ty(self), form_styles(content)),
            Media::Multipart => BodyKind::Multipart(self.multipart(name, content, id, place)),
            Media::Text => BodyKind::Text,
            Media::Bytes | Media::Events | Media::Lines | Media::Sequence => BodyKind::Bytes,
        }
    }
}

/// The properties of a form that are not encoded as usual (OpenAPI 3.0, "Encoding Object").
fn form_styles(content: &MediaType) -> Vec<(Wire, Style)> {
    let style = |(name, encoding): (&String, &openapiv3::Encoding)| {
        if let Some(separators) = parked::separators(&encoding.extensions) {
            return Some((name.into(), Style::Lists(separators.to_owned())));
        }
        let style = match (&encoding.style, encoding.explode) {
            (None, true) | (None, false) if is_json(encoding) => Style::Json,
            // `explode` alone says nothing: the parser has `false` where the document is silent.
            (None, _) => return None,
            (Some(style), explode) => {
                // With `form`, silence means exploded.
                let explode =
                    explode || (*style == QueryStyle::Form && !parked::is_joined(&encoding.extensions));
                query_style(style, explode)
            }
        };
        (style != Style::Form).then(|| (name.into(), style))
    };
    content.encoding.iter().filter_map(style).collect()
}

fn is_json(encoding: &openapiv3::Encoding) -> bool {
    encoding.content_type.as_deref().is_some_and(|name| media(name) == Media::Json)
}
