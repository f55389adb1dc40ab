//! What components are alone, once it was asked for: a long row of them, each all of the next, is taken apart once.

use super::Set;
use super::apart::Apart;
use crate::read::{Placed, Schemas};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The components that have been taken apart; `None` while one is, or if it is all of itself.
#[derive(Default)]
pub(in crate::lower) struct Known<'a>(RefCell<HashMap<String, Option<Rc<Set<'a>>>>>);

impl<'a> Known<'a> {
    /// What a component is alone. `None` if it has to be taken apart where it stands, since it is in a circle.
    pub(super) fn alone(&self, schemas: &Schemas<'a>, name: &str) -> Option<Rc<Set<'a>>> {
        if let Some(known) = self.0.borrow().get(name) {
            return known.clone();
        }
        self.0.borrow_mut().insert(name.to_owned(), None);
        let target = schemas.document().schema(name)?;
        let place = schemas.document().place("schemas", name);
        let mut apart = Apart::within(schemas, self, &[name.to_owned()], 0);
        apart.gather(&Placed::new(target.into(), place, name));
        let alone = apart.circles.is_empty().then(|| Rc::new(apart.set));
        self.0.borrow_mut().insert(name.to_owned(), alone.clone());
        alone
    }
}
