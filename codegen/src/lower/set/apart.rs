//! Schemas taken apart: what holds of every value is intersected, unions are kept beside it as they were written.

use super::form::{Form, Rest};
use super::known::Known;
use super::name::{is_only_null, only_name};
use super::together::says_something;
use super::{Clash, Set, Union};
use crate::diagnostic::Place;
use crate::ir::Hint;
use crate::openapi::parked;
use crate::read::{By, Keywords, Node, Placed, Schemas};
use openapiv3::Schema;
use std::collections::{HashSet, VecDeque};

/// The intersection of the schemas that were gathered.
#[derive(Clone)]
pub(in crate::lower) struct Apart<'s, 'a> {
    schemas: &'s Schemas<'a>,
    known: &'s Known<'a>,
    pub(in crate::lower) set: Set<'a>,
    /// The references that were gathered first hand: the set may well be what one of them names.
    pub(in crate::lower) names: Vec<Placed<'a>>,
    /// Components that are all of themselves, by way of others.
    pub(in crate::lower) circles: Vec<(Place, Vec<String>)>,
    /// The components that are being taken apart, outermost first.
    within: Vec<String>,
    /// How many of them were entered before a union was: what leads back to one of them says nothing new.
    absorbing: usize,
    outermost: usize,
    /// The components that were gathered: one that is there twice says nothing the second time.
    seen: HashSet<String>,
    /// The unions of which a variant was chosen: what is in that is in the union.
    chosen: Vec<Place>,
}

impl<'s, 'a> Apart<'s, 'a> {
    /// All values, inside of these components.
    pub(in crate::lower) fn within(
        schemas: &'s Schemas<'a>,
        known: &'s Known<'a>,
        within: &[String],
        absorbing: usize,
    ) -> Self {
        Self {
            schemas,
            known,
            set: Set::any(),
            names: Vec::new(),
            circles: Vec::new(),
            within: within.to_vec(),
            absorbing,
            outermost: within.len(),
            seen: HashSet::new(),
            chosen: Vec::new(),
        }
    }

    /// What schemas say alone, wherever this set stands.
    pub(in crate::lower) fn alone(&self, parts: &[Placed<'a>]) -> Set<'a> {
        let mut alone = Apart::within(self.schemas, self.known, &[], 0);
        parts.iter().for_each(|part| alone.gather(part));
        alone.set
    }

    /// Intersects with one more schema.
    pub(in crate::lower) fn gather(&mut self, part: &Placed<'a>) {
        match part.node {
            Node::Reference(_) => self.reference(part),
            Node::Schema(schema) => self.schema(schema, part),
        }
    }

    /// Intersects with a variant of a union: what stands beside its only value are that value's words.
    pub(in crate::lower) fn gather_variant(&mut self, part: &Placed<'a>) {
        let was_open = self.set.form.values.open;
        self.gather(part);
        if let (Some(one), Some(schema)) = (self.set.form.values.only_mut(), self.schemas.schema(part.node))
            && was_open
        {
            let data = &schema.schema_data;
            one.say(data.title.as_ref().map(Hint::from), data.description.as_ref());
        }
    }

    fn reference(&mut self, part: &Placed<'a>) {
        let name = part.node.component().unwrap_or_default();
        if let Some(at) = self.within.iter().position(|outer| *outer == name) {
            if at >= self.absorbing {
                let circle = self.within.get(at..).unwrap_or_default().to_vec();
                self.circles.push((part.place.clone(), circle));
            }
            return;
        }
        if self.within.len() == self.outermost {
            self.names.push(part.clone());
        }
        if !self.seen.insert(name.clone()) {
            return;
        }
        if let Some(alone) = self.known.alone(self.schemas, &name) {
            return self.set(&alone);
        }
        let Some(target) = self.schemas.target(part.node) else { return };
        let place = self.schemas.document().place("schemas", &name);
        let part = Placed::new(target, place, &name);
        self.within.push(name);
        self.gather(&part);
        self.within.pop();
    }

    /// Intersects with what a component is alone.
    fn set(&mut self, alone: &Set<'a>) {
        self.set.intersect(alone.form.clone());
        self.set.clashes.extend_from_slice(&alone.clashes);
        self.set.empty.extend_from_slice(&alone.empty);
        for union in &alone.unions {
            let within = [self.within.as_slice(), &union.within].concat();
            self.union(Union { within, ..union.clone() });
        }
    }

    fn schema(&mut self, schema: &'a Schema, part: &Placed<'a>) {
        let keywords = Keywords::of(schema);
        for (at, inner) in keywords.all_of.iter().enumerate() {
            let place = part.place.key("allOf").index(at);
            self.gather(&Placed::new(inner.into(), place, &part.owner));
        }
        let mut own = Form::of(&keywords, part);
        if let Some(slot) = keywords.unevaluated()
            && let Some(rest) = self.schemas.document().parked(slot)
        {
            let place = part.place.key(parked::unevaluated_key());
            own.rest = Rest::of(rest.into(), place, &format!("{} value", part.owner));
        }
        if let Some(conditional) = keywords.conditional()
            && let Some(schema) = self.schemas.document().parked(conditional)
        {
            own.conditional.push(Placed::new(schema.into(), part.place.key("if"), &part.owner));
        }
        self.set.intersect(own);
        for (key, variants) in [("oneOf", keywords.one_of), ("anyOf", keywords.any_of)] {
            let place = part.place.key(key);
            let variants =
                variants.iter().map(Node::from).enumerate().filter(|(_, node)| !is_only_null(*node));
            let variants: Vec<Placed<'a>> =
                variants.map(|(at, node)| Placed::new(node, place.index(at), &part.owner)).collect();
            // A union with what only restricts values says nothing.
            if variants.iter().any(|variant| says_something(variant.node)) {
                let discriminator = keywords.data.discriminator.as_ref();
                let is_any_of = key == "anyOf";
                self.union(Union { variants, discriminator, is_any_of, place, within: self.within.clone() });
            }
        }
    }

    /// Intersects with a union.
    fn union(&mut self, mut union: Union<'a>) {
        let (own, outer) = match union.within.split_last() {
            Some((own, outer)) => (Some(own), outer),
            None => (None, &[][..]),
        };
        let leads_out = |variant: &Placed<'a>| self.schemas.leads_to(variant.node, By::Extension, outer);
        // `x ∩ (x ∪ y)` is `x`.
        let is_there = self.chosen.iter().chain(self.set.unions.iter().map(|known| &known.place));
        if is_there.into_iter().any(|place| *place == union.place)
            || (!outer.is_empty() && union.variants.iter().any(leads_out))
        {
            return;
        }
        if let Some(own) = own {
            union.variants = self.without_itself(own, union.variants);
        }
        let mut names: HashSet<String> = HashSet::new();
        union
            .variants
            .retain(|variant| only_name(std::slice::from_ref(variant)).is_none_or(|name| names.insert(name)));
        match union.variants.as_slice() {
            [] => self.set.empty.push(union.place),
            [one] => {
                let outer = std::mem::replace(&mut self.within, union.within);
                self.gather_variant(one);
                self.within = outer;
            }
            _ => self.set.unions.push(union),
        }
    }

    /// A union of itself and others says nothing by that: a variant that is a union of it in turn, and of more, is that more.
    fn without_itself(&self, own: &String, variants: Vec<Placed<'a>>) -> Vec<Placed<'a>> {
        let is_itself = |node| self.schemas.leads_to(node, By::Union, std::slice::from_ref(own));
        let mut seen: HashSet<String> = HashSet::from([own.clone()]);
        let mut found = Vec::with_capacity(variants.len());
        let mut queue: VecDeque<Placed<'a>> = variants.into();
        while let Some(variant) = queue.pop_front() {
            if !is_itself(variant.node) {
                found.push(variant);
                continue;
            }
            let name = variant.node.component();
            if !name.as_ref().is_none_or(|name| seen.insert(name.clone())) {
                continue;
            }
            let Some(schema) = self.schemas.schema(variant.node) else { continue };
            let (keywords, owner) = (Keywords::of(schema), name.as_ref().unwrap_or(&variant.owner));
            let place = name
                .as_ref()
                .map_or(variant.place.clone(), |name| self.schemas.document().place("schemas", name));
            for (key, nodes) in [("oneOf", keywords.one_of), ("anyOf", keywords.any_of)] {
                let nodes = nodes.iter().map(Node::from).enumerate().filter(|(_, node)| !is_only_null(*node));
                queue.extend(nodes.map(|(at, node)| Placed::new(node, place.key(key).index(at), owner)));
            }
        }
        found
    }

    /// The variants of a union, with the words that what is in them is named after.
    pub(in crate::lower) fn variants(&self, union: &Union<'a>) -> Vec<Placed<'a>> {
        let named = |variant: &Placed<'a>| {
            let words = self.schemas.words_for(variant.node);
            let owner = format!("{} {}", variant.owner, words.as_deref().unwrap_or("Variant"));
            Placed::new(variant.node, variant.place.clone(), &owner)
        };
        union.variants.iter().map(named).collect()
    }

    /// Where a property is required of which no value is left, if one is: nothing is in the set then.
    pub(super) fn without_value(&self) -> Option<Clash> {
        let form = &self.set.form;
        let required = form.required.iter().filter_map(|wire| form.properties.get(wire));
        required.filter(|parts| parts.len() > 1).find_map(|parts| self.alone(parts).clashes.pop())
    }

    /// This set and one variant of a union of its. What clashes now makes it empty.
    pub(super) fn and(&self, union: &Union<'a>, variant: &Placed<'a>) -> Self {
        let mut both = self.clone();
        both.within.clone_from(&union.within);
        both.absorbing = both.within.len();
        both.chosen.push(union.place.clone());
        both.set.unions.clear();
        both.set.clashes.clear();
        both.gather_variant(variant);
        both.within.clone_from(&self.within);
        both.absorbing = self.absorbing;
        both
    }
}
