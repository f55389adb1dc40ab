use crate::emit::types::rust_type;
use crate::emit::uses::Definition;
use crate::emit::{Piece, Table, doc, literal};
use crate::ir::{AnswerVariant, Content, ErrorSet, Operation, Socket, Stream, StreamKind, Success, Type};
use crate::items::{
    BODY, BYTES, CONNECT, OPEN_STREAM, PENDING, RESPONSES, Room, SEND, SERDE_JSON, STREAM, STRING,
    UNDOCUMENTED, WEBSOCKET,
};
use crate::name::{Name, NamedApi};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The methods that send a request: one for each way to read the answer.
pub(super) fn sends(api: &NamedApi, operation: &Operation<Name>) -> Vec<TokenStream> {
    let error = match &operation.errors {
        Some(errors) => errors.name.to_token_stream(),
        None => quote!(#UNDOCUMENTED),
    };
    let mut methods = Vec::new();
    if operation.sends {
        let (output, read) = output(api, operation);
        methods.push(quote! {
            /// Sends the request.
            #[inline]
            pub fn #SEND(self) -> #PENDING<#output, #error> {
                self.0.send(#read)
            }
        });
    }
    for other in &operation.alternatives {
        let (name, media_type) = (&other.name, &other.media_type);
        let read = kind(&other.content);
        let output = content_type(api, &other.content).unwrap_or_else(|| quote!(()));
        let about =
            format!(" Sends the request and asks for an answer of `{}`.", media_type.replace('`', "?"));
        methods.push(quote! {
            #[doc = #about]
            #[inline]
            pub fn #name(self) -> #PENDING<#output, #error> {
                self.0.accept(#media_type).send(#BODY::#read)
            }
        });
    }
    methods.extend(super::pages::methods(api, operation, &error));
    methods.extend(operation.stream.as_ref().map(|stream| streaming(api, operation, stream, &error)));
    methods.extend(operation.socket.as_ref().map(|socket| connecting(api, socket, &error)));
    methods
}

/// The method that reads the answer while it arrives.
fn streaming(
    api: &NamedApi,
    operation: &Operation<Name>,
    stream: &Stream,
    error: &TokenStream,
) -> TokenStream {
    let item = |ty: &Type| rust_type(api, ty, Room::Operations);
    let (output, open, about) = match &stream.kind {
        StreamKind::Events(ty) => {
            let item = item(ty);
            (quote!(#STREAM::EventStream<#item>), quote!(events), "the answer's events as they arrive")
        }
        StreamKind::TextEvents => {
            (quote!(#STREAM::EventStream<#STRING>), quote!(text_events), "the answer's events as they arrive")
        }
        StreamKind::Lines(ty) => {
            let item = item(ty);
            (quote!(#STREAM::Records<#item>), quote!(json_lines), "the answer's lines as they arrive")
        }
        StreamKind::Sequence(ty) => {
            let item = item(ty);
            (quote!(#STREAM::Records<#item>), quote!(json_sequence), "the answer's records as they arrive")
        }
        StreamKind::Bytes => {
            (quote!(#STREAM::ByteStream), quote!(bytes), "the answer's bytes as they arrive")
        }
    };
    let media_type = &stream.media_type;
    // Bytes come in the media type that is asked for anyway.
    let is_usual = matches!(stream.kind, StreamKind::Bytes) || operation.accept.first() == Some(media_type);
    let accept = (!is_usual).then(|| quote!(.accept(#media_type)));
    let about = format!(" Sends the request and reads {about}.");
    quote! {
        #[doc = #about]
        #[inline]
        pub fn #OPEN_STREAM(self) -> #STREAM::Opening<#output, #error> {
            self.0 #accept .open(#STREAM::#open)
        }
    }
}

/// The method that opens a WebSocket.
fn connecting(api: &NamedApi, socket: &Socket, error: &TokenStream) -> TokenStream {
    let ty = |ty: &Option<Type>| match ty {
        Some(ty) => rust_type(api, ty, Room::Operations),
        None => quote!(#SERDE_JSON::Value),
    };
    let (sent, received, codec) = match (&socket.sent, &socket.received) {
        (None, None) => (quote!(#WEBSOCKET::Message), quote!(#WEBSOCKET::Message), quote!(raw)),
        (sent, received) => (ty(sent), ty(received), quote!(json)),
    };
    quote! {
        /// Opens the WebSocket.
        #[inline]
        pub fn #CONNECT(self) -> #WEBSOCKET::Connecting<#sent, #received, #error> {
            self.0.connect(#WEBSOCKET::#codec())
        }
    }
}

/// The type of a success and the function that reads it.
fn output(api: &NamedApi, operation: &Operation<Name>) -> (TokenStream, TokenStream) {
    match &operation.success {
        Success::One { content, .. } => {
            let read = kind(content);
            let ty = content_type(api, content).unwrap_or_else(|| quote!(()));
            (ty, quote!(#BODY::#read))
        }
        Success::Many { name, .. } => (quote!(#name), quote!(<#name as #RESPONSES>::from_reply)),
    }
}

/// The documented statuses of success.
pub(super) fn patterns(operation: &Operation<Name>) -> Vec<String> {
    match &operation.success {
        Success::One { patterns, .. } => patterns.clone(),
        Success::Many { variants, .. } => {
            variants.iter().map(|variant| variant.answer.pattern.clone()).collect()
        }
    }
}

fn kind(content: &Content) -> Ident {
    format_ident!(
        "{}",
        match content {
            Content::Json(_) => "json",
            Content::JsonOrText(_) => "json_or_text",
            Content::Text => "text",
            Content::Bytes => "bytes",
            Content::Empty => "empty",
        }
    )
}

fn content_type(api: &NamedApi, content: &Content) -> Option<TokenStream> {
    Some(match content {
        Content::Json(ty) | Content::JsonOrText(ty) => rust_type(api, ty, Room::Operations),
        Content::Text => quote!(#STRING),
        Content::Bytes => quote!(#BYTES),
        Content::Empty => return None,
    })
}

/// The enum of an operation that has several kinds of success.
pub(super) fn success(api: &NamedApi, operation: &Operation<Name>) -> Vec<Piece> {
    let Success::Many { name, variants } = &operation.success else { return Vec::new() };
    let about = format!("What {} answers.", link(operation));
    enumeration(api, name, &about, variants, None)
}

/// The errors of an operation: an enum of its own, or another name for a shared one.
pub(super) fn own_errors(api: &NamedApi, operation: &Operation<Name>) -> Vec<Piece> {
    let Some(errors) = &operation.errors else { return Vec::new() };
    let set = &api.errors[errors.set];
    if set.users == 1 {
        let about = format!("The documented errors of {}.", link(operation));
        return enumeration(api, &set.name, &about, &set.variants, Some(&set.unknown));
    }
    let (own, shared) = (&errors.name, Definition::Errors(errors.set));
    let doc = raw_doc(&format!("The documented errors of {}.", link(operation)));
    vec![Piece::Tokens(quote!(#doc pub type #own = #shared;))]
}

/// A set of errors that several operations share.
pub(super) fn errors(api: &NamedApi, set: &ErrorSet<Name>) -> Vec<Piece> {
    let about = format!("Documented errors that {} operations share.", set.users);
    enumeration(api, &set.name, &about, &set.variants, Some(&set.unknown))
}

fn link(operation: &Operation<Name>) -> String {
    format!("[`{}`]", operation.type_name.as_str())
}

/// Documentation that is ours, links included.
fn raw_doc(text: &str) -> TokenStream {
    let text = format!(" {text}");
    quote!(#[doc = #text])
}

fn enumeration(
    api: &NamedApi,
    name: &Name,
    about: &str,
    variants: &[AnswerVariant<Name>],
    unknown: Option<&Name>,
) -> Vec<Piece> {
    let doc_of = |variant: &AnswerVariant<Name>| {
        let pattern = match variant.answer.pattern.as_str() {
            "default" => "Any other status".to_owned(),
            pattern => format!("Status {pattern}"),
        };
        let words = variant.answer.doc.trim();
        if words.is_empty() { format!("{pattern}.") } else { format!("{pattern}: {words}") }
    };
    let members = variants.iter().map(|variant| {
        let doc = doc(&doc_of(variant), false);
        let name = &variant.name;
        let content = content_type(api, &variant.answer.content).map(|ty| quote!((#ty)));
        quote!(#doc #name #content)
    });
    let about = raw_doc(about);
    let last = unknown.map(
        |unknown| quote!(#[doc = " A status that the document does not list."] #unknown(#UNDOCUMENTED),),
    );
    let item = quote! {
        #about
        #[derive(Clone, Debug, PartialEq)]
        pub enum #name {
            #(#members,)*
            #last
        }
    };
    let row = |variant: &AnswerVariant<Name>| {
        let pattern = literal(&variant.answer.pattern);
        format!("{pattern} {} {}", variant.name, kind(&variant.answer.content))
    };
    let rows = variants.iter().map(row).chain(unknown.map(|unknown| format!("..{unknown}"))).collect();
    vec![Piece::Tokens(item), Piece::Table(Table { name: "responses", head: name.to_string(), rows })]
}
