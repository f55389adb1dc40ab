//! Definitions of types.

mod enumeration;
mod reference;
mod structure;
mod union;

pub(super) use self::reference::{Scope, map, rust_type};

use super::{Module, Piece, Table, doc, ident};
use crate::config::Map;
use crate::ir::{Api, Shape, TypeDef};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

/// More types than this are split over files.
const LARGE: usize = 150;

pub(super) fn module(api: &Api, split: bool) -> Module {
    let doc = "The types of the service's requests and answers.".to_owned();
    let mut module = Module { name: "types".to_owned(), doc, ..Module::default() };
    if !split || api.types.len() <= LARGE {
        module.pieces = with_imports(api.types.iter().flat_map(|def| definition(api, def)).collect());
        return module;
    }
    let mut parts: BTreeMap<&str, (Vec<Piece>, bool)> = BTreeMap::new();
    for def in &api.types {
        let part = part(&def.name);
        let (pieces, refers) = parts.entry(part).or_default();
        pieces.extend(definition(api, def));
        *refers |= refers_elsewhere(api, def, part);
    }
    for (name, (pieces, refers)) in parts {
        let mut pieces = with_imports(pieces);
        if refers {
            pieces.insert(
                0,
                Piece::Tokens(quote!(
                    use super::*;
                )),
            );
        }
        let doc = format!("Types by their first letter: {}.", name.replace('_', " to "));
        module.children.push(Module { name: name.to_owned(), doc, pieces, ..Module::default() });
    }
    let names: Vec<_> = module.children.iter().map(|child| ident(&child.name)).collect();
    module.push(quote!(#(pub use self::#names::*;)*));
    module
}

/// Whether a definition names a type of another file.
fn refers_elsewhere(api: &Api, def: &TypeDef, own: &str) -> bool {
    let mut found = false;
    def.shape.each_type(&mut |ty| ty.each_named(&mut |id| found |= part(&api.type_def(id).name) != own));
    found
}

/// The file of a type depends on its name only, so that it stays where it is when others come and go.
fn part(name: &str) -> &'static str {
    match name.chars().next().map(|c| c.to_ascii_uppercase()) {
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

/// The modules that the pieces name; modules, so that no type of the document can shadow them.
fn with_imports(pieces: Vec<Piece>) -> Vec<Piece> {
    let text: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Tokens(tokens) => tokens.to_string(),
            Piece::Table(_) => String::new(),
        })
        .collect();
    let mut imports = Vec::new();
    imports.extend(map_import(&text));
    for module in ["chrono", "jiff", "serde_json", "time", "uuid"] {
        if names(&text, &format!("{module} ::")) {
            let module = ident(module);
            imports.push(quote!(use cloudrun_runtime::#module;));
        }
    }
    let mut all = Vec::with_capacity(pieces.len() + 1);
    if !imports.is_empty() {
        all.push(Piece::Tokens(quote!(#(#imports)*)));
    }
    all.extend(pieces);
    all
}

/// The import of the map that a text of tokens names.
pub(in crate::emit) fn map_import(text: &str) -> Option<TokenStream> {
    [Map::BTree, Map::Hash, Map::Index].into_iter().find_map(|map| {
        let name = ident(map.name());
        let path = match map {
            Map::BTree | Map::Hash => quote!(std::collections),
            Map::Index => quote!(cloudrun_runtime::indexmap),
        };
        text.contains(&format!("{name} <")).then(|| quote!(use #path::#name;))
    })
}

/// Whether a module is named in a text of tokens; `my_time ::` does not name `time ::`.
pub(in crate::emit) fn names(text: &str, module: &str) -> bool {
    let starts = |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    text.match_indices(module).any(|(at, _)| starts(at) && !text[..at].trim_end().ends_with("::"))
}

/// The attribute that derives the usual traits, these, and the configured ones.
fn derive(api: &Api, more: &[&str]) -> TokenStream {
    let all = ["Clone", "Debug", "PartialEq"].iter().chain(more).copied();
    let all = all.chain(api.chosen.derives.iter().map(String::as_str).filter(|name| !more.contains(name)));
    // The generator refused paths that do not parse.
    let paths = all.map(|path| path.parse::<TokenStream>().unwrap_or_default());
    quote!(#[derive(#(#paths),*)])
}

fn definition(api: &Api, def: &TypeDef) -> Vec<Piece> {
    let name = ident(&def.name);
    match &def.shape {
        Shape::Struct(object) => structure::pieces(api, def, object),
        Shape::StringEnum(values) => enumeration::string(api, def, values),
        Shape::IntegerEnum(values) => enumeration::integer(api, def, values),
        Shape::Union(union) => union::pieces(api, def, union),
        Shape::Alias(ty) => {
            let doc = doc(&documentation(def), def.deprecated);
            let ty = rust_type(api, ty, Scope::Types);
            vec![Piece::Tokens(quote!(#doc pub type #name = #ty;))]
        }
        Shape::Newtype(ty) => {
            let doc = doc(&documentation(def), def.deprecated);
            let ty = rust_type(api, ty, Scope::Types);
            let derive = derive(api, &[]);
            let item = quote!(#doc #derive pub struct #name(pub #ty););
            let table = Table { name: "newtype", head: def.name.clone(), rows: Vec::new() };
            vec![Piece::Tokens(item), Piece::Table(table)]
        }
    }
}

/// What the document says of a type, or its name there.
fn documentation(def: &TypeDef) -> String {
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
