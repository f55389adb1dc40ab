use crate::config::{DateTime, Map};
use crate::emit::uses::Definition;
use crate::ir::Type;
use crate::items::{
    BASE64, BASE64_URL, BOX, BTREE_MAP, CHRONO, DECIMAL, HASH_MAP, INDEX_MAP, Item, JIFF, NUMERIC,
    OFFSET_DATE_TIME, OPTION, Room, SERDE_JSON, STRING, TIME, TIME_OF_DAY, TYPES, UUID, VEC,
};
use crate::name::NamedApi;
use proc_macro2::TokenStream;
use quote::quote;

/// Dates and times in the chosen library.
fn moment(library: DateTime, ty: &Type) -> TokenStream {
    match (library, ty) {
        (DateTime::Chrono, Type::DateTime) => quote!(#CHRONO::DateTime<#CHRONO::FixedOffset>),
        (DateTime::Chrono, Type::Date) => quote!(#CHRONO::NaiveDate),
        (DateTime::Time, Type::DateTime) => quote!(#TIME::OffsetDateTime),
        (DateTime::Time, Type::Date) => quote!(#TIME::Date),
        (DateTime::JiffOffset, Type::DateTime) => quote!(#OFFSET_DATE_TIME),
        (DateTime::Jiff | DateTime::String, Type::DateTime) => quote!(#JIFF::Timestamp),
        (DateTime::Jiff | DateTime::JiffOffset | DateTime::String, Type::Date) => quote!(#JIFF::civil::Date),
        // No library's time of day has the offset that JSON Schema asks for.
        _ => quote!(#TIME_OF_DAY),
    }
}

/// A map in the chosen type.
pub(in crate::emit) fn map(api: &NamedApi, value: &TokenStream) -> TokenStream {
    let map = map_type(api);
    quote!(#map<#STRING, #value>)
}

/// The type of maps.
pub(in crate::emit) fn map_type(api: &NamedApi) -> Item {
    match api.chosen.map {
        Map::BTree => BTREE_MAP,
        Map::Hash => HASH_MAP,
        Map::Index => INDEX_MAP,
    }
}

/// The Rust type as it is written in a room: among the types by its name, elsewhere by `types::…`.
pub(in crate::emit) fn rust_type(api: &NamedApi, ty: &Type, room: Room) -> TokenStream {
    let inner = |ty: &Type| rust_type(api, ty, room);
    match ty {
        Type::Bool => quote!(bool),
        Type::I32 => quote!(i32),
        Type::I64 => quote!(i64),
        Type::U32 => quote!(u32),
        Type::U64 => quote!(u64),
        Type::F32 => quote!(f32),
        Type::F64 => quote!(f64),
        Type::Decimal => quote!(#DECIMAL),
        Type::Numeric(number) => {
            let number = inner(number);
            quote!(#NUMERIC<#number>)
        }
        Type::Text => quote!(#STRING),
        Type::Base64 => quote!(#BASE64),
        Type::Base64Url => quote!(#BASE64_URL),
        Type::DateTime | Type::Date | Type::Time => moment(api.chosen.date_time, ty),
        // The generator refused a path that does not parse.
        Type::Custom(path) => path.parse().unwrap_or_default(),
        Type::Uuid => quote!(#UUID::Uuid),
        Type::Any => quote!(#SERDE_JSON::Value),
        Type::Null => quote!(()),
        Type::List(item) => {
            let item = inner(item);
            quote!(#VEC<#item>)
        }
        Type::Map(value) => {
            let value = inner(value);
            map(api, &value)
        }
        Type::Nullable(value) => {
            let value = inner(value);
            quote!(#OPTION<#value>)
        }
        Type::Named(id) => {
            let (definition, name) = (Definition::Type(*id), &api.type_def(*id).name);
            match room {
                Room::Types => quote!(#definition),
                _ => quote!(#TYPES::#name),
            }
        }
        Type::Boxed(id) => {
            let value = inner(&Type::Named(*id));
            quote!(#BOX<#value>)
        }
    }
}
