//! Pages: a constant that says how they follow each other, and the methods that ask for them.

use crate::config::Pagination;
use crate::emit::ident;
use crate::emit::types::{Scope, rust_type};
use crate::ir::{Api, Content, Operation, Paging, Presence, Success, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// The constant. Its functions lead from a page to its items and its cursor.
pub(super) fn constant(api: &Api, operation: &Operation) -> Option<TokenStream> {
    let (paging, page) = parts(operation)?;
    let name = ident(&paging.constant);
    let ty = rust_type(api, page, Scope::Operations);
    let count = || {
        let items = borrowed(api, page, &paging.items);
        quote!(|page| #items.map_or(0, |items| items.len()))
    };
    let value = match &paging.how {
        Pagination::Cursor { parameter, .. } => {
            let next = borrowed(api, page, &paging.next);
            quote!(Cursor { parameter: #parameter, next: |page| #next.map(ToString::to_string) })
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
    Some(quote!(const #name: paging::Paging<#ty> = paging::Paging::#value;))
}

/// The methods of the request.
pub(super) fn methods(api: &Api, operation: &Operation, error: &TokenStream) -> Option<TokenStream> {
    let (paging, page) = parts(operation)?;
    let name = ident(&paging.constant);
    let ty = rust_type(api, page, Scope::Operations);
    let item = match follow(api, page, &paging.items).map(|ty| api.resolved(ty)) {
        Some(Type::List(item)) => rust_type(api, item, Scope::Operations),
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
        pub fn pages(self) -> paging::Pages<#ty, #error> {
            self.0.pages(body::json, #name)
        }

        /// Asks for the items of one page after the other, as they are waited for.
        #[inline]
        pub fn items(self) -> paging::Items<#ty, #item, #error> {
            self.0.items(body::json, #name, |page| #items)
        }
    })
}

fn parts(operation: &Operation) -> Option<(&Paging, &Type)> {
    match (&operation.paging, &operation.success) {
        (Some(paging), Success::One { content: Content::Json(page), .. }) => Some((paging, page)),
        _ => None,
    }
}

fn follow<'a>(api: &'a Api, mut ty: &'a Type, path: &[String]) -> Option<&'a Type> {
    for wire in path {
        ty = &api.field(ty, wire)?.ty;
    }
    Some(ty)
}

/// `Option<&T>` of what a path leads to, from a `page: &T`.
fn borrowed(api: &Api, page: &Type, path: &[String]) -> TokenStream {
    let mut ty = page;
    let mut found = quote!(Some(page));
    for wire in path {
        let Some(field) = api.field(ty, wire) else { break };
        let name = ident(&field.name);
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
fn owned(api: &Api, page: &Type, path: &[String]) -> TokenStream {
    let mut ty = page;
    let mut found = quote!(Some(page));
    for wire in path {
        let Some(field) = api.field(ty, wire) else { break };
        let name = ident(&field.name);
        found = match field.presence {
            Presence::Required => quote!(#found.map(|value| value.#name)),
            Presence::Nullable | Presence::Optional => quote!(#found.and_then(|value| value.#name)),
            Presence::OptionalNullable => quote!(#found.and_then(|value| value.#name.flatten())),
        };
        ty = &field.ty;
    }
    found
}
