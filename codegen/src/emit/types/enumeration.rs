use super::{derive, documentation};
use crate::emit::{Piece, Table, doc, literal};
use crate::ir::{EnumValue, Enumeration, TypeDef, Wire};
use crate::items::STRING;
use crate::name::{Name, NamedApi};
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn string(api: &NamedApi, def: &TypeDef<Name>, values: &Enumeration<Wire, Name>) -> Vec<Piece> {
    let rows = values.values.iter().map(|value| format!("{} {}", literal(&value.value), value.name));
    let rows = rows.chain([format!("..{}", values.unknown)]).collect();
    let variants = values.values.iter().map(|value| variant(value, &value.value)).collect();
    pieces(
        api,
        def,
        variants,
        &values.unknown,
        &quote!(#STRING),
        Table { name: "string_enum", head: def.name.to_string(), rows },
    )
}

pub(super) fn integer(api: &NamedApi, def: &TypeDef<Name>, values: &Enumeration<i64, Name>) -> Vec<Piece> {
    let rows = values.values.iter().map(|value| format!("{} {}", value.value, value.name));
    let rows = rows.chain([format!("..{}", values.unknown)]).collect();
    let variants = values.values.iter().map(|value| variant(value, &value.value.to_string())).collect();
    pieces(
        api,
        def,
        variants,
        &values.unknown,
        &quote!(i64),
        Table { name: "integer_enum", head: def.name.to_string(), rows },
    )
}

fn variant<T>(value: &EnumValue<T, Name>, wire: &str) -> TokenStream {
    let shown: String =
        wire.chars().map(|c| if c == '`' || c.is_control() { '?' } else { c }).take(120).collect();
    let shown = if shown.trim().is_empty() { "The empty value.".to_owned() } else { format!("`{shown}`") };
    let text = if value.doc.is_empty() { shown } else { format!("{shown}: {}", value.doc) };
    let doc = doc(&text, false);
    let name = &value.name;
    quote!(#doc #name)
}

fn pieces(
    api: &NamedApi,
    def: &TypeDef<Name>,
    variants: Vec<TokenStream>,
    unknown: &Name,
    content: &TokenStream,
    table: Table,
) -> Vec<Piece> {
    let name = &def.name;
    let doc = doc(&documentation(def), def.deprecated);
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
