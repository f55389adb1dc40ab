//! A call of every operation with sample values, where it is asked for.

use super::operations::Argument;
use super::types::{Scope, map_import, names, rust_type};
use super::{Module, ident};
use crate::ir::{
    Api, Body, BodyKind, Multipart, Operation, Parameter, Part, PartKind, Scheme, SchemeKind, Type,
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

pub(super) fn module(api: &Api) -> Module {
    let doc =
        "A call of every operation, with values from the document's examples or made up: for smoke tests."
            .to_owned();
    let mut module = Module { name: "samples".to_owned(), doc, ..Module::default() };
    let calls: Vec<TokenStream> =
        api.operations.iter().filter_map(|operation| call(api, operation)).collect();
    let rows: Vec<TokenStream> = api
        .operations
        .iter()
        .filter(|operation| call(api, operation).is_some())
        .map(|operation| {
            let (id, name) = (&operation.id, ident(&operation.method_name));
            quote!((#id, |client| Box::pin(#name(client))))
        })
        .collect();
    let text = quote!(#(#calls)*).to_string();
    let mut imports = vec![quote!(
        use super::{Client, types};
    )];
    if text.contains("operations ::") {
        imports = vec![quote!(
            use super::{Client, operations, types};
        )];
    }
    for module in ["chrono", "jiff", "multipart", "serde_json", "time", "uuid"] {
        if names(&text, &format!("{module} ::")) {
            let module = ident(module);
            imports.push(quote!(use cloudrun_runtime::#module;));
        }
    }
    imports.extend(map_import(&text));
    module.push(quote! {
        #![allow(unused_imports)]
        #(#imports)*
        use cloudrun_runtime::Reply;
        use cloudrun_runtime::json::{Decode, from_slice};
        use std::future::Future;
        use std::pin::Pin;
    });
    module.push(quote! {
        /// What a call ended in.
        pub type Outcome = Result<Reply, Box<dyn std::error::Error + Send + Sync>>;
    });
    module.push(quote! {
        /// A call of an operation.
        pub type Call = fn(Client) -> Pin<Box<dyn Future<Output = Outcome> + Send>>;
    });
    module.push(quote! {
        /// All operations by their ids.
        pub const ALL: &[(&str, Call)] = &[#(#rows),*];
    });
    module.push(quote! {
        fn decode_sample_value<T: Decode>(json: &str) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
            from_slice(json.as_bytes()).map_err(|error| format!("the sample does not fit: {error}: {json}").into())
        }
    });
    module.push(secrets(api));
    calls.into_iter().for_each(|call| module.push(call));
    module
}

/// The function that calls an operation; `None` if a required value cannot be made.
fn call(api: &Api, operation: &Operation) -> Option<TokenStream> {
    let name = ident(&operation.method_name);
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
        let argument = argument(api, parameter, &local);
        let ty = rust_type(api, &parameter.ty, Scope::Operations);
        let json = sample.to_string();
        lets.push(quote!(let #local: #ty = decode_sample_value(#json)?;));
        if parameter.required {
            arguments.push(argument);
        } else {
            let setter = ident(&parameter.name);
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
                let setter = ident(&body.name);
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
    let doc = format!(" Calls [`Client::{}`].", operation.method_name);
    Some(quote! {
        #[doc = #doc]
        pub async fn #name(client: Client) -> Outcome {
            #(#lets)*
            let answer = client.#name(#(#arguments),*) #(#setters)* .#send().await?;
            Ok(answer.reply().clone())
        }
    })
}

/// A local as the method takes it.
fn argument(api: &Api, parameter: &Parameter, local: &Ident) -> TokenStream {
    by_type(api, &parameter.ty, local)
}

fn by_type(api: &Api, ty: &Type, local: &Ident) -> TokenStream {
    let argument: Argument = super::operations::argument(api, ty, local);
    let text = argument.ty.to_string();
    if text.starts_with('&') { quote!(&#local) } else { quote!(#local) }
}

/// How the body is prepared, and what the method takes.
fn sample_body(api: &Api, body: &Body) -> Option<(TokenStream, TokenStream)> {
    let local = format_ident!("body");
    match &body.kind {
        BodyKind::Json(ty) | BodyKind::Form(ty, _) => {
            let json = body.sample.as_ref()?.to_string();
            let written = rust_type(api, ty, Scope::Operations);
            Some((quote!(let body: #written = decode_sample_value(#json)?;), by_type(api, ty, &local)))
        }
        BodyKind::Multipart(multipart) if multipart.name.is_empty() => Some((
            quote!(let body = multipart::Form::new().part("sample", multipart::Part::from("sample"));),
            quote!(body),
        )),
        BodyKind::Multipart(multipart) => {
            Some((sample_form(api, multipart, body.sample.as_ref()), quote!(body)))
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

fn sample_form(api: &Api, multipart: &Multipart, sample: Option<&Value>) -> TokenStream {
    let name = ident(&multipart.name);
    let field = |part: &Part| {
        let field = ident(&part.name);
        let sample = sample.and_then(|sample| sample.get(&part.wire));
        let file = quote!(multipart::Part::from("sample").file_name("sample.txt"));
        let value = match (&part.kind, part.required, sample) {
            (PartKind::File, true, _) => file,
            (PartKind::File, false, _) => quote!(Some(#file)),
            (PartKind::Files, ..) => quote!(vec![#file, #file]),
            (PartKind::Value(ty), true, Some(sample)) => {
                let (ty, json) = (rust_type(api, ty, Scope::Operations), sample.to_string());
                quote!(decode_sample_value::<#ty>(#json)?)
            }
            (PartKind::Value(ty), true, None) => {
                let ty = rust_type(api, ty, Scope::Operations);
                quote!(decode_sample_value::<#ty>("\"sample\"")?)
            }
            (PartKind::Value(ty), false, Some(sample)) => {
                let (ty, json) = (rust_type(api, ty, Scope::Operations), sample.to_string());
                quote!(Some(decode_sample_value::<#ty>(#json)?))
            }
            (PartKind::Value(_), false, None) => quote!(None),
        };
        quote!(#field: #value)
    };
    let fields = multipart.parts.iter().map(field);
    let extra = multipart.extra.iter().map(|(name, _)| {
        let name = ident(name);
        quote!(#name: Default::default())
    });
    let fields = fields.chain(extra);
    quote!(let body = operations::#name { #(#fields),* };)
}

/// A client with a made-up secret for each of the service's own security schemes.
fn secrets(api: &Api) -> TokenStream {
    let needs_authorization = |scheme: &&Scheme| match &scheme.kind {
        SchemeKind::Basic | SchemeKind::Bearer => true,
        SchemeKind::Header(name) => name == "authorization",
        SchemeKind::Query(_) | SchemeKind::Cookie(_) => false,
    };
    let set = |scheme: &Scheme| {
        let method = ident(&scheme.method_name);
        match scheme.kind {
            SchemeKind::Basic => quote!(let client = client.#method("sample", "secret");),
            _ => quote!(let client = client.#method("sample");),
        }
    };
    let (taken, free): (Vec<&Scheme>, Vec<&Scheme>) = api.schemes.iter().partition(needs_authorization);
    let (taken, free): (Vec<_>, Vec<_>) =
        (taken.into_iter().map(set).collect(), free.into_iter().map(set).collect());
    quote! {
        /// The client with made-up secrets of its own; those in `Authorization` for direct calls only, since the gateway's
        /// token takes that header.
        pub fn with_secrets(client: Client, direct: bool) -> Client {
            #(#free)*
            if direct {
                #(#taken)*
                return client;
            }
            client
        }
    }
}
