//! Names of what goes into a request: arguments, setters, and the parts of forms.

use super::case::Case;
use super::scope::{Alphabet, Name, Scope};
use crate::ir::{Alternative, Body, BodyKind, Extra, Form, Multipart, Operation, Parameter, Part};
use crate::items::{self, Item, Room};
use std::collections::HashSet;

const BODY: [&str; 3] = ["body", "request_body", "payload"];

/// The scopes that operations share.
pub(super) struct Parts<'a> {
    pub(super) alphabet: &'a Alphabet,
    /// Functions of the module that the operations are in.
    pub(super) functions: &'a HashSet<Name>,
    /// The methods of the client.
    pub(super) methods: Scope<'a>,
    /// The types beside the operations' own.
    pub(super) types: Scope<'a>,
}

type Inputs = (Vec<Parameter<Name>>, Vec<Body<Name>>, Vec<Alternative<Name>>);

impl Parts<'_> {
    /// Required parameters and a required body are arguments of one function; each other one has a setter of its own.
    pub(super) fn inputs(&mut self, operation: &Operation, method: &Name, ty: &Name) -> Inputs {
        let mut arguments = Scope::new(self.alphabet, Case::Snake, "parameter").inside(self.functions);
        let mut setters = Scope::new(self.alphabet, Case::Snake, "parameter")
            .reserve(offered(operation).map(Item::name))
            .inside(self.functions);
        let parameters = &operation.parameters;
        let mint = |required: bool, scope: &mut Scope<'_>| {
            let of_kind = parameters.iter().filter(|parameter| parameter.required == required);
            scope.mint_all(of_kind.map(|parameter| parameter.wire.as_str())).into_iter()
        };
        let (mut required, mut optional) = (mint(true, &mut arguments), mint(false, &mut setters));
        let named = |parameter: &Parameter| {
            let name = if parameter.required { required.next() } else { optional.next() };
            name.map(|name| self::parameter(parameter, name))
        };
        let parameters = parameters.iter().filter_map(named).collect();
        let bodies = self.bodies(operation, method, ty, &mut arguments, &mut setters);
        let alternatives = operation.alternatives.iter().map(|other| Alternative {
            hint: other.hint.clone(),
            name: setters.mint(&format!("send as {}", other.hint)),
            media_type: other.media_type.clone(),
            content: other.content.clone(),
        });
        (parameters, bodies, alternatives.collect())
    }

    /// The first body is an argument or a setter called `body`; each other one is a method of the client or a setter
    /// that says what it takes.
    fn bodies(
        &mut self,
        operation: &Operation,
        method: &Name,
        ty: &Name,
        arguments: &mut Scope<'_>,
        setters: &mut Scope<'_>,
    ) -> Vec<Body<Name>> {
        let is_required = operation.bodies.first().is_some_and(|body| body.required);
        let argument = match is_required {
            true => arguments.mint_first(&BODY),
            false => {
                Scope::new(self.alphabet, Case::Snake, "parameter").inside(self.functions).mint_first(&BODY)
            }
        };
        let mut bodies = Vec::with_capacity(operation.bodies.len());
        for (index, body) in operation.bodies.iter().enumerate() {
            let method = match (index, is_required) {
                (0, true) => method.clone(),
                (0, false) => setters.mint_first(&BODY),
                (_, true) => self.methods.behind(method, &format!("as {}", body.hint)),
                (_, false) => setters.mint(&format!("body as {}", body.hint)),
            };
            bodies.push(Body {
                hint: body.hint.clone(),
                method,
                argument: argument.clone(),
                required: body.required,
                doc: body.doc.clone(),
                media_type: body.media_type.clone(),
                kind: self.kind(&body.kind, ty),
                is_merge_patch: body.is_merge_patch,
                rules: body.rules.clone(),
                sample: body.sample.clone(),
            });
        }
        bodies
    }

    fn kind(&mut self, kind: &BodyKind, operation: &Name) -> BodyKind<Name> {
        match kind {
            BodyKind::Json(ty) => BodyKind::Json(ty.clone()),
            BodyKind::Form(ty, styles) => BodyKind::Form(ty.clone(), styles.clone()),
            BodyKind::Multipart(multipart) => BodyKind::Multipart(Multipart {
                subtype: multipart.subtype.clone(),
                form: multipart.form.as_ref().map(|form| self.form(form, operation)),
            }),
            BodyKind::Text => BodyKind::Text,
            BodyKind::Bytes => BodyKind::Bytes,
        }
    }

    fn form(&mut self, form: &Form, operation: &Name) -> Form<Name> {
        let mut scope = Scope::new(self.alphabet, Case::Snake, "part").inside(self.functions);
        let names = scope.mint_all(form.parts.iter().map(|part| part.wire.as_str()));
        let named = |(part, name): (&Part, Name)| Part {
            wire: part.wire.clone(),
            name,
            doc: part.doc.clone(),
            required: part.required,
            kind: part.kind.clone(),
            media_type: part.media_type.clone(),
        };
        Form {
            name: self.types.behind(operation, "form"),
            parts: form.parts.iter().zip(names).map(named).collect(),
            extra: form.extra.as_ref().map(|extra| Extra {
                name: scope.mint_first(&["additional_parts", "more_parts", "rest"]),
                ty: extra.ty.clone(),
            }),
        }
    }
}

/// The methods and constants that the request of an operation has beside its setters.
fn offered(operation: &Operation) -> impl Iterator<Item = Item> {
    let always = Item::all().filter(|item| item.is_in(Room::RequestMethods));
    let where_documented = [
        (operation.stream.is_some(), items::OPEN_STREAM),
        (operation.socket.is_some(), items::CONNECT),
        (operation.paging.is_some(), items::PAGES),
        (operation.paging.is_some(), items::ITEMS),
    ];
    always.chain(where_documented.into_iter().filter(|(is_there, _)| *is_there).map(|(_, item)| item))
}

fn parameter(parameter: &Parameter, name: Name) -> Parameter<Name> {
    Parameter {
        wire: parameter.wire.clone(),
        name,
        location: parameter.location,
        style: parameter.style.clone(),
        required: parameter.required,
        allow_reserved: parameter.allow_reserved,
        deprecated: parameter.deprecated,
        doc: parameter.doc.clone(),
        ty: parameter.ty.clone(),
        rules: parameter.rules.clone(),
        sample: parameter.sample.clone(),
    }
}
