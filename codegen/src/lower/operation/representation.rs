//! The representations of a response: in come its media types, out go the way that its body is usually read, and those that a
//! caller asks for by name (RFC 9110, section 12). What is left out of a response that cannot be asked is said.

use super::Operations;
use crate::diagnostic::{Code, Place};
use crate::ir::{Alternative, Content, Shape, Type, Unnamed};
use crate::read::Node;
use crate::read::media::{self, Media, essence, is_acceptable, media, representation, selection};
use openapiv3::{MediaType, Response};

/// How the body of a response is read.
pub(super) struct Representations {
    pub(super) usual: Content,
    /// What is asked for where the usual one is read.
    pub(super) accept: Vec<String>,
    pub(super) others: Vec<Alternative>,
}

type Choice<'a> = (Media, &'a str, &'a MediaType);

impl<'a> Operations<'_, 'a> {
    pub(super) fn representations(
        &mut self,
        response: &'a Response,
        hint: &str,
        place: &Place,
    ) -> Representations {
        let place = place.key("content");
        let named = response.content.iter();
        let written: Vec<Choice<'a>> = named.map(|(name, content)| (media(name), &**name, content)).collect();
        for (_, name, _) in
            written.iter().filter(|(kind, name, _)| !is_acceptable(name) && *kind != Media::Json)
        {
            let message = format!("no header can carry the media type {name:?}; it is not asked for");
            self.lower.warn(Code::UnsupportedPart, &place.key(name), message);
        }
        // The most useful one, and the first of several; what is named outranks a range.
        let rank = |(kind, name, _): &Choice<'a>| (*kind, essence(name).contains('*'));
        let Some(usual) = written.iter().copied().min_by_key(rank) else {
            return Representations { usual: Content::Empty, accept: Vec::new(), others: Vec::new() };
        };
        let is_file = |(kind, ..): &Choice<'_>| matches!(kind, Media::Bytes | Media::Multipart);
        // Bytes are what every one of them is, where one is a file: a picture is no text for standing beside one.
        let is_mixed = usual.0 == Media::Text && written.iter().any(is_file);
        let (content, asked) = match is_mixed {
            true => {
                (Content::Bytes, written.iter().filter(|(kind, ..)| !kind.is_stream()).copied().collect())
            }
            false => (self.content(usual, hint, &place), vec![usual]),
        };
        let mut accept = Vec::new();
        for (kind, name, _) in asked {
            // Where anything may come, JSON is what is read.
            let json =
                (kind == Media::Json && essence(name).contains('*')).then(|| "application/json".to_owned());
            accept.extend(json.into_iter().chain(is_acceptable(name).then(|| representation(name))));
        }
        let mut others: Vec<Alternative> = Vec::new();
        for choice in written {
            let is_asked_for = is_acceptable(choice.1) && !essence(choice.1).starts_with('*');
            if !is_asked_for || (choice.1 == usual.1 && !is_mixed) {
                continue;
            }
            let Some(other) = self.other(choice, usual, hint, &place) else { continue };
            // Those that a header cannot tell apart are one.
            let same = others.iter().find(|known| known.media_type == other.media_type);
            let is_usual = !is_mixed && accept.contains(&other.media_type);
            match same.map(|known| &known.content).or(is_usual.then_some(&content)) {
                None => others.push(other),
                Some(known) if *known == other.content => {}
                Some(_) => {
                    let message =
                        format!("no header tells it apart from another answer of `{}`", other.media_type);
                    self.lower.warn(Code::UnsupportedPart, &place.key(choice.1), message);
                }
            }
        }
        Representations { usual: content, accept, others }
    }

    /// How a body of a media type is read.
    fn content(&mut self, (kind, name, content): Choice<'a>, hint: &str, place: &Place) -> Content {
        let node = content.schema.as_ref().map(Node::from);
        let is_binary = node.is_some_and(|node| self.lower.schemas.is_binary(node));
        match kind {
            Media::Json | Media::Text | Media::Form if is_binary => Content::Bytes,
            Media::Json => {
                let place = place.key(name).key("schema");
                let ty = node.map_or(Type::Any, |node| self.lower.ty(node, hint, &place));
                match essence(name).contains('*') && self.may_be_text(&ty) {
                    true => Content::JsonOrText(ty),
                    false => Content::Json(ty),
                }
            }
            Media::Text | Media::Form => Content::Text,
            _ => Content::Bytes,
        }
    }

    /// Another representation than the usual one, if it is one.
    fn other(
        &mut self,
        choice: Choice<'a>,
        usual: Choice<'a>,
        hint: &str,
        place: &Place,
    ) -> Option<Alternative> {
        let (kind, name, content) = choice;
        // The same JSON under another name is no other way to read it; another version is.
        let is_same = usual.0 == Media::Json && selection(name) == selection(usual.1);
        let is_known = |schema| schema == content.schema.as_ref();
        if kind.is_stream()
            || (kind == Media::Json
                && is_same
                && (content.schema.is_none() || is_known(usual.2.schema.as_ref())))
        {
            return None;
        }
        let word = media::word(name);
        let content = self.content(choice, &format!("{hint} {word}"), place);
        Some(Alternative { hint: word.into(), name: Unnamed, media_type: representation(name), content })
    }

    /// Whether a text can be a value of a type.
    fn may_be_text(&self, ty: &Type) -> bool {
        match ty {
            Type::Text | Type::DateTime | Type::Date | Type::Time | Type::Uuid => true,
            Type::Base64 | Type::Base64Url | Type::Any | Type::Custom(_) | Type::Numeric(_) => true,
            Type::Nullable(inner) => self.may_be_text(inner),
            Type::Named(id) | Type::Boxed(id) => match &self.lower.types[id.0].shape {
                Shape::Alias(ty) => self.may_be_text(ty),
                Shape::StringEnum(_) => true,
                Shape::Union(union) => union.variants.iter().any(|variant| variant.ty == Some(Type::Text)),
                _ => false,
            },
            _ => false,
        }
    }
}
