//! Schemas taken apart: what holds of every value is intersected, unions are kept beside it as they were written.

use super::form::Form;
use super::together::{equal, says_something};
use crate::diagnostic::Place;
use crate::ir::Hint;
use crate::read::{By, Keywords, Node, Placed, Schemas};
use openapiv3::Discriminator;
use std::collections::HashSet;

/// Sets that differ as they are written are compared down to here.
const DEPTH: usize = 3;

/// A union as it was written.
#[derive(Clone, Debug)]
pub(in crate::lower::schema) struct Union<'a> {
    pub(in crate::lower::schema) variants: Vec<Placed<'a>>,
    pub(in crate::lower::schema) discriminator: Option<&'a Discriminator>,
    pub(in crate::lower::schema) place: Place,
    /// The components that it was found in, outermost first.
    pub(super) within: Vec<String>,
}

/// Two schemas of one value that no value fits, and where they stand.
#[derive(Clone, Debug)]
pub(in crate::lower::schema) struct Clash(pub(in crate::lower::schema) [Option<Place>; 2]);

/// The intersection of the schemas that were gathered: of this form, and in each of these unions.
#[derive(Clone)]
pub(in crate::lower::schema) struct Apart<'s, 'a> {
    schemas: &'s Schemas<'a>,
    pub(in crate::lower::schema) form: Form<'a>,
    pub(in crate::lower::schema) unions: Vec<Union<'a>>,
    /// The references that were gathered first hand: the set may well be what one of them names.
    pub(in crate::lower::schema) names: Vec<Placed<'a>>,
    pub(in crate::lower::schema) clashes: Vec<Clash>,
    /// Components that are all of themselves, by way of others.
    pub(in crate::lower::schema) circles: Vec<(Place, String)>,
    /// Unions that no variant is left of.
    pub(in crate::lower::schema) empty: Vec<Place>,
    /// The components that are being taken apart, outermost first.
    pub(super) within: Vec<String>,
    /// How many of them were entered before a union was: what leads back to one of them says nothing new.
    pub(super) absorbing: usize,
    outermost: usize,
    /// A component that is there twice says nothing the second time.
    seen: HashSet<String>,
    /// Whether the next schema is a variant: what stands beside its only value are that value's words.
    is_variant: bool,
}

impl<'s, 'a> Apart<'s, 'a> {
    /// All values, inside of these components.
    pub(in crate::lower::schema) fn within(
        schemas: &'s Schemas<'a>,
        within: &[String],
        absorbing: usize,
    ) -> Self {
        Self {
            schemas,
            form: Form::any(),
            unions: Vec::new(),
            names: Vec::new(),
            clashes: Vec::new(),
            circles: Vec::new(),
            empty: Vec::new(),
            within: within.to_vec(),
            absorbing,
            outermost: within.len(),
            seen: HashSet::new(),
            is_variant: false,
        }
    }

    /// Intersects with one more schema, a variant of a union.
    pub(in crate::lower::schema) fn gather_variant(&mut self, part: &Placed<'a>) {
        self.is_variant = true;
        self.gather(part);
    }

    /// Intersects with one more schema.
    pub(in crate::lower::schema) fn gather(&mut self, part: &Placed<'a>) {
        match part.node {
            Node::Reference(_) => self.reference(part),
            Node::Schema(schema) => self.schema(&Keywords::of(schema), part),
        }
    }

    fn reference(&mut self, part: &Placed<'a>) {
        let name = part.node.component().unwrap_or_default();
        if let Some(at) = self.within.iter().position(|outer| *outer == name) {
            if at >= self.absorbing {
                self.circles
                    .push((part.place.clone(), [self.within.as_slice(), &[name]].concat().join(" → ")));
            }
            return;
        }
        if self.within.len() == self.outermost {
            self.names.push(part.clone());
        }
        let Some(target) = self.schemas.target(part.node) else { return };
        if self.seen.insert(name.clone()) {
            let place = self.schemas.document().place("schemas", &name);
            let part = Placed::new(target, place, &name);
            self.within.push(name);
            self.gather(&part);
            self.within.pop();
        }
    }

    fn schema(&mut self, keywords: &Keywords<'a>, part: &Placed<'a>) {
        let is_variant = std::mem::take(&mut self.is_variant);
        for (at, inner) in keywords.all_of.iter().enumerate() {
            let place = part.place.key("allOf").index(at);
            self.gather(&Placed::new(inner.into(), place, &part.owner));
        }
        let mut own = Form::of(keywords, part);
        if let ([one], true) = (own.values.known.as_mut_slice(), is_variant) {
            one.say(keywords.data.title.as_ref().map(Hint::from), keywords.data.description.as_ref());
        }
        let place = own.place.clone();
        if let Some(own) = self.form.intersect(own) {
            self.clashes.push(Clash([self.form.place.clone(), place]));
            if own.outranks(&self.form) {
                self.form = own;
            }
        }
        for (key, variants) in [("oneOf", keywords.one_of), ("anyOf", keywords.any_of)] {
            let place = part.place.key(key);
            let variants = variants
                .iter()
                .enumerate()
                .map(|(at, node)| Placed::new(node.into(), place.index(at), &part.owner))
                .collect();
            let discriminator = keywords.data.discriminator.as_ref();
            self.union(Union { variants, discriminator, place, within: self.within.clone() });
        }
    }

    /// Intersects with a union.
    fn union(&mut self, mut union: Union<'a>) {
        let (own, outer) = match self.within.split_last() {
            Some((own, outer)) => (Some(own), outer),
            None => (None, &[][..]),
        };
        let leads_out = |variant: &Placed<'a>| {
            self.schemas
                .leads_to(variant.node, By::Extension, &|name| outer.iter().any(|outer| outer == name))
        };
        // `x ∩ (x ∪ y)` is `x`, and so is a union with all that only restricts values.
        if union.variants.iter().any(leads_out) || !union.variants.iter().any(|one| says_something(one.node))
        {
            return;
        }
        // A union of itself and others says nothing by that, and `null` is not a matter of types.
        let is_itself =
            |node| own.is_some_and(|own| self.schemas.leads_to(node, By::Union, &|name| name == own));
        union.variants.retain(|variant| !is_only_null(variant.node) && !is_itself(variant.node));
        match union.variants.as_slice() {
            [] => self.empty.push(union.place),
            [one] => self.gather_variant(&one.clone()),
            _ => {
                for variant in &mut union.variants {
                    let words = self.schemas.words_for(variant.node);
                    variant.owner = format!("{} {}", variant.owner, words.as_deref().unwrap_or("Variant"));
                }
                self.unions.push(union);
            }
        }
    }

    /// Whether this set is what a schema says alone.
    pub(in crate::lower::schema) fn is(&self, part: &Placed<'a>) -> bool {
        let mut alone = Apart::within(self.schemas, &[], 0);
        alone.gather(part);
        self.equals(&alone, DEPTH)
    }

    pub(super) fn equals(&self, other: &Self, depth: usize) -> bool {
        let equal = |one: &[Placed<'a>], other: &[Placed<'a>]| {
            let apart = |parts: &[Placed<'a>]| {
                let mut apart = Apart::within(self.schemas, &[], 0);
                parts.iter().for_each(|part| apart.gather(part));
                apart
            };
            equal(one, other) || (depth > 0 && apart(one).equals(&apart(other), depth - 1))
        };
        self.unions.is_empty() && other.unions.is_empty() && self.form.equals(&other.form, &equal)
    }

    /// This set and one variant of a union of its. What clashes now makes it empty.
    pub(super) fn and(&self, union: &Union<'a>, variant: &Placed<'a>) -> Self {
        let mut both = self.clone();
        both.within.clone_from(&union.within);
        both.absorbing = both.within.len();
        both.unions.clear();
        both.clashes.clear();
        both.gather_variant(variant);
        both.within.clone_from(&self.within);
        both.absorbing = self.absorbing;
        both
    }
}

/// Whether `null` is the only value of a schema.
pub(in crate::lower::schema) fn is_only_null(node: Node<'_>) -> bool {
    let Node::Schema(schema) = node else { return false };
    let keywords = Keywords::of(schema);
    // `anyOf: [$ref, {nullable: true}]` means the same.
    keywords.is_null() || (keywords.data.nullable && !keywords.has_shape())
}

/// The one component that these schemas are, with nothing but words beside it.
pub(in crate::lower::schema) fn only_name(parts: &[Placed<'_>]) -> Option<String> {
    let mut found: Option<String> = None;
    for part in parts {
        match says(part.node) {
            Says::Component(name) if found.as_ref().is_none_or(|found| *found == name) => found = Some(name),
            Says::Words => {}
            _ => return None,
        }
    }
    found
}

enum Says {
    /// It stands for a component.
    Component(String),
    /// It says something in words only.
    Words,
    More,
}

fn says(node: Node<'_>) -> Says {
    let Node::Schema(schema) = node else { return node.component().map_or(Says::Words, Says::Component) };
    let keywords = Keywords::of(schema);
    let more = keywords.has_own_shape()
        || !keywords.required.is_empty()
        || keywords.additional.is_some()
        || keywords.has_patterns();
    let variants = keywords.one_of.iter().chain(keywords.any_of).map(Node::from);
    let parts = keywords.all_of.iter().map(Node::from);
    let mut parts = parts.chain(variants.filter(|variant| !is_only_null(*variant)));
    match (parts.next(), parts.next()) {
        _ if more => Says::More,
        (None, _) if !keywords.is_combined() => Says::Words,
        (Some(one), None) => says(one),
        _ => Says::More,
    }
}
