//! Forms of parts: a struct whose fields are the parts, and how it becomes the runtime's form.

use crate::emit::doc;
use crate::emit::types::{map, map_type, rust_type};
use crate::ir::{Body, BodyKind, Form, Multipart, Operation, Part, PartKind, Type};
use crate::items::{FROM, INTO, MULTIPART, NEW, NONE, OPTION, Room, STRING, VEC};
use crate::name::{Name, NamedApi};
use proc_macro2::TokenStream;
use quote::quote;

/// The argument of a form, and the call on `Request` that takes it.
pub(super) fn argument(multipart: &Multipart<Name>, name: &Name) -> (TokenStream, TokenStream) {
    let subtype = &multipart.subtype;
    let is_form = subtype == "form-data";
    match &multipart.form {
        None if is_form => (quote!(#name: #MULTIPART::Form), quote!(multipart(#name))),
        None => (quote!(#name: #MULTIPART::Form), quote!(multipart_as(#subtype, #name))),
        Some(form) => {
            let own = &form.name;
            let call =
                if is_form { quote!(multipart(#name)) } else { quote!(multipart_as(#subtype, #name.into())) };
            (quote!(#name: #own), call)
        }
    }
}

/// The form's struct, where the document says which parts there are.
pub(super) fn pieces(api: &NamedApi, operation: &Operation<Name>, body: &Body<Name>) -> Option<TokenStream> {
    let BodyKind::Multipart(multipart) = &body.kind else { return None };
    let form = multipart.form.as_ref()?;
    let name = &form.name;
    let about = format!(" The parts that [`{}`] sends.", operation.type_name);
    let fields = form.parts.iter().map(|part| {
        let text = if part.doc.trim().is_empty() {
            format!("`{}`", part.wire.replace(['`', '\n', '\r'], "?"))
        } else {
            part.doc.clone()
        };
        let (doc, name, ty) = (doc(&text, false), &part.name, field_type(api, part));
        quote!(#doc pub #name: #ty)
    });
    let extra = form.extra.iter().map(|extra| {
        let (name, ty) = (&extra.name, map(api, &rust_type(api, &extra.ty, Room::Operations)));
        quote!(#[doc = " Parts that the document does not name."] pub #name: #ty)
    });
    let members = fields.chain(extra);
    let has_default = form.parts.iter().all(|part| !part.required);
    let derive = if has_default { quote!(#[derive(Debug, Default)]) } else { quote!(#[derive(Debug)]) };
    let constructor = (!has_default).then(|| constructor(api, form));
    let calls = form.parts.iter().map(call);
    let more = form.extra.iter().map(|extra| {
        let name = &extra.name;
        quote!(entries(&form.#name))
    });
    let calls = calls.chain(more);
    let argument = if form.parts.is_empty() && form.extra.is_none() { quote!(_) } else { quote!(form) };
    Some(quote! {
        #[doc = #about]
        #derive
        pub struct #name { #(#members),* }
        #constructor
        impl #FROM<#name> for #MULTIPART::Form {
            #[inline]
            fn from(#argument: #name) -> Self {
                Self::new() #(.#calls)*
            }
        }
    })
}

fn field_type(api: &NamedApi, part: &Part<Name>) -> TokenStream {
    match (&part.kind, part.required) {
        (PartKind::File, true) => quote!(#MULTIPART::Part),
        (PartKind::File, false) => quote!(#OPTION<#MULTIPART::Part>),
        (PartKind::Files, _) => quote!(#VEC<#MULTIPART::Part>),
        (PartKind::Value(ty), required) => {
            let ty = rust_type(api, ty, Room::Operations);
            if required { ty } else { quote!(#OPTION<#ty>) }
        }
    }
}

/// `new(required…)`.
fn constructor(api: &NamedApi, form: &Form<Name>) -> TokenStream {
    let name = &form.name;
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for part in &form.parts {
        let name = &part.name;
        match (&part.kind, part.required) {
            (PartKind::File, true) => {
                arguments.push(quote!(#name: impl #INTO<#MULTIPART::Part>));
                values.push(quote!(#name: #name.into()));
            }
            (PartKind::Value(Type::Text), true) => {
                arguments.push(quote!(#name: impl #INTO<#STRING>));
                values.push(quote!(#name: #name.into()));
            }
            (PartKind::Value(ty), true) => {
                let ty = rust_type(api, ty, Room::Operations);
                arguments.push(quote!(#name: #ty));
                values.push(quote!(#name));
            }
            (PartKind::Files, true) => {
                arguments.push(quote!(#name: #VEC<#MULTIPART::Part>));
                values.push(quote!(#name));
            }
            (PartKind::Files, false) => values.push(quote!(#name: #VEC::new())),
            (_, false) => values.push(quote!(#name: #NONE)),
        }
    }
    values.extend(form.extra.iter().map(|extra| {
        let (name, map) = (&extra.name, map_type(api));
        quote!(#name: #map::new())
    }));
    quote! {
        impl #name {
            /// A form with its required parts; the others are left out.
            #[inline]
            pub fn #NEW(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// The call on the runtime's form that adds a part.
fn call(part: &Part<Name>) -> TokenStream {
    let (wire, name) = (part.wire.as_str(), &part.name);
    match (&part.kind, &part.media_type) {
        (PartKind::File, None) => quote!(file(#wire, form.#name)),
        (PartKind::File, Some(media_type)) => quote!(file_as(#wire, #media_type, form.#name)),
        (PartKind::Files, None) => quote!(files(#wire, form.#name)),
        (PartKind::Files, Some(media_type)) => quote!(files_as(#wire, #media_type, form.#name)),
        (PartKind::Value(_), None) => quote!(value(#wire, &form.#name)),
        (PartKind::Value(_), Some(media_type)) => quote!(value_as(#wire, #media_type, &form.#name)),
    }
}
