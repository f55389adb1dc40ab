//! What a file uses: emission writes items and the client's own definitions as placeholders, which are spelled out here,
//! once the file is known that they stand in. So an import that is missing, or that nothing needs, cannot be written.

use crate::ir::TypeId;
use crate::items::{Item, Room, Source};
use crate::name::{Name, NamedApi};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use std::collections::{BTreeMap, BTreeSet};

/// No minted name starts like this.
const MARK: &str = "__cloudrun_";

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(placeholder("item", self.index()));
    }
}

/// A definition of the client, as it is written where it can be named without a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Definition {
    /// A type, among the types.
    Type(TypeId),
    /// A set of errors by its index, among the operations.
    Errors(usize),
}

impl Definition {
    fn name(self, api: &NamedApi) -> Option<&Name> {
        match self {
            Self::Type(id) => api.types.get(id.0).map(|def| &def.name),
            Self::Errors(index) => api.errors.get(index).map(|set| &set.name),
        }
    }
}

impl ToTokens for Definition {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(match self {
            Self::Type(id) => placeholder("type", id.0),
            Self::Errors(index) => placeholder("errors", *index),
        });
    }
}

fn placeholder(kind: &str, index: usize) -> Ident {
    Ident::new(&format!("{MARK}{kind}_{index}"), Span::call_site())
}

/// What the tokens of a file use.
#[derive(Debug, Default)]
pub(super) struct Uses {
    items: BTreeSet<Item>,
    definitions: BTreeSet<Definition>,
}

impl Uses {
    /// Spells the placeholders out and notes what they stand for.
    pub(super) fn spell(&mut self, tokens: TokenStream, api: &NamedApi) -> TokenStream {
        let mut out = TokenStream::new();
        for tree in tokens {
            match tree {
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.spell(group.stream(), api));
                    inner.set_span(group.span());
                    out.append(inner);
                }
                TokenTree::Ident(ident) => match self.known(&ident, api) {
                    Some(spelled) => out.extend(spelled),
                    None => out.append(ident),
                },
                other => out.append(other),
            }
        }
        out
    }

    fn known(&mut self, ident: &Ident, api: &NamedApi) -> Option<TokenStream> {
        let text = ident.to_string();
        let (kind, index) = text.strip_prefix(MARK)?.rsplit_once('_')?;
        let index: usize = index.parse().ok()?;
        let definition = match kind {
            "item" => {
                let item = Item::at(index)?;
                self.items.insert(item);
                return spelled(item).parse().ok();
            }
            "type" => Definition::Type(TypeId(index)),
            "errors" => Definition::Errors(index),
            _ => return None,
        };
        self.definitions.insert(definition);
        definition.name(api).map(Name::to_token_stream)
    }

    /// The items that have no place in a room. There are none, unless the table and emission disagree.
    pub(super) fn strangers(&self, room: Room) -> impl Iterator<Item = Item> {
        let is_stranger =
            move |item: &Item| !matches!(item.source(), Source::Path(_) | Source::Own) && !item.is_in(room);
        self.items.iter().copied().filter(is_stranger)
    }

    /// The imports of all that is used: items from where they come, those of the client's root by the path that leads
    /// there, definitions that are not the file's own from its parent.
    pub(super) fn imports(
        &self,
        api: &NamedApi,
        room: Room,
        root: &str,
        is_own: impl Fn(Definition) -> bool,
    ) -> TokenStream {
        let mut paths: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for item in &self.items {
            let name = item.name().to_owned();
            match item.source() {
                Source::Import(path) => paths.entry(path).or_default().push(name),
                Source::Root if room != Room::Client => paths.entry(root).or_default().push(name),
                _ => {}
            }
        }
        for definition in self.definitions.iter().filter(|definition| !is_own(**definition)) {
            let names = paths.entry("super").or_default();
            match definition {
                // The types are one module that is cut into files; a list of them would only be noise in reviews.
                Definition::Type(_) if names.is_empty() => names.push("*".to_owned()),
                Definition::Type(_) => {}
                Definition::Errors(_) => names.extend(definition.name(api).map(Name::to_string)),
            }
        }
        let imports = paths.into_iter().map(|(path, names)| import(path, names));
        quote!(#(#imports)*)
    }
}

/// An item as it is written.
fn spelled(item: Item) -> String {
    match item.source() {
        Source::Path(path) => format!("{path}::{}", item.name()),
        _ => item.name().to_owned(),
    }
}

/// One line of imports from a path, in the order of their names.
fn import(path: &str, mut names: Vec<String>) -> TokenStream {
    names.sort_unstable();
    // Paths and names are the table's, or were minted.
    let path: TokenStream = path.parse().unwrap_or_default();
    let names = names.iter().map(|name| name.parse::<TokenStream>().unwrap_or_default());
    match names.len() {
        0 => TokenStream::new(),
        1 => quote!(use #path::#(#names)*;),
        _ => quote!(use #path::{#(#names),*};),
    }
}

#[cfg(test)]
mod tests {
    use crate::items::{Item, Source};
    use proc_macro2::{TokenStream, TokenTree};
    use std::path::Path;

    /// Items whose names stand in the tokens of `quote!` as they are.
    fn written_plainly(tokens: TokenStream, inside: bool, found: &mut Vec<String>) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: Option<usize>, c: char| matches!(at.and_then(|at| trees.get(at)), Some(TokenTree::Punct(punct)) if punct.as_char() == c);
        for (at, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Group(group) => {
                    let is_quote = matches!(at.checked_sub(2).and_then(|at| trees.get(at)), Some(TokenTree::Ident(name)) if name == "quote")
                        && is(at.checked_sub(1), '!');
                    written_plainly(group.stream(), inside || is_quote, found);
                }
                TokenTree::Ident(ident) if inside => {
                    let before = at.checked_sub(1);
                    let is_inner =
                        is(before, '#') || is(before, '.') || is(before, ':') && is(at.checked_sub(2), ':');
                    let is_module = ident.to_string().starts_with(char::is_lowercase);
                    let leads = is(Some(at + 1), ':') && is(Some(at + 2), ':');
                    let is_item = Item::all()
                        .filter(|item| item.source() != Source::Own)
                        .any(|item| item.name().split("::").any(|name| ident == name));
                    if is_item && !is_inner && (leads || !is_module) {
                        found.push(ident.to_string());
                    }
                }
                _ => {}
            }
        }
    }

    fn files(folder: &Path, each: &mut dyn FnMut(&Path)) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { files(&path, each) } else { each(&path) }
        }
    }

    #[test]
    fn items_are_written_through_the_table_only() -> syn::Result<()> {
        let mut checked = 0;
        let mut plain = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emit"), &mut |path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            // Derives are macros, which have a namespace of their own.
            let code: String = text
                .split("#[cfg(test)]")
                .next()
                .unwrap_or_default()
                .lines()
                .filter(|line| !line.contains("#[derive("))
                .map(|line| format!("{line}\n"))
                .collect();
            let mut found = Vec::new();
            if let Ok(tokens) = code.parse() {
                written_plainly(tokens, false, &mut found);
                checked += 1;
            }
            plain.extend(found.into_iter().map(|name| format!("{}: {name}", path.display())));
        });
        assert!(checked > 20, "{checked} files");
        assert_eq!(plain, Vec::<String>::new());
        let mut found = Vec::new();
        written_plainly(
            syn::parse_str("quote!(pub fn a(self) -> Pending<#ty> { self.0.body(body::json, #BODY::x) })")?,
            false,
            &mut found,
        );
        assert_eq!(found, ["Pending", "body"]);
        Ok(())
    }
}
