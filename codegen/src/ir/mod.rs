//! The client as plain data: what lowering says, passes refine, naming names and emission prints. Knows neither
//! `openapiv3` nor `syn`. What gets a name has a parameter for it: [`Unnamed`] until the naming stage, which alone can
//! make names, has turned it into another type.
//!
//! May import from `diagnostic`, `config`.

mod operation;
mod rule;
mod types;
mod words;

pub(crate) use self::operation::{
    Alternative, Answer, AnswerVariant, Body, BodyKind, Content, ErrorSet, Errors, Form, HeaderField,
    Headers, Location, Multipart, Operation, Paging, Parameter, Part, PartKind, Scheme, SchemeKind, Socket,
    Stream, StreamKind, Style, Success,
};
pub(crate) use self::rule::{NamedRules, Rule};
pub(crate) use self::types::{
    Access, EnumValue, Enumeration, Extra, Field, Presence, Shape, Struct, Tag, Type, TypeDef, TypeId, Union,
    Variant,
};
pub(crate) use self::words::{Hint, Unnamed, Wire};

use crate::config::Types;
use crate::diagnostic::Place;
use indexmap::IndexMap;

/// A whole client.
#[derive(Clone, Debug)]
pub(crate) struct Api<N = Unnamed> {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) version: String,
    /// Which Rust types the user wants.
    pub(crate) chosen: Types,
    pub(crate) types: Vec<TypeDef<N>>,
    pub(crate) operations: Vec<Operation<N>>,
    /// The sets of documented errors, each shared by the operations that document it.
    pub(crate) errors: Vec<ErrorSet<N>>,
    /// The security schemes that operations name.
    pub(crate) schemes: Vec<Scheme<N>>,
    /// What named schemas ask of values, by their names, where requests are checked.
    pub(crate) rules: IndexMap<String, NamedRules<N>>,
    /// Which type stands for the schema at which place.
    pub(crate) schema_types: Vec<(Place, Type)>,
}

impl<N> Api<N> {
    pub(crate) fn type_def(&self, id: TypeId) -> &TypeDef<N> {
        &self.types[id.0]
    }

    /// The field of a struct by its name on the wire, for types that are structs behind aliases and pointers.
    pub(crate) fn field(&self, ty: &Type, wire: &str) -> Option<&Field<N>> {
        let id = match self.resolved(ty) {
            Type::Named(id) | Type::Boxed(id) => *id,
            _ => return None,
        };
        match &self.type_def(id).shape {
            Shape::Struct(object) => object.fields.iter().find(|field| field.wire == *wire),
            Shape::Alias(inner) | Shape::Newtype(inner) if !matches!(inner, Type::Named(next) if *next == id) => {
                self.field(inner, wire)
            }
            _ => None,
        }
    }

    /// The type that a path of names on the wire leads to.
    pub(crate) fn follow<'a>(&'a self, mut ty: &'a Type, path: &[String]) -> Option<&'a Type> {
        for wire in path {
            ty = &self.field(ty, wire)?.ty;
        }
        Some(ty)
    }

    /// The type behind aliases. Circles of aliases are newtypes once the passes have run.
    pub(crate) fn resolved<'a>(&'a self, mut ty: &'a Type) -> &'a Type {
        while let Type::Named(id) = ty {
            match &self.type_def(*id).shape {
                Shape::Alias(next) => ty = next,
                _ => break,
            }
        }
        ty
    }
}
