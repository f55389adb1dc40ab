use std::collections::HashSet;

/// Names that are taken in one place of the generated code. Only a scope hands out names, so none is handed out twice.
pub(super) struct Scope {
    taken: HashSet<String>,
    reserved: HashSet<String>,
    /// What is put behind a name that Rust or the generated code needs itself.
    suffix: &'static str,
}

impl Scope {
    pub(super) fn new(reserved: &[&str], suffix: &'static str) -> Self {
        let reserved = reserved.iter().map(|name| (*name).to_owned()).collect();
        Self { taken: HashSet::new(), reserved, suffix }
    }

    /// The wanted name, with the suffix if it is reserved, with a number if it is taken.
    pub(super) fn mint(&mut self, wanted: &str) -> String {
        let is_snake = self.suffix.starts_with(char::is_lowercase);
        let wanted = match self.reserved.contains(wanted) || is_unusable(wanted) {
            true if is_snake => format!("{wanted}_{}", self.suffix),
            true => format!("{wanted}{}", self.suffix),
            false => wanted.to_owned(),
        };
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            let between = if is_snake || wanted.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
            name = match between {
                "_" if !is_snake => format!("{wanted}V{number}"),
                between => format!("{wanted}{between}{number}"),
            };
            number += 1;
        }
        name
    }

    /// The first of some names that is free.
    pub(super) fn mint_first(&mut self, wanted: &[&str]) -> String {
        let free = wanted.iter().find(|name| !self.taken.contains(**name));
        match free.or(wanted.first()) {
            Some(name) => self.mint(name),
            None => self.mint("Unknown"),
        }
    }
}

/// Keywords that not even `r#` makes identifiers of.
fn is_unusable(name: &str) -> bool {
    matches!(name, "self" | "Self" | "super" | "crate" | "_")
}
