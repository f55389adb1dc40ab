//! What stands after a backslash.

use super::{Reader, Term};

/// Characters that a letter stands for, as the inside of a class. Those of ASCII, but for white space, which is that of Unicode
/// and the byte order mark.
pub(super) fn set(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' | 'D' => "0-9",
        'w' | 'W' => "0-9A-Za-z_",
        's' | 'S' => {
            r"\t\n\x{B}\x{C}\r\x{20}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}"
        }
        _ => return None,
    })
}

impl Reader<'_> {
    /// What stands after a backslash outside of a class.
    pub(super) fn escape(&mut self) -> Option<Term> {
        match self.peek()? {
            'b' | 'B' => {
                let is_inside = self.next()? == 'B';
                Some(self.word_boundary(is_inside))
            }
            '1'..='9' => {
                let number: usize = self.digits().parse().ok()?;
                self.back_to(number.checked_sub(1)?)
            }
            'k' if self.groups.iter().any(|group| group.name.is_some()) => {
                self.at += 1;
                self.eat("<").then_some(())?;
                let name = self.name()?;
                let index = self.groups.iter().position(|group| group.name.as_ref() == Some(&name))?;
                self.back_to(index)
            }
            letter => {
                if let Some(set) = self.class_escape(letter)? {
                    self.out.push_str(&set);
                } else {
                    let c = self.character()?;
                    self.literal(c);
                }
                Some(Term::Atom)
            }
        }
    }

    fn word_boundary(&mut self, is_inside: bool) -> Term {
        let text = match (self.is_regular, is_inside) {
            (true, false) => r"(?-u:\b)",
            (true, true) => r"(?-u:\B)",
            (false, false) => r"(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))",
            (false, true) => r"(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))",
        };
        self.out.push_str(text);
        Term::Assertion
    }

    /// A reference to a group. One that took no part matches nothing everywhere but in JavaScript, where it matches the empty text.
    fn back_to(&mut self, index: usize) -> Option<Term> {
        let is_same = self.groups.get(index).is_some_and(|group| group.is_closed && group.is_plain);
        if self.is_regular || !is_same {
            return None;
        }
        let number = index + 1;
        self.out.push_str(&format!(r"(?({number})\{number}|)"));
        Some(Term::Atom)
    }

    /// A set of characters after a backslash, as a class; none if it is a single character.
    #[allow(clippy::option_option, reason = "one is of the pattern, one of the escape")]
    pub(super) fn class_escape(&mut self, letter: char) -> Option<Option<String>> {
        if let Some(set) = set(letter) {
            self.at += 1;
            let not = if letter.is_ascii_uppercase() { "^" } else { "" };
            return Some(Some(format!("[{not}{set}]")));
        }
        if !matches!(letter, 'p' | 'P') {
            return Some(None);
        }
        self.at += 1;
        if !self.eat("{") {
            return None;
        }
        let mut property = String::new();
        loop {
            match self.next()? {
                '}' => return Some(Some(format!("\\{letter}{{{property}}}"))),
                c if c.is_ascii_alphanumeric() || matches!(c, '_' | '=') => property.push(c),
                _ => return None,
            }
        }
    }

    /// The one character after a backslash.
    pub(super) fn character(&mut self) -> Option<char> {
        Some(match self.next()? {
            't' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => '\0',
            'c' => char::from(u8::try_from(self.next().filter(char::is_ascii_alphabetic)?).ok()? % 32),
            'x' => char::from_u32(self.hex(2)?)?,
            'u' => self.unicode()?,
            // Anything else stands for itself, unless it is a letter or digit that means something somewhere.
            c if !c.is_ascii_alphanumeric() => c,
            _ => return None,
        })
    }

    /// What stands after `\u`. A half of a pair is no character here.
    fn unicode(&mut self) -> Option<char> {
        if self.eat("{") {
            let end = self.chars[self.at..].iter().position(|c| *c == '}')?;
            let code = self.hex(end)?;
            self.at += 1;
            return char::from_u32(code);
        }
        let code = self.hex(4)?;
        if !(0xd800..0xdc00).contains(&code) {
            return char::from_u32(code);
        }
        self.eat("\\u").then_some(())?;
        let low = self.hex(4)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((code - 0xd800) << 10) + low)
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text: String = self.chars.get(self.at..self.at.checked_add(digits)?)?.iter().collect();
        self.at += digits;
        // A sign is no digit.
        text.chars().all(|c| c.is_ascii_hexdigit()).then_some(())?;
        u32::from_str_radix(&text, 16).ok()
    }
}
