//! The sets of documented errors: operations that document the same ones share them.

use crate::ir::{AnswerVariant, Content, ErrorSet, Unnamed};
use indexmap::IndexMap;
use indexmap::map::Entry;

/// All sets so far, by what tells them apart: statuses and how their bodies are read.
#[derive(Default)]
pub(super) struct ErrorSets(IndexMap<Vec<(String, Content)>, ErrorSet>);

impl ErrorSets {
    /// The index of the set of exactly these errors; `None` where there are none.
    pub(super) fn share(&mut self, variants: Vec<AnswerVariant>) -> Option<usize> {
        if variants.is_empty() {
            return None;
        }
        let of = |variant: &AnswerVariant| (variant.answer.pattern.clone(), variant.answer.content.clone());
        Some(match self.0.entry(variants.iter().map(of).collect()) {
            Entry::Occupied(mut known) => {
                let set = known.get_mut();
                set.users += 1;
                // Words that differ between the operations are left to the operations.
                for (one, other) in set.variants.iter_mut().zip(&variants) {
                    if one.answer.doc != other.answer.doc {
                        one.answer.doc.clear();
                    }
                }
                known.index()
            }
            Entry::Vacant(free) => {
                let index = free.index();
                free.insert(ErrorSet { name: Unnamed, unknown: Unnamed, variants, users: 1 });
                index
            }
        })
    }

    pub(super) fn into_sets(self) -> Vec<ErrorSet> {
        self.0.into_values().collect()
    }
}
