use super::{derive, documentation, rust_type};
use crate::emit::{Piece, Table, doc, literal};
use crate::ir::{TypeDef, Union, Variant};
use crate::items::{Room, SERDE_JSON};
use crate::name::{Name, NamedApi};
use quote::quote;

/// A union: an enum of its variants, by tag, by the only member, or by the best fit.
pub(super) fn pieces(api: &NamedApi, def: &TypeDef<Name>, union: &Union<Name>) -> Vec<Piece> {
    let name = &def.name;
    let documentation = doc(&documentation(def), def.deprecated);
    let variants = union.variants.iter().map(|variant| {
        let doc = doc(&variant_doc(variant), false);
        let name = &variant.name;
        let content = variant.ty.as_ref().map(|ty| rust_type(api, ty, Room::Types)).map(|ty| quote!((#ty)));
        quote!(#doc #name #content)
    });
    let unknown = union.tag.as_ref().map(|tag| {
        let name = &tag.unknown;
        quote!(#[doc = " A variant that the document does not list, as raw JSON."] #name(#SERDE_JSON::Value),)
    });
    let derive = derive(api, &[]);
    let item = quote! {
        #documentation
        #derive
        pub enum #name {
            #(#variants,)*
            #unknown
        }
    };
    let table = match &union.tag {
        Some(tag) => {
            let tags = |variant: &Variant<Name>| {
                variant.tags.iter().map(|tag| literal(tag)).collect::<Vec<_>>().join(" | ")
            };
            let row = |variant: &Variant<Name>| {
                let unit = if variant.ty.is_none() { " unit" } else { "" };
                format!("{} {}{unit}", tags(variant), variant.name)
            };
            let rows = union.variants.iter().map(row).chain([format!("..{}", tag.unknown)]).collect();
            match &tag.property {
                Some(property) => {
                    Table { name: "tagged", head: format!("{} by {}", def.name, literal(property)), rows }
                }
                None => Table { name: "keyed", head: def.name.to_string(), rows },
            }
        }
        None => {
            let rows = union.variants.iter().map(|variant| variant.name.to_string()).collect();
            Table { name: "one_of", head: def.name.to_string(), rows }
        }
    };
    vec![Piece::Tokens(item), Piece::Table(table)]
}

fn variant_doc(variant: &Variant<Name>) -> String {
    if !variant.doc.is_empty() {
        return variant.doc.clone();
    }
    let shown: String =
        variant.hint.chars().map(|c| if c == '`' || c.is_control() { ' ' } else { c }).take(120).collect();
    if shown.trim().is_empty() { "One of the variants.".to_owned() } else { format!("`{}`", shown.trim()) }
}
