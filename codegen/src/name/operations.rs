//! Names of operations: methods, request types, modules, and what belongs to each. All operations come before what is
//! named after them, so that no operation loses its name to a part of another.

use super::case::Case;
use super::parts::Parts;
use super::scope::{Alphabet, Name, Scope, exact_first};
use super::status::status;
use crate::ir::{AnswerVariant, ErrorSet, Errors, HeaderField, Headers, Operation, Scheme, Success, Unnamed};
use crate::items::{self, Room};
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};

/// What the variant for an answer that the document does not list is called.
const UNLISTED: [&str; 3] = ["Undocumented", "Unknown", "Other"];

/// Files with longer names cannot be written everywhere.
const MODULE_BYTES: usize = 80;

/// The named parts of a client that operations make.
pub(super) struct Named {
    pub(super) operations: Vec<Operation<Name>>,
    pub(super) errors: Vec<ErrorSet<Name>>,
    pub(super) schemes: Vec<Scheme<Name>>,
}

/// What an operation itself is called.
struct Own {
    method: Name,
    ty: Name,
    sample: Name,
    module: Name,
}

pub(super) fn operations(
    operations: Vec<Operation>,
    errors: Vec<ErrorSet>,
    schemes: Vec<Scheme>,
    alphabet: &Alphabet,
) -> Named {
    let mut methods =
        Scope::new(alphabet, Case::Snake, "operation").reserve(items::names_in(Room::ClientMethods));
    let mut types = Scope::new(alphabet, Case::Pascal, "Request").reserve(items::names_in(Room::Operations));
    let own = own(&operations, alphabet, &mut methods, &mut types);
    // A request's name is a function too, which no argument of that name may hide.
    let functions: HashSet<Name> = own.iter().map(|own| own.ty.clone()).collect();
    let mut parts = Parts { alphabet, functions: &functions, methods, types };
    let mut users: HashMap<usize, Name> = HashMap::new();
    let operations: Vec<Operation<Name>> = operations
        .into_iter()
        .zip(own)
        .map(|(operation, own)| {
            let operation = self::operation(operation, own, &mut parts);
            if let Some(errors) = &operation.errors {
                users.entry(errors.set).or_insert_with(|| errors.name.clone());
            }
            operation
        })
        .collect();
    let errors = errors.into_iter().enumerate();
    let errors = errors.map(|(at, set)| error_set(set, users.remove(&at), &mut parts)).collect();
    let schemes = self::schemes(schemes, alphabet, &mut parts.methods);
    Named { operations, errors, schemes }
}

/// The names of the operations themselves. Who spells a method or a type exactly comes first in both.
fn own(
    operations: &[Operation],
    alphabet: &Alphabet,
    methods: &mut Scope<'_>,
    types: &mut Scope<'_>,
) -> Vec<Own> {
    let hint = |at: usize| operations[at].hint.as_str();
    let is_exact = |at| methods.is_exact(hint(at)) || types.is_exact(hint(at));
    let order = exact_first(operations.len(), is_exact);
    let methods = methods.mint_in(&order, hint);
    let types = types.mint_in(&order, hint);
    let mut samples = Scope::new(alphabet, Case::Snake, "sample").reserve(items::names_in(Room::Samples));
    let samples = samples.mint_in(&order, hint);
    let modules = modules(operations, alphabet, &types);
    let own = methods.into_iter().zip(types).zip(samples).zip(modules);
    own.map(|(((method, ty), sample), module)| Own { method, ty, sample, module }).collect()
}

/// The module of each operation, made from its tag.
fn modules(operations: &[Operation], alphabet: &Alphabet, types: &[Name]) -> Vec<Name> {
    let types: HashSet<Name> = types.iter().cloned().collect();
    let mut scope = Scope::new(alphabet, Case::Snake, "tag")
        .reserve(items::types_in(Room::Operations))
        .inside(&types)
        .refuse(items::is_reserved_file)
        .at_most(MODULE_BYTES);
    let tag = |operation: &Operation| operation.tag.clone().unwrap_or_else(|| "untagged".to_owned());
    let mut tags: IndexMap<String, ()> = IndexMap::new();
    let indices: Vec<usize> =
        operations.iter().map(|operation| tags.insert_full(tag(operation), ()).0).collect();
    let names = scope.mint_all(tags.keys().map(String::as_str));
    indices.into_iter().filter_map(|at| names.get(at).cloned()).collect()
}

fn operation(operation: Operation, own: Own, parts: &mut Parts<'_>) -> Operation<Name> {
    let (parameters, bodies, alternatives) = parts.inputs(&operation, &own.method, &own.ty);
    let success = match operation.success {
        Success::One { patterns, content } => Success::One { patterns, content },
        Success::Many { name: Unnamed, variants } => Success::Many {
            name: parts.types.behind(&own.ty, "success"),
            variants: answers(variants, &mut statuses(parts.alphabet)),
        },
    };
    let errors =
        operation.errors.map(|errors| Errors { set: errors.set, name: parts.types.behind(&own.ty, "error") });
    let headers = operation.headers.map(|headers| self::headers(headers, &own.ty, parts));
    Operation {
        id: operation.id,
        hint: operation.hint,
        method_name: own.method,
        type_name: own.ty,
        sample_name: own.sample,
        tag: operation.tag,
        module: own.module,
        http_method: operation.http_method,
        path: operation.path,
        query: operation.query,
        summary: operation.summary,
        description: operation.description,
        deprecated: operation.deprecated,
        parameters,
        bodies,
        success,
        sends: operation.sends,
        stream: operation.stream,
        socket: operation.socket,
        paging: operation.paging,
        alternatives,
        headers,
        security: operation.security,
        errors,
        accept: operation.accept,
    }
}

fn headers(headers: Headers, operation: &Name, parts: &mut Parts<'_>) -> Headers<Name> {
    let mut scope = Scope::new(parts.alphabet, Case::Snake, "header").inside(parts.functions);
    let names = scope.mint_all(headers.fields.iter().map(|field| field.wire.as_str()));
    let named = |(field, name): (HeaderField, Name)| HeaderField {
        wire: field.wire,
        name,
        doc: field.doc,
        ty: field.ty,
        separators: field.separators,
    };
    Headers {
        name: parts.types.behind(operation, "headers"),
        fields: headers.fields.into_iter().zip(names).map(named).collect(),
    }
}

fn statuses(alphabet: &Alphabet) -> Scope<'_> {
    Scope::new(alphabet, Case::Pascal, "Status")
}

fn answers(variants: Vec<AnswerVariant>, scope: &mut Scope<'_>) -> Vec<AnswerVariant<Name>> {
    let named = |variant: AnswerVariant| AnswerVariant {
        name: scope.mint(&status(&variant.answer.pattern)),
        answer: variant.answer,
    };
    variants.into_iter().map(named).collect()
}

/// A set of errors that one operation has is named after it; a shared one after what it holds, so that its name does
/// not depend on who shares it.
fn error_set(set: ErrorSet, user: Option<Name>, parts: &mut Parts<'_>) -> ErrorSet<Name> {
    let name = match user {
        Some(user) if set.users == 1 => user,
        _ => {
            let patterns: Vec<&str> =
                set.variants.iter().map(|variant| variant.answer.pattern.as_str()).collect();
            parts.types.mint(&format!("error on {}", patterns.join(" or ").replace("XX", "xx")))
        }
    };
    let mut scope = statuses(parts.alphabet);
    let variants = answers(set.variants, &mut scope);
    ErrorSet { name, unknown: scope.mint_first(&UNLISTED), variants, users: set.users }
}

fn schemes(schemes: Vec<Scheme>, alphabet: &Alphabet, methods: &mut Scope<'_>) -> Vec<Scheme<Name>> {
    let mut constants =
        Scope::new(alphabet, Case::Constant, "SCHEME").reserve(items::names_in(Room::Security));
    let hint = |at: usize| schemes[at].hint.as_str();
    let order =
        exact_first(schemes.len(), |at| constants.is_exact(hint(at)) || Case::Snake.of(hint(at)) == hint(at));
    let constants = constants.mint_in(&order, hint);
    let methods = methods.mint_in(&order, |at| format!("with {}", hint(at)));
    let named = |((scheme, constant), method_name): ((Scheme, Name), Name)| Scheme {
        hint: scheme.hint,
        constant,
        method_name,
        doc: scheme.doc,
        kind: scheme.kind,
    };
    schemes.into_iter().zip(constants).zip(methods).map(named).collect()
}
