//! Operations: a constant, a method of the client, a request type with its setters, and the answers' enums.

mod answer;
mod argument;
mod form;
mod headers;
mod pages;
mod request;

pub(super) use self::argument::{Argument, argument};

use super::{Module, Piece};
use crate::ir::{Api, Operation};
use quote::quote;

/// More operations than this are split over files, one per tag.
const LARGE: usize = 40;

pub(super) fn module(api: &Api, split: bool) -> Module {
    let doc = "The operations of the service: a request type for each, with what it may answer.".to_owned();
    let mut module = Module { name: "operations".to_owned(), doc, ..Module::default() };
    let mut errors = vec![false; api.errors.len()];
    let shared: Vec<Piece> =
        api.errors.iter().filter(|set| set.users > 1).flat_map(|set| answer::errors(api, set)).collect();
    if !split || api.operations.len() <= LARGE {
        let mut pieces = shared;
        for operation in &api.operations {
            pieces.extend(request::pieces(api, operation, &mut errors));
        }
        module.pieces = with_imports(pieces, &quote!(super));
        return module;
    }
    let mut tags: Vec<(&str, Vec<&Operation>)> = Vec::new();
    for operation in &api.operations {
        match tags.iter_mut().find(|(name, _)| *name == operation.module) {
            Some((_, operations)) => operations.push(operation),
            None => tags.push((&operation.module, vec![operation])),
        }
    }
    for (name, operations) in tags {
        let mut pieces = Vec::new();
        for operation in &operations {
            pieces.extend(request::pieces(api, operation, &mut errors));
        }
        let mut pieces = with_imports(pieces, &quote!(super::super));
        if operations.iter().any(|operation| operation.errors.is_some_and(|set| api.errors[set].users > 1)) {
            pieces.insert(
                0,
                Piece::Tokens(quote!(
                    use super::*;
                )),
            );
        }
        let tag = operations.first().and_then(|operation| operation.tag.clone());
        let doc = match tag {
            Some(tag) => format!("Operations tagged `{}`.", tag.replace(['`', '\n', '\r'], " ")),
            None => "Operations without a tag.".to_owned(),
        };
        module.children.push(Module { name: name.to_owned(), doc, pieces, ..Module::default() });
    }
    let names: Vec<_> = module.children.iter().map(|child| super::ident(&child.name)).collect();
    module.pieces = if shared.is_empty() { Vec::new() } else { with_imports(shared, &quote!(super)) };
    module.pieces.insert(0, Piece::Tokens(quote!(#(pub use self::#names::*;)*)));
    module
}

/// What the pieces name, from the runtime and from the client's root.
fn with_imports(pieces: Vec<Piece>, root: &proc_macro2::TokenStream) -> Vec<Piece> {
    let text: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Tokens(tokens) => format!("{tokens} "),
            Piece::Table(_) => String::new(),
        })
        .collect();
    let mut imports = Vec::new();
    let has = |word: &str| match word.ends_with("::") {
        true => super::types::names(&text, word),
        false => text.contains(word),
    };
    let names: Vec<_> = [
        ("Check ::", quote!(Check)),
        ("body ::", quote!(body)),
        ("Into < Body >", quote!(Body)),
        ("Method ::", quote!(Method)),
        ("Operation ::", quote!(Operation)),
        ("Pending <", quote!(Pending)),
        ("(Request)", quote!(Request)),
        ("Responses ::", quote!(Responses)),
        ("Style ::", quote!(Style)),
        ("Undocumented", quote!(Undocumented)),
        ("chrono ::", quote!(chrono)),
        ("jiff ::", quote!(jiff)),
        ("multipart ::", quote!(multipart)),
        ("paging ::", quote!(paging)),
        ("serde_json ::", quote!(serde_json)),
        ("stream ::", quote!(stream)),
        ("time ::", quote!(time)),
        ("uuid ::", quote!(uuid)),
        ("websocket ::", quote!(websocket)),
    ]
    .into_iter()
    .filter(|(word, _)| has(word) || has(&word.replace("(Request)", "(Request )")))
    .map(|(_, name)| name)
    .collect();
    let mut unique: Vec<proc_macro2::TokenStream> = Vec::new();
    for name in names {
        if unique.iter().all(|known| known.to_string() != name.to_string()) {
            unique.push(name);
        }
    }
    if !unique.is_empty() {
        imports.push(quote!(use cloudrun_runtime::{#(#unique),*};));
    }
    imports.extend(super::types::map_import(&text));
    let own = [
        ("impl Client", quote!(Client)),
        ("constraints ::", quote!(constraints)),
        ("security ::", quote!(security)),
        ("types ::", quote!(types)),
    ];
    let own: Vec<_> = own.into_iter().filter(|(word, _)| has(word)).map(|(_, name)| name).collect();
    match own.as_slice() {
        [] => {}
        [one] => imports.push(quote!(use #root::#one;)),
        many => imports.push(quote!(use #root::{#(#many),*};)),
    }
    let mut all = vec![Piece::Tokens(quote!(#(#imports)*))];
    all.extend(pieces);
    all
}
