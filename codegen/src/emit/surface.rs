//! What the client's methods take and answer, told by the same rules that print them.

use super::operations::argument;
use super::type_text;
use crate::ir::{
    Alternative, Answer, AnswerVariant, Body, BodyKind, Content, Errors, Headers, Location, Multipart,
    Operation, Parameter, Part, PartKind, Scheme, SchemeKind, StreamKind, Success, Type,
};
use crate::items::OPERATIONS;
use crate::name::{Name, NamedApi};
use crate::surface::{
    AnswerCase, Argument, BodyArgument, BodyShape, Call, PartField, PartShape, ReadAs, Secret, SecretKind,
    StreamOf, Surface,
};
use quote::format_ident;

/// How a client is called.
pub(crate) fn surface(api: &NamedApi) -> Surface {
    let calls = api.operations.iter().map(|operation| call(api, operation)).collect();
    Surface { calls, secrets: api.schemes.iter().map(secret).collect() }
}

fn call(api: &NamedApi, operation: &Operation<Name>) -> Call {
    let body = |(index, body)| match index {
        0 => body_argument(api, body, &operation.method_name),
        _ => body_argument(api, body, &body.method),
    };
    let other = |other: &Alternative<Name>| {
        (other.media_type.clone(), other.name.to_string(), read_as(api, &other.content))
    };
    Call {
        id: operation.id.clone(),
        http_method: operation.http_method.clone(),
        path: operation.path.clone(),
        query: operation.query.clone(),
        method: operation.method_name.to_string(),
        parameters: operation.parameters.iter().map(|parameter| parameter_of(api, parameter)).collect(),
        bodies: operation.bodies.iter().enumerate().map(body).collect(),
        sends: operation.sends,
        streams: operation.stream.as_ref().map(|stream| match stream.kind {
            StreamKind::Lines(_) | StreamKind::Sequence(_) => StreamOf::Values,
            StreamKind::Events(_) | StreamKind::TextEvents => StreamOf::Events,
            StreamKind::Bytes => StreamOf::Bytes,
        }),
        answers: answers(api, &operation.success),
        others: operation.alternatives.iter().map(other).collect(),
        errors: operation.errors.iter().flat_map(|own| errors(api, own)).collect(),
        headers: operation.headers.as_ref().map(headers),
    }
}

fn parameter_of(api: &NamedApi, parameter: &Parameter<Name>) -> Argument {
    Argument {
        wire: parameter.wire.to_string(),
        location: match parameter.location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
            Location::QueryString => "querystring",
        },
        name: parameter.name.to_string(),
        required: parameter.required,
        rust: type_text(api, &parameter.ty),
        is_borrowed: is_borrowed(api, &parameter.ty),
    }
}

fn is_borrowed(api: &NamedApi, ty: &Type) -> bool {
    argument(api, ty, &format_ident!("value")).is_borrowed
}

/// The first of an operation's bodies is taken by the operation's own method where it is required.
fn body_argument(api: &NamedApi, body: &Body<Name>, method: &Name) -> BodyArgument {
    let kind = match &body.kind {
        BodyKind::Json(ty) | BodyKind::Form(ty, _) => {
            BodyShape::Value { rust: type_text(api, ty), is_borrowed: is_borrowed(api, ty) }
        }
        BodyKind::Multipart(Multipart { form: None, .. }) => BodyShape::Parts,
        BodyKind::Multipart(Multipart { form: Some(form), .. }) => BodyShape::Form {
            rust: format!("{}::{}", OPERATIONS.name(), form.name),
            parts: form.parts.iter().map(|part| part_field(api, part)).collect(),
            extra: form.extra.as_ref().map(|extra| extra.name.to_string()),
        },
        BodyKind::Text => BodyShape::Text,
        BodyKind::Bytes => BodyShape::Bytes,
    };
    let method = if body.required { method } else { &body.method };
    BodyArgument {
        media_type: body.media_type.clone(),
        method: method.to_string(),
        required: body.required,
        kind,
    }
}

fn part_field(api: &NamedApi, part: &Part<Name>) -> PartField {
    let kind = match &part.kind {
        PartKind::File => PartShape::File,
        PartKind::Files => PartShape::Files,
        PartKind::Value(ty) => PartShape::Value(type_text(api, ty)),
    };
    PartField { wire: part.wire.to_string(), name: part.name.to_string(), required: part.required, kind }
}

fn answers(api: &NamedApi, success: &Success<Name>) -> Vec<AnswerCase> {
    match success {
        Success::One { content, .. } => vec![AnswerCase { variant: None, read: read_as(api, content) }],
        Success::Many { name, variants } => variants.iter().map(|variant| case(api, name, variant)).collect(),
    }
}

fn errors(api: &NamedApi, own: &Errors<Name>) -> Vec<AnswerCase> {
    api.errors[own.set].variants.iter().map(|variant| case(api, &own.name, variant)).collect()
}

fn case(api: &NamedApi, name: &Name, variant: &AnswerVariant<Name>) -> AnswerCase {
    let Answer { content, .. } = &variant.answer;
    let path = format!("{}::{name}::{}", OPERATIONS.name(), variant.name);
    AnswerCase { variant: Some(path), read: read_as(api, content) }
}

fn headers(headers: &Headers<Name>) -> (String, Vec<(String, String)>) {
    let fields = headers.fields.iter().map(|field| (field.wire.to_string(), field.name.to_string()));
    (format!("{}::{}", OPERATIONS.name(), headers.name), fields.collect())
}

fn read_as(api: &NamedApi, content: &Content) -> ReadAs {
    match content {
        Content::Json(ty) | Content::JsonOrText(ty) => ReadAs::Value(type_text(api, ty)),
        Content::Text => ReadAs::Text,
        Content::Bytes => ReadAs::Bytes,
        Content::Empty => ReadAs::Empty,
    }
}

fn secret(scheme: &Scheme<Name>) -> Secret {
    let kind = match &scheme.kind {
        SchemeKind::Header(name) => SecretKind::Header(name.clone()),
        SchemeKind::Query(name) => SecretKind::Query(name.clone()),
        SchemeKind::Cookie(name) => SecretKind::Cookie(name.clone()),
        SchemeKind::Basic => SecretKind::Basic,
        SchemeKind::Bearer => SecretKind::Bearer,
    };
    Secret { method: scheme.method_name.to_string(), kind }
}
