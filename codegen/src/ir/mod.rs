//! The client as plain data: what lowering says, naming names, passes refine and emission prints. Knows neither
//! `openapiv3` nor `syn`.

mod operation;
mod rule;
mod types;

pub(crate) use self::operation::{
    Alternative, Answer, Body, BodyKind, Content, ErrorSet, HeaderField, Headers, Location, Multipart,
    Operation, Paging, Parameter, Part, PartKind, Scheme, SchemeKind, Socket, Stream, StreamKind, Style,
    Success, Variant as AnswerVariant,
};
pub(crate) use self::rule::{NamedRules, Rule};
pub(crate) use self::types::{
    Access, EnumValue, Field, IntegerEnum, Presence, Shape, StringEnum, Struct, Type, TypeDef, TypeId, Union,
    Variant,
};

use crate::config::Types;
use crate::diagnostic::Place;

/// A whole client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Api {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) version: String,
    /// Which Rust types the user wants.
    pub(crate) chosen: Types,
    pub(crate) types: Vec<TypeDef>,
    pub(crate) operations: Vec<Operation>,
    /// The sets of documented errors, each shared by the operations that document it.
    pub(crate) errors: Vec<ErrorSet>,
    /// The security schemes that operations name.
    pub(crate) schemes: Vec<Scheme>,
    /// What named schemas ask of values, where requests are checked.
    pub(crate) rules: Vec<NamedRules>,
    /// Which type stands for the schema at which place.
    pub(crate) schema_types: Vec<(Place, Type)>,
}

impl Api {
    pub(crate) fn type_def(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0]
    }

    /// The field of a struct by its name on the wire, for types that are structs behind aliases and pointers.
    pub(crate) fn field(&self, ty: &Type, wire: &str) -> Option<&Field> {
        let id = match self.resolved(ty) {
            Type::Named(id) | Type::Boxed(id) => *id,
            _ => return None,
        };
        match &self.type_def(id).shape {
            Shape::Struct(object) => object.fields.iter().find(|field| field.wire == wire),
            Shape::Alias(inner) | Shape::Newtype(inner) if !matches!(inner, Type::Named(next) if *next == id) => {
                self.field(inner, wire)
            }
            _ => None,
        }
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
