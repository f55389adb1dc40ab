//! The tables of what named schemas ask of values, for requests that are checked before they are sent.

use super::Result;
use super::module::{Module, Piece, Stand};
use crate::ir::Rule;
use crate::items::{CHECK, CONSTRAINTS, Room};
use crate::name::NamedApi;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

/// The module of tables, if requests are checked and a schema asks anything.
pub(super) fn module(api: &NamedApi) -> Result<Option<Module>> {
    if api.rules.is_empty() {
        return Ok(None);
    }
    let doc =
        "What the document asks of values beyond their types. Requests are checked before they are sent.";
    let mut module = Module::new(CONSTRAINTS, doc);
    let tables = api.rules.iter().map(|(schema, named)| {
        let (name, checks) = (&named.constant, list(api, &named.rules, &quote!()));
        let doc = format!(" Of the schema `{}`.", schema.replace(['`', '\n', '\r'], "?"));
        Piece::Tokens(quote!(#[doc = #doc] pub static #name: &[#CHECK] = #checks;))
    });
    let stand = Stand { api, room: Room::Constraints, root: "super" };
    module.pieces = stand.pieces(tables.collect(), |_| true)?;
    Ok(Some(module))
}

/// The checks of a parameter or a body.
pub(super) fn checks(api: &NamedApi, rules: &[Rule]) -> TokenStream {
    list(api, rules, &quote!(#CONSTRAINTS::))
}

fn list(api: &NamedApi, rules: &[Rule], path: &TokenStream) -> TokenStream {
    let checks = rules.iter().map(|rule| check(api, rule, path));
    quote!(&[#(#checks),*])
}

fn check(api: &NamedApi, rule: &Rule, path: &TokenStream) -> TokenStream {
    let count = |count: &usize| Literal::usize_unsuffixed(*count);
    let number = |number: &f64| Literal::f64_unsuffixed(*number);
    let number = |value: &f64| {
        if *value < 0.0 {
            let value = number(&-value);
            quote!(-#value)
        } else {
            let value = number(value);
            quote!(#value)
        }
    };
    let (name, inside) = match rule {
        Rule::MinLength(bound) => ("MinLength", quote_literal(&count(bound))),
        Rule::MaxLength(bound) => ("MaxLength", quote_literal(&count(bound))),
        Rule::MinItems(bound) => ("MinItems", quote_literal(&count(bound))),
        Rule::MaxItems(bound) => ("MaxItems", quote_literal(&count(bound))),
        Rule::MinProperties(bound) => ("MinProperties", quote_literal(&count(bound))),
        Rule::MaxProperties(bound) => ("MaxProperties", quote_literal(&count(bound))),
        Rule::Minimum(bound) => ("Minimum", number(bound)),
        Rule::Above(bound) => ("Above", number(bound)),
        Rule::Maximum(bound) => ("Maximum", number(bound)),
        Rule::Below(bound) => ("Below", number(bound)),
        Rule::MultipleOf(step) => ("MultipleOf", number(step)),
        Rule::Pattern(pattern) => ("Pattern", quote!(#pattern)),
        Rule::UniqueItems => return quote!(#CHECK::UniqueItems),
        Rule::Items(inner) => ("Items", list(api, inner, path)),
        Rule::Values(inner) => ("Values", list(api, inner, path)),
        Rule::Property(wire, inner) => {
            let inner = list(api, inner, path);
            ("Property", quote!(#wire, #inner))
        }
        Rule::Of(schema) => match api.rules.get(schema) {
            Some(named) => {
                let name = &named.constant;
                ("Of", quote!(&#path #name))
            }
            None => ("Values", quote!(&[])),
        },
        Rule::AnyOf(variants) => {
            let variants = variants.iter().map(|rules| list(api, rules, path));
            ("AnyOf", quote!(&[#(#variants),*]))
        }
    };
    let name = format_ident!("{name}");
    quote!(#CHECK::#name(#inside))
}

fn quote_literal(literal: &Literal) -> TokenStream {
    quote!(#literal)
}
