//! The service's own security schemes: a constant for each, and how the client takes its secret.

use super::module::{Module, Piece, Stand};
use super::{Result, doc};
use crate::ir::{Scheme, SchemeKind};
use crate::items::{AUTHORIZATION_HEADER, Room, SECURITY, SECURITY_SCHEME};
use crate::name::{Name, NamedApi};
use proc_macro2::TokenStream;
use quote::quote;

/// The module of constants, if the document has schemes.
pub(super) fn module(api: &NamedApi) -> Result<Option<Module>> {
    if api.schemes.is_empty() {
        return Ok(None);
    }
    let mut module = Module::new(SECURITY, "The service's own security schemes, beside the gateway's token.");
    let constants = api.schemes.iter().map(|scheme| Piece::Tokens(constant(scheme)));
    let stand = Stand { api, room: Room::Security, root: "super" };
    module.pieces = stand.pieces(constants.collect(), |_| true)?;
    Ok(Some(module))
}

fn constant(scheme: &Scheme<Name>) -> TokenStream {
    let (name, hint) = (&scheme.constant, scheme.hint.as_str());
    let doc = doc(&words(scheme), false);
    let value = match &scheme.kind {
        SchemeKind::Header(header) => quote!(header(#hint, #header)),
        SchemeKind::Query(parameter) => quote!(query(#hint, #parameter)),
        SchemeKind::Cookie(cookie) => quote!(cookie(#hint, #cookie)),
        SchemeKind::Basic => quote!(basic(#hint)),
        SchemeKind::Bearer => quote!(bearer(#hint)),
    };
    quote!(#doc pub const #name: #SECURITY_SCHEME = #SECURITY_SCHEME::#value;)
}

/// The client's methods that take secrets.
pub(super) fn methods(api: &NamedApi) -> Vec<TokenStream> {
    let mut methods: Vec<TokenStream> = api.schemes.iter().map(method).collect();
    if api.schemes.iter().any(takes_authorization) {
        methods.push(quote! {
            /// Has the service read what belongs into `Authorization` from another header: the gateway's token takes that one.
            /// Not needed for direct calls.
            #[inline]
            pub fn #AUTHORIZATION_HEADER(self, name: &str) -> Self {
                Self { service: self.service.authorization_header(name) }
            }
        });
    }
    methods
}

fn method(scheme: &Scheme<Name>) -> TokenStream {
    let (name, constant) = (&scheme.method_name, &scheme.constant);
    let doc = doc(&words(scheme), false);
    match scheme.kind {
        SchemeKind::Basic => quote! {
            #doc
            #[inline]
            pub fn #name(self, user: &str, password: &str) -> Self {
                Self { service: self.service.basic_secret(&#SECURITY::#constant, user, password) }
            }
        },
        _ => quote! {
            #doc
            #[inline]
            pub fn #name(self, secret: &str) -> Self {
                Self { service: self.service.secret(&#SECURITY::#constant, secret) }
            }
        },
    }
}

fn takes_authorization(scheme: &Scheme<Name>) -> bool {
    match &scheme.kind {
        SchemeKind::Basic | SchemeKind::Bearer => true,
        SchemeKind::Header(name) => name == "authorization",
        SchemeKind::Query(_) | SchemeKind::Cookie(_) => false,
    }
}

fn words(scheme: &Scheme<Name>) -> String {
    let plain = |text: &str| text.replace(['`', '\n', '\r'], "?");
    let (hint, doc) = (plain(&scheme.hint), scheme.doc.trim());
    let place = match &scheme.kind {
        SchemeKind::Header(name) => format!("header `{}`", plain(name)),
        SchemeKind::Query(name) => format!("query parameter `{}`", plain(name)),
        SchemeKind::Cookie(name) => format!("cookie `{}`", plain(name)),
        SchemeKind::Basic => "user name and password in `Authorization`".to_owned(),
        SchemeKind::Bearer => "token in `Authorization`".to_owned(),
    };
    let first = format!("The security scheme `{hint}`: {place}.");
    if doc.is_empty() { first } else { format!("{first}\n\n{doc}") }
}
