use crate::emit::types::{Scope, rust_type};
use crate::emit::{Piece, Table, doc, ident, literal};
use crate::ir::{
    AnswerVariant, Api, Content, ErrorSet, Operation, Socket, Stream, StreamKind, Success, Type,
};
use proc_macro2::TokenStream;
use quote::quote;

/// The methods that send a request: one for each way to read the answer.
pub(super) fn sends(api: &Api, operation: &Operation) -> Vec<TokenStream> {
    let error = match operation.errors {
        Some(_) => {
            let name = ident(&operation.error_name);
            quote!(#name)
        }
        None => quote!(Undocumented),
    };
    let mut methods = Vec::new();
    if operation.sends {
        let (output, read) = output(api, operation);
        methods.push(quote! {
            /// Sends the request.
            #[inline]
            pub fn send(self) -> Pending<#output, #error> {
                self.0.send(#read)
            }
        });
    }
    for other in &operation.alternatives {
        let (name, media_type) = (ident(&other.name), &other.media_type);
        let read = ident(kind(&other.content));
        let output = content_type(api, &other.content).unwrap_or_else(|| quote!(()));
        let about =
            format!(" Sends the request and asks for an answer of `{}`.", media_type.replace('`', "?"));
        methods.push(quote! {
            #[doc = #about]
            #[inline]
            pub fn #name(self) -> Pending<#output, #error> {
                self.0.accept(#media_type).send(body::#read)
            }
        });
    }
    methods.extend(super::pages::methods(api, operation, &error));
    methods.extend(operation.stream.as_ref().map(|stream| streaming(api, operation, stream, &error)));
    methods.extend(operation.socket.as_ref().map(|socket| connecting(api, socket, &error)));
    methods
}

/// The method that reads the answer while it arrives.
fn streaming(api: &Api, operation: &Operation, stream: &Stream, error: &TokenStream) -> TokenStream {
    let item = |ty: &Type| rust_type(api, ty, Scope::Operations);
    let (output, open, about) = match &stream.kind {
        StreamKind::Events(ty) => {
            let item = item(ty);
            (quote!(stream::EventStream<#item>), quote!(events), "the answer's events as they arrive")
        }
        StreamKind::TextEvents => {
            (quote!(stream::EventStream<String>), quote!(text_events), "the answer's events as they arrive")
        }
        StreamKind::Lines(ty) => {
            let item = item(ty);
            (quote!(stream::Records<#item>), quote!(json_lines), "the answer's lines as they arrive")
        }
        StreamKind::Sequence(ty) => {
            let item = item(ty);
            (quote!(stream::Records<#item>), quote!(json_sequence), "the answer's records as they arrive")
        }
        StreamKind::Bytes => (quote!(stream::ByteStream), quote!(bytes), "the answer's bytes as they arrive"),
    };
    let media_type = &stream.media_type;
    // Bytes come in the media type that is asked for anyway.
    let is_usual = matches!(stream.kind, StreamKind::Bytes) || operation.accept.first() == Some(media_type);
    let accept = (!is_usual).then(|| quote!(.accept(#media_type)));
    let about = format!(" Sends the request and reads {about}.");
    quote! {
        #[doc = #about]
        #[inline]
        pub fn stream(self) -> stream::Opening<#output, #error> {
            self.0 #accept .open(stream::#open)
        }
    }
}

/// The method that opens a WebSocket.
fn connecting(api: &Api, socket: &Socket, error: &TokenStream) -> TokenStream {
    let ty = |ty: &Option<Type>| match ty {
        Some(ty) => rust_type(api, ty, Scope::Operations),
        None => quote!(serde_json::Value),
    };
    let (sent, received, codec) = match (&socket.sent, &socket.received) {
        (None, None) => (quote!(websocket::Message), quote!(websocket::Message), quote!(raw)),
        (sent, received) => (ty(sent), ty(received), quote!(json)),
    };
    quote! {
        /// Opens the WebSocket.
        #[inline]
        pub fn connect(self) -> websocket::Connecting<#sent, #received, #error> {
            self.0.connect(websocket::#codec())
        }
    }
}

/// The type of a success and the function that reads it.
fn output(api: &Api, operation: &Operation) -> (TokenStream, TokenStream) {
    match &operation.success {
        Success::One { content, .. } => {
            let read = ident(kind(content));
            let ty = content_type(api, content).unwrap_or_else(|| quote!(()));
            (ty, quote!(body::#read))
        }
        Success::Many { name, .. } => {
            let name = ident(name);
            (quote!(#name), quote!(<#name as cloudrun_runtime::Responses>::from_reply))
        }
    }
}

/// The documented statuses of success.
pub(super) fn patterns(operation: &Operation) -> Vec<String> {
    match &operation.success {
        Success::One { patterns, .. } => patterns.clone(),
        Success::Many { variants, .. } => {
            variants.iter().map(|variant| variant.answer.pattern.clone()).collect()
        }
    }
}

fn kind(content: &Content) -> &'static str {
    match content {
        Content::Json(_) => "json",
        Content::Text => "text",
        Content::Bytes => "bytes",
        Content::Empty => "empty",
    }
}

fn content_type(api: &Api, content: &Content) -> Option<TokenStream> {
    Some(match content {
        Content::Json(ty) => rust_type(api, ty, Scope::Operations),
        Content::Text => quote!(String),
        Content::Bytes => quote!(cloudrun_runtime::Bytes),
        Content::Empty => return None,
    })
}

/// The enum of an operation that has several kinds of success.
pub(super) fn success(api: &Api, operation: &Operation) -> Vec<Piece> {
    let Success::Many { name, variants } = &operation.success else { return Vec::new() };
    let about = format!("What {} answers.", link(operation));
    enumeration(api, name, &about, variants, None)
}

/// The errors of an operation: an enum of its own, or another name for a shared one.
pub(super) fn own_errors(api: &Api, operation: &Operation, printed: &mut [bool]) -> Vec<Piece> {
    let Some(index) = operation.errors else { return Vec::new() };
    let set = &api.errors[index];
    if set.users == 1 && !printed[index] {
        printed[index] = true;
        let about = format!("The documented errors of {}.", link(operation));
        return enumeration(api, &set.name, &about, &set.variants, Some(&set.unknown));
    }
    let (own, shared) = (ident(&operation.error_name), ident(&set.name));
    let doc = raw_doc(&format!("The documented errors of {}.", link(operation)));
    vec![Piece::Tokens(quote!(#doc pub type #own = #shared;))]
}

/// A set of errors that several operations share.
pub(super) fn errors(api: &Api, set: &ErrorSet) -> Vec<Piece> {
    let about = format!("Documented errors that {} operations share.", set.users);
    enumeration(api, &set.name, &about, &set.variants, Some(&set.unknown))
}

fn link(operation: &Operation) -> String {
    format!("[`{}`]", operation.type_name)
}

/// Documentation that is ours, links included.
fn raw_doc(text: &str) -> TokenStream {
    let text = format!(" {text}");
    quote!(#[doc = #text])
}

fn enumeration(
    api: &Api,
    name: &str,
    about: &str,
    variants: &[AnswerVariant],
    unknown: Option<&str>,
) -> Vec<Piece> {
    let doc_of = |variant: &AnswerVariant| {
        let pattern = match variant.answer.pattern.as_str() {
            "default" => "Any other status".to_owned(),
            pattern => format!("Status {pattern}"),
        };
        let words = variant.answer.doc.trim();
        if words.is_empty() { format!("{pattern}.") } else { format!("{pattern}: {words}") }
    };
    let members = variants.iter().map(|variant| {
        let doc = doc(&doc_of(variant), false);
        let name = ident(&variant.name);
        let content = content_type(api, &variant.answer.content).map(|ty| quote!((#ty)));
        quote!(#doc #name #content)
    });
    let about = raw_doc(about);
    let last = unknown.map(|unknown| {
        let unknown = ident(unknown);
        quote!(#[doc = " A status that the document does not list."] #unknown(Undocumented),)
    });
    let ident_of = ident(name);
    let item = quote! {
        #about
        #[derive(Clone, Debug, PartialEq)]
        pub enum #ident_of {
            #(#members,)*
            #last
        }
    };
    let row = |variant: &AnswerVariant| {
        let pattern = literal(&variant.answer.pattern);
        format!("{pattern} {} {}", ident(&variant.name), kind(&variant.answer.content))
    };
    let rows = variants.iter().map(row).chain(unknown.map(|unknown| format!("..{unknown}"))).collect();
    vec![Piece::Tokens(item), Piece::Table(Table { name: "responses", head: name.to_owned(), rows })]
}
