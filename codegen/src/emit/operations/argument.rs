//! How a value comes into a method: by value where it is small, by reference where it is not.

use crate::emit::types::{Scope, rust_type};
use crate::ir::{Api, Shape, Type};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The type of an argument, and the expression that is encoded.
pub(in crate::emit) struct Argument {
    pub(in crate::emit) ty: TokenStream,
    pub(in crate::emit) encoded: TokenStream,
}

/// The argument of a type under a name.
pub(in crate::emit) fn argument(api: &Api, ty: &Type, name: &Ident) -> Argument {
    let written = rust_type(api, ty, Scope::Operations);
    match api.resolved(ty) {
        Type::Text => Argument { ty: quote!(&str), encoded: quote!(&#name) },
        Type::List(item) if *api.resolved(item) == Type::Text => Argument {
            ty: quote!(&[impl AsRef<str>]),
            encoded: quote!(&#name.iter().map(AsRef::as_ref).collect::<Vec<&str>>()),
        },
        Type::List(item) => {
            let item = rust_type(api, item, Scope::Operations);
            Argument { ty: quote!(&[#item]), encoded: quote!(&#name) }
        }
        Type::Bool | Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F32 | Type::F64 | Type::Null => {
            Argument { ty: written, encoded: quote!(&#name) }
        }
        Type::DateTime | Type::Date | Type::Time | Type::Uuid | Type::Decimal => {
            Argument { ty: written, encoded: quote!(&#name) }
        }
        Type::Named(id) => match api.type_def(*id).shape {
            Shape::StringEnum(_) | Shape::IntegerEnum(_) => Argument { ty: written, encoded: quote!(&#name) },
            _ => Argument { ty: quote!(&#written), encoded: quote!(#name) },
        },
        _ => Argument { ty: quote!(&#written), encoded: quote!(#name) },
    }
}
