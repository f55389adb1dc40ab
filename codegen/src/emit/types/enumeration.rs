use super::{derive, documentation};
use crate::emit::{Piece, Table, doc, ident, literal};
use crate::ir::{Api, EnumValue, IntegerEnum, StringEnum, TypeDef};
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn string(api: &Api, def: &TypeDef, values: &StringEnum) -> Vec<Piece> {
    let rows = values.values.iter().map(|value| format!("{} {}", literal(&value.value), ident(&value.name)));
    let rows = rows.chain([format!("..{}", values.unknown)]).collect();
    let variants = values.values.iter().map(|value| variant(value, &value.value)).collect();
    pieces(
        api,
        def,
        variants,
        &values.unknown,
        &quote!(String),
        Table { name: "string_enum", head: def.name.clone(), rows },
    )
}

pub(super) fn integer(api: &Api, def: &TypeDef, values: &IntegerEnum) -> Vec<Piece> {
    let rows = values.values.iter().map(|value| format!("{} {}", value.value, ident(&value.name)));
    let rows = rows.chain([format!("..{}", values.unknown)]).collect();
    let variants = values.values.iter().map(|value| variant(value, &value.value.to_string())).collect();
    pieces(
        api,
        def,
        variants,
        &values.unknown,
        &quote!(i64),
        Table { name: "integer_enum", head: def.name.clone(), rows },
    )
}

fn variant<T>(value: &EnumValue<T>, wire: &str) -> TokenStream {
    let shown: String =
        wire.chars().map(|c| if c == '`' || c.is_control() { '?' } else { c }).take(120).collect();
    let shown = if shown.trim().is_empty() { "The empty value.".to_owned() } else { format!("`{shown}`") };
    let text = if value.doc.is_empty() { shown } else { format!("{shown}: {}", value.doc) };
    let doc = doc(&text, false);
    let name = ident(&value.name);
    quote!(#doc #name)
}

fn pieces(
    api: &Api,
    def: &TypeDef,
    variants: Vec<TokenStream>,
    unknown: &str,
    content: &TokenStream,
    table: Table,
) -> Vec<Piece> {
    let name = ident(&def.name);
    let doc = doc(&documentation(def), def.deprecated);
    let unknown = ident(unknown);
    let derive = derive(api, &["Eq", "Hash"]);
    let item = quote! {
        #doc
        #derive
        pub enum #name {
            #(#variants,)*
            /// A value that the document does not list.
            #unknown(#content),
        }
    };
    vec![Piece::Tokens(item), Piece::Table(table)]
}
