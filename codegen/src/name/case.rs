//! Words of a document to identifiers. Letters of any script stay as they are (NFC); symbols that carry meaning are
//! spelled out where they would otherwise vanish.

use super::alphabet::{Letter, letters};
use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use unicode_ident::is_xid_start;
use unicode_normalization::UnicodeNormalization;

/// Longer names are cut: nobody reads them, and linkers have limits.
const MAX_CHARS: usize = 96;

/// How the words of a name are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// `petShop`, `pet_shop` and `Pet shop` are all `PetShop`.
    Pascal,
    /// `petShop` is `pet_shop`.
    Snake,
    /// `petShop` is `PET_SHOP`.
    Constant,
}

impl Case {
    /// An identifier of a text, which may still be taken or reserved: it starts with a letter and is not too long.
    pub(crate) fn of(self, text: &str) -> String {
        let mut name: String = self.join(&words(text)).nfc().take(MAX_CHARS).collect();
        // What told a script apart may have been cut off.
        while !name.is_ascii()
            && letters(&name, MAX_CHARS).iter().any(|letter| !matches!(letter, Letter::Plain(_)))
        {
            name = self.join(&words(&name)).chars().take(MAX_CHARS).collect();
        }
        if name.trim_matches('_').is_empty() {
            return self.join("empty");
        }
        if !name.starts_with(is_xid_start) {
            name.insert(0, if self == Self::Snake { 'n' } else { 'N' });
        }
        name
    }

    /// A name with a word behind it.
    pub(super) fn with(self, name: &str, word: &str) -> String {
        let word = self.join(word);
        if self == Self::Pascal { format!("{name}{word}") } else { format!("{name}_{word}") }
    }

    /// A name with a number behind it.
    pub(super) fn numbered(self, name: &str, number: usize) -> String {
        match self {
            Self::Pascal if name.ends_with(|c: char| c.is_ascii_digit()) => format!("{name}V{number}"),
            Self::Pascal => format!("{name}{number}"),
            Self::Snake | Self::Constant => format!("{name}_{number}"),
        }
    }

    fn join(self, words: &str) -> String {
        match self {
            Self::Pascal => words.to_upper_camel_case(),
            Self::Snake => words.to_snake_case(),
            Self::Constant => words.to_shouty_snake_case(),
        }
    }
}

/// The text with nothing but letters, digits and spaces.
fn words(text: &str) -> String {
    let letters = letters(text, 4 * MAX_CHARS);
    let speaks = letters.iter().any(|letter| matches!(letter, Letter::Plain(c) if *c != '_'));
    let mut words = String::with_capacity(text.len());
    for (at, letter) in letters.iter().enumerate() {
        let word = match *letter {
            Letter::Plain(c) => {
                words.push(c);
                continue;
            }
            // `pet's` is one word.
            Letter::Symbol('\'') => continue,
            Letter::Odd(c) => Some(code_point(c)),
            Letter::Symbol(c) => {
                let leads = at == 0 && matches!(c, '-' | '+' | '<' | '>' | '=' | '!' | '~' | '*');
                match symbol(c) {
                    Some(word) => (leads || !speaks).then(|| word.to_owned()),
                    None => (!speaks && !c.is_whitespace()).then(|| code_point(c)),
                }
            }
        };
        words.push(' ');
        if let Some(word) = word {
            words.push_str(&word);
            words.push(' ');
        }
    }
    words
}

fn symbol(c: char) -> Option<&'static str> {
    Some(match c {
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '/' => "slash",
        '\\' => "backslash",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '~' => "tilde",
        '$' => "dollar",
        '@' => "at",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '^' => "caret",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '?' => "question",
        '#' => "hash",
        '(' => "open",
        ')' => "close",
        '[' => "open bracket",
        ']' => "close bracket",
        '{' => "open brace",
        '}' => "close brace",
        '"' => "quote",
        '`' => "backtick",
        ' ' => "space",
        _ => return None,
    })
}

/// A text with everything beyond ASCII called by its code point, so that two that look alike can be told apart.
pub(super) fn spelled_out(text: &str) -> String {
    let letter = |c: char| if c.is_ascii() { c.to_string() } else { format!(" {} ", code_point(c)) };
    text.chars().map(letter).collect()
}

/// Characters without a name are called by their code point, `U1F600`.
fn code_point(c: char) -> String {
    format!("u{:x}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::Case::{Constant, Pascal, Snake};

    #[test]
    fn names_follow_rusts_cases() {
        assert_eq!(Pascal.of("list-pets status"), "ListPetsStatus");
        assert_eq!(Snake.of("X-Request-ID"), "x_request_id");
        assert_eq!(Constant.of("listPets"), "LIST_PETS");
        assert_eq!(Pascal.of("2fa"), "N2fa");
        assert_eq!(Snake.of("404"), "n404");
    }

    #[test]
    fn symbols_speak_where_nothing_else_does() {
        assert_eq!(Pascal.of("+1"), "Plus1");
        assert_eq!(Pascal.of("-created_at"), "MinusCreatedAt");
        assert_eq!(Pascal.of("<="), "LessEqual");
        assert_eq!(Pascal.of("a-b"), "AB");
        assert_eq!(Pascal.of("😀"), "U1f600");
        assert_eq!(Pascal.of(""), "Empty");
        assert_eq!(Snake.of("$filter"), "filter");
    }

    #[test]
    fn what_is_cut_is_looked_at_again() {
        let long = format!("{}ж", "а".repeat(120));
        assert!(Snake.of(&long).starts_with("u430_u430_"), "{}", Snake.of(&long));
        assert_eq!(Snake.of("аж"), "аж");
    }

    #[test]
    fn other_scripts_stay() {
        assert_eq!(Pascal.of("宠物 信息"), "宠物信息");
        assert_eq!(Snake.of("été"), "été");
    }
}
