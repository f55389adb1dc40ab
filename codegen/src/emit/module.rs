use super::format::Result;
use super::uses::{Definition, Uses};
use crate::items::{Item, Room};
use crate::name::{Name, NamedApi};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// A piece of a module.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Tokens(TokenStream),
    /// A macro call that is printed as a table.
    Table(Table),
}

/// `cloudrun_runtime::object!(Pet { … });`
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) head: String,
    pub(super) rows: Vec<String>,
}

/// What a module is called.
#[derive(Clone, Debug)]
pub(super) enum Label {
    Minted(Name),
    Own(&'static str),
}

impl Label {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Minted(name) => name.as_str(),
            Self::Own(name) => name,
        }
    }
}

impl From<Name> for Label {
    fn from(name: Name) -> Self {
        Self::Minted(name)
    }
}

impl From<&'static str> for Label {
    fn from(name: &'static str) -> Self {
        Self::Own(name)
    }
}

impl From<Item> for Label {
    fn from(item: Item) -> Self {
        Self::Own(item.name())
    }
}

impl ToTokens for Label {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Minted(name) => name.to_tokens(tokens),
            Self::Own(name) => Ident::new(name, Span::call_site()).to_tokens(tokens),
        }
    }
}

/// A module of the client: its pieces, its imports first.
#[derive(Clone, Debug)]
pub(super) struct Module {
    pub(super) label: Label,
    pub(super) doc: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) children: Vec<Module>,
}

impl Module {
    /// A module without pieces.
    pub(super) fn new(label: impl Into<Label>, doc: impl Into<String>) -> Self {
        Self { label: label.into(), doc: doc.into(), pieces: Vec::new(), children: Vec::new() }
    }

    /// What the children define, under the module's own name. A program need not use any of it.
    pub(super) fn reexports(&self) -> Option<Piece> {
        let allow = quote!(#[allow(unused_imports, reason = "a program uses what it needs")]);
        let names: Vec<&Label> = self.children.iter().map(|child| &child.label).collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(Piece::Tokens(quote!(#allow pub use self::#one::*;))),
            many => Some(Piece::Tokens(quote!(#allow pub use self::{#(#many::*),*};))),
        }
    }
}

/// Where pieces stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stand<'a> {
    pub(super) api: &'a NamedApi,
    pub(super) room: Room,
    /// The path to the client's root from there.
    pub(super) root: &'static str,
}

impl Stand<'_> {
    /// The pieces as they are printed, behind the imports of what they use. Definitions of the client that are not the
    /// module's own come from its parent.
    pub(super) fn pieces(
        self,
        pieces: Vec<Piece>,
        is_own: impl Fn(Definition) -> bool,
    ) -> Result<Vec<Piece>> {
        let mut uses = Uses::default();
        let mut spell = |piece| match piece {
            Piece::Tokens(tokens) => Piece::Tokens(uses.spell(tokens, self.api)),
            Piece::Table(table) => Piece::Table(table),
        };
        let pieces: Vec<Piece> = pieces.into_iter().map(&mut spell).collect();
        if let Some(stranger) = uses.strangers(self.room).next() {
            return Err(format!(
                "`{}` is written in {:?}, where the table does not have it",
                stranger.name(),
                self.room
            ));
        }
        let imports = uses.imports(self.api, self.room, self.root, is_own);
        let imports = (!imports.is_empty()).then_some(Piece::Tokens(imports));
        Ok(imports.into_iter().chain(pieces).collect())
    }
}
