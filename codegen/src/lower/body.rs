//! Request bodies. The first media type that is supported is taken, JSON before forms before text before bytes.

use super::Lower;
use super::keywords::Node;
use super::operation::Context;
use crate::diagnostic::Code;
use crate::ir::{Body, BodyKind, Type};

/// What kind of body a media type stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Media {
    Json,
    Form,
    Text,
    Bytes,
    Multipart,
    Stream,
}

/// Sorts a media type. Parameters such as `; charset=utf-8` do not matter.
pub(super) fn media(media_type: &str) -> Media {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" | "text/json" | "*/*" | "application/*" | "json" | "" => Media::Json,
        "application/x-www-form-urlencoded" => Media::Form,
        "text/event-stream"
        | "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/json-seq"
        | "application/stream+json"
        | "application/x-json-stream" => Media::Stream,
        "application/xml" | "application/yaml" | "application/x-yaml" | "application/graphql" => Media::Text,
        other if other.ends_with("+json") || other.starts_with("application/json") => Media::Json,
        other if other.starts_with("text/") || other.ends_with("+xml") || other.ends_with("+yaml") => {
            Media::Text
        }
        other if other.starts_with("multipart/") => Media::Multipart,
        _ => Media::Bytes,
    }
}

impl<'a> Lower<'a> {
    /// The body of an operation, or why the operation cannot be called without one.
    pub(super) fn body(&mut self, context: &Context<'a>, id: &str) -> Result<Option<Body>, String> {
        let document = self.document;
        let Some(item) = &context.source.request_body else { return Ok(None) };
        let Some((component, source)) = document.request_body(item) else { return Ok(None) };
        let place = context.place.key("requestBody");
        let place = document.place_or("requestBodies", component.as_deref(), place).key("content");
        let mut choices: Vec<(Media, &'a String, &'a openapiv3::MediaType)> =
            source.content.iter().map(|(name, content)| (media(name), name, content)).collect();
        choices.sort_by_key(|(media, ..)| *media);
        let Some((kind, name, content)) = choices.first().copied() else { return Ok(None) };
        for (_, other, _) in &choices[1..] {
            let message = format!("`{id}`: the body is sent as `{name}`, not as `{other}`");
            self.warn(Code::UnsupportedPart, &place.key(other), message);
        }
        if matches!(kind, Media::Multipart | Media::Stream) {
            let reason = format!("bodies of `{name}` are not generated yet");
            if source.required {
                return Err(reason);
            }
            self.warn(
                Code::UnsupportedPart,
                &place.key(name),
                format!("`{id}` is sent without a body: {reason}"),
            );
            return Ok(None);
        }
        let ty = |this: &mut Self| match &content.schema {
            Some(schema) => {
                let node = Node::from(schema);
                this.ty(node, &format!("{id} body"), &place.key(name).key("schema"))
            }
            None => Type::Any,
        };
        let kind = match kind {
            Media::Json => BodyKind::Json(ty(self)),
            Media::Form => BodyKind::Form(ty(self)),
            Media::Text => BodyKind::Text,
            _ => BodyKind::Bytes,
        };
        let media_type = if name.contains('*') || !name.contains('/') { "application/json" } else { name };
        Ok(Some(Body {
            name: String::new(),
            required: source.required,
            doc: source.description.clone().unwrap_or_default(),
            media_type: media_type.to_owned(),
            kind,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Media, media};

    #[test]
    fn media_types_are_sorted_by_their_essence() {
        for name in ["application/json; charset=utf-8", "application/vnd.api+json", "*/*"] {
            assert_eq!(media(name), Media::Json, "{name}");
        }
        assert_eq!(media("text/csv"), Media::Text);
        assert_eq!(media("image/png"), Media::Bytes);
        assert_eq!(media("text/event-stream"), Media::Stream);
    }
}
