use super::argument::argument;
use super::{answer, form, headers, pages};
use crate::emit::{Piece, Table, constraints, doc};
use crate::ir::{Body, BodyKind, Location, Operation, Parameter, Style};
use crate::items::{
    BODY_TYPE, CLIENT, INTO, METHOD, OPERATION, OPERATION_TYPE, REQUEST, SECURITY, STRING, STYLE,
};
use crate::name::{Name, NamedApi};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

/// All items of an operation.
pub(super) fn pieces(api: &NamedApi, operation: &Operation<Name>) -> Vec<Piece> {
    let mut pieces = vec![
        Piece::Tokens(method(api, operation)),
        Piece::Tokens(definition(operation)),
        Piece::Tokens(request(api, operation)),
        Piece::Table(Table { name: "request", head: operation.type_name.to_string(), rows: Vec::new() }),
    ];
    pieces.extend(
        operation.bodies.iter().filter_map(|body| form::pieces(api, operation, body)).map(Piece::Tokens),
    );
    pieces.extend(headers::pieces(api, operation));
    pieces.extend(answer::success(api, operation));
    pieces.extend(answer::own_errors(api, operation));
    pieces
}

fn constant(api: &NamedApi, operation: &Operation<Name>) -> TokenStream {
    let (id, path) = (&operation.id, &operation.path);
    let method = match operation.http_method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE" | "QUERY") => {
            let known = format_ident!("{known}");
            quote!(#METHOD::#known)
        }
        other => quote!(#METHOD::new(#other)),
    };
    let query = Some(&operation.query).filter(|query| !query.is_empty()).map(|query| quote!(.query(#query)));
    let patterns = answer::patterns(operation);
    let success = (patterns != ["200"]).then(|| quote!(.success(&[#(#patterns),*])));
    let accept = operation.accept.join(", ");
    let accept = (!accept.is_empty() && accept != "application/json").then(|| quote!(.accept(#accept)));
    let schemes = operation.security.iter().map(|index| {
        let constant = &api.schemes[*index].constant;
        quote!(&#SECURITY::#constant)
    });
    let security = (!operation.security.is_empty()).then(|| quote!(.security(&[#(#schemes),*])));
    quote! {
        /// What the document says of the operation.
        pub const #OPERATION: #OPERATION_TYPE = #OPERATION_TYPE::new(#id, #method, #path) #query #success #accept #security;
    }
}

/// The client's methods: required parameters and a required body are their arguments, a method for each body.
fn method(api: &NamedApi, operation: &Operation<Name>) -> TokenStream {
    let ty = &operation.type_name;
    let required = || operation.parameters.iter().filter(|parameter| parameter.required);
    let names = required().map(|parameter| &parameter.name);
    let arguments: Vec<_> = required()
        .zip(names)
        .map(|(parameter, name)| {
            let argument = argument(api, &parameter.ty, name);
            let ty = argument.ty;
            (quote!(#name: #ty), checked_set(api, parameter, &argument.encoded))
        })
        .collect();
    let (arguments, calls): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
    let bodies: Vec<Option<&Body<Name>>> = match operation.bodies.first() {
        Some(first) if first.required => operation.bodies.iter().map(Some).collect(),
        _ => vec![None],
    };
    let methods = bodies.into_iter().enumerate().map(|(index, body)| {
        let (name, doc) = match body.filter(|_| index > 0) {
            Some(body) => (&body.method, another_body(operation, body)),
            None => (&operation.method_name, doc(&documentation(operation), operation.deprecated)),
        };
        let (argument, call) = body.map(|body| body_parts(api, body)).unzip();
        let arguments = arguments.iter().chain(&argument);
        let calls = calls.iter().chain(&call);
        quote! {
            #doc
            #[inline]
            pub fn #name(&self #(, #arguments)*) -> #ty {
                #ty(self.service.request(&#ty::#OPERATION) #(.#calls)*)
            }
        }
    });
    quote!(impl #CLIENT { #(#methods)* })
}

/// The documentation of a method that differs from the operation's first by its body.
fn another_body(operation: &Operation<Name>, body: &Body<Name>) -> TokenStream {
    let first = operation.method_name.as_str();
    let text = format!(" Like [`{first}`](Self::{first}), with a body of `{}`.", plain(&body.media_type));
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    quote!(#[doc = #text] #deprecated)
}

fn plain(text: &str) -> String {
    text.replace(['`', '\n', '\r'], "?")
}

/// The request type.
fn definition(operation: &Operation<Name>) -> TokenStream {
    let ty = &operation.type_name;
    let link = format!(" The request of [`{}::{}`].", CLIENT.name(), operation.method_name.as_str());
    quote! {
        #[doc = #link]
        #[derive(Debug)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct #ty(#REQUEST);
    }
}

/// The request's setters, one per optional parameter, and how it is sent.
fn request(api: &NamedApi, operation: &Operation<Name>) -> TokenStream {
    let ty = &operation.type_name;
    let constants = [constant(api, operation)].into_iter().chain(pages::constant(api, operation));
    let setters = operation.parameters.iter().filter(|parameter| !parameter.required).map(|parameter| {
        let name = &parameter.name;
        let text = if parameter.doc.trim().is_empty() {
            format!("Sets `{}`.", parameter.wire.replace(['`', '\n', '\r'], "?"))
        } else {
            parameter.doc.clone()
        };
        let doc = doc(&text, parameter.deprecated);
        let argument = argument(api, &parameter.ty, name);
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
        let name = &body.method;
        let text = if body.doc.trim().is_empty() { "Sets the body." } else { &body.doc };
        let text = format!("{text}\n\n`{}`", plain(&body.media_type));
        let doc = doc(&text, false);
        let (argument, call) = body_parts(api, body);
        quote! {
            #doc
            #[inline]
            pub fn #name(self, #argument) -> Self {
                Self(self.0.#call)
            }
        }
    });
    let sends = answer::sends(api, operation);
    let members = constants.chain(setters).chain(bodies).chain(sends);
    quote! {
        impl #ty {
            #(#members)*
        }
    }
}

/// The calls on `Request` that check and set a parameter.
fn checked_set(api: &NamedApi, parameter: &Parameter<Name>, encoded: &TokenStream) -> TokenStream {
    let set = set(parameter, encoded);
    if parameter.rules.is_empty() {
        return set;
    }
    let place = format!("parameter `{}`", parameter.wire);
    let checks = constraints::checks(api, &parameter.rules);
    quote!(check(#place, #encoded, const { #checks }).#set)
}

/// The call on `Request` that sets a parameter.
fn set(parameter: &Parameter<Name>, encoded: &TokenStream) -> TokenStream {
    let wire = Literal::string(&parameter.wire);
    let style = style(&parameter.style);
    match (parameter.location, &parameter.style) {
        (Location::Path, Style::Simple) => quote!(path(#wire, #encoded)),
        (Location::Path, _) => quote!(path_styled(#wire, #style, #encoded)),
        (Location::QueryString, _) => quote!(query_string(#encoded)),
        (Location::Query, _) if parameter.allow_reserved => {
            quote!(query_reserved(#wire, #style, #encoded))
        }
        (Location::Query, Style::Form) => quote!(query(#wire, #encoded)),
        (Location::Query, _) => quote!(query_styled(#wire, #style, #encoded)),
        (Location::Header, Style::Simple) => quote!(header_param(#wire, #encoded)),
        (Location::Header, _) => quote!(header_param_styled(#wire, #style, #encoded)),
        (Location::Cookie, _) => quote!(cookie(#wire, #style, #encoded)),
    }
}

/// The body's argument, and the call on `Request` that sets it.
fn body_parts(api: &NamedApi, body: &Body<Name>) -> (TokenStream, TokenStream) {
    let name = &body.argument;
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

fn body_setter(api: &NamedApi, body: &Body<Name>, name: &Name) -> (TokenStream, TokenStream) {
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
                let (wire, style) = (wire.as_str(), self::style(style));
                quote!((#wire, #style))
            });
            let call = match styles.is_empty() {
                true => quote!(form(#encoded)),
                false => quote!(form_styled(#encoded, &[#(#rows),*])),
            };
            (quote!(#name: #ty), call)
        }
        BodyKind::Multipart(multipart) => form::argument(multipart, name),
        BodyKind::Text => {
            (quote!(#name: impl #INTO<#STRING>), quote!(body(#media_type, #INTO::<#STRING>::into(#name))))
        }
        BodyKind::Bytes => (quote!(#name: impl #INTO<#BODY_TYPE>), quote!(body(#media_type, #name))),
    }
}

/// The style in the runtime.
fn style(style: &Style) -> TokenStream {
    let name = match style {
        Style::Form => "Form",
        Style::FormJoined => "FormJoined",
        Style::SpaceDelimited => "SpaceDelimited",
        Style::PipeDelimited => "PipeDelimited",
        Style::DeepObject => "DeepObject",
        Style::Simple => "Simple",
        Style::SimpleExploded => "SimpleExploded",
        Style::Label => "Label",
        Style::LabelExploded => "LabelExploded",
        Style::Matrix => "Matrix",
        Style::MatrixExploded => "MatrixExploded",
        Style::Json => "Json",
        Style::Lists(separators) => return quote!(#STYLE::Lists(#separators)),
    };
    let name = format_ident!("{name}");
    quote!(#STYLE::#name)
}

/// Summary, description and the route.
fn documentation(operation: &Operation<Name>) -> String {
    let query = if operation.query.is_empty() { "" } else { "?" };
    let route = format!("{} {}{query}{}", operation.http_method, operation.path, operation.query);
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
        arguments.push_str(&format!("- `{}`: {}\n", parameter.name.as_str(), line.join(" ")));
    }
    if !arguments.is_empty() {
        text.push_str(&arguments);
        text.push('\n');
    }
    text.push_str(&route);
    text
}
