//! IR to text. In comes a named, complete IR, out go Rust files; the same IR gives the same bytes. Types and operations
//! are printed from tokens, the macro tables by the formatter itself, one row a line, since `prettyplease` leaves the
//! insides of macros as they are.

mod client;
mod constraints;
mod docs;
mod files;
mod format;
pub(crate) mod header;
mod operations;
mod samples;
mod security;
mod types;

pub(crate) use self::files::{File, directory, single};

use crate::ir::{Api, Type};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// A piece of a module.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Tokens(TokenStream),
    /// A macro call that is printed as a table.
    Table(Table),
}

/// `cloudrun_runtime::object!(Pet { … });`
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) head: String,
    pub(crate) rows: Vec<String>,
}

/// A module of the client: its pieces, and what they import.
#[derive(Clone, Debug, Default)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) children: Vec<Module>,
}

impl Module {
    pub(crate) fn push(&mut self, tokens: TokenStream) {
        self.pieces.push(Piece::Tokens(tokens));
    }
}

/// An identifier, raw where the name is a keyword.
pub(crate) fn ident(name: &str) -> Ident {
    match syn::parse_str::<Ident>(name) {
        // `gen` is a keyword since the edition of 2024 only.
        Ok(ident) if name != "gen" => ident,
        _ => Ident::new_raw(name, Span::call_site()),
    }
}

/// A type as it is written at the client's root.
pub(crate) fn type_text(api: &Api, ty: &Type) -> String {
    let tokens = types::rust_type(api, ty, types::Scope::Operations).to_string();
    tokens.replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace(" ,", ",")
}

/// A string literal as it stands in a table.
pub(crate) fn literal(text: &str) -> String {
    proc_macro2::Literal::string(text).to_string()
}

/// Doc attributes, one per line, and `#[deprecated]`.
pub(crate) fn doc(text: &str, deprecated: bool) -> TokenStream {
    let lines = docs::lines(text);
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    let deprecated = deprecated.then(|| quote!(#[deprecated]));
    quote!(#(#[doc = #lines])* #deprecated)
}
