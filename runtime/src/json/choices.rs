//! What the unions of one text know of each other: in comes what was tried, out goes what need not be read again, and when to
//! give up. Without it every level of nested unions would read the levels below once more for each of its variants.

use super::error::DecodeError;
use jiter::Jiter;
use std::any::TypeId;
use std::collections::BTreeMap;

/// What all unions of a text share. It travels with the one decoder that reads at a time.
#[derive(Default)]
pub(super) struct Choices<'j> {
    /// Bytes that unions may still read, for all levels together.
    patience: usize,
    /// What the unions inside the outermost one turned out to be, by offset and type.
    known: BTreeMap<(usize, TypeId), Choice<'j>>,
    /// Where the arrays and objects end that the search for a tag went through, by their offset.
    ends: BTreeMap<usize, Jiter<'j>>,
}

/// What a union turned out to be.
#[derive(Clone)]
pub(super) enum Choice<'j> {
    /// One of its variants.
    Variant(Fit<'j>),
    /// None of them.
    None(DecodeError),
}

/// How a variant fits.
#[derive(Clone)]
pub(super) struct Fit<'j> {
    /// Which one it is.
    pub(super) index: usize,
    pub(super) looseness: u32,
    /// The text behind it.
    pub(super) end: Jiter<'j>,
}

impl<'j> Choices<'j> {
    /// What may be tried in a text: so many times its length, and of a short one some milliseconds' worth.
    pub(super) fn of(json: &[u8]) -> Self {
        Self::within(json.len().saturating_mul(64).saturating_add(4 << 20))
    }

    pub(super) fn within(patience: usize) -> Self {
        Self { patience, ..Self::default() }
    }

    /// Pays for bytes that were read to try a variant.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), DecodeError> {
        let left = self.patience.checked_sub(bytes.saturating_add(1));
        // Nothing can be paid for with nothing, so that this end is one for all levels.
        self.patience = left.unwrap_or_default();
        match left {
            Some(_) => Ok(()),
            None => Err(DecodeError::new("too many nested unions to choose between; giving up")),
        }
    }

    pub(super) fn find(&self, union: TypeId, offset: usize) -> Option<Choice<'j>> {
        // Most texts have no unions inside of unions.
        if self.known.is_empty() { None } else { self.known.get(&(offset, union)).cloned() }
    }

    pub(super) fn keep(&mut self, union: TypeId, offset: usize, choice: Choice<'j>) {
        self.known.insert((offset, union), choice);
    }

    /// The end of an array or object that was gone through before.
    pub(super) fn end(&self, offset: usize) -> Option<Jiter<'j>> {
        self.ends.get(&offset).cloned()
    }

    pub(super) fn keep_end(&mut self, offset: usize, end: Jiter<'j>) {
        self.ends.insert(offset, end);
    }

    /// Forgets what no trial will ask for again.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// Forgets what no search will ask for again.
    pub(super) fn forget_ends(&mut self) {
        self.ends.clear();
    }
}

/// How a decoder tries a variant.
#[derive(Clone, Copy, Default)]
pub(super) struct Trial {
    /// Whether it does: it is not the one that reads the text for good.
    pub(super) is_one: bool,
    /// The fit that it has to be tighter than, if there is one.
    pub(super) limit: Option<u32>,
    /// Bytes that unions inside have paid for.
    pub(super) paid: usize,
}
