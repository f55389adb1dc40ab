//! The shape of Rust for a set of values: the one place that chooses between a component's name, struct, map, list,
//! enumeration, scalar and union.

use super::described::Described;
use super::enumeration::enumeration;
use super::scalar::scalar;
use super::union::Told;
use crate::diagnostic::{Code, Place};
use crate::ir::Type;
use crate::lower::lowering::Lower;
use crate::lower::set::{Alternative, Apart, Clash, Form, Rest, Set, only_name, spread};
use crate::read::{By, Keywords, Kind, Node, Placed};

impl<'a> Lower<'a> {
    /// What values are that fit all of these schemas.
    pub(super) fn describe(&mut self, parts: &[Placed<'a>], hint: &str, place: &Place) -> Described {
        if let Some(name) = only_name(parts).filter(|name| self.keeps(name)) {
            return Described::Type(self.components.get(&name).map_or(Type::Any, |id| Type::Named(*id)));
        }
        if let [Placed { node: Node::Schema(schema), .. }] = parts
            && Keywords::of(schema).is_null()
        {
            return Described::Type(Type::Null);
        }
        let mut apart = Apart::within(&self.schemas, &self.known, &self.composing, self.absorbing);
        parts.iter().for_each(|part| apart.gather(part));
        // What equals one of its parts is that part.
        let names =
            apart.names.iter().filter(|name| name.node.component().is_some_and(|name| self.keeps(&name)));
        let inline = parts.iter().filter(|part| parts.len() > 1 && matches!(part.node, Node::Schema(_)));
        let same = names.chain(inline).find(|part| apart.is(part)).cloned();
        let Set { form, unions, .. } = &apart.set;
        let (alternatives, dropped) = match unions.as_slice() {
            _ if same.is_some() => (Some(Vec::new()), Vec::new()),
            [] => (Some(Vec::new()), Vec::new()),
            [union] if form.says_nothing() => {
                let as_written = |origin| Alternative { origins: vec![origin], form: None };
                (Some(apart.variants(union).into_iter().map(as_written).collect()), Vec::new())
            }
            _ => spread(&apart),
        };
        let Apart { set, circles, .. } = apart;
        self.tell(&set.clashes, &circles, &set.empty);
        let told = Told {
            discriminator: set.unions.iter().find_map(|union| union.discriminator),
            may_be_several: set.unions.iter().any(|union| union.is_any_of),
        };
        match (same, alternatives) {
            (Some(same), _) => Described::Type(self.both(&[same])),
            (None, None) => self.fields_alone(set.form, place),
            (None, Some(none)) if none.is_empty() => {
                self.tell(&dropped, &[], &[]);
                self.of_form(&set.form)
            }
            (None, Some(alternatives)) => self.union(alternatives, told, hint, place),
        }
    }

    /// Whether the schema at hand may be called by the name of a component: not if that is what the schema is one of.
    fn keeps(&self, name: &str) -> bool {
        let Some(own) = self.composing.last() else { return true };
        !self.schemas.one_leads_to(vec![name.to_owned()], By::Extension, std::slice::from_ref(own))
    }

    /// What values of a form are.
    pub(super) fn of_form(&mut self, form: &Form<'a>) -> Described {
        let types = &self.options.types;
        match form.kind() {
            Some(Kind::Object) => self.object(form),
            Some(Kind::Array) => {
                let item = self.inside(|this| this.ty_of(&form.items));
                Described::Type(Type::List(Box::new(item)))
            }
            Some(_) if form.values.known().len() > 0 => enumeration(types, form),
            kind => Described::Type(scalar(types, kind, &form.format, form.maximum)),
        }
    }

    /// The type of what fits all of these schemas, with `Nullable` if it may be null.
    pub(super) fn ty_of(&mut self, parts: &[Placed<'a>]) -> Type {
        if let [one] = parts {
            return self.ty(one.node, &one.owner, &one.place);
        }
        let ty = self.both(parts);
        if parts.iter().any(|part| self.schemas.is_nullable(part.node)) { ty.nullable() } else { ty }
    }

    /// Unions that have too many values in common to tell them apart: their fields come as JSON.
    fn fields_alone(&mut self, mut form: Form<'a>, place: &Place) -> Described {
        let message = "too many unions in one: what they add is kept as JSON beside the fields";
        self.warn(Code::UnsupportedSchema, place, message);
        form.rest = Rest::Any;
        match form.kind() {
            Some(Kind::Object) => self.of_form(&form),
            _ => Described::Type(Type::Any),
        }
    }

    fn tell(&mut self, clashes: &[Clash], circles: &[(Place, Vec<String>)], empty: &[Place]) {
        for (place, circle) in circles {
            // Each component in a circle meets it.
            let mut members = circle.clone();
            members.sort_unstable();
            if self.circles.insert(members) {
                let way = [circle.as_slice(), circle.get(..1).unwrap_or_default()].concat().join(" → ");
                self.error(Code::CyclicReference, place, format!("`allOf` forms a circle: {way}"));
            }
        }
        for Clash(places) in clashes {
            for place in places.iter().flatten() {
                let message = "no value fits this and another schema that it has to fit; an object counts, else the last";
                self.warn(Code::Contradiction, place, message);
            }
        }
        for place in empty {
            self.warn(Code::Contradiction, place, "no variant of this union can be taken");
        }
    }
}
