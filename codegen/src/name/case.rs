//! Words of a document to identifiers. Letters of any script stay as they are (NFC); symbols that carry meaning are
//! spelled out where they would otherwise vanish.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_normalization::UnicodeNormalization;

/// Longer names are cut: nobody reads them, and linkers have limits.
const MAX_CHARS: usize = 96;

/// `petShop`, `pet_shop` and `Pet shop` are all `PetShop`.
pub(crate) fn pascal_case(text: &str) -> String {
    let name = words(text).to_upper_camel_case();
    finish(name, 'N')
}

/// `petShop` is `pet_shop`.
pub(crate) fn snake_case(text: &str) -> String {
    let name = words(text).to_snake_case();
    finish(name, 'n')
}

/// `petShop` is `PET_SHOP`.
pub(crate) fn constant_case(text: &str) -> String {
    let name = words(text).to_shouty_snake_case();
    finish(name, 'N')
}

/// The text with nothing but letters, digits and spaces.
fn words(text: &str) -> String {
    let text: String = text.nfc().take(4 * MAX_CHARS).collect();
    let text = if only_lookalikes(&text) { spelled_out(&text) } else { text };
    let speaks = text.chars().any(|c| is_xid_continue(c) && c != '_');
    let mut words = String::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        if is_xid_continue(c) && c != '·' {
            words.push(c);
        } else if c == '\'' {
            // `pet's` is one word.
        } else {
            let leads = at == 0 && matches!(c, '-' | '+' | '<' | '>' | '=' | '!' | '~' | '$' | '@' | '*');
            let spelled = if speaks && !(leads && symbol(c).is_some() && !matches!(c, '$' | '@')) {
                None
            } else {
                symbol(c)
                    .map(str::to_owned)
                    .or_else(|| (!speaks && !c.is_whitespace()).then(|| code_point(c)))
            };
            words.push(' ');
            if let Some(spelled) = spelled {
                words.push_str(&spelled);
                words.push(' ');
            }
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

/// Symbols without a name are called by their code point, `U1F600`.
fn code_point(c: char) -> String {
    format!("u{:x}", u32::from(c))
}

/// Makes an identifier of what is left: it must start with a letter and must not be too long.
fn finish(name: String, letter: char) -> String {
    let mut name: String = name.nfc().take(MAX_CHARS).collect();
    if name.trim_matches('_').is_empty() {
        return if letter == 'n' { "empty".to_owned() } else { "Empty".to_owned() };
    }
    if !name.starts_with(is_xid_start) {
        name.insert(0, letter);
    }
    name
}

/// Letters that look like Latin ones: a small table of the usual suspects (Unicode TR 39, confusables).
const LOOKALIKES: [(char, char); 34] = [
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('х', 'x'),
    ('у', 'y'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Χ', 'X'),
    ('ο', 'o'),
];

/// Whether every letter beyond ASCII could be taken for a Latin one. The compiler warns of such names, and rightly.
fn only_lookalikes(text: &str) -> bool {
    let mut odd = text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).peekable();
    odd.peek().is_some() && odd.all(|c| LOOKALIKES.iter().any(|(known, _)| *known == c))
}

/// Lookalikes by their code points, so that two names that look alike can be told apart.
fn spelled_out(text: &str) -> String {
    let letter = |c: char| if c.is_ascii() { c.to_string() } else { format!(" {} ", code_point(c)) };
    text.chars().map(letter).collect()
}

/// What a name looks like; names that share it are worth a warning.
pub(super) fn skeleton(name: &str) -> String {
    name.nfkd().map(|c| LOOKALIKES.iter().find(|(odd, _)| *odd == c).map_or(c, |(_, plain)| *plain)).collect()
}

#[cfg(test)]
mod tests {
    use super::{constant_case, pascal_case, snake_case};

    #[test]
    fn names_follow_rusts_cases() {
        assert_eq!(pascal_case("list-pets status"), "ListPetsStatus");
        assert_eq!(snake_case("X-Request-ID"), "x_request_id");
        assert_eq!(constant_case("listPets"), "LIST_PETS");
        assert_eq!(pascal_case("2fa"), "N2fa");
        assert_eq!(snake_case("404"), "n404");
    }

    #[test]
    fn symbols_speak_where_nothing_else_does() {
        assert_eq!(pascal_case("+1"), "Plus1");
        assert_eq!(pascal_case("-created_at"), "MinusCreatedAt");
        assert_eq!(pascal_case("<="), "LessEqual");
        assert_eq!(pascal_case("a-b"), "AB");
        assert_eq!(pascal_case("😀"), "U1f600");
        assert_eq!(pascal_case(""), "Empty");
        assert_eq!(snake_case("$filter"), "filter");
    }

    #[test]
    fn other_scripts_stay() {
        assert_eq!(pascal_case("宠物 信息"), "宠物信息");
        assert_eq!(snake_case("été"), "été");
    }
}
