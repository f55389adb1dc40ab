//! The typed document to the IR. In comes a document with checked references, out goes plain data with hints for
//! names. Never mints an identifier, never reads a file; what it cannot say becomes a coded warning.

mod description;
mod operation;
mod sample;
mod schema;

use crate::config::Options;
use crate::description::OperationDescription;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{Api, Shape, Type, TypeDef, TypeId, Unnamed};
use crate::read::Node;
use crate::read::doc;
use crate::resolve::Document;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

/// Lowers a document. Errors go to `diagnostics`.
pub(crate) fn lower(document: &Document, options: &Options, diagnostics: &mut Diagnostics) -> Api {
    let mut lower = Lower::new(document, options, diagnostics);
    lower.schemas();
    let (mut operations, errors, schemes) = operation::operations(&mut lower);
    let rules = lower.named_rules();
    let known = rules.keys().cloned().collect();
    for operation in &mut operations {
        let bodies = operation.bodies.iter_mut().map(|body| &mut body.rules);
        for own in operation.parameters.iter_mut().map(|parameter| &mut parameter.rules).chain(bodies) {
            *own = schema::rules::kept(std::mem::take(own), &known);
        }
    }
    let info = &document.api.info;
    Api {
        title: info.title.clone(),
        description: info.description.clone().unwrap_or_default(),
        version: info.version.clone(),
        chosen: options.types.clone(),
        types: lower.types,
        operations,
        errors,
        schemes,
        rules,
        schema_types: lower.schema_types,
    }
}

/// Describes a document's operations instead of lowering them, each with the id that options know it by.
pub(crate) fn describe(
    document: &Document,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, OperationDescription)> {
    Lower::new(document, options, diagnostics).descriptions()
}

/// Names are cut long before this; deep nesting must not make hints grow without bound.
const MAX_HINT_CHARS: usize = 400;

/// The state of a lowering: the types so far.
struct Lower<'a> {
    document: &'a Document,
    options: &'a Options,
    diagnostics: &'a mut Diagnostics,
    types: Vec<TypeDef>,
    components: HashMap<String, TypeId>,
    /// The components that extend a component by `allOf`.
    children: HashMap<String, Vec<String>>,
    /// Inline schemas by their address: the type that each became, or `None` while it is being lowered. A schema that
    /// is reached again, by way of an `allOf` that takes its owner apart, is the same type.
    inline: HashMap<usize, Option<Type>>,
    /// The components whose `allOf` is being put together, outermost first.
    composing: Vec<String>,
    /// Which type stands for the schema at which place, for users who look for one.
    schema_types: Vec<(Place, Type)>,
    /// How many more schemas the sample at hand may look at.
    sample_work: Cell<usize>,
    /// Whether samples are whole answers: with what a request may leave out.
    sample_is_full: Cell<bool>,
    /// The components whose fields the struct at hand has already.
    merged: HashSet<String>,
}

impl<'a> Lower<'a> {
    fn new(document: &'a Document, options: &'a Options, diagnostics: &'a mut Diagnostics) -> Self {
        Lower {
            document,
            options,
            diagnostics,
            types: Vec::new(),
            components: HashMap::new(),
            children: schema::discriminator::children(document),
            inline: HashMap::new(),
            composing: Vec::new(),
            schema_types: Vec::new(),
            sample_work: Cell::new(0),
            sample_is_full: Cell::new(false),
            merged: HashSet::new(),
        }
    }

    fn warn(&mut self, code: Code, place: &Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, place.clone(), message));
    }

    fn error(&mut self, code: Code, place: &Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, place.clone(), message));
    }

    /// All named schemas, in the document's order. Their ids come first, so that they can refer to each other.
    fn schemas(&mut self) {
        let names: Vec<&str> = self.document.schemas().map(|(name, _)| name).collect();
        for name in &names {
            let id = TypeId(self.types.len());
            self.types.push(TypeDef {
                hint: (*name).into(),
                name: Unnamed,
                component: true,
                doc: String::new(),
                deprecated: false,
                shape: Shape::Alias(Type::Any),
            });
            self.components.insert((*name).to_owned(), id);
        }
        for name in names {
            self.component(name);
        }
    }

    fn component(&mut self, name: &str) {
        let document = self.document;
        let (Some(schema), Some(id)) = (document.schema(name), self.components.get(name).copied()) else {
            return;
        };
        let place = document.place("schemas", name);
        let node = Node::from(schema);
        let shape = match self.options.types.replace.get(name) {
            Some(path) => Shape::Alias(Type::Custom(path.clone())),
            None => match self.describe_component(name, node, &place) {
                schema::Described::Shape(shape) => shape,
                schema::Described::Type(ty) => Shape::Alias(ty),
            },
        };
        let nullable = self.is_nullable(node);
        self.record(&place, &Type::Named(id), nullable);
        let (doc, deprecated) = doc::of(node);
        let def = &mut self.types[id.0];
        def.doc = doc;
        def.deprecated = deprecated;
        def.shape = shape;
    }

    /// Notes the type of the schema at a place.
    fn record(&mut self, place: &Place, ty: &Type, nullable: bool) {
        let ty = if nullable { ty.clone().nullable() } else { ty.clone() };
        self.schema_types.push((self.diagnostics.written(place.clone()), ty));
    }

    /// Lowers a value inside the one at hand. Circles of `allOf` end there: a property may hold what holds it.
    fn inside<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::take(&mut self.composing);
        let result = lower(self);
        self.composing = outer;
        result
    }

    /// A new type of the client, named after the place it stands at.
    fn define(&mut self, hint: &str, node: Node<'a>, shape: Shape) -> TypeId {
        let (doc, deprecated) = doc::of(node);
        let hint = hint.chars().take(MAX_HINT_CHARS).collect::<String>().into();
        let id = TypeId(self.types.len());
        self.types.push(TypeDef { hint, name: Unnamed, component: false, doc, deprecated, shape });
        id
    }
}
