//! What the files of a crate import from each other: in comes the folder of its sources, out go its rooms (the modules of its
//! root) and each import with its file and line. Test modules are left out; code inside `quote!` is not this crate's.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::{self, Visit};
use syn::{Attribute, UseTree};

type Failure = Box<dyn std::error::Error>;

/// The sources of a crate.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The modules of the root, and what each says that it may import from, if it says so.
    pub(crate) rooms: BTreeMap<String, Option<BTreeSet<String>>>,
    /// Macros live at the root, wherever they stand.
    pub(crate) macros: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    /// Modules in files of their own that are there for tests only.
    tests: BTreeSet<Vec<String>>,
    /// How many files each folder has at its top.
    pub(crate) folders: BTreeMap<String, usize>,
}

/// A path that one file names: its segments from the crate's root.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) room: String,
    pub(crate) path: Vec<String>,
    module: Vec<String>,
    /// `gateway/mod.rs:12`.
    pub(crate) place: String,
}

impl Sources {
    /// Reads all files below a folder.
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let mut sources = Self::default();
        sources.folder(root, &mut Vec::new())?;
        let tests = std::mem::take(&mut sources.tests);
        sources.imports.retain(|import| !tests.iter().any(|test| import.module.starts_with(test)));
        Ok(sources)
    }

    fn folder(&mut self, folder: &Path, module: &mut Vec<String>) -> Result<(), Failure> {
        let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                module.push(name);
                self.folder(&path, module)?;
                module.pop();
            } else if let Some(stem) = name.strip_suffix(".rs") {
                *self.folders.entry(module.join("/")).or_default() += 1;
                let is_own = matches!(stem, "lib" | "main" | "mod");
                let mut of_file = module.clone();
                if !is_own {
                    of_file.push(stem.to_owned());
                }
                let file = if module.is_empty() { name } else { format!("{}/{name}", module.join("/")) };
                self.file(&std::fs::read_to_string(&path)?, of_file, file)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, source: &str, module: Vec<String>, file: String) -> Result<(), Failure> {
        let parsed = syn::parse_file(source).map_err(|error| format!("{file}: {error}"))?;
        let Some(room) = module.first().cloned() else {
            // The root declares rooms and names what is public; whom it imports from is no arrow.
            return Ok(());
        };
        if module.len() == 1 {
            self.rooms.insert(room.clone(), may_import(&parsed.attrs));
        }
        let mut reader = Reader { sources: self, source, file, room, module };
        reader.visit_file(&parsed);
        Ok(())
    }
}

/// The rooms that a room's documentation allows: "May import from `a`, `b`." or "May import from no other room."
fn may_import(attributes: &[Attribute]) -> Option<BTreeSet<String>> {
    let text: Vec<String> = attributes.iter().filter_map(documentation).collect();
    let text = text.join(" ");
    let rest = text.split("May import from ").nth(1)?;
    let sentence = rest.split('.').next().unwrap_or_default();
    Some(sentence.split('`').skip(1).step_by(2).map(str::to_owned).collect())
}

fn documentation(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    match &pair.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if pair.path.is_ident("doc") => {
            Some(text.value().trim().to_owned())
        }
        _ => None,
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        meta => meta.path().is_ident("test"),
    })
}

struct Reader<'a> {
    sources: &'a mut Sources,
    source: &'a str,
    file: String,
    room: String,
    module: Vec<String>,
}

impl Reader<'_> {
    /// Takes a path that begins with `crate`, `self` or `super`; others cannot leave the room.
    fn take(&mut self, written: &[String]) {
        let (first, mut rest) = match written.split_first() {
            Some((first, rest)) => (first.as_str(), rest),
            None => return,
        };
        let mut path = match first {
            "crate" => Vec::new(),
            "self" | "super" => self.module.clone(),
            _ => return,
        };
        if first == "super" {
            path.pop();
        }
        while let Some((up, below)) = rest.split_first().filter(|(up, _)| *up == "super") {
            debug_assert_eq!(up, "super");
            path.pop();
            rest = below;
        }
        path.extend(rest.iter().filter(|segment| *segment != "self").cloned());
        let place = format!("{}:{}", self.file, line(self.source, written));
        let (room, module) = (self.room.clone(), self.module.clone());
        self.sources.imports.push(Import { room, path, module, place });
    }

    fn tree(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        let name = match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(&path.tree, before);
                before.pop();
                return;
            }
            UseTree::Group(group) => return group.items.iter().for_each(|item| self.tree(item, before)),
            UseTree::Name(name) => Some(name.ident.to_string()),
            UseTree::Rename(rename) => Some(rename.ident.to_string()),
            UseTree::Glob(_) => None,
        };
        let written: Vec<String> = before.iter().cloned().chain(name).collect();
        self.take(&written);
    }

    /// Paths in what a macro is given: `matches!(x, crate::a::B)`.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            index += 1;
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(ident) => {
                    let before = index.checked_sub(2).and_then(|before| tokens.get(before));
                    let mut path = vec![ident.to_string()];
                    while let (
                        Some(TokenTree::Punct(one)),
                        Some(TokenTree::Punct(two)),
                        Some(TokenTree::Ident(next)),
                    ) = (tokens.get(index), tokens.get(index + 1), tokens.get(index + 2))
                        && (one.as_char(), two.as_char()) == (':', ':')
                    {
                        path.push(next.to_string());
                        index += 3;
                    }
                    // `$crate` is for whoever calls the macro.
                    let is_own = !matches!(before, Some(TokenTree::Punct(mark)) if mark.as_char() == '$');
                    if is_own && path.len() > 1 {
                        self.take(&path);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.tree(&item.tree, &mut Vec::new());
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        } else if item.content.is_none() {
            self.sources.tests.insert(self.module.clone());
        }
        self.module.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let written: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if written.len() > 1 {
            self.take(&written);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        visit::visit_macro(self, called);
        let name = called.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if !name.contains("quote") {
            self.tokens(called.tokens.clone());
        }
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        self.sources.macros.extend(item.ident.as_ref().map(ToString::to_string));
        visit::visit_item_macro(self, item);
    }
}

/// The line of a path, for people: the first whose statement has the first segments and which has the last one.
fn line(source: &str, written: &[String]) -> usize {
    let word = |text: &str, word: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|found| found == word)
    };
    let (Some(last), start) = (written.last(), &written[..written.len().min(2)]) else { return 0 };
    let mut statement = String::new();
    for (index, text) in source.lines().enumerate() {
        if text.trim_start().starts_with("//") {
            continue;
        }
        statement.push_str(text);
        if word(text, last) && start.iter().all(|segment| word(&statement, segment)) {
            return index + 1;
        }
        if text.trim_end().ends_with([';', '}']) {
            statement.clear();
        }
    }
    0
}
