//! IR to text. In comes a client with names, out go Rust files; the same client gives the same bytes. Types and
//! operations are printed from tokens, the macro tables by the formatter itself, one row a line, since `prettyplease`
//! leaves the insides of macros as they are.
//!
//! May import from `config`, `ir`, `items`, `name`, `surface`.

mod client;
mod constraints;
mod docs;
mod files;
mod format;
pub(crate) mod header;
mod module;
mod operations;
mod samples;
mod security;
mod surface;
mod types;
mod uses;

pub(crate) use self::files::{File, directory, single};
pub(crate) use self::format::Result;
pub(crate) use self::surface::surface;

use self::module::{Piece, Table};
use self::uses::Uses;
use crate::ir::Type;
use crate::items::Room;
use crate::name::NamedApi;
use proc_macro2::TokenStream;
use quote::quote;

/// A type as it is written at the client's root.
pub(crate) fn type_text(api: &NamedApi, ty: &Type) -> String {
    let tokens = types::rust_type(api, ty, Room::Operations);
    let tokens = Uses::default().spell(tokens, api).to_string();
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
