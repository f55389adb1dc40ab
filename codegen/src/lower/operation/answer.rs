//! Responses: which are success, which are errors, and how each body is read.

use super::Operations;
use crate::diagnostic::{Code, Place};
use crate::ir::{Alternative, Answer, AnswerVariant, Content, Headers, Stream, Success, Unnamed};
use crate::read::Context;
use crate::read::media::media;
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
                let found = self.representations(response, &hint, &place);
                let more = found.accept.into_iter().filter(|name| !accept.contains(name));
                accept.extend(more.collect::<Vec<_>>());
                if is_success {
                    alternatives.extend(found.others);
                } else {
                    // An error's other texts are read as answers that the document does not list.
                    let is_typed = |other: &Alternative| matches!(other.content, Content::Json(_));
                    self.unread(found.others.into_iter().filter(is_typed), &place);
                    self.unread_streams(response, None, &place);
                }
                found.usual
            };
            if is_success {
                self.headers(response, id, &place, &mut headers);
                if stream.is_none() && !bodiless {
                    stream = self.stream(response, &format!("{id} event"), &place);
                }
                let read = stream.as_ref().map(|stream| stream.media_type.as_str());
                self.unread_streams(response, read.filter(|_| !bodiless), &place);
                sends |= bodiless
                    || response.content.is_empty()
                    || response.content.keys().any(|name| !media(name).is_stream());
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
        let variants = |answers: Vec<Answer>| answers.into_iter().map(variant).collect::<Vec<_>>();
        let alike = success.iter().all(|answer| answer.content == success[0].content);
        if !alike {
            // Which of them an answer of another media type would be cannot be said.
            self.unread(std::mem::take(&mut alternatives), &place);
        }
        let success = if alike {
            let patterns = success.iter().map(|answer| answer.pattern.clone()).collect();
            Success::One { patterns, content: success.swap_remove(0).content }
        } else {
            Success::Many { name: Unnamed, variants: variants(success) }
        };
        Answers { success, errors: variants(errors), sends, stream, alternatives, headers, accept }
    }

    /// Says of representations that there is no way to read them.
    fn unread(&mut self, others: impl IntoIterator<Item = Alternative>, place: &Place) {
        for other in others {
            let message =
                format!("an answer of `{}` is not asked for; another one is read", other.media_type);
            self.lower.warn(Code::UnsupportedPart, place, message);
        }
    }
}

fn variant(answer: Answer) -> AnswerVariant {
    AnswerVariant { name: Unnamed, answer }
}
