//! The documented headers of successes.

use super::Lower;
use super::doc;
use super::keywords::Node;
use super::parameter::is_token;
use crate::diagnostic::Place;
use crate::ir::{HeaderField, Headers, Type, Unnamed};
use openapiv3::{ParameterSchemaOrContent, ReferenceOr, Response};

impl<'a> Lower<'a> {
    /// Adds a response's headers to those that are known. Headers of two responses under one name are one.
    pub(super) fn headers(
        &mut self,
        response: &'a Response,
        hint: &str,
        place: &Place,
        known: &mut Option<Headers>,
    ) {
        for (wire, item) in &response.headers {
            let document = self.document;
            let header = match item {
                ReferenceOr::Item(header) => Some(header),
                ReferenceOr::Reference { .. } => document.header(item),
            };
            let Some(header) =
                header.filter(|_| is_token(wire) && !wire.eq_ignore_ascii_case("content-type"))
            else {
                continue;
            };
            let headers = known.get_or_insert_with(|| Headers { name: Unnamed, fields: Vec::new() });
            if headers.fields.iter().any(|field| field.wire.eq_ignore_ascii_case(wire)) {
                continue;
            }
            let (ty, words) = match &header.format {
                ParameterSchemaOrContent::Schema(schema) => {
                    let node = Node::from(schema);
                    let place = place.key("headers").key(wire).key("schema");
                    (self.bare(node, &format!("{hint} {wire}"), &place), doc::of(node).0)
                }
                ParameterSchemaOrContent::Content(_) => (Type::Text, String::new()),
            };
            let doc = header.description.clone().filter(|text| !text.trim().is_empty()).unwrap_or(words);
            headers.fields.push(HeaderField {
                wire: wire.to_ascii_lowercase().into(),
                name: Unnamed,
                doc,
                ty,
            });
        }
    }
}
