//! Schemas that are the same though they stand in the tree more than once: what a reference into another place of the
//! document names was moved into the components, and stands where it was written too; and an `allOf` may be written out
//! at each operation that it is needed at.

use crate::diagnostic::{Diagnostics, Place};
use crate::read::{Node, Placed};
use crate::resolve::Document;
use openapiv3::{Schema, SchemaKind};
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Same {
    /// Components by where they were written, if that is not among the components.
    moved: HashMap<Place, String>,
    /// The address of the first of several equal compositions, by its text.
    compositions: HashMap<String, usize>,
}

impl Same {
    pub(super) fn of(document: &Document, diagnostics: &Diagnostics) -> Self {
        let mut same = Self::default();
        for (name, _) in document.schemas() {
            let place = document.place("schemas", name);
            let written = diagnostics.written(place.clone());
            if written != place {
                same.moved.insert(written, name.to_owned());
            }
        }
        same
    }

    /// The component that an inline schema became, which stands there as well.
    pub(super) fn component(
        &self,
        part: &Placed<'_>,
        document: &Document,
        diagnostics: &Diagnostics,
    ) -> Option<&str> {
        let Node::Schema(schema) = part.node else { return None };
        if self.moved.is_empty() {
            return None;
        }
        let name = self.moved.get(&diagnostics.written(part.place.clone()))?;
        // Several schemas may be made of what is written in one place.
        let is_same = matches!(Node::from(document.schema(name)?), Node::Schema(known) if known == schema);
        is_same.then_some(name)
    }

    /// The address of a schema, or of the first one that says the same, if it puts others together.
    pub(super) fn address(&mut self, schema: &Schema) -> usize {
        let own = std::ptr::from_ref(schema).addr();
        if !is_composition(schema) {
            return own;
        }
        match serde_json::to_string(schema) {
            Ok(text) => *self.compositions.entry(text).or_insert(own),
            Err(_) => own,
        }
    }
}

/// Whether a schema is several others at once. One with words beside it is that one.
fn is_composition(schema: &Schema) -> bool {
    match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => all_of.len() > 1,
        SchemaKind::Any(any) => {
            any.all_of.len() > 1 || (!any.all_of.is_empty() && !any.properties.is_empty())
        }
        _ => false,
    }
}
