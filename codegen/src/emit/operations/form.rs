//! Forms of parts: a struct whose fields are the parts, and how it becomes the runtime's form.

use crate::emit::types::{Scope, map, rust_type};
use crate::emit::{doc, ident};
use crate::ir::{Api, Body, BodyKind, Multipart, Operation, Part, PartKind, Type};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The argument of a form, and the call on `Request` that takes it.
pub(super) fn argument(multipart: &Multipart, name: &Ident) -> (TokenStream, TokenStream) {
    let subtype = &multipart.subtype;
    let is_form = subtype == "form-data";
    match multipart.name.as_str() {
        "" if is_form => (quote!(#name: multipart::Form), quote!(multipart(#name))),
        "" => (quote!(#name: multipart::Form), quote!(multipart_as(#subtype, #name))),
        own => {
            let own = ident(own);
            let call =
                if is_form { quote!(multipart(#name)) } else { quote!(multipart_as(#subtype, #name.into())) };
            (quote!(#name: #own), call)
        }
    }
}

/// The form's struct, where the document says which parts there are.
pub(super) fn pieces(api: &Api, operation: &Operation, body: &Body) -> Option<TokenStream> {
    let BodyKind::Multipart(multipart) = &body.kind else { return None };
    if multipart.name.is_empty() {
        return None;
    }
    let name = ident(&multipart.name);
    let about = format!(" The parts that [`{}`] sends.", operation.type_name);
    let fields = multipart.parts.iter().map(|part| {
        let text = if part.doc.trim().is_empty() {
            format!("`{}`", part.wire.replace(['`', '\n', '\r'], "?"))
        } else {
            part.doc.clone()
        };
        let (doc, name, ty) = (doc(&text, false), ident(&part.name), field_type(api, part));
        quote!(#doc pub #name: #ty)
    });
    let extra = multipart.extra.iter().map(|(name, ty)| {
        let (name, ty) = (ident(name), map(api, &rust_type(api, ty, Scope::Operations)));
        quote!(#[doc = " Parts that the document does not name."] pub #name: #ty)
    });
    let members = fields.chain(extra);
    let has_default =
        multipart.parts.iter().all(|part| !part.required || matches!(part.kind, PartKind::Files));
    let derive = if has_default { quote!(#[derive(Debug, Default)]) } else { quote!(#[derive(Debug)]) };
    let constructor = (!has_default).then(|| constructor(api, multipart));
    let calls = multipart.parts.iter().map(call);
    let more = multipart.extra.iter().map(|(name, _)| {
        let name = ident(name);
        quote!(entries(&form.#name))
    });
    let calls = calls.chain(more);
    let form = if multipart.parts.is_empty() && multipart.extra.is_none() { quote!(_) } else { quote!(form) };
    Some(quote! {
        #[doc = #about]
        #derive
        pub struct #name { #(#members),* }
        #constructor
        impl From<#name> for multipart::Form {
            #[inline]
            fn from(#form: #name) -> Self {
                Self::new() #(.#calls)*
            }
        }
    })
}

fn field_type(api: &Api, part: &Part) -> TokenStream {
    match (&part.kind, part.required) {
        (PartKind::File, true) => quote!(multipart::Part),
        (PartKind::File, false) => quote!(Option<multipart::Part>),
        (PartKind::Files, _) => quote!(Vec<multipart::Part>),
        (PartKind::Value(ty), required) => {
            let ty = rust_type(api, ty, Scope::Operations);
            if required { ty } else { quote!(Option<#ty>) }
        }
    }
}

/// `new(required…)`.
fn constructor(api: &Api, multipart: &Multipart) -> TokenStream {
    let name = ident(&multipart.name);
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for part in &multipart.parts {
        let name = ident(&part.name);
        match (&part.kind, part.required) {
            (PartKind::File, true) => {
                arguments.push(quote!(#name: impl Into<multipart::Part>));
                values.push(quote!(#name: #name.into()));
            }
            (PartKind::Value(Type::Text), true) => {
                arguments.push(quote!(#name: impl Into<String>));
                values.push(quote!(#name: #name.into()));
            }
            (PartKind::Value(ty), true) => {
                let ty = rust_type(api, ty, Scope::Operations);
                arguments.push(quote!(#name: #ty));
                values.push(quote!(#name));
            }
            (PartKind::Files, _) => values.push(quote!(#name: Vec::new())),
            (_, false) => values.push(quote!(#name: None)),
        }
    }
    values.extend(multipart.extra.iter().map(|(name, _)| {
        let (name, map) = (ident(name), ident(api.chosen.map.name()));
        quote!(#name: #map::new())
    }));
    quote! {
        impl #name {
            /// A form with its required parts; the others are left out.
            #[inline]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// The call on the runtime's form that adds a part.
fn call(part: &Part) -> TokenStream {
    let (wire, name) = (&part.wire, ident(&part.name));
    match (&part.kind, &part.media_type) {
        (PartKind::File, None) => quote!(part(#wire, form.#name)),
        (PartKind::File, Some(media_type)) if part.required => {
            quote!(part(#wire, form.#name.or_content_type(#media_type)))
        }
        (PartKind::File, Some(media_type)) => {
            quote!(part(#wire, form.#name.map(|part| part.or_content_type(#media_type))))
        }
        (PartKind::Files, None) => quote!(parts(#wire, form.#name)),
        (PartKind::Files, Some(media_type)) => {
            quote!(parts(#wire, form.#name.into_iter().map(|part| part.or_content_type(#media_type))))
        }
        (PartKind::Value(_), None) => quote!(value(#wire, &form.#name)),
        (PartKind::Value(_), Some(media_type)) => quote!(value_as(#wire, #media_type, &form.#name)),
    }
}
