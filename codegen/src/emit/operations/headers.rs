//! The documented headers of what an operation answers, as a struct that the answer's headers are read into.

use crate::emit::types::rust_type;
use crate::emit::{Piece, Table, doc, literal};
use crate::ir::Operation;
use crate::items::{OPTION, Room};
use crate::name::{Name, NamedApi};
use quote::quote;

pub(super) fn pieces(api: &NamedApi, operation: &Operation<Name>) -> Vec<Piece> {
    let Some(headers) = &operation.headers else { return Vec::new() };
    let name = &headers.name;
    let about = format!(
        " The documented headers of what [`{}`] answers: `response.typed_headers()`.",
        operation.type_name.as_str()
    );
    let fields = headers.fields.iter().map(|field| {
        let text = if field.doc.trim().is_empty() { format!("`{}`", field.wire) } else { field.doc.clone() };
        let (doc, name, ty) = (doc(&text, false), &field.name, rust_type(api, &field.ty, Room::Operations));
        quote!(#doc pub #name: #OPTION<#ty>)
    });
    let item = quote! {
        #[doc = #about]
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name { #(#fields),* }
    };
    let rows = headers.fields.iter().map(|field| {
        let by = field.separators.as_ref().map(|separators| format!(" by {}", literal(separators)));
        format!("{} {}{}", literal(&field.wire), field.name, by.unwrap_or_default())
    });
    let rows = rows.collect();
    vec![Piece::Tokens(item), Piece::Table(Table { name: "headers", head: headers.name.to_string(), rows })]
}
