//! The only place where identifiers are minted. In comes a client whose parts have hints, words of the document, and no
//! names; out goes the same client with a name for each, in Rust's case and unique in its scope. Names depend on the
//! document's words and their order only, never on what else is generated.
//!
//! May import from `diagnostic`, `ir`, `items`.

mod alphabet;
mod case;
mod operations;
mod parts;
mod scope;
mod status;
mod types;

pub(crate) use self::scope::Name;

use self::case::Case;
use self::scope::{Alphabet, Scope};
use crate::diagnostic::{Diagnostics, Place};
use crate::ir::{Api, NamedRules};
use crate::items::{self, Room};
use indexmap::IndexMap;

/// A client with names.
pub(crate) type NamedApi = Api<Name>;

/// Names everything.
pub(crate) fn name(api: Api, root: &Place, diagnostics: &mut Diagnostics) -> NamedApi {
    let alphabet = Alphabet::default();
    let types = types::types(api.types, &alphabet, root, diagnostics);
    let operations = operations::operations(api.operations, api.errors, api.schemes, &alphabet);
    Api {
        title: api.title,
        description: api.description,
        version: api.version,
        chosen: api.chosen,
        types,
        operations: operations.operations,
        errors: operations.errors,
        schemes: operations.schemes,
        rules: rules(api.rules, &alphabet),
        schema_types: api.schema_types,
    }
}

/// The name of a client's module: the service's name in snake case, unless that is a name that no module can have, or
/// that would stand in the way of a crate.
pub(crate) fn service(service: &str) -> Name {
    let alphabet = Alphabet::default();
    Scope::new(&alphabet, Case::Snake, "service").reserve(items::crates()).mint(service)
}

fn rules(rules: IndexMap<String, NamedRules>, alphabet: &Alphabet) -> IndexMap<String, NamedRules<Name>> {
    let mut scope =
        Scope::new(alphabet, Case::Constant, "SCHEMA").reserve(items::names_in(Room::Constraints));
    let names = scope.mint_all(rules.keys().map(String::as_str));
    let named = |((schema, named), constant): ((String, NamedRules), Name)| {
        (schema, NamedRules { constant, rules: named.rules })
    };
    rules.into_iter().zip(names).map(named).collect()
}
