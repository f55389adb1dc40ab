//! What a lowering knows so far: the types, and which schema became which.

use super::same::Same;
use super::schema::Overlap;
use super::set::Known;
use crate::config::Options;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{Shape, Type, TypeDef, TypeId, Unnamed};
use crate::read::{Node, Placed, Schemas, doc};
use crate::resolve::Document;
use crate::sample::Samples;
use std::collections::{HashMap, HashSet};

/// Names are cut long before this; deep nesting must not make hints grow without bound.
const MAX_HINT_CHARS: usize = 400;

/// The state of a lowering: the types so far.
pub(super) struct Lower<'a> {
    pub(super) document: &'a Document,
    pub(super) schemas: Schemas<'a>,
    pub(super) known: Known<'a>,
    pub(super) options: &'a Options,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) types: Vec<TypeDef>,
    pub(super) components: HashMap<String, TypeId>,
    /// Inline schemas, and intersections of several: the type that each became, or `None` while it is being lowered. A
    /// schema that is reached again, by way of an `allOf` that takes its owner apart, is the same type.
    pub(super) inline: HashMap<Vec<Key>, Option<Type>>,
    pub(super) same: Same,
    /// The component that is being lowered, outside of its properties and items.
    pub(super) composing: Vec<String>,
    /// How many of these are outside of a union whose variants are being lowered.
    pub(super) absorbing: usize,
    /// The circles of `allOf` that were told, by the components in them.
    pub(super) circles: HashSet<Vec<String>>,
    /// Types that may have to keep what only other schemas declare.
    pub(super) overlaps: Vec<Overlap<'a>>,
    /// Which type stands for the schema at which place, for users who look for one.
    pub(super) schema_types: Vec<(Place, Type)>,
}

/// A schema, by its name or by the address of the first that says the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Component(String),
    Inline(usize),
}

impl Key {
    /// The keys of schemas that hold together, whatever their order.
    pub(super) fn all(parts: &[Placed<'_>], same: &mut Same) -> Vec<Self> {
        let key = |part: &Placed<'_>| match part.node {
            Node::Reference(_) => Self::Component(part.node.component().unwrap_or_default()),
            Node::Schema(schema) => Self::Inline(same.address(schema)),
        };
        let mut keys: Vec<Self> = parts.iter().map(key).collect();
        keys.sort_unstable();
        keys
    }
}

impl<'a> Lower<'a> {
    pub(super) fn new(
        document: &'a Document,
        options: &'a Options,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let same = Same::of(document, diagnostics);
        Lower {
            document,
            schemas: Schemas::of(document),
            known: Known::default(),
            options,
            diagnostics,
            types: Vec::new(),
            components: HashMap::new(),
            inline: HashMap::new(),
            same,
            composing: Vec::new(),
            absorbing: 0,
            circles: HashSet::new(),
            overlaps: Vec::new(),
            schema_types: Vec::new(),
        }
    }

    pub(super) fn warn(&mut self, code: Code, place: &Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, place.clone(), message));
    }

    pub(super) fn error(&mut self, code: Code, place: &Place, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, place.clone(), message));
    }

    /// The samples, if the user wants any.
    pub(super) fn samples(&self) -> Option<Samples<'_, 'a>> {
        self.options.samples.then(|| Samples::of(&self.schemas))
    }

    /// Notes the type of the schema at a place.
    pub(super) fn record(&mut self, place: &Place, ty: &Type, nullable: bool) {
        let ty = if nullable { ty.clone().nullable() } else { ty.clone() };
        self.schema_types.push((self.diagnostics.written(place.clone()), ty));
    }

    /// Lowers a value inside the one at hand. Circles of `allOf` end there: a property may hold what holds it.
    pub(super) fn inside<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = (std::mem::take(&mut self.composing), std::mem::take(&mut self.absorbing));
        let result = lower(self);
        (self.composing, self.absorbing) = outer;
        result
    }

    /// A new type of the client, named after the place it stands at.
    pub(super) fn define(&mut self, hint: &str, node: Node<'a>, shape: Shape) -> TypeId {
        let (doc, deprecated) = doc::of(node);
        let hint = hint.chars().take(MAX_HINT_CHARS).collect::<String>().into();
        let id = TypeId(self.types.len());
        self.types.push(TypeDef { hint, name: Unnamed, component: false, doc, deprecated, shape });
        id
    }
}
