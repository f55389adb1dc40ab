//! How a value comes into a method: by value where it is small, by reference where it is not.

use crate::emit::types::rust_type;
use crate::ir::{Shape, Type};
use crate::items::{AS_REF, INTO, Room, VEC};
use crate::name::NamedApi;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The type of an argument, and the expression that is encoded.
pub(in crate::emit) struct Argument {
    /// Whether it is taken by reference.
    pub(in crate::emit) is_borrowed: bool,
    pub(in crate::emit) ty: TokenStream,
    pub(in crate::emit) encoded: TokenStream,
}

/// The argument of a type under a name.
pub(in crate::emit) fn argument(api: &NamedApi, ty: &Type, name: &impl ToTokens) -> Argument {
    let written = rust_type(api, ty, Room::Operations);
    let by_value = || Argument { is_borrowed: false, ty: written.clone(), encoded: quote!(&#name) };
    let by_reference = |ty: TokenStream, encoded: TokenStream| Argument { is_borrowed: true, ty, encoded };
    match api.resolved(ty) {
        Type::Text => by_reference(quote!(&str), quote!(&#name)),
        // So the number itself will do.
        Type::Numeric(_) => Argument {
            is_borrowed: false,
            ty: quote!(impl #INTO<#written>),
            encoded: quote!(&#INTO::<#written>::into(#name)),
        },
        Type::List(item) if *api.resolved(item) == Type::Text => by_reference(
            quote!(&[impl #AS_REF<str>]),
            quote!(&#name.iter().map(#AS_REF::as_ref).collect::<#VEC<&str>>()),
        ),
        Type::List(item) => {
            let item = rust_type(api, item, Room::Operations);
            by_reference(quote!(&[#item]), quote!(&#name))
        }
        Type::Bool | Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F32 | Type::F64 | Type::Null => {
            by_value()
        }
        Type::DateTime | Type::Date | Type::Time | Type::Uuid | Type::Decimal => by_value(),
        Type::Named(id) => match api.type_def(*id).shape {
            Shape::StringEnum(_) | Shape::IntegerEnum(_) => by_value(),
            _ => by_reference(quote!(&#written), quote!(#name)),
        },
        _ => by_reference(quote!(&#written), quote!(#name)),
    }
}
