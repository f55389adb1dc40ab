use super::argument::argument;
use super::{answer, form, headers, pages};
use crate::emit::{Piece, Table, constraints, doc, ident};
use crate::ir::{Api, Body, BodyKind, Location, Operation, Parameter, Style};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// All items of an operation. `errors` remembers which sets of errors are printed already.
pub(super) fn pieces(api: &Api, operation: &Operation, errors: &mut [bool]) -> Vec<Piece> {
    let mut pieces = vec![
        Piece::Tokens(constant(api, operation)),
        Piece::Tokens(pages::constant(api, operation).unwrap_or_default()),
        Piece::Tokens(method(api, operation)),
        Piece::Tokens(definition(operation)),
        Piece::Tokens(request(api, operation)),
        Piece::Table(Table { name: "request", head: operation.type_name.clone(), rows: Vec::new() }),
    ];
    pieces.extend(
        operation.bodies.iter().filter_map(|body| form::pieces(api, operation, body)).map(Piece::Tokens),
    );
    pieces.extend(headers::pieces(api, operation));
    pieces.extend(answer::success(api, operation));
    pieces.extend(answer::own_errors(api, operation, errors));
    pieces
}

fn constant(api: &Api, operation: &Operation) -> TokenStream {
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
    let schemes = operation.security.iter().map(|index| ident(&api.schemes[*index].constant));
    let security = (!operation.security.is_empty()).then(|| quote!(.security(&[#(&security::#schemes),*])));
    quote!(const #name: Operation = Operation::new(#id, #method, #path) #success #accept #security;)
}

/// The client's methods: required parameters and a required body are their arguments, a method for each body.
fn method(api: &Api, operation: &Operation) -> TokenStream {
    let ty = ident(&operation.type_name);
    let constant = ident(&operation.constant);
    let required = || operation.parameters.iter().filter(|parameter| parameter.required);
    let names = required().map(|parameter| ident(&parameter.name));
    let arguments: Vec<_> = required()
        .zip(names)
        .map(|(parameter, name)| {
            let argument = argument(api, &parameter.ty, &name);
            let ty = argument.ty;
            (quote!(#name: #ty), checked_set(api, parameter, &argument.encoded))
        })
        .collect();
    let (arguments, calls): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
    let bodies: Vec<Option<&Body>> = match operation.bodies.first() {
        Some(first) if first.required => operation.bodies.iter().map(Some).collect(),
        _ => vec![None],
    };
    let methods = bodies.into_iter().enumerate().map(|(index, body)| {
        let (name, doc) = match body.filter(|_| index > 0) {
            Some(body) => (ident(&body.name), another_body(operation, body)),
            None => (ident(&operation.method_name), doc(&documentation(operation), operation.deprecated)),
        };
        let body = body.map(|body| (body_parts(api, body, &ident("body")), body));
        let body = body.map(|((argument, call), _)| (argument, call));
        let (argument, call) = body.unzip();
        let arguments = arguments.iter().chain(&argument);
        let calls = calls.iter().chain(&call);
        quote! {
            #doc
            #[inline]
            pub fn #name(&self #(, #arguments)*) -> #ty {
                #ty(self.service.request(&#constant) #(.#calls)*)
            }
        }
    });
    quote!(impl Client { #(#methods)* })
}

/// The documentation of a method that differs from the operation's first by its body.
fn another_body(operation: &Operation, body: &Body) -> TokenStream {
    let first = &operation.method_name;
    let text = format!(" Like [`{first}`](Self::{first}), with a body of `{}`.", plain(&body.media_type));
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    quote!(#[doc = #text] #deprecated)
}

fn plain(text: &str) -> String {
    text.replace(['`', '\n', '\r'], "?")
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
        let (argument_ty, call) = (argument.ty, checked_set(api, parameter, &argument.encoded));
        quote! {
            #doc
            #[inline]
            pub fn #name(self, #name: #argument_ty) -> Self {
                Self(self.0.#call)
            }
        }
    });
    let bodies = operation.bodies.iter().filter(|body| !body.required).map(|body| {
        let name = ident(&body.name);
        let text = if body.doc.trim().is_empty() { "Sets the body." } else { &body.doc };
        let text = format!("{text}\n\n`{}`", plain(&body.media_type));
        let doc = doc(&text, false);
        let (argument, call) = body_parts(api, body, &ident("body"));
        quote! {
            #doc
            #[inline]
            pub fn #name(self, #argument) -> Self {
                Self(self.0.#call)
            }
        }
    });
    let sends = answer::sends(api, operation);
    let members = setters.chain(bodies).chain(sends);
    quote! {
        impl #ty {
            #(#members)*
        }
    }
}

/// The calls on `Request` that check and set a parameter.
fn checked_set(api: &Api, parameter: &Parameter, encoded: &TokenStream) -> TokenStream {
    let set = set(parameter, encoded);
    if parameter.rules.is_empty() {
        return set;
    }
    let place = format!("parameter `{}`", parameter.wire);
    let checks = constraints::checks(api, &parameter.rules);
    quote!(check(#place, #encoded, const { #checks }).#set)
}

/// The call on `Request` that sets a parameter.
fn set(parameter: &Parameter, encoded: &TokenStream) -> TokenStream {
    let wire = Literal::string(&parameter.wire);
    let style = format_ident!("{}", format!("{:?}", parameter.style));
    match (parameter.location, parameter.style) {
        (Location::Path, Style::Simple) => quote!(path(#wire, #encoded)),
        (Location::Path, _) => quote!(path_styled(#wire, Style::#style, #encoded)),
        (Location::QueryString, _) => quote!(query_string(#encoded)),
        (Location::Query, _) if parameter.allow_reserved => {
            quote!(query_reserved(#wire, Style::#style, #encoded))
        }
        (Location::Query, Style::Form) => quote!(query(#wire, #encoded)),
        (Location::Query, _) => quote!(query_styled(#wire, Style::#style, #encoded)),
        (Location::Header, Style::Simple) => quote!(header_param(#wire, #encoded)),
        (Location::Header, _) => quote!(header_param_styled(#wire, Style::#style, #encoded)),
        (Location::Cookie, _) => quote!(cookie(#wire, Style::#style, #encoded)),
    }
}

/// The body's argument, and the call on `Request` that sets it.
fn body_parts(api: &Api, body: &Body, name: &Ident) -> (TokenStream, TokenStream) {
    let (argument, call) = body_setter(api, body, name);
    let encoded = match &body.kind {
        BodyKind::Json(ty) | BodyKind::Form(ty, _) if !body.rules.is_empty() => {
            self::argument(api, ty, name).encoded
        }
        _ => return (argument, call),
    };
    let checks = constraints::checks(api, &body.rules);
    (argument, quote!(check("body", #encoded, const { #checks }).#call))
}

fn body_setter(api: &Api, body: &Body, name: &Ident) -> (TokenStream, TokenStream) {
    let media_type = &body.media_type;
    match &body.kind {
        BodyKind::Json(ty) => {
            let argument = argument(api, ty, name);
            let (ty, encoded) = (argument.ty, argument.encoded);
            let call = match media_type.as_str() {
                "application/json" => quote!(json(#encoded)),
                other => quote!(json_as(#other, #encoded)),
            };
            (quote!(#name: #ty), call)
        }
        BodyKind::Form(ty, styles) => {
            let argument = argument(api, ty, name);
            let (ty, encoded) = (argument.ty, argument.encoded);
            let rows = styles.iter().map(|(wire, style)| {
                let style = format_ident!("{}", format!("{style:?}"));
                quote!((#wire, Style::#style))
            });
            let call = match styles.is_empty() {
                true => quote!(form(#encoded)),
                false => quote!(form_styled(#encoded, &[#(#rows),*])),
            };
            (quote!(#name: #ty), call)
        }
        BodyKind::Multipart(multipart) => form::argument(multipart, name),
        BodyKind::Text => {
            (quote!(#name: impl Into<String>), quote!(body(#media_type, Into::<String>::into(#name))))
        }
        BodyKind::Bytes => (quote!(#name: impl Into<Body>), quote!(body(#media_type, #name))),
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
