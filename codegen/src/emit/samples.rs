//! A call of every operation with sample values, where it is asked for.

use super::format::Result;
use super::module::{Module, Piece, Stand};
use super::operations::argument;
use super::types::rust_type;
use crate::ir::{Body, BodyKind, Form, Multipart, Operation, Part, PartKind, Scheme, SchemeKind, Type};
use crate::items::{
    ALL, BOX, CALL, CLIENT, CLIENT_ARGUMENT, DECODE, DECODE_SAMPLE_VALUE, DEFAULT, ERR_TRAIT, FROM_SLICE,
    FUTURE, MULTIPART, NONE, OK, OPERATIONS, OUTCOME, PIN, REPLY, RESULT, Room, SAMPLES, SEND_TRAIT, SOME,
    SYNC, WITH_SECRETS,
};
use crate::name::{Name, NamedApi};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

pub(super) fn module(api: &NamedApi) -> Result<Module> {
    let doc =
        "A call of every operation, with values from the document's examples or made up: for smoke tests.";
    let mut module = Module::new(SAMPLES, doc);
    let calls: Vec<(&Operation<Name>, TokenStream)> =
        api.operations.iter().filter_map(|operation| Some((operation, call(api, operation)?))).collect();
    let rows = calls.iter().map(|(operation, _)| {
        let (id, name) = (&operation.id, &operation.sample_name);
        quote!((#id, |#CLIENT_ARGUMENT| #BOX::pin(#name(#CLIENT_ARGUMENT))))
    });
    let error = quote!(#BOX<dyn #ERR_TRAIT + #SEND_TRAIT + #SYNC>);
    let items = [
        quote! {
            /// What a call ended in.
            pub type #OUTCOME = #RESULT<#REPLY, #error>;
        },
        quote! {
            /// A call of an operation.
            pub type #CALL = fn(#CLIENT) -> #PIN<#BOX<dyn #FUTURE<Output = #OUTCOME> + #SEND_TRAIT>>;
        },
        quote! {
            /// All operations by their ids.
            pub const #ALL: &[(&str, #CALL)] = &[#(#rows),*];
        },
        quote! {
            fn #DECODE_SAMPLE_VALUE<T: #DECODE>(json: &str) -> #RESULT<T, #error> {
                #FROM_SLICE(json.as_bytes())
                    .map_err(|error| format!("the sample does not fit: {error}: {json}").into())
            }
        },
        secrets(api),
    ];
    let pieces = items.into_iter().chain(calls.iter().map(|(_, call)| call.clone())).map(Piece::Tokens);
    let stand = Stand { api, room: Room::Samples, root: "super" };
    module.pieces = stand.pieces(pieces.collect(), |_| true)?;
    Ok(module)
}

/// The function that calls an operation; `None` if a required value cannot be made.
fn call(api: &NamedApi, operation: &Operation<Name>) -> Option<TokenStream> {
    let (name, method) = (&operation.sample_name, &operation.method_name);
    let mut lets = Vec::new();
    let mut arguments = Vec::new();
    let mut setters = Vec::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        let local = format_ident!("p{index}");
        let Some(sample) = &parameter.sample else {
            if parameter.required {
                return None;
            }
            continue;
        };
        let argument = by_type(api, &parameter.ty, &local);
        let ty = rust_type(api, &parameter.ty, Room::Operations);
        let json = sample.to_string();
        lets.push(quote!(let #local: #ty = #DECODE_SAMPLE_VALUE(#json)?;));
        if parameter.required {
            arguments.push(argument);
        } else {
            let setter = &parameter.name;
            setters.push(quote!(.#setter(#argument)));
        }
    }
    if let Some(body) = operation.bodies.first() {
        match (sample_body(api, body), body.required) {
            (Some((prepared, argument)), true) => {
                lets.push(prepared);
                arguments.push(argument);
            }
            (Some((prepared, argument)), false) => {
                let setter = &body.method;
                lets.push(prepared);
                setters.push(quote!(.#setter(#argument)));
            }
            (None, true) => return None,
            (None, false) => {}
        }
    }
    let send = match (operation.sends, &operation.stream, &operation.socket) {
        (true, ..) => quote!(send),
        (false, Some(_), _) => quote!(stream),
        (false, None, _) => quote!(connect),
    };
    let doc = format!(" Calls [`{}::{}`].", CLIENT.name(), method.as_str());
    Some(quote! {
        #[doc = #doc]
        pub async fn #name(client: #CLIENT) -> #OUTCOME {
            #(#lets)*
            let answer = client.#method(#(#arguments),*) #(#setters)* .#send().await?;
            #OK(answer.reply().clone())
        }
    })
}

/// A local as the method takes it.
fn by_type(api: &NamedApi, ty: &Type, local: &Ident) -> TokenStream {
    if argument(api, ty, local).is_borrowed { quote!(&#local) } else { quote!(#local) }
}

/// How the body is prepared, and what the method takes.
fn sample_body(api: &NamedApi, body: &Body<Name>) -> Option<(TokenStream, TokenStream)> {
    let local = format_ident!("body");
    match &body.kind {
        BodyKind::Json(ty) | BodyKind::Form(ty, _) => {
            let json = body.sample.as_ref()?.to_string();
            let written = rust_type(api, ty, Room::Operations);
            Some((quote!(let body: #written = #DECODE_SAMPLE_VALUE(#json)?;), by_type(api, ty, &local)))
        }
        BodyKind::Multipart(Multipart { form: None, .. }) => Some((
            quote!(let body = #MULTIPART::Form::new().part("sample", #MULTIPART::Part::from("sample"));),
            quote!(body),
        )),
        BodyKind::Multipart(Multipart { form: Some(form), .. }) => {
            Some((sample_form(api, form, body.sample.as_ref()), quote!(body)))
        }
        BodyKind::Text => {
            let text = match &body.sample {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => "sample".to_owned(),
            };
            Some((quote!(let body = #text;), quote!(body)))
        }
        BodyKind::Bytes => Some((quote!(let body = "sample";), quote!(body))),
    }
}

fn sample_form(api: &NamedApi, form: &Form<Name>, sample: Option<&Value>) -> TokenStream {
    let name = &form.name;
    let field = |part: &Part<Name>| {
        let field = &part.name;
        let sample = sample.and_then(|sample| sample.get(part.wire.as_str()));
        let file = quote!(#MULTIPART::Part::from("sample").file_name("sample.txt"));
        let value = match (&part.kind, part.required, sample) {
            (PartKind::File, true, _) => file,
            (PartKind::File, false, _) => quote!(#SOME(#file)),
            (PartKind::Files, ..) => quote!(vec![#file, #file]),
            (PartKind::Value(ty), true, Some(sample)) => {
                let (ty, json) = (rust_type(api, ty, Room::Operations), sample.to_string());
                quote!(#DECODE_SAMPLE_VALUE::<#ty>(#json)?)
            }
            (PartKind::Value(ty), true, None) => {
                let ty = rust_type(api, ty, Room::Operations);
                quote!(#DECODE_SAMPLE_VALUE::<#ty>("\"sample\"")?)
            }
            (PartKind::Value(ty), false, Some(sample)) => {
                let (ty, json) = (rust_type(api, ty, Room::Operations), sample.to_string());
                quote!(#SOME(#DECODE_SAMPLE_VALUE::<#ty>(#json)?))
            }
            (PartKind::Value(_), false, None) => quote!(#NONE),
        };
        quote!(#field: #value)
    };
    let fields = form.parts.iter().map(field);
    let extra = form.extra.iter().map(|extra| {
        let name = &extra.name;
        quote!(#name: #DEFAULT::default())
    });
    let fields = fields.chain(extra);
    quote!(let body = #OPERATIONS::#name { #(#fields),* };)
}

/// A client with a made-up secret for each of the service's own security schemes.
fn secrets(api: &NamedApi) -> TokenStream {
    let needs_authorization = |scheme: &&Scheme<Name>| match &scheme.kind {
        SchemeKind::Basic | SchemeKind::Bearer => true,
        SchemeKind::Header(name) => name == "authorization",
        SchemeKind::Query(_) | SchemeKind::Cookie(_) => false,
    };
    let set = |scheme: &Scheme<Name>| {
        let method = &scheme.method_name;
        match scheme.kind {
            SchemeKind::Basic => quote!(let client = client.#method("sample", "secret");),
            _ => quote!(let client = client.#method("sample");),
        }
    };
    let (taken, free): (Vec<&Scheme<Name>>, Vec<&Scheme<Name>>) =
        api.schemes.iter().partition(needs_authorization);
    let (taken, free): (Vec<_>, Vec<_>) =
        (taken.into_iter().map(set).collect(), free.into_iter().map(set).collect());
    quote! {
        /// The client with made-up secrets of its own; those in `Authorization` for direct calls only, since the gateway's
        /// token takes that header.
        pub fn #WITH_SECRETS(client: #CLIENT, direct: bool) -> #CLIENT {
            #(#free)*
            if direct {
                #(#taken)*
                return client;
            }
            client
        }
    }
}
