//! Which values a scalar can have.

use crate::ir::Hint;
use serde_json::Value;

/// A value that a schema lists, and its words for it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::lower) struct Constant {
    pub(in crate::lower) value: Value,
    pub(in crate::lower) title: Option<Hint>,
    pub(in crate::lower) doc: String,
}

impl Constant {
    /// Takes words where there are none.
    pub(super) fn say(&mut self, title: Option<Hint>, doc: Option<&String>) {
        if self.title.is_none() {
            self.title = title;
        }
        if let Some(doc) = doc
            && self.doc.is_empty()
        {
            self.doc.clone_from(doc);
        }
    }
}

/// The values that are known, and whether there are others.
#[derive(Clone, Debug)]
pub(in crate::lower) struct Values {
    pub(in crate::lower) known: Vec<Constant>,
    pub(in crate::lower) open: bool,
}

impl Values {
    /// Any value; none is known.
    pub(super) const ALL: Self = Self { known: Vec::new(), open: true };

    pub(super) fn is_all(&self) -> bool {
        self.open && self.known.is_empty()
    }

    /// The values of both. `None` if there are none.
    pub(super) fn intersect(&self, other: &Self) -> Option<Self> {
        let has = |values: &Self, constant: &Constant| {
            values.open || values.known.iter().any(|known| same(&known.value, &constant.value))
        };
        let mut both = Self { known: Vec::new(), open: self.open && other.open };
        for constant in self.known.iter().filter(|constant| has(other, constant)) {
            both.put(constant);
        }
        for constant in other.known.iter().filter(|constant| has(self, constant)) {
            both.put(constant);
        }
        (both.open || !both.known.is_empty()).then_some(both)
    }

    /// The values of either.
    pub(in crate::lower) fn unite(&mut self, other: &Self) {
        other.known.iter().for_each(|constant| self.put(constant));
        self.open |= other.open;
    }

    /// Each value once, with what words there are.
    fn put(&mut self, constant: &Constant) {
        match self.known.iter_mut().find(|known| same(&known.value, &constant.value)) {
            Some(known) => known.say(constant.title.clone(), Some(&constant.doc)),
            None => self.known.push(constant.clone()),
        }
    }

    /// Whether both are the same, whatever the order and the words.
    pub(super) fn equals(&self, other: &Self) -> bool {
        let all = |one: &Self, other: &Self| {
            one.known
                .iter()
                .all(|constant| other.known.iter().any(|known| same(&known.value, &constant.value)))
        };
        self.open == other.open && self.known.len() == other.known.len() && all(self, other)
    }
}

/// Numbers are the same by value.
fn same(one: &Value, other: &Value) -> bool {
    one == other || matches!((one.as_f64(), other.as_f64()), (Some(one), Some(other)) if one == other)
}
