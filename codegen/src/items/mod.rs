//! All that generated code takes from `std` and from the runtime, and all that it defines under a name of its own: one
//! table. Emission writes an item through it and collects the imports by that; naming keeps the document's names apart
//! from it. An item that is not here can be neither written nor forgotten.
//!
//! May import from no other room.

mod file;
mod table;

pub(crate) use self::file::is_reserved_file;
pub(crate) use self::table::*;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Item(usize);

#[derive(Clone, Copy, Debug)]
struct Row {
    name: &'static str,
    source: Source,
    namespace: Namespace,
    rooms: &'static [Room],
}

/// Where an item comes from, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Every Rust program has it.
    Prelude,
    /// It is imported from a path, and written by its name alone.
    Import(&'static str),
    /// It is written by its whole path.
    Path(&'static str),
    /// A crate, which starts paths.
    Crate,
    /// It stands in the client's root module, and is imported from there.
    Root,
    /// It is defined where it is written.
    Own,
}

/// Rust's namespaces, as far as they matter here. Modules and types share one, so do constants, functions, tuple structs
/// and arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    Type,
    Value,
}

/// A part of a client in which names must differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// The client's root module.
    Client,
    Types,
    Operations,
    Samples,
    Security,
    Constraints,
    /// The methods of `Client`.
    ClientMethods,
    /// The methods and constants of every request type.
    RequestMethods,
}

impl Item {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..ROWS.len()).map(Self)
    }

    /// The item at an index, as [`Item::index`] gave it.
    pub(crate) fn at(index: usize) -> Option<Self> {
        (index < ROWS.len()).then_some(Self(index))
    }

    pub(crate) fn index(self) -> usize {
        self.0
    }

    pub(crate) fn name(self) -> &'static str {
        self.row().name
    }

    pub(crate) fn source(self) -> Source {
        self.row().source
    }

    pub(crate) fn namespace(self) -> Namespace {
        self.row().namespace
    }

    pub(crate) fn is_in(self, room: Room) -> bool {
        self.row().rooms.contains(&room)
    }

    fn row(self) -> &'static Row {
        // Indices are made from the table's own rows only.
        &ROWS[self.0]
    }
}

/// Every name that generated code has by itself, for tests that put them all into documents.
pub fn written_names() -> Vec<&'static str> {
    let segments = Item::all().flat_map(|item| item.name().split("::"));
    let mut names: Vec<&str> = segments.chain(file::NAMES.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Keywords that not even `r#` makes identifiers of.
pub(crate) fn is_no_identifier(name: &str) -> bool {
    matches!(name, "self" | "Self" | "super" | "crate" | "_")
}

/// The names that are taken in a room.
pub(crate) fn names_in(room: Room) -> impl Iterator<Item = &'static str> {
    Item::all().filter(move |item| item.is_in(room)).map(Item::name)
}

/// The names of a room that stand for types and modules.
pub(crate) fn types_in(room: Room) -> impl Iterator<Item = &'static str> {
    let is_type = |item: &Item| item.namespace() == Namespace::Type;
    Item::all().filter(move |item| item.is_in(room)).filter(is_type).map(Item::name)
}

/// The crates that paths start with.
pub(crate) fn crates() -> impl Iterator<Item = &'static str> {
    Item::all().filter(|item| item.source() == Source::Crate).map(Item::name)
}

#[cfg(test)]
mod tests {
    use super::{Item, Namespace, Room};

    #[test]
    fn no_room_has_two_items_of_one_name() {
        use Room::{
            Client, ClientMethods, Constraints, Operations, RequestMethods, Samples, Security, Types,
        };
        let rooms =
            [Client, Types, Operations, Samples, Security, Constraints, ClientMethods, RequestMethods];
        for room in rooms {
            for namespace in [Namespace::Type, Namespace::Value] {
                let mut names: Vec<_> = Item::all()
                    .filter(|item| item.is_in(room) && item.namespace() == namespace)
                    .map(Item::name)
                    .collect();
                let all = names.len();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), all, "{room:?} {namespace:?}: {names:?}");
            }
        }
    }
}
