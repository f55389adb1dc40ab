//! Whether two sets are the same, as far as a type can tell.

use super::Set;
use super::apart::Apart;
use super::together::equal;
use crate::read::Placed;

/// Sets that differ as they are written are compared down to here.
const DEPTH: usize = 3;

impl<'a> Apart<'_, 'a> {
    /// Whether this set is what a schema says alone.
    pub(in crate::lower) fn is(&self, part: &Placed<'a>) -> bool {
        let alone = self.alone(std::slice::from_ref(part));
        self.equals(&self.set, &alone, DEPTH)
    }

    pub(super) fn equals(&self, one: &Set<'a>, other: &Set<'a>, depth: usize) -> bool {
        let inside = |one: &[Placed<'a>], other: &[Placed<'a>]| {
            let differ = || {
                let (one, other) = (self.alone(one), self.alone(other));
                let is_there = one.clashes.is_empty() && other.clashes.is_empty();
                is_there && self.equals(&one, &other, depth - 1)
            };
            equal(one, other) || (depth > 0 && differ())
        };
        let same_unions = one.unions.len() == other.unions.len()
            && one.unions.iter().zip(&other.unions).all(|(one, other)| one.place == other.place);
        same_unions && one.form.equals(&other.form, &inside)
    }
}
