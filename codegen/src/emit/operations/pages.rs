//! Pages: a constant that says how they follow each other, and the methods that ask for them.

use crate::config::Pagination;
use crate::emit::types::rust_type;
use crate::ir::{Content, Operation, Paging, Presence, Success, Type};
use crate::items::{BODY, ITEMS, PAGES, PAGES_CONSTANT, PAGING, Room, SOME, TO_STRING};
use crate::name::{Name, NamedApi};
use proc_macro2::TokenStream;
use quote::quote;

/// The constant. Its functions lead from a page to its items and its cursor.
pub(super) fn constant(api: &NamedApi, operation: &Operation<Name>) -> Option<TokenStream> {
    let (paging, page) = parts(operation)?;
    let ty = rust_type(api, page, Room::Operations);
    let count = || {
        let items = borrowed(api, page, &paging.items);
        quote!(|page| #items.map_or(0, |items| items.len()))
    };
    let value = match &paging.how {
        Pagination::Cursor { parameter, .. } => {
            let next = borrowed(api, page, &paging.next);
            quote!(Cursor { parameter: #parameter, next: |page| #next.map(#TO_STRING::to_string) })
        }
        Pagination::Page { parameter, .. } => {
            let count = count();
            quote!(Page { parameter: #parameter, count: #count })
        }
        Pagination::Offset { parameter, .. } => {
            let count = count();
            quote!(Offset { parameter: #parameter, count: #count })
        }
        Pagination::Link { .. } => quote!(Link),
    };
    Some(quote!(const #PAGES_CONSTANT: #PAGING::Paging<#ty> = #PAGING::Paging::#value;))
}

/// The methods of the request.
pub(super) fn methods(
    api: &NamedApi,
    operation: &Operation<Name>,
    error: &TokenStream,
) -> Option<TokenStream> {
    let (paging, page) = parts(operation)?;
    let ty = rust_type(api, page, Room::Operations);
    let item = match api.follow(page, &paging.items).map(|ty| api.resolved(ty)) {
        Some(Type::List(item)) => rust_type(api, item, Room::Operations),
        _ => return None,
    };
    let items = match paging.items.is_empty() {
        true => quote!(page),
        false => {
            let items = owned(api, page, &paging.items);
            quote!(#items.unwrap_or_default())
        }
    };
    Some(quote! {
        /// Asks for one page after the other, as they are waited for.
        #[inline]
        pub fn #PAGES(self) -> #PAGING::Pages<#ty, #error> {
            self.0.pages(#BODY::json, Self::#PAGES_CONSTANT)
        }

        /// Asks for the items of one page after the other, as they are waited for.
        #[inline]
        pub fn #ITEMS(self) -> #PAGING::Items<#ty, #item, #error> {
            self.0.items(#BODY::json, Self::#PAGES_CONSTANT, |page| #items)
        }
    })
}

fn parts(operation: &Operation<Name>) -> Option<(&Paging, &Type)> {
    match (&operation.paging, &operation.success) {
        (Some(paging), Success::One { content: Content::Json(page), .. }) => Some((paging, page)),
        _ => None,
    }
}

/// `Option<&T>` of what a path leads to, from a `page: &T`.
fn borrowed(api: &NamedApi, page: &Type, path: &[String]) -> TokenStream {
    let mut ty = page;
    let mut found = quote!(#SOME(page));
    for wire in path {
        let Some(field) = api.field(ty, wire) else { break };
        let name = &field.name;
        found = match field.presence {
            Presence::Required => quote!(#found.map(|value| &value.#name)),
            Presence::Nullable | Presence::Optional => quote!(#found.and_then(|value| value.#name.as_ref())),
            Presence::OptionalNullable => {
                quote!(#found.and_then(|value| value.#name.as_ref()).and_then(|value| value.as_ref()))
            }
        };
        ty = &field.ty;
    }
    found
}

/// `Option<T>` of what a path leads to, from a `page: T`.
fn owned(api: &NamedApi, page: &Type, path: &[String]) -> TokenStream {
    let mut ty = page;
    let mut found = quote!(#SOME(page));
    for wire in path {
        let Some(field) = api.field(ty, wire) else { break };
        let name = &field.name;
        found = match field.presence {
            Presence::Required => quote!(#found.map(|value| value.#name)),
            Presence::Nullable | Presence::Optional => quote!(#found.and_then(|value| value.#name)),
            Presence::OptionalNullable => quote!(#found.and_then(|value| value.#name.flatten())),
        };
        ty = &field.ty;
    }
    found
}
