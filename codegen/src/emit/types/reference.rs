use crate::config::DateTime;
use crate::emit::ident;
use crate::ir::{Api, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// Where a type's name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::emit) enum Scope {
    /// Among the types themselves.
    Types,
    /// Anywhere else in the client, by `types::…`.
    Operations,
}

/// Dates and times in the chosen library.
fn moment(library: DateTime, ty: &Type) -> TokenStream {
    match (library, ty) {
        (DateTime::Chrono, Type::DateTime) => quote!(chrono::DateTime<chrono::FixedOffset>),
        (DateTime::Chrono, Type::Date) => quote!(chrono::NaiveDate),
        (DateTime::Time, Type::DateTime) => quote!(time::OffsetDateTime),
        (DateTime::Time, Type::Date) => quote!(time::Date),
        (DateTime::Jiff | DateTime::String, Type::DateTime) => quote!(jiff::Timestamp),
        (DateTime::Jiff | DateTime::String, Type::Date) => quote!(jiff::civil::Date),
        // No library's time of day has the offset that JSON Schema asks for.
        _ => quote!(cloudrun_runtime::TimeOfDay),
    }
}

/// A map in the chosen type.
pub(in crate::emit) fn map(api: &Api, value: &TokenStream) -> TokenStream {
    let name = ident(api.chosen.map.name());
    quote!(#name<String, #value>)
}

/// The Rust type.
pub(in crate::emit) fn rust_type(api: &Api, ty: &Type, scope: Scope) -> TokenStream {
    let inner = |ty: &Type| rust_type(api, ty, scope);
    match ty {
        Type::Bool => quote!(bool),
        Type::I32 => quote!(i32),
        Type::I64 => quote!(i64),
        Type::U32 => quote!(u32),
        Type::U64 => quote!(u64),
        Type::F32 => quote!(f32),
        Type::F64 => quote!(f64),
        Type::Decimal => quote!(cloudrun_runtime::rust_decimal::Decimal),
        Type::Text => quote!(String),
        Type::Base64 => quote!(cloudrun_runtime::Base64),
        Type::DateTime | Type::Date | Type::Time => moment(api.chosen.date_time, ty),
        // The generator refused a path that does not parse.
        Type::Custom(path) => path.parse().unwrap_or_default(),
        Type::Uuid => quote!(uuid::Uuid),
        Type::Any => quote!(serde_json::Value),
        Type::Null => quote!(()),
        Type::List(item) => {
            let item = inner(item);
            quote!(Vec<#item>)
        }
        Type::Map(value) => {
            let value = inner(value);
            map(api, &value)
        }
        Type::Nullable(value) => {
            let value = inner(value);
            quote!(Option<#value>)
        }
        Type::Named(id) => {
            let name = ident(&api.type_def(*id).name);
            match scope {
                Scope::Types => quote!(#name),
                Scope::Operations => quote!(types::#name),
            }
        }
        Type::Boxed(id) => {
            let value = inner(&Type::Named(*id));
            quote!(Box<#value>)
        }
    }
}
