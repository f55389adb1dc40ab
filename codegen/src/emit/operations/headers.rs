//! The documented headers of what an operation answers, as a struct that the answer's headers are read into.

use crate::emit::types::{Scope, rust_type};
use crate::emit::{Piece, Table, doc, ident, literal};
use crate::ir::{Api, Operation};
use quote::quote;

pub(super) fn pieces(api: &Api, operation: &Operation) -> Vec<Piece> {
    let Some(headers) = &operation.headers else { return Vec::new() };
    let name = ident(&headers.name);
    let about = format!(
        " The documented headers of what [`{}`] answers: `response.typed_headers()`.",
        operation.type_name
    );
    let fields = headers.fields.iter().map(|field| {
        let text = if field.doc.trim().is_empty() { format!("`{}`", field.wire) } else { field.doc.clone() };
        let (doc, name, ty) =
            (doc(&text, false), ident(&field.name), rust_type(api, &field.ty, Scope::Operations));
        quote!(#doc pub #name: Option<#ty>)
    });
    let item = quote! {
        #[doc = #about]
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name { #(#fields),* }
    };
    let rows = headers
        .fields
        .iter()
        .map(|field| format!("{} {}", literal(&field.wire), ident(&field.name)))
        .collect();
    vec![Piece::Tokens(item), Piece::Table(Table { name: "headers", head: headers.name.clone(), rows })]
}
