//! The only place where identifiers are minted. In come hints, words of the document; out go names in Rust's case,
//! each unique in its scope. Names depend on the document's words and order only, never on what else is generated.

mod case;
mod scope;

pub(crate) use self::case::{constant_case, pascal_case, snake_case};

use self::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{Api, BodyKind, EnumValue, Multipart, Operation, Shape, Struct, Success, TypeDef, Union};

/// What generated modules import or what every Rust programmer expects to mean something else.
const TYPES: [&str; 12] =
    ["Box", "BTreeMap", "Option", "Result", "Self", "String", "Vec", "Some", "None", "Ok", "Err", "Clone"];
const OPERATION_TYPES: [&str; 12] = [
    "Client",
    "Method",
    "Operation",
    "Pending",
    "Request",
    "Style",
    "Undocumented",
    "Option",
    "Result",
    "Self",
    "String",
    "Vec",
];
const CLIENT_METHODS: [&str; 7] = ["new", "at", "service", "authorization_header", "clone", "fmt", "self"];
/// What `request!` of the runtime defines, and what the emitter adds to every request.
const REQUEST_METHODS: [&str; 9] =
    ["send", "send_raw", "timeout", "header", "idempotent", "idempotency_key", "retry", "self", "request"];

/// Names everything.
pub(crate) fn name(api: &mut Api, root: &Place, diagnostics: &mut Diagnostics) {
    name_types(api, root, diagnostics);
    name_operations(api);
}

fn name_types(api: &mut Api, root: &Place, diagnostics: &mut Diagnostics) {
    let mut scope = Scope::new(&TYPES, "Model");
    let mut skeletons: Vec<(String, String)> = Vec::new();
    // The document's own names first: an inline schema must not take one away.
    for component in [true, false] {
        for def in api.types.iter_mut().filter(|def| def.component == component) {
            let wanted = pascal_case(&def.hint);
            def.name = scope.mint(&wanted);
            if component {
                report(def, &wanted, &mut skeletons, root, diagnostics);
            }
        }
    }
    for def in &mut api.types {
        match &mut def.shape {
            Shape::Struct(object) => name_fields(object),
            Shape::StringEnum(values) => {
                let mut scope = Scope::new(&["Self"], "Value");
                name_values(&mut scope, &mut values.values, String::as_str);
                values.unknown = scope.mint_first(&["Unknown", "Other", "Unrecognized"]);
            }
            Shape::IntegerEnum(values) => {
                let mut scope = Scope::new(&["Self"], "Value");
                for value in &mut values.values {
                    let wanted = value.title.as_deref().map(pascal_case);
                    value.name = scope.mint(&wanted.unwrap_or_else(|| number_name(value.value)));
                }
                values.unknown = scope.mint_first(&["Unknown", "Other", "Unrecognized"]);
            }
            Shape::Union(union) => name_variants(union),
            Shape::Alias(_) | Shape::Newtype(_) => {}
        }
    }
}

/// Says so when a component did not get its name, or one that looks like another's.
fn report(
    def: &TypeDef,
    wanted: &str,
    skeletons: &mut Vec<(String, String)>,
    root: &Place,
    diagnostics: &mut Diagnostics,
) {
    let place = root.key("components").key("schemas").key(&def.hint);
    if def.name != wanted {
        let message = format!("the schema `{}` is named `{}`, since `{wanted}` is taken", def.hint, def.name);
        diagnostics.push(Diagnostic::warning(Code::NameCollision, place, message));
        return;
    }
    let skeleton = case::skeleton(&def.hint);
    if let Some((_, other)) = skeletons.iter().find(|(known, _)| *known == skeleton) {
        let message =
            format!("the schemas `{}` and `{other}` look alike but are spelled differently", def.hint);
        diagnostics.push(Diagnostic::warning(Code::NameCollision, place, message));
    }
    skeletons.push((skeleton, def.hint.clone()));
}

fn name_fields(object: &mut Struct) {
    let mut scope = Scope::new(&["self"], "field");
    for field in &mut object.fields {
        field.name = scope.mint(&snake_case(&field.wire));
    }
    if let Some((name, _)) = &mut object.extra {
        *name = scope.mint_first(&["additional_properties", "more_properties", "rest"]);
    }
}

fn name_values<T>(scope: &mut Scope, values: &mut [EnumValue<T>], text: fn(&T) -> &str) {
    for value in values {
        let wanted = value.title.as_deref().unwrap_or_else(|| text(&value.value));
        value.name = scope.mint(&pascal_case(wanted));
    }
}

fn number_name(value: i64) -> String {
    if value < 0 { format!("Minus{}", value.unsigned_abs()) } else { format!("Value{value}") }
}

fn name_variants(union: &mut Union) {
    let mut scope = Scope::new(&["Self"], "Variant");
    for variant in &mut union.variants {
        variant.name = scope.mint(&pascal_case(&variant.hint));
    }
    if union.tag.is_some() {
        union.unknown = scope.mint_first(&["Unknown", "Other", "Unrecognized"]);
    }
}

fn name_operations(api: &mut Api) {
    let mut methods = Scope::new(&CLIENT_METHODS, "operation");
    let mut types = Scope::new(&OPERATION_TYPES, "Request");
    let mut constants = Scope::new(&[], "OPERATION");
    let mut modules = Scope::new(&["self", "super", "crate"], "tag");
    let mut tags: Vec<(String, String)> = Vec::new();
    for operation in &mut api.operations {
        operation.method_name = methods.mint(&snake_case(&operation.hint));
        operation.type_name = types.mint(&pascal_case(&operation.hint));
        operation.constant = constants.mint(&constant_case(&operation.hint));
        let tag = operation.tag.clone().unwrap_or_else(|| "untagged".to_owned());
        operation.module = match tags.iter().find(|(known, _)| *known == tag) {
            Some((_, module)) => module.clone(),
            None => {
                let module = modules.mint(&snake_case(&tag));
                tags.push((tag, module.clone()));
                module
            }
        };
        let mut taken = REQUEST_METHODS.to_vec();
        taken.extend(operation.stream.iter().map(|_| "stream"));
        taken.extend(operation.socket.iter().map(|_| "connect"));
        taken.extend(operation.paging.iter().flat_map(|_| ["pages", "items"]));
        let mut scope = Scope::new(&taken, "parameter");
        for parameter in &mut operation.parameters {
            parameter.name = scope.mint(&snake_case(&parameter.wire));
        }
        if let Some(paging) = &mut operation.paging {
            paging.constant = constants.mint(&constant_case(&format!("{} pages", operation.hint)));
        }
        name_bodies(operation, &mut scope, &mut methods);
        for other in &mut operation.alternatives {
            other.name = scope.mint(&snake_case(&format!("send as {}", other.name)));
        }
    }
    for operation in &mut api.operations {
        let own = &operation.type_name;
        if let Success::Many { name, variants } = &mut operation.success {
            *name = types.mint(&format!("{own}Success"));
            let mut scope = Scope::new(&["Self"], "Status");
            variants.iter_mut().for_each(|variant| variant.name = scope.mint(&variant.name));
        }
        if operation.errors.is_some() {
            operation.error_name = types.mint(&format!("{own}Error"));
        }
        if let Some(headers) = &mut operation.headers {
            headers.name = types.mint(&format!("{own}Headers"));
            let mut scope = Scope::new(&["self"], "header");
            headers.fields.iter_mut().for_each(|field| field.name = scope.mint(&snake_case(&field.wire)));
        }
        for body in &mut operation.bodies {
            if let BodyKind::Multipart(multipart) = &mut body.kind {
                name_parts(multipart, own, &mut types);
            }
        }
    }
    name_schemes(api, &mut methods, &mut constants);
    let mut scope = Scope::new(&[], "SCHEMA");
    api.rules.iter_mut().for_each(|named| named.constant = scope.mint(&constant_case(&named.schema)));
    name_errors(api, &mut types);
}

/// The first body is an argument or a setter called `body`; each other one is a method of the client or a setter that says
/// what it takes.
fn name_bodies(operation: &mut Operation, setters: &mut Scope, methods: &mut Scope) {
    let method = &operation.method_name;
    for (index, body) in operation.bodies.iter_mut().enumerate() {
        body.name = match (index, body.required) {
            (0, _) => setters.mint_first(&["body", "request_body", "payload"]),
            (_, true) => methods.mint(&snake_case(&format!("{method} as {}", body.name))),
            (_, false) => setters.mint(&snake_case(&format!("body as {}", body.name))),
        };
    }
}

fn name_parts(multipart: &mut Multipart, operation: &str, types: &mut Scope) {
    if multipart.name.is_empty() {
        return;
    }
    multipart.name = types.mint(&format!("{operation}Form"));
    let mut scope = Scope::new(&["self"], "part");
    multipart.parts.iter_mut().for_each(|part| part.name = scope.mint(&snake_case(&part.wire)));
    if let Some((name, _)) = &mut multipart.extra {
        *name = scope.mint_first(&["additional_parts", "more_parts", "rest"]);
    }
}

fn name_schemes(api: &mut Api, methods: &mut Scope, constants: &mut Scope) {
    for scheme in &mut api.schemes {
        scheme.constant = constants.mint(&constant_case(&scheme.hint));
        scheme.method_name = methods.mint(&snake_case(&format!("with {}", scheme.hint)));
    }
}

/// A set of errors that one operation has is named after it; a shared one after what it holds, so that its name does
/// not depend on who shares it.
fn name_errors(api: &mut Api, types: &mut Scope) {
    for (index, set) in api.errors.iter_mut().enumerate() {
        let mut scope = Scope::new(&["Self"], "Status");
        set.variants.iter_mut().for_each(|variant| variant.name = scope.mint(&variant.name));
        set.unknown = scope.mint_first(&["Undocumented", "Unknown", "Other"]);
        let user = api.operations.iter().find(|operation| operation.errors == Some(index));
        set.name = match user {
            Some(operation) if set.users == 1 => operation.error_name.clone(),
            _ => {
                let patterns = set
                    .variants
                    .iter()
                    .map(|variant| pascal_case(&variant.answer.pattern.replace("XX", "xx")));
                types.mint(&format!("ErrorOn{}", patterns.map(plain).collect::<Vec<_>>().join("Or")))
            }
        };
    }
}

/// Status names start with a digit; inside a longer name they need no letter before it.
fn plain(name: String) -> String {
    name.trim_start_matches('N').to_owned()
}
