//! Responses: which are success, which are errors, and how each body is read.

use super::Operations;
use crate::diagnostic::{Code, Place};
use crate::ir::{Alternative, Answer, AnswerVariant, Content, Headers, Stream, Success, Type, Unnamed};
use crate::read::media::{self, Media, essence, is_acceptable, is_usable, media};
use crate::read::{Context, Node};
use openapiv3::Response;

pub(super) struct Answers {
    pub(super) success: Success,
    pub(super) errors: Vec<AnswerVariant>,
    /// Whether there is an answer that ends.
    pub(super) sends: bool,
    pub(super) stream: Option<Stream>,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) headers: Option<Headers>,
    /// The media types of all responses, for the `Accept` header.
    pub(super) accept: Vec<String>,
}

impl<'a> Operations<'_, 'a> {
    pub(super) fn answers(&mut self, context: &Context<'a>, id: &str) -> Answers {
        let document = self.lower.document;
        let responses = &context.source.responses;
        let place = context.place.key("responses");
        let mut sources: Vec<(String, Option<String>, &'a Response)> = Vec::new();
        for (status, item) in &responses.responses {
            if let Some((component, response)) = document.response(item) {
                sources.push((status.to_string(), component, response));
            }
        }
        if let Some((component, response)) =
            responses.default.as_ref().and_then(|item| document.response(item))
        {
            sources.push(("default".to_owned(), component, response));
        }
        // The answer that opens a WebSocket is not waited for as others are.
        let opens_socket = sources.iter().any(|(pattern, ..)| pattern == "101");
        sources.retain(|(pattern, ..)| pattern != "101");
        // Without a documented 2xx, a redirect is what the operation is for; without that, the default is.
        let of = |class: char| sources.iter().any(|(pattern, ..)| pattern.starts_with(class));
        let class = ['2', '3'].into_iter().find(|class| of(*class)).unwrap_or('d');
        let mut success = Vec::new();
        let mut errors = Vec::new();
        let mut accept: Vec<String> = Vec::new();
        let (mut stream, mut headers) = (None, None);
        let mut alternatives: Vec<Alternative> = Vec::new();
        let mut sends = false;
        for (pattern, component, response) in sources {
            let is_success = pattern.starts_with(class);
            let hint = match (&component, is_success) {
                (Some(component), _) => format!("{component} response"),
                (None, true) => format!("{id} response"),
                (None, false) => format!("{id} error {pattern}"),
            };
            let place = document.place_or("responses", component.as_deref(), place.key(&pattern));
            let bodiless = context.method == "HEAD" || matches!(pattern.as_str(), "204" | "205" | "304");
            let content = if bodiless {
                // RFC 9110, sections 9.3.2, 15.3.5, 15.3.6 and 15.4.5: there is no body, whatever is documented.
                Content::Empty
            } else {
                self.content(response, &hint, &place, &mut accept)
            };
            if is_success {
                self.headers(response, id, &place, &mut headers);
                if stream.is_none() && !bodiless {
                    stream = self.stream(response, &format!("{id} event"), &place);
                }
                sends |= bodiless
                    || response.content.is_empty()
                    || response.content.keys().any(|name| !media(name).is_stream());
                self.alternatives(response, &content, &mut alternatives);
            }
            let answer = Answer { pattern, content, doc: response.description.clone() };
            if is_success { success.push(answer) } else { errors.push(answer) }
        }
        if success.is_empty() {
            success.push(Answer { pattern: "2XX".to_owned(), content: Content::Empty, doc: String::new() });
            sends = !opens_socket;
        }
        if stream.is_none() && success.iter().any(|answer| answer.content == Content::Bytes) {
            let media_type = "application/octet-stream".to_owned();
            stream = Some(Stream { media_type, kind: crate::ir::StreamKind::Bytes });
        }
        if success.len() > 1 {
            // Which of them an answer of another media type would be cannot be said.
            alternatives.clear();
        }
        let variants = |answers: Vec<Answer>| answers.into_iter().map(variant).collect::<Vec<_>>();
        let alike = success.iter().all(|answer| answer.content == success[0].content);
        let success = if alike {
            let patterns = success.iter().map(|answer| answer.pattern.clone()).collect();
            Success::One { patterns, content: success.swap_remove(0).content }
        } else {
            Success::Many { name: Unnamed, variants: variants(success) }
        };
        Answers { success, errors: variants(errors), sends, stream, alternatives, headers, accept }
    }

    /// How a response's body is read: JSON if it may be JSON, else what its first media type is.
    fn content(
        &mut self,
        response: &'a Response,
        hint: &str,
        place: &Place,
        accept: &mut Vec<String>,
    ) -> Content {
        let mut choices: Vec<_> =
            response.content.iter().map(|(name, content)| (media(name), name, content)).collect();
        choices.sort_by_key(|(media, ..)| *media);
        for (_, name, _) in
            choices.iter().filter(|(_, name, _)| !is_acceptable(name) && media(name) != Media::Json)
        {
            let message = format!("no header can carry the media type {name:?}; it is not asked for");
            self.lower.warn(Code::UnsupportedPart, &place.key("content").key(name), message);
        }
        let Some((kind, name, content)) = choices.first().copied() else { return Content::Empty };
        let essence = essence(name);
        // Where anything may come, JSON is what is read.
        if kind == Media::Json
            && essence.contains('*')
            && !accept.iter().any(|known| known == "application/json")
        {
            accept.push("application/json".to_owned());
        }
        if is_acceptable(name) && !accept.contains(&essence) {
            accept.push(essence);
        }
        match kind {
            Media::Json => match &content.schema {
                Some(schema) => {
                    let node = Node::from(schema);
                    if self.lower.schemas.is_binary(node) {
                        return Content::Bytes;
                    }
                    Content::Json(self.lower.ty(node, hint, &place.key("content").key(name).key("schema")))
                }
                None => Content::Json(Type::Any),
            },
            Media::Text | Media::Form => {
                let binary =
                    content.schema.as_ref().is_some_and(|schema| self.lower.schemas.is_binary(schema.into()));
                if binary { Content::Bytes } else { Content::Text }
            }
            _ => Content::Bytes,
        }
    }

    /// The media types of a success beside the one that is usually asked for.
    fn alternatives(&mut self, response: &'a Response, usual: &Content, found: &mut Vec<Alternative>) {
        for (name, _) in &response.content {
            let content = match media(name) {
                Media::Text | Media::Form => Content::Text,
                Media::Bytes | Media::Multipart => Content::Bytes,
                _ => continue,
            };
            let is_usual = content == *usual && response.content.len() == 1;
            if is_usable(name) && !is_usual && !matches!(usual, Content::Empty) {
                let name = name.clone();
                found.push(Alternative {
                    hint: media::word(&name).into(),
                    name: Unnamed,
                    media_type: essence(&name),
                    content,
                });
            }
        }
        // The first of several texts, or of several files, is the usual one already.
        if let Some(at) = found.iter().position(|other| other.content == *usual) {
            found.remove(at);
        }
    }
}

fn variant(answer: Answer) -> AnswerVariant {
    AnswerVariant { name: Unnamed, answer }
}
