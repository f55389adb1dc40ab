use super::Node;
use crate::diagnostic::Place;

/// A node with the place it stands at, and the words that what is inline there is named after.
#[derive(Clone, Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) place: Place,
    pub(crate) owner: String,
}

impl<'a> Placed<'a> {
    pub(crate) fn new(node: Node<'a>, place: Place, owner: &str) -> Self {
        Self { node, place, owner: owner.to_owned() }
    }
}
