use super::{derive, documentation, map, map_type, rust_type};
use crate::emit::{Piece, Table, doc, literal};
use crate::ir::{Field, Presence, Struct, Type, TypeDef};
use crate::items::{INTO, NEW, NONE, OPTION, Room};
use crate::name::{Name, NamedApi};
use proc_macro2::TokenStream;
use quote::quote;

/// A struct, its table and its constructor.
pub(super) fn pieces(api: &NamedApi, def: &TypeDef<Name>, object: &Struct<Name>) -> Vec<Piece> {
    let name = &def.name;
    let documentation = doc(&documentation(def), def.deprecated);
    let derive = derive(api, if object.has_default() { &["Default"] } else { &[] });
    let fields = object.fields.iter().map(|field| {
        let text = if field.doc.is_empty() { format!("`{}`", plain(&field.wire)) } else { field.doc.clone() };
        let doc = doc(&text, field.deprecated);
        let name = &field.name;
        let ty = field_type(api, field);
        quote!(#doc pub #name: #ty)
    });
    let extra = object.extra.iter().map(|extra| {
        let name = &extra.name;
        let map = map(api, &rust_type(api, &extra.ty, Room::Types));
        quote!(#[doc = " Properties that the document does not name."] pub #name: #map)
    });
    let members = fields.chain(extra);
    let item = quote! {
        #documentation
        #derive
        pub struct #name { #(#members),* }
    };
    let mut pieces = vec![Piece::Tokens(item), Piece::Table(table(api, def, object))];
    pieces.extend(constructor(api, def, object).map(Piece::Tokens));
    pieces
}

fn plain(wire: &str) -> String {
    wire.chars().map(|c| if c == '`' || c.is_control() { '?' } else { c }).take(120).collect()
}

fn field_type(api: &NamedApi, field: &Field<Name>) -> TokenStream {
    let ty = rust_type(api, &field.ty, Room::Types);
    match field.presence {
        Presence::Required => ty,
        Presence::Nullable | Presence::Optional => quote!(#OPTION<#ty>),
        Presence::OptionalNullable => quote!(#OPTION<#OPTION<#ty>>),
    }
}

fn table(api: &NamedApi, def: &TypeDef<Name>, object: &Struct<Name>) -> Table {
    let row = |field: &Field<Name>| {
        let presence = match field.presence {
            Presence::Required if api.chosen.null_as_empty && is_collection(api, &field.ty) => {
                "empty_if_null"
            }
            Presence::Required => "required",
            Presence::Nullable => "nullable",
            // `null` is a value there, not a missing one.
            Presence::Optional if matches!(api.resolved(&field.ty), Type::Any | Type::Null) => {
                "optional_value"
            }
            Presence::Optional => "optional",
            Presence::OptionalNullable => "optional_nullable",
        };
        let escaped = field.wire.chars().any(|c| c.is_control() || matches!(c, '"' | '\\'));
        let escaped = if escaped { " (\"\")" } else { "" };
        format!("{}{escaped} {} {presence}", literal(&field.wire), field.name)
    };
    let mut rows: Vec<String> = object.fields.iter().map(row).collect();
    rows.extend(object.extra.iter().map(|extra| format!("..{}", extra.name)));
    if object.is_closed && object.extra.is_none() {
        rows.push("..!".to_owned());
    }
    Table { name: "object", head: def.name.to_string(), rows }
}

fn is_collection(api: &NamedApi, ty: &Type) -> bool {
    matches!(api.resolved(ty), Type::List(_) | Type::Map(_))
}

/// `new(required…)`; structs without required fields have `Default` for it.
fn constructor(api: &NamedApi, def: &TypeDef<Name>, object: &Struct<Name>) -> Option<TokenStream> {
    if object.has_default() {
        return None;
    }
    let name = &def.name;
    let mut arguments = Vec::new();
    let mut values = Vec::new();
    for field in &object.fields {
        let name = &field.name;
        match (field.presence, &field.ty) {
            (Presence::Required, ty @ (Type::Text | Type::Numeric(_))) => {
                let ty = rust_type(api, ty, Room::Types);
                arguments.push(quote!(#name: impl #INTO<#ty>));
                values.push(quote!(#name: #name.into()));
            }
            (Presence::Required, ty) => {
                let ty = rust_type(api, ty, Room::Types);
                arguments.push(quote!(#name: #ty));
                values.push(quote!(#name));
            }
            _ => values.push(quote!(#name: #NONE)),
        }
    }
    values.extend(object.extra.iter().map(|extra| {
        let (name, map) = (&extra.name, map_type(api));
        quote!(#name: #map::new())
    }));
    Some(quote! {
        impl #name {
            /// A value with its required fields; the others are left out.
            #[inline]
            pub fn #NEW(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    })
}
