use super::alphabet::Lookalikes;
use super::case::Case;
use crate::items;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt};
use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// An identifier. There is no way to one but by a scope, so none is empty, taken or no identifier of Rust.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name(String);

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Name {
    /// The identifier as it is printed where keywords do no harm: in texts, and as a file's name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The identifier as it stands in code: raw where it is a keyword.
impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let ident = match syn::parse_str::<Ident>(&self.0) {
            // `gen` is a keyword since the edition of 2024 only.
            Ok(ident) if self.0 != "gen" => ident,
            _ => Ident::new_raw(&self.0, Span::call_site()),
        };
        tokens.append(ident);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_token_stream().fmt(f)
    }
}

/// What all scopes of a client share: names beyond ASCII must not look like others, wherever those stand.
#[derive(Debug, Default)]
pub(super) struct Alphabet(RefCell<Lookalikes>);

/// The names of one place of the generated code, each of which it hands out once.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    alphabet: &'a Alphabet,
    case: Case,
    /// What is put behind a name that is reserved.
    suffix: &'static str,
    reserved: HashSet<&'static str>,
    /// Names of the place around this one that must not be hidden.
    around: Option<&'a HashSet<Name>>,
    refused: fn(&str) -> bool,
    most_bytes: usize,
    taken: HashSet<String>,
    /// The next number of a name that is wanted again.
    numbers: HashMap<String, usize>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(alphabet: &'a Alphabet, case: Case, suffix: &'static str) -> Self {
        Self {
            alphabet,
            case,
            suffix,
            reserved: HashSet::new(),
            around: None,
            refused: |_| false,
            most_bytes: usize::MAX,
            taken: HashSet::new(),
            numbers: HashMap::new(),
        }
    }

    /// Keeps names free for what is written under them.
    pub(super) fn reserve(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.reserved.extend(names);
        self
    }

    /// Hides none of these names, which are seen from here.
    pub(super) fn inside(mut self, names: &'a HashSet<Name>) -> Self {
        self.around = Some(names);
        self
    }

    /// Gives out no name of which this is so.
    pub(super) fn refuse(mut self, refused: fn(&str) -> bool) -> Self {
        self.refused = refused;
        self
    }

    /// Cuts names that are longer.
    pub(super) fn at_most(mut self, bytes: usize) -> Self {
        self.most_bytes = bytes;
        self
    }

    /// Names for all words, in their order. Whoever spells a name exactly has it; the others come in their order.
    pub(super) fn mint_all<'w>(&mut self, words: impl IntoIterator<Item = &'w str>) -> Vec<Name> {
        let words: Vec<&str> = words.into_iter().collect();
        let order = exact_first(words.len(), |at| self.is_exact(words[at]));
        self.mint_in(&order, |at| words[at])
    }

    /// Names for words by their index, served in an order that has every index once.
    pub(super) fn mint_in<W: AsRef<str>>(
        &mut self,
        order: &[usize],
        words: impl Fn(usize) -> W,
    ) -> Vec<Name> {
        let mut names: Vec<(usize, Name)> =
            order.iter().map(|at| (*at, self.mint(words(*at).as_ref()))).collect();
        names.sort_by_key(|(at, _)| *at);
        names.into_iter().map(|(_, name)| name).collect()
    }

    /// Whether a text is the name that would be made of it.
    pub(super) fn is_exact(&self, words: &str) -> bool {
        self.case.of(words) == words && !self.is_reserved(words)
    }

    /// A name of words that nobody else wants exactly.
    pub(super) fn mint(&mut self, words: &str) -> Name {
        let wanted = self.case.of(words);
        self.put(&wanted)
    }

    /// A name with a word behind it.
    pub(super) fn behind(&mut self, name: &Name, word: &str) -> Name {
        let wanted = self.case.with(&name.0, word);
        self.put(&wanted)
    }

    /// The first of some names that is free.
    pub(super) fn mint_first(&mut self, names: &[&str]) -> Name {
        let free = names.iter().find(|name| !self.taken.contains(**name) && !self.is_reserved(name));
        self.put(free.or(names.first()).unwrap_or(&self.suffix))
    }

    fn is_reserved(&self, name: &str) -> bool {
        self.reserved.contains(name)
            || items::is_no_identifier(name)
            || (self.refused)(name)
            || self.around.is_some_and(|names| names.contains(name))
    }

    fn misleads(&self, name: &str) -> bool {
        self.alphabet.0.borrow_mut().misleads(name)
    }

    /// The wanted name, with the suffix if it is reserved, spelled out if it looks like another, with a number if it is
    /// taken.
    fn put(&mut self, wanted: &str) -> Name {
        let mut wanted = match cut(wanted, self.most_bytes) {
            whole if whole == wanted => wanted.to_owned(),
            // It is looked at again, since what told its script apart may be gone.
            part => cut(&self.case.of(part), self.most_bytes).to_owned(),
        };
        if self.misleads(&wanted) {
            wanted = self.case.of(&super::case::spelled_out(&wanted));
        }
        while self.is_reserved(&wanted) {
            wanted = self.case.with(&wanted, self.suffix);
        }
        let mut name = wanted.clone();
        while self.taken.contains(&name) || self.is_reserved(&name) || self.misleads(&name) {
            let number = self.numbers.entry(wanted.clone()).or_insert(2);
            name = self.case.numbered(&wanted, *number);
            *number += 1;
        }
        self.alphabet.0.borrow_mut().note(&name);
        self.taken.insert(name.clone());
        Name(name)
    }
}

/// Indices up to a count: first those of which something is so, then the others.
pub(super) fn exact_first(count: usize, is_exact: impl Fn(usize) -> bool) -> Vec<usize> {
    let (mut order, others): (Vec<usize>, Vec<usize>) = (0..count).partition(|at| is_exact(*at));
    order.extend(others);
    order
}

/// The start of a name, of so many bytes at most.
fn cut(name: &str, most: usize) -> &str {
    let ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
    &name[..ends.take_while(|end| *end <= most).last().unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, Case, Name, Scope};

    fn texts(names: Vec<Name>) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn who_spells_a_name_exactly_has_it() {
        let alphabet = Alphabet::default();
        let mut fields = Scope::new(&alphabet, Case::Snake, "field");
        assert_eq!(
            texts(fields.mint_all(["@id", "id", "$filter", "ID", "filter"])),
            ["id_2", "id", "filter_2", "id_3", "filter"]
        );
        let mut types = Scope::new(&alphabet, Case::Pascal, "Model");
        assert_eq!(texts(types.mint_all(["user", "User"])), ["User2", "User"]);
    }

    #[test]
    fn what_is_reserved_gets_a_word_and_keywords_are_raw() {
        let alphabet = Alphabet::default();
        let mut scope = Scope::new(&alphabet, Case::Snake, "field").reserve(["send"]);
        assert_eq!(
            texts(scope.mint_all(["self", "send", "type", "gen", "send_field"])),
            ["self_field", "send_field_2", "r#type", "r#gen", "send_field"]
        );
    }

    #[test]
    fn names_that_look_alike_are_spelled_out_in_any_scope() {
        let alphabet = Alphabet::default();
        let first = Scope::new(&alphabet, Case::Snake, "field").mint("жа");
        let other = Scope::new(&alphabet, Case::Snake, "field").mint("жa");
        assert_eq!((first.as_str(), other.as_str()), ("жа", "u436_a"));
    }

    #[test]
    fn a_name_that_many_want_costs_each_the_same() {
        let alphabet = Alphabet::default();
        let mut scope = Scope::new(&alphabet, Case::Pascal, "Model");
        let names = scope.mint_all(std::iter::repeat_n("pet", 20_000));
        assert_eq!(names.last().map(Name::as_str), Some("Pet20000"));
    }
}
