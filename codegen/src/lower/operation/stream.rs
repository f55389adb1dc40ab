//! Answers that are read while they arrive: which kind of stream a media type is, and what its pieces are.

use super::Operations;
use crate::diagnostic::{Code, Place};
use crate::ir::{Stream, StreamKind, Type};
use crate::openapi::parked;
use crate::read::media::{Media, media, representation};
use crate::read::{Keywords, Kind, Node};
use openapiv3::{MediaType, Response};

impl<'a> Operations<'_, 'a> {
    /// The stream that a response documents, if it does.
    pub(super) fn stream(&mut self, response: &'a Response, hint: &str, place: &Place) -> Option<Stream> {
        let (name, content) = response.content.iter().find(|(name, _)| media(name).is_stream())?;
        let place = place.key("content").key(name);
        let kind = match media(name) {
            Media::Events => self.event_data(content, hint, &place),
            Media::Lines => StreamKind::Lines(self.item(content, hint, &place)),
            Media::Sequence => StreamKind::Sequence(self.item(content, hint, &place)),
            _ => return None,
        };
        Some(Stream { media_type: representation(name), kind })
    }

    /// Says of streams that nobody reads them piece by piece: all but the one that is read.
    pub(super) fn unread_streams(&mut self, response: &'a Response, read: Option<&str>, place: &Place) {
        let streams = response.content.keys().filter(|name| media(name).is_stream());
        for name in streams.filter(|name| read != Some(representation(name).as_str())) {
            let why = read.map_or_else(
                || "an error is read at once".to_owned(),
                |read| format!("`{read}` is the stream that is read"),
            );
            let message = format!("an answer of `{name}` is not read as a stream: {why}");
            self.lower.warn(Code::UnsupportedPart, &place.key("content").key(name), message);
        }
    }

    /// The schema of a piece: 3.2's `itemSchema`, the items of a list, or the schema itself, which most documents
    /// mean that way.
    fn item_node(&self, content: &'a MediaType, place: &Place) -> Option<(Node<'a>, Place)> {
        let document = self.lower.document;
        if let Some(item) = parked::item_schema(&content.extensions).and_then(|slot| document.parked(slot)) {
            return Some((item.into(), place.key(parked::item_schema_key())));
        }
        let place = place.key("schema");
        let node = Node::from(content.schema.as_ref()?);
        match self.lower.schemas.schema(node).map(Keywords::of) {
            Some(Keywords { kind: Some(Kind::Array), items: Some(items), .. }) => {
                Some((items, place.key("items")))
            }
            _ => Some((node, place)),
        }
    }

    /// The type of a piece.
    fn item(&mut self, content: &'a MediaType, hint: &str, place: &Place) -> Type {
        match self.item_node(content, place).filter(|_| !self.is_whole_text(content)) {
            Some((node, place)) => self.lower.ty(node, hint, &place),
            None => Type::Any,
        }
    }

    /// Whether a schema says of the whole answer that it is a text, and so nothing of its pieces: that of any string, where
    /// pieces are JSON.
    fn is_whole_text(&self, content: &'a MediaType) -> bool {
        let schema = content.schema.as_ref().and_then(|schema| self.lower.schemas.schema(schema.into()));
        parked::item_schema(&content.extensions).is_none()
            && schema
                .map(Keywords::of)
                .is_some_and(|keywords| keywords.kind == Some(Kind::String) && keywords.values.is_empty())
    }

    /// What an event carries. An item schema of 3.2 speaks of the whole event; its `data` is what counts.
    fn event_data(&mut self, content: &'a MediaType, hint: &str, place: &Place) -> StreamKind {
        let Some((node, place)) = self.item_node(content, place) else { return StreamKind::TextEvents };
        let Some(keywords) = self.lower.schemas.schema(node).map(Keywords::of) else {
            return StreamKind::Events(self.lower.ty(node, hint, &place));
        };
        let is_whole_event = parked::item_schema(&content.extensions).is_some();
        let data =
            keywords.properties.and_then(|properties| properties.get("data")).filter(|_| is_whole_event);
        if let Some(data) = data {
            let node = Node::from(data);
            let slot = match node {
                Node::Schema(schema) => parked::content_schema(&schema.schema_data.extensions),
                Node::Reference(_) => None,
            };
            let place = place.key("properties").key("data");
            let inner = slot.and_then(|slot| self.lower.document.parked(slot));
            let hint = format!("{hint} data");
            return match (inner, self.is_text(node)) {
                (Some(inner), _) => StreamKind::Events(self.lower.ty(
                    inner.into(),
                    &hint,
                    &place.key(parked::content_schema_key()),
                )),
                (None, true) => StreamKind::TextEvents,
                (None, false) => StreamKind::Events(self.lower.ty(node, &hint, &place)),
            };
        }
        match self.is_text(node) {
            true => StreamKind::TextEvents,
            false => StreamKind::Events(self.lower.ty(node, hint, &place)),
        }
    }

    /// Whether a schema is of strings, or says nothing.
    fn is_text(&self, node: Node<'a>) -> bool {
        match node {
            Node::Schema(schema) => {
                let keywords = Keywords::of(schema);
                keywords.kind == Some(Kind::String) || !keywords.has_shape()
            }
            Node::Reference(_) => false,
        }
    }
}
