//! Definitions of types.

mod enumeration;
mod reference;
mod structure;
mod union;

pub(super) use self::reference::{map, map_type, rust_type};

use super::client::Cut;
use super::doc;
use super::format::Result;
use super::module::{Module, Piece, Stand, Table};
use super::uses::Definition;
use crate::ir::{Shape, TypeDef, TypeId};
use crate::items::{Room, TYPES};
use crate::name::{Name, NamedApi};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

/// More types than this are split over files.
const LARGE: usize = 150;

pub(super) fn module(api: &NamedApi, cut: Cut) -> Result<Module> {
    let mut module = Module::new(TYPES, "The types of the service's requests and answers.");
    if cut == Cut::Whole || api.types.len() <= LARGE {
        let stand = Stand { api, room: Room::Types, root: "super" };
        let pieces = api.types.iter().flat_map(|def| definition(api, def)).collect();
        module.pieces = stand.pieces(pieces, |_| true)?;
        return Ok(module);
    }
    let mut parts: BTreeMap<&'static str, Vec<Piece>> = BTreeMap::new();
    for def in &api.types {
        parts.entry(part(&def.name)).or_default().extend(definition(api, def));
    }
    let stand = Stand { api, room: Room::Types, root: "super::super" };
    for (name, pieces) in parts {
        let mut child =
            Module::new(name, format!("Types by their first letter: {}.", name.replace('_', " to ")));
        let is_own = |definition| matches!(definition, Definition::Type(id) if part_of(api, id) == name);
        child.pieces = stand.pieces(pieces, is_own)?;
        module.children.push(child);
    }
    module.pieces.extend(module.reexports());
    Ok(module)
}

fn part_of(api: &NamedApi, id: TypeId) -> &'static str {
    part(&api.type_def(id).name)
}

/// The file of a type depends on its name only, so that it stays where it is when others come and go.
fn part(name: &Name) -> &'static str {
    match name.as_str().chars().next().map(|c| c.to_ascii_uppercase()) {
        Some('A'..='C') => "a_c",
        Some('D'..='F') => "d_f",
        Some('G'..='L') => "g_l",
        Some('M'..='O') => "m_o",
        Some('P'..='R') => "p_r",
        Some('S'..='T') => "s_t",
        Some('U'..='Z') => "u_z",
        _ => "others",
    }
}

/// The attribute that derives the usual traits, these, and the configured ones.
fn derive(api: &NamedApi, more: &[&str]) -> TokenStream {
    let mut all: Vec<&str> = ["Clone", "Debug", "PartialEq"].iter().chain(more).copied().collect();
    for chosen in &api.chosen.derives {
        if !all.contains(&chosen.as_str()) {
            all.push(chosen);
        }
    }
    // The generator refused paths that do not parse.
    let paths = all.into_iter().map(|path| path.parse::<TokenStream>().unwrap_or_default());
    quote!(#[derive(#(#paths),*)])
}

fn definition(api: &NamedApi, def: &TypeDef<Name>) -> Vec<Piece> {
    let name = &def.name;
    match &def.shape {
        Shape::Struct(object) => structure::pieces(api, def, object),
        Shape::StringEnum(values) => enumeration::string(api, def, values),
        Shape::IntegerEnum(values) => enumeration::integer(api, def, values),
        Shape::Union(union) => union::pieces(api, def, union),
        Shape::Alias(ty) => {
            let doc = doc(&documentation(def), def.deprecated);
            let ty = rust_type(api, ty, Room::Types);
            vec![Piece::Tokens(quote!(#doc pub type #name = #ty;))]
        }
        Shape::Newtype(ty) => {
            let doc = doc(&documentation(def), def.deprecated);
            let ty = rust_type(api, ty, Room::Types);
            let derive = derive(api, &[]);
            let item = quote!(#doc #derive pub struct #name(pub #ty););
            let table = Table { name: "newtype", head: def.name.to_string(), rows: Vec::new() };
            vec![Piece::Tokens(item), Piece::Table(table)]
        }
    }
}

/// What the document says of a type, or its name there.
fn documentation(def: &TypeDef<Name>) -> String {
    if !def.doc.is_empty() {
        return def.doc.clone();
    }
    let words: String =
        def.hint.chars().map(|c| if c == '`' || c.is_control() { ' ' } else { c }).take(120).collect();
    match (def.component, words.trim()) {
        (_, "") => "A type without a name in the document.".to_owned(),
        (true, words) => format!("The schema `{words}`."),
        (false, words) => format!("Part of the document: `{words}`."),
    }
}
