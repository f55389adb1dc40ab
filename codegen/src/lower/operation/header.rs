//! The documented headers of successes.

use super::Operations;
use crate::diagnostic::{Code, Place};
use crate::ir::{HeaderField, Headers, Type, Unnamed};
use crate::openapi::parked;
use crate::read::Node;
use crate::read::doc;
use openapiv3::{ParameterSchemaOrContent, Response};

impl<'a> Operations<'_, 'a> {
    /// Adds a response's headers to those that are known. Headers of two responses under one name are one.
    pub(super) fn headers(
        &mut self,
        response: &'a Response,
        hint: &str,
        place: &Place,
        known: &mut Option<Headers>,
    ) {
        for (wire, item) in &response.headers {
            let document = self.lower.document;
            let place = place.key("headers").key(wire);
            if !is_name(wire) {
                self.lower.warn(
                    Code::UnsupportedPart,
                    &place,
                    format!("{wire:?} is no header name; it is left out"),
                );
                continue;
            }
            // OpenAPI says to ignore it: media types are elsewhere.
            let is_content_type = wire.eq_ignore_ascii_case("content-type");
            let Some((component, header)) = document.header(item).filter(|_| !is_content_type) else {
                continue;
            };
            let place = document.place_or("headers", component.as_deref(), place);
            let headers = known.get_or_insert_with(|| Headers { name: Unnamed, fields: Vec::new() });
            if headers.fields.iter().any(|field| field.wire.eq_ignore_ascii_case(wire)) {
                continue;
            }
            let (ty, words) = match &header.format {
                ParameterSchemaOrContent::Schema(schema) => {
                    let node = Node::from(schema);
                    let place = place.key("schema");
                    let ty = self.lower.bare(node, &format!("{hint} {wire}"), &place);
                    self.lower.record(&place, &ty, self.lower.schemas.is_nullable(node));
                    (ty, doc::of(node).0)
                }
                ParameterSchemaOrContent::Content(_) => (Type::Text, String::new()),
            };
            let doc = header.description.clone().filter(|text| !text.trim().is_empty()).unwrap_or(words);
            headers.fields.push(HeaderField {
                wire: wire.to_ascii_lowercase().into(),
                name: Unnamed,
                doc,
                ty,
                separators: parked::separators(&header.extensions).map(str::to_owned),
            });
        }
    }
}

/// Whether a header can have a name (RFC 9110, sections 5.1 and 5.6.2).
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
