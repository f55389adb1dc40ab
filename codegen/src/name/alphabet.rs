//! Which letters a name may be written with so that no compiler complains and no reader is misled: in comes a text, out
//! come its letters, those of other scripts as they are where they can be told apart (Unicode TR 39, as rustc's lints
//! `uncommon_codepoints`, `mixed_script_confusables` and `confusable_idents` have it).

use std::collections::{HashMap, HashSet};
use unicode_ident::is_xid_continue;
use unicode_normalization::UnicodeNormalization;
use unicode_security::GeneralSecurityProfile;
use unicode_security::confusable_detection::skeleton;
use unicode_security::mixed_script::{AugmentedScriptSet, is_potential_mixed_script_confusable_char};

/// A character of a text that becomes a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// It can stand in a name.
    Plain(char),
    /// It is a letter, but one that is taken for another or that compilers warn of.
    Odd(char),
    /// It is no letter.
    Symbol(char),
}

/// The letters of the start of a text.
pub(super) fn letters(text: &str, most: usize) -> Vec<Letter> {
    if text.is_ascii() {
        return text.chars().take(most).map(sorted).collect();
    }
    let mut letters: Vec<Letter> = text.nfc().take(most).flat_map(usual).map(sorted).collect();
    let misleading = lookalikes(&letters);
    for letter in &mut letters {
        if let Letter::Plain(c) = *letter
            && misleading.contains(&c)
        {
            *letter = Letter::Odd(c);
        }
    }
    letters
}

/// A letter in its usual form: `Ａ` is `A`. What has none stays.
fn usual(c: char) -> Vec<char> {
    if c.is_ascii() || !is_xid_continue(c) || is_common(c) {
        return vec![c];
    }
    let usual: Vec<char> = std::iter::once(c).nfkc().collect();
    if usual.iter().all(|c| is_common(*c)) { usual } else { vec![c] }
}

fn sorted(c: char) -> Letter {
    match c {
        _ if !is_xid_continue(c) || c == '·' => Letter::Symbol(c),
        _ if is_common(c) => Letter::Plain(c),
        _ => Letter::Odd(c),
    }
}

/// Whether a character is among those that identifiers are usually made of, in each case that it may be written in.
fn is_common(c: char) -> bool {
    let allowed = <char as GeneralSecurityProfile>::identifier_allowed;
    c.is_ascii() || (allowed(c) && c.to_uppercase().all(allowed) && c.to_lowercase().all(allowed))
}

/// The characters of scripts that are there by nothing but letters which could be taken for those of other scripts.
fn lookalikes(letters: &[Letter]) -> HashSet<char> {
    let latin = AugmentedScriptSet::for_char('A');
    let mut scripts: Vec<(AugmentedScriptSet, Vec<char>, bool)> = Vec::new();
    for letter in letters {
        let Letter::Plain(c) = *letter else { continue };
        let script = AugmentedScriptSet::for_char(c);
        if c.is_ascii() || script == latin {
            continue;
        }
        let misleads = is_potential_mixed_script_confusable_char(c);
        match scripts.iter_mut().find(|(known, ..)| *known == script) {
            Some((_, chars, all)) => {
                chars.push(c);
                *all &= misleads;
            }
            None => scripts.push((script, vec![c], misleads)),
        }
    }
    scripts.into_iter().filter(|(.., all)| *all).flat_map(|(_, chars, _)| chars).collect()
}

/// Names that no two readers see differently: those so far, by what they look like.
#[derive(Debug, Default)]
pub(super) struct Lookalikes {
    /// Names of ASCII only, which are told apart well enough among themselves.
    plain: HashSet<String>,
    /// What names look like, once there is one beyond ASCII.
    seen: HashMap<String, String>,
}

impl Lookalikes {
    /// Whether a name looks like another that was noted; compilers warn of two where one is beyond ASCII.
    pub(super) fn misleads(&mut self, name: &str) -> bool {
        if name.is_ascii() {
            return !self.seen.is_empty()
                && self.seen.get(&look(name)).is_some_and(|known| known != name && !known.is_ascii());
        }
        for plain in self.plain.drain() {
            self.seen.entry(look(&plain)).or_insert(plain);
        }
        self.seen.get(&look(name)).is_some_and(|known| known != name)
    }

    /// Notes a name.
    pub(super) fn note(&mut self, name: &str) {
        if name.is_ascii() && self.seen.is_empty() {
            if !self.plain.contains(name) {
                self.plain.insert(name.to_owned());
            }
        } else {
            self.seen.entry(look(name)).or_insert_with(|| name.to_owned());
        }
    }
}

/// What a text looks like.
pub(super) fn look(text: &str) -> String {
    skeleton(text).collect()
}

#[cfg(test)]
mod tests {
    use super::{Letter, Lookalikes, letters};

    fn plain(text: &str) -> String {
        letters(text, 100).iter().map(|letter| if let Letter::Plain(c) = letter { *c } else { '?' }).collect()
    }

    #[test]
    fn scripts_stay_unless_they_could_be_taken_for_another() {
        assert_eq!(plain("宠物 été"), "宠物?été");
        assert_eq!(plain("ＩＤ"), "ID");
        assert_eq!(plain("Рet"), "?et", "a Cyrillic letter before Latin ones");
        assert_eq!(plain("Привет"), "Привет");
        assert_eq!(plain("a①·"), "a??");
    }

    #[test]
    fn names_that_look_alike_are_noticed_in_either_order() {
        let mut names = Lookalikes::default();
        names.note("l1");
        assert!(!names.misleads("lI"), "ASCII is told apart");
        names.note("жа");
        assert!(names.misleads("жa"));
        assert!(!names.misleads("жа"));
    }
}
