//! What was parked for the typed model: schemas and operations in places that 3.0 does not have. In comes the tree, out go
//! the typed things, and slots in their place.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::openapi::grammar::Kind;
use crate::openapi::parked::{Slot, Unread, unread};
use crate::openapi::{Visitor, walk};
use openapiv3::{Operation, ReferenceOr, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The parked things, by their slots.
#[derive(Default)]
pub(super) struct Parked {
    pub(super) schemas: Vec<ReferenceOr<Schema>>,
    /// Operations with their methods, by path item.
    pub(super) operations: Vec<Vec<(String, Operation)>>,
}

pub(super) fn read(tree: &mut Value, root: &Place, diagnostics: &mut Diagnostics) -> Parked {
    let mut reader = Reader { parked: Parked::default(), diagnostics };
    walk(tree, Kind::Document, root, &mut reader);
    reader.parked
}

struct Reader<'a> {
    parked: Parked,
    diagnostics: &'a mut Diagnostics,
}

impl Visitor for Reader<'_> {
    /// Children come first, so that what is parked inside of something parked is read.
    fn leave(&mut self, value: &mut Value, _: Kind, place: &Place) {
        let Some(object) = value.as_object_mut() else { return };
        for (what, value) in unread(object) {
            let slot = match what {
                Unread::Schema => {
                    self.parse(value.take(), place).map(|schema| Slot::fill(&mut self.parked.schemas, schema))
                }
                Unread::Operations => {
                    let operations = self.operations(value.take(), place);
                    Some(Slot::fill(&mut self.parked.operations, operations))
                }
            };
            *value = slot.unwrap_or_default();
        }
    }
}

impl Reader<'_> {
    fn operations(&mut self, value: Value, place: &Place) -> Vec<(String, Operation)> {
        let Value::Object(members) = value else { return Vec::new() };
        let parse = |(method, operation): (String, Value)| Some((method, self.parse(operation, place)?));
        Map::into_iter(members).filter_map(parse).collect()
    }

    fn parse<T: DeserializeOwned>(&mut self, value: Value, place: &Place) -> Option<T> {
        match serde_json::from_value(value) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let message = format!("this cannot be read as OpenAPI: {error}");
                self.diagnostics.push(Diagnostic::error(Code::NotOpenApi, place.clone(), message));
                None
            }
        }
    }
}
