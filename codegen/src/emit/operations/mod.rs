//! Operations: a method of the client, a request type with its setters, and the answers' enums.

mod answer;
mod argument;
mod form;
mod headers;
mod pages;
mod request;

pub(super) use self::argument::argument;

use super::client::Cut;
use super::format::Result;
use super::module::{Module, Piece, Stand};
use super::uses::Definition;
use crate::ir::Operation;
use crate::items::{OPERATIONS, Room};
use crate::name::{Name, NamedApi};
use indexmap::IndexMap;

/// More operations than this are split over files, one per tag.
const LARGE: usize = 40;

pub(super) fn module(api: &NamedApi, cut: Cut) -> Result<Module> {
    let doc = "The operations of the service: a request type for each, with what it may answer.";
    let mut module = Module::new(OPERATIONS, doc);
    let shared = api.errors.iter().filter(|set| set.users > 1).flat_map(|set| answer::errors(api, set));
    let stand = Stand { api, room: Room::Operations, root: "super" };
    if cut == Cut::Whole || api.operations.len() <= LARGE {
        let own = api.operations.iter().flat_map(|operation| request::pieces(api, operation));
        module.pieces = stand.pieces(shared.chain(own).collect(), |_| true)?;
        return Ok(module);
    }
    let mut tags: IndexMap<&Name, Vec<&Operation<Name>>> = IndexMap::new();
    for operation in &api.operations {
        tags.entry(&operation.module).or_default().push(operation);
    }
    for (name, operations) in tags {
        module.children.push(tagged(api, name, &operations)?);
    }
    module.pieces.extend(module.reexports());
    module.pieces.extend(stand.pieces(shared.collect(), |_| true)?);
    Ok(module)
}

/// The operations of a tag in a file of their own. The errors that several share are its parent's.
fn tagged(api: &NamedApi, name: &Name, operations: &[&Operation<Name>]) -> Result<Module> {
    let tag = operations.first().and_then(|operation| operation.tag.as_ref());
    let doc = match tag {
        Some(tag) => format!("Operations tagged `{}`.", tag.replace(['`', '\n', '\r'], " ")),
        None => "Operations without a tag.".to_owned(),
    };
    let mut module = Module::new(name.clone(), doc);
    let pieces: Vec<Piece> =
        operations.iter().flat_map(|operation| request::pieces(api, operation)).collect();
    let is_own = |definition| !matches!(definition, Definition::Errors(set) if api.errors[set].users > 1);
    module.pieces = Stand { api, room: Room::Operations, root: "super::super" }.pieces(pieces, is_own)?;
    Ok(module)
}
