//! Which values a scalar can have.

use crate::ir::Hint;
use indexmap::IndexMap;
use indexmap::map::Entry;
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
    /// Each once, by what makes it the same as another.
    known: IndexMap<String, Constant>,
    pub(in crate::lower) open: bool,
}

impl Values {
    /// Any value; none is known.
    pub(super) fn all() -> Self {
        Self { known: IndexMap::new(), open: true }
    }

    /// These values and no others; without any, all.
    pub(super) fn listed(constants: Vec<Constant>) -> Self {
        let mut listed = Self { known: IndexMap::with_capacity(constants.len()), open: constants.is_empty() };
        constants.iter().for_each(|constant| listed.put(constant));
        listed
    }

    /// The values that are known, in order.
    pub(in crate::lower) fn known(&self) -> impl ExactSizeIterator<Item = &Constant> {
        self.known.values()
    }

    /// The only value, if there is one.
    pub(super) fn only_mut(&mut self) -> Option<&mut Constant> {
        if self.known.len() == 1 { self.known.values_mut().next() } else { None }
    }

    pub(in crate::lower) fn is_all(&self) -> bool {
        self.open && self.known.is_empty()
    }

    fn has(&self, same: &String) -> bool {
        self.open || self.known.contains_key(same)
    }

    /// The values of both. `None` if there are none.
    pub(super) fn intersect(&self, other: &Self) -> Option<Self> {
        let mut both = Self { known: IndexMap::new(), open: self.open && other.open };
        for (one, other) in [(self, other), (other, self)] {
            one.known.iter().filter(|(same, _)| other.has(same)).for_each(|(_, constant)| both.put(constant));
        }
        (both.open || !both.known.is_empty()).then_some(both)
    }

    /// The values of either.
    pub(in crate::lower) fn unite(&mut self, other: &Self) {
        other.known().for_each(|constant| self.put(constant));
        self.open |= other.open;
    }

    /// Each value once, with what words there are.
    fn put(&mut self, constant: &Constant) {
        match self.known.entry(same(&constant.value)) {
            Entry::Occupied(mut known) => known.get_mut().say(constant.title.clone(), Some(&constant.doc)),
            Entry::Vacant(place) => {
                place.insert(constant.clone());
            }
        }
    }

    /// Whether both are the same, whatever the order and the words.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.open == other.open
            && self.known.len() == other.known.len()
            && self.known.keys().all(|same| other.known.contains_key(same))
    }
}

/// What two values have in common that are the same: numbers are the same by value.
fn same(value: &Value) -> String {
    match (value, value.as_f64()) {
        // Larger ones than 2^53 are not all numbers of 64 bits.
        (Value::Number(number), _) if !number.is_f64() => number.to_string(),
        (_, Some(number)) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{:.0}", number + 0.0),
        (_, Some(number)) => format!("{number:e}"),
        (_, None) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::same;
    use serde_json::json;

    #[test]
    fn numbers_are_the_same_by_value_and_by_nothing_less() {
        assert_eq!(same(&json!(1)), same(&json!(1.0)));
        assert_eq!(same(&json!(0)), same(&json!(-0.0)));
        assert_ne!(same(&json!(9007199254740992_u64)), same(&json!(9007199254740993_u64)));
        assert_ne!(same(&json!(1)), same(&json!("1")));
        assert_ne!(same(&json!(0.1)), same(&json!(0.2)));
    }
}
