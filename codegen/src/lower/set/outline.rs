//! What schemas declare of the insides of their values, in whatever variant and under whatever condition.

use super::apart::Apart;
use super::form::{Form, Rest};
use super::together::add;
use crate::read::Placed;
use indexmap::IndexMap;
use std::collections::HashSet;

/// More components than this are not looked into: they are taken to declare anything.
const MOST: usize = 64;

/// The schemas that a value's members and items may be of.
#[derive(Default)]
pub(in crate::lower) struct Outline<'a> {
    pub(in crate::lower) members: IndexMap<&'a str, Vec<Placed<'a>>>,
    pub(in crate::lower) items: Vec<Placed<'a>>,
    /// Whether members without a name are declared as well.
    pub(in crate::lower) has_rest: bool,
    /// The unions that were looked into.
    seen: HashSet<String>,
}

impl<'a> Outline<'a> {
    /// Adds what a form declares.
    pub(in crate::lower) fn add_form(&mut self, apart: &Apart<'_, 'a>, form: &Form<'a>) {
        for (wire, parts) in &form.properties {
            let together = self.members.entry(wire).or_default();
            parts.iter().for_each(|part| add(together, part.clone()));
        }
        form.items.iter().for_each(|item| add(&mut self.items, item.clone()));
        self.has_rest |= matches!(form.rest, Rest::Any | Rest::Of(_));
        form.conditional.iter().for_each(|part| self.add(apart, part));
    }

    /// Adds what another outline has.
    pub(in crate::lower) fn merge(&mut self, other: &Self) {
        for (wire, parts) in &other.members {
            let together = self.members.entry(wire).or_default();
            parts.iter().for_each(|part| add(together, part.clone()));
        }
        other.items.iter().for_each(|item| add(&mut self.items, item.clone()));
        self.has_rest |= other.has_rest;
    }

    /// Adds what a schema declares. What stands in a circle is looked at once.
    pub(in crate::lower) fn add(&mut self, apart: &Apart<'_, 'a>, part: &Placed<'a>) {
        if !part.node.component().is_none_or(|name| self.seen.insert(name)) {
            return;
        }
        if self.seen.len() > MOST {
            self.has_rest = true;
            return;
        }
        let set = apart.alone(std::slice::from_ref(part));
        self.add_form(apart, &set.form);
        for variant in set.unions.iter().flat_map(|union| &union.variants) {
            self.add(apart, variant);
        }
    }
}
