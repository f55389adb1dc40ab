//! Schemas as sets of values. In come schemas that one value must fit all of, out goes what that value can be: a form
//! for what holds in any case, and the unions beside it. `allOf` and keywords beside each other are an intersection,
//! `oneOf` and `anyOf` a union that it distributes over. A reference stays a name, and a property the schemas that
//! were written for it, until somebody asks. Never a type of Rust, never a name of one.

mod apart;
mod compare;
mod form;
mod known;
#[cfg(test)]
mod laws;
mod name;
mod outline;
mod spread;
mod together;
mod values;

pub(super) use self::apart::Apart;
pub(super) use self::form::{Form, Rest};
pub(super) use self::known::Known;
pub(super) use self::name::only_name;
pub(super) use self::outline::Outline;
pub(super) use self::spread::{Alternative, spread};
pub(super) use self::together::informative;

use crate::diagnostic::Place;
use crate::read::Placed;
use openapiv3::Discriminator;

/// The values that are of a form, and in each of some unions.
#[derive(Clone)]
pub(super) struct Set<'a> {
    pub(super) form: Form<'a>,
    pub(super) unions: Vec<Union<'a>>,
    /// Where schemas met that have no value in common: nothing is in the set then, and the form is a guess at what is
    /// meant.
    pub(super) clashes: Vec<Clash>,
    /// Unions that no variant is left of.
    pub(super) empty: Vec<Place>,
}

/// A union as it was written.
#[derive(Clone)]
pub(super) struct Union<'a> {
    pub(super) variants: Vec<Placed<'a>>,
    pub(super) discriminator: Option<&'a Discriminator>,
    /// Whether a value may be of several variants at once.
    pub(super) is_any_of: bool,
    pub(super) place: Place,
    /// The components that it was found in, outermost first.
    within: Vec<String>,
}

/// Two schemas of one value that no value fits, and where they stand.
#[derive(Clone)]
pub(super) struct Clash(pub(super) [Option<Place>; 2]);

impl<'a> Set<'a> {
    /// All values.
    fn any() -> Self {
        Self { form: Form::any(), unions: Vec::new(), clashes: Vec::new(), empty: Vec::new() }
    }

    /// Takes out what is not of a form.
    fn intersect(&mut self, form: Form<'a>) {
        let place = form.place.clone();
        if let Some(form) = self.form.intersect(form) {
            self.clashes.push(Clash([self.form.place.clone(), place]));
            if form.outranks(&self.form) {
                self.form = form;
            }
        }
    }
}
