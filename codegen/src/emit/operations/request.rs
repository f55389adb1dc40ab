use super::answer;
use super::argument::argument;
use crate::emit::{Piece, Table, doc, ident};
use crate::ir::{Api, Body, BodyKind, Location, Operation, Parameter, Style};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

/// All items of an operation. `errors` remembers which sets of errors are printed already.
pub(super) fn pieces(api: &Api, operation: &Operation, errors: &mut [bool]) -> Vec<Piece> {
    let mut pieces = vec![
        Piece::Tokens(constant(operation)),
        Piece::Tokens(method(api, operation)),
        Piece::Tokens(definition(operation)),
        Piece::Tokens(request(api, operation)),
        Piece::Table(Table { name: "request", head: operation.type_name.clone(), rows: Vec::new() }),
    ];
    pieces.extend(answer::success(api, operation));
    pieces.extend(answer::own_errors(api, operation, errors));
    pieces
}

fn constant(operation: &Operation) -> TokenStream {
    let name = ident(&operation.constant);
    let (id, path) = (&operation.id, &operation.path);
    let method = match operation.http_method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE" | "QUERY") => {
            let known = ident(known);
            quote!(Method::#known)
        }
        other => quote!(Method::new(#other)),
    };
    let patterns = answer::patterns(operation);
    let success = (patterns != ["200"]).then(|| quote!(.success(&[#(#patterns),*])));
    let accept = operation.accept.join(", ");
    let accept = (!accept.is_empty() && accept != "application/json").then(|| quote!(.accept(#accept)));
    quote!(const #name: Operation = Operation::new(#id, #method, #path) #success #accept;)
}

/// The client's method: required parameters and a required body are its arguments.
fn method(api: &Api, operation: &Operation) -> TokenStream {
    let name = ident(&operation.method_name);
    let ty = ident(&operation.type_name);
    let constant = ident(&operation.constant);
    let doc = doc(&documentation(operation), operation.deprecated);
    let mut arguments = Vec::new();
    let mut calls = Vec::new();
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        let name = ident(&parameter.name);
        let argument = argument(api, &parameter.ty, &name);
        let ty = argument.ty;
        arguments.push(quote!(#name: #ty));
        calls.push(set(parameter, &argument.encoded));
    }
    if let Some(body) = operation.body.as_ref().filter(|body| body.required) {
        let (argument, call) = body_parts(api, body);
        arguments.push(argument);
        calls.push(call);
    }
    quote! {
        impl Client {
            #doc
            #[inline]
            pub fn #name(&self #(, #arguments)*) -> #ty {
                #ty(self.service.request(&#constant) #(.#calls)*)
            }
        }
    }
}

/// The request type.
fn definition(operation: &Operation) -> TokenStream {
    let ty = ident(&operation.type_name);
    let link = format!(" The request of [`Client::{}`].", operation.method_name);
    quote! {
        #[doc = #link]
        #[derive(Debug)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct #ty(Request);
    }
}

/// The request's setters, one per optional parameter, and how it is sent.
fn request(api: &Api, operation: &Operation) -> TokenStream {
    let ty = ident(&operation.type_name);
    let setters = operation.parameters.iter().filter(|parameter| !parameter.required).map(|parameter| {
        let name = ident(&parameter.name);
        let text = if parameter.doc.trim().is_empty() {
            format!("Sets `{}`.", parameter.wire.replace(['`', '\n', '\r'], "?"))
        } else {
            parameter.doc.clone()
        };
        let doc = doc(&text, parameter.deprecated);
        let argument = argument(api, &parameter.ty, &name);
        let (argument_ty, call) = (argument.ty, set(parameter, &argument.encoded));
        quote! {
            #doc
            #[inline]
            pub fn #name(self, #name: #argument_ty) -> Self {
                Self(self.0.#call)
            }
        }
    });
    let body = operation.body.iter().filter(|body| !body.required).map(|body| {
        let name = ident(&body.name);
        let text = if body.doc.trim().is_empty() { "Sets the body." } else { &body.doc };
        let doc = doc(text, false);
        let (argument, call) = body_parts(api, body);
        quote! {
            #doc
            #[inline]
            pub fn #name(self, #argument) -> Self {
                Self(self.0.#call)
            }
        }
    });
    let (output, read) = answer::output(api, operation);
    let error = match operation.errors {
        Some(_) => {
            let name = ident(&operation.error_name);
            quote!(#name)
        }
        None => quote!(Undocumented),
    };
    let members = setters.chain(body);
    quote! {
        impl #ty {
            #(#members)*
            /// Sends the request.
            #[inline]
            pub fn send(self) -> Pending<#output, #error> {
                self.0.send(#read)
            }
        }
    }
}

/// The call on `Request` that sets a parameter.
fn set(parameter: &Parameter, encoded: &TokenStream) -> TokenStream {
    let wire = Literal::string(&parameter.wire);
    let style = format_ident!("{}", format!("{:?}", parameter.style));
    match (parameter.location, parameter.style) {
        (Location::Path, Style::Simple) => quote!(path(#wire, #encoded)),
        (Location::Path, _) => quote!(path_styled(#wire, Style::#style, #encoded)),
        (Location::Query, Style::Form) => quote!(query(#wire, #encoded)),
        (Location::Query, _) => quote!(query_styled(#wire, Style::#style, #encoded)),
        (Location::Header, Style::Simple) => quote!(header_param(#wire, #encoded)),
        (Location::Header, _) => quote!(header_param_styled(#wire, Style::#style, #encoded)),
        (Location::Cookie, _) => quote!(cookie(#wire, Style::#style, #encoded)),
    }
}

/// The body's argument, and the call on `Request` that sets it.
fn body_parts(api: &Api, body: &Body) -> (TokenStream, TokenStream) {
    let name = ident(&body.name);
    let media_type = &body.media_type;
    match &body.kind {
        BodyKind::Json(ty) => {
            let argument = argument(api, ty, &name);
            let (ty, encoded) = (argument.ty, argument.encoded);
            let call = match media_type.as_str() {
                "application/json" => quote!(json(#encoded)),
                other => quote!(json_as(#other, #encoded)),
            };
            (quote!(#name: #ty), call)
        }
        BodyKind::Form(ty) => {
            let argument = argument(api, ty, &name);
            let (ty, encoded) = (argument.ty, argument.encoded);
            (quote!(#name: #ty), quote!(form(#encoded)))
        }
        BodyKind::Text => {
            (quote!(#name: impl Into<String>), quote!(body(#media_type, Bytes::from(#name.into()))))
        }
        BodyKind::Bytes => (quote!(#name: impl Into<Bytes>), quote!(body(#media_type, #name.into()))),
    }
}

/// Summary, description and the route.
fn documentation(operation: &Operation) -> String {
    let route = format!("{} {}", operation.http_method, operation.path);
    let route = format!("`{}`", route.replace(['`', '\n', '\r'], "?"));
    let mut text = String::new();
    for part in [&operation.summary, &operation.description] {
        let part = part.trim();
        if !part.is_empty() && text.trim() != part {
            text.push_str(part);
            text.push_str("\n\n");
        }
    }
    let mut arguments = String::new();
    for parameter in
        operation.parameters.iter().filter(|parameter| parameter.required && !parameter.doc.is_empty())
    {
        let line: Vec<&str> = parameter.doc.split_whitespace().collect();
        arguments.push_str(&format!("- `{}`: {}\n", parameter.name, line.join(" ")));
    }
    if !arguments.is_empty() {
        text.push_str(&arguments);
        text.push('\n');
    }
    text.push_str(&route);
    text
}
