//! Values that are of several schemas at once, of which a type says one only: its structs keep what the others declare.

use crate::ir::{Extra, Shape, Struct, Type};
use crate::lower::lowering::{Key, Lower};
use crate::lower::set::{Alternative, Apart, Form, Outline, Rest, Set};
use crate::read::{Kind, Node, Placed};
use std::collections::HashSet;
use std::rc::Rc;

/// More variants than this are not compared with each other: each is taken to overlap with all.
const MOST: usize = 64;
/// Values are compared down to here.
const DEPTH: usize = 8;

/// A type of values that may hold what other schemas declare.
pub(in crate::lower) struct Overlap<'a> {
    ty: Type,
    own: Form<'a>,
    others: Rc<Outline<'a>>,
}

impl<'a> Lower<'a> {
    /// Notes which types of variants have to keep what other variants declare, where a value may be of several.
    pub(super) fn note_overlaps(&mut self, alternatives: &[Alternative<'a>], types: &[Option<Type>]) {
        let apart = Apart::within(&self.schemas, &self.known, &[], 0);
        let set = |alternative: &Alternative<'a>| match &alternative.form {
            Some(form) => Set { form: form.clone(), ..apart.alone(&[]) },
            None => apart.alone(&alternative.origins),
        };
        let sets: Vec<Set<'a>> = alternatives.iter().map(set).collect();
        let outline = |alternative: &Alternative<'a>| {
            let mut outline = Outline::default();
            match &alternative.form {
                Some(form) => outline.add_form(&apart, form),
                None => alternative.origins.iter().for_each(|origin| outline.add(&apart, origin)),
            }
            outline
        };
        let outlines: Vec<Outline<'a>> = alternatives.iter().map(outline).collect();
        let all = |others: &mut dyn Iterator<Item = &Outline<'a>>| {
            let mut all = Outline::default();
            others.for_each(|other| all.merge(other));
            Rc::new(all)
        };
        let everything = (sets.len() > MOST).then(|| all(&mut outlines.iter()));
        let others = |at: usize, own: &Set<'a>| {
            let is_other = |(other_at, (other, _)): &(usize, (&Set<'a>, &Outline<'a>))| {
                at != *other_at && !are_exclusive(&apart, &own.form, &other.form)
            };
            let others = sets.iter().zip(&outlines).enumerate().filter(is_other);
            everything.clone().unwrap_or_else(|| all(&mut others.map(|(_, (_, outline))| outline)))
        };
        let typed = sets.iter().zip(types).enumerate();
        let found = typed.filter_map(|(at, (own, ty))| {
            Some(Overlap { ty: ty.clone()?, own: own.form.clone(), others: others(at, own) })
        });
        let found: Vec<Overlap<'a>> = found.collect();
        self.overlaps.extend(found);
    }

    /// Notes that what fits some schemas may hold what others declare.
    pub(super) fn note_overlap(&mut self, own: &[Placed<'a>], others: &[Placed<'a>]) {
        let ty = self.inside(|this| this.both(own));
        let apart = Apart::within(&self.schemas, &self.known, &[], 0);
        let mut outline = Outline::default();
        others.iter().for_each(|other| outline.add(&apart, other));
        let own = apart.alone(own).form;
        self.overlaps.push(Overlap { ty, own, others: Rc::new(outline) });
    }

    /// Makes types keep what they have to, once all are known.
    pub(in crate::lower) fn keep_overlaps(&mut self) {
        let mut seen: HashSet<(Type, Vec<Key>)> = HashSet::new();
        for Overlap { ty, own, others } in std::mem::take(&mut self.overlaps) {
            self.keep(&ty, &own, &others, DEPTH, &mut seen);
        }
    }

    fn keep(
        &mut self,
        ty: &Type,
        own: &Form<'a>,
        others: &Outline<'a>,
        depth: usize,
        seen: &mut HashSet<(Type, Vec<Key>)>,
    ) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let rest = match &own.rest {
            Rest::Of(parts) => parts.as_slice(),
            _ => &[],
        };
        let is_new = |wire: &&str| !own.properties.contains_key(*wire);
        if rest.is_empty() && (others.has_rest || others.members.keys().any(is_new)) {
            self.keep_members(ty, &mut HashSet::new());
        }
        for (wire, parts) in &others.members {
            self.keep_inside(own.properties.get(wire).map_or(rest, Vec::as_slice), parts, depth, seen);
        }
        self.keep_inside(&own.items, &others.items, depth, seen);
    }

    /// The same for what values hold.
    fn keep_inside(
        &mut self,
        own: &[Placed<'a>],
        others: &[Placed<'a>],
        depth: usize,
        seen: &mut HashSet<(Type, Vec<Key>)>,
    ) {
        let keys = Key::all(others, &mut self.same);
        if own.is_empty() || others.is_empty() || Key::all(own, &mut self.same) == keys {
            return;
        }
        let ty = self.inside(|this| this.both(own));
        if !seen.insert((ty.clone(), keys)) {
            return;
        }
        let apart = Apart::within(&self.schemas, &self.known, &[], 0);
        let mut outline = Outline::default();
        others.iter().for_each(|other| outline.add(&apart, other));
        let form = apart.alone(own).form;
        self.keep(&ty, &form, &outline, depth, seen);
    }

    /// Gives all structs that a type may be a place for what they do not name.
    fn keep_members(&mut self, ty: &Type, seen: &mut HashSet<Type>) {
        let inner = match ty {
            Type::Nullable(inner) => return self.keep_members(inner, seen),
            Type::Named(id) | Type::Boxed(id) if seen.insert(ty.clone()) => match &mut self.types[id.0].shape
            {
                Shape::Struct(Struct { extra: extra @ None, is_closed: false, .. }) => {
                    *extra = Some(Extra::of(Type::Any));
                    return;
                }
                Shape::Alias(inner) => vec![inner.clone()],
                Shape::Union(union) => {
                    union.variants.iter().filter_map(|variant| variant.ty.clone()).collect()
                }
                _ => return,
            },
            _ => return,
        };
        inner.iter().for_each(|ty| self.keep_members(ty, seen));
    }
}

/// Whether no value is of both forms.
fn are_exclusive<'a>(apart: &Apart<'_, 'a>, one: &Form<'a>, other: &Form<'a>) -> bool {
    let is_object = |form: &Form<'a>| form.kind().is_none_or(|kind| kind == Kind::Object);
    if !is_object(one) || !is_object(other) {
        return matches!((one.kind(), other.kind()), (Some(one), Some(other)) if one != other);
    }
    let is_without = |closed: &Form<'a>, other: &Form<'a>| {
        matches!(closed.rest, Rest::None)
            && other.required.iter().any(|wire| !closed.properties.contains_key(wire))
    };
    let clashes = |wire: &&str| match (one.properties.get(wire), other.properties.get(wire)) {
        (Some(one), Some(other)) if other_than(one, other) => {
            !apart.alone(&[one.as_slice(), other].concat()).clashes.is_empty()
        }
        _ => false,
    };
    let mut both = one.required.iter().copied().filter(|wire| other.required.contains(wire));
    is_without(one, other) || is_without(other, one) || both.any(|wire| clashes(&wire))
}

/// Whether these are not the very same schemas.
fn other_than(one: &[Placed<'_>], other: &[Placed<'_>]) -> bool {
    let is_same = |(one, other): (&Placed<'_>, &Placed<'_>)| match (one.node, other.node) {
        (Node::Schema(one), Node::Schema(other)) => std::ptr::eq(one, other),
        (one, other) => one.component().is_some() && one.component() == other.component(),
    };
    one.len() != other.len() || !one.iter().zip(other).all(is_same)
}
