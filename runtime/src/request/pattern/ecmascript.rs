//! Patterns of ECMA-262 in the words of this ecosystem's engines: in comes a pattern, out goes one that matches the same texts,
//! or nothing where there is none. Never guesses: what it does not know it does not translate.

mod class;
mod escape;

/// How deep groups may nest: reading takes stack.
const DEEPEST: usize = 100;

/// How often counts inside of counts may repeat a part of a pattern that is not regular: each of its steps may be as long.
const MOST_ROUNDS: u32 = 1_000;

/// A pattern that the engines read.
pub(super) struct Translated {
    pub(super) text: String,
    /// Whether it neither looks around nor back, so that a linear engine reads it.
    pub(super) is_regular: bool,
}

/// Translates a pattern. Braces and brackets that stand for themselves, and needless escapes, are read as browsers do (annex B).
pub(super) fn translate(pattern: &str) -> Option<Translated> {
    let chars: Vec<char> = pattern.chars().collect();
    // Word boundaries of ASCII are words of one engine and lookarounds for the other, so that the second reading is for that one.
    let attempt = |is_regular| {
        let mut reader =
            Reader { chars: &chars, at: 0, out: String::new(), is_regular, groups: Vec::new(), rounds: 1 };
        reader.alternatives(0, Around::Nothing).filter(|()| reader.at == chars.len())?;
        Some(Translated { text: reader.out, is_regular })
    };
    attempt(true).or_else(|| attempt(false))
}

/// A capturing group.
struct Group {
    name: Option<String>,
    /// Whether it is complete, so that it can be referred to.
    is_closed: bool,
    /// Whether it is matched once at most, for sure, before what follows it: what is captured in a loop or in a lookaround is
    /// forgotten by one engine and kept by the other.
    is_plain: bool,
}

/// What a part of a pattern is to a quantifier behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Term {
    /// It cannot be repeated.
    Assertion,
    Atom,
    /// … and what it matches is kept.
    Capture,
}

/// How often a quantifier repeats what stands before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounds {
    AtMostOne,
    Several,
}

/// What is around a part of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    Look,
}

struct Reader<'p> {
    chars: &'p [char],
    at: usize,
    out: String,
    /// Whether all has to be regular.
    is_regular: bool,
    groups: Vec<Group>,
    /// How often the part that was read last is repeated by the counts inside of it.
    rounds: u32,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// Passes over a text if it is the next one.
    fn eat(&mut self, text: &str) -> bool {
        let is_next = text.chars().enumerate().all(|(index, c)| self.chars.get(self.at + index) == Some(&c));
        if is_next {
            self.at += text.chars().count();
        }
        is_next
    }

    fn literal(&mut self, c: char) {
        self.out.push_str(&escaped(c));
    }

    fn alternatives(&mut self, depth: usize, around: Around) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        loop {
            match self.peek() {
                None | Some(')') => return Some(()),
                Some('|') => {
                    self.at += 1;
                    self.out.push('|');
                }
                Some(_) => self.term(depth, around)?,
            }
        }
    }

    fn term(&mut self, depth: usize, around: Around) -> Option<()> {
        let groups = self.groups.len();
        let rounds = std::mem::replace(&mut self.rounds, 1);
        let term = match self.next()? {
            '^' => self.assertion(r"\A"),
            '$' => self.assertion(r"\z"),
            '(' => self.group(depth, around)?,
            '.' => self.atom(r"[^\n\r\x{2028}\x{2029}]"),
            '[' => {
                self.class()?;
                Term::Atom
            }
            '\\' => self.escape()?,
            '*' | '+' | '?' => return None,
            '{' => {
                self.at -= 1;
                if self.braces()?.is_some() {
                    return None;
                }
                self.at += 1;
                self.atom(r"\{")
            }
            c => {
                self.literal(c);
                Term::Atom
            }
        };
        if let Some(rounds) = self.quantifier()? {
            if term == Term::Assertion {
                return None;
            }
            // A group that may be there or not holds the same everywhere. One that is repeated does not, since JavaScript takes no
            // round that is empty; nor do groups inside of it.
            let inner = groups + usize::from(term == Term::Capture && rounds == Rounds::AtMostOne);
            self.groups.iter_mut().skip(inner).for_each(|group| group.is_plain = false);
        }
        self.rounds = self.rounds.max(rounds);
        (self.is_regular || self.rounds <= MOST_ROUNDS).then_some(())
    }

    fn assertion(&mut self, text: &str) -> Term {
        self.out.push_str(text);
        Term::Assertion
    }

    fn atom(&mut self, text: &str) -> Term {
        self.out.push_str(text);
        Term::Atom
    }

    /// What stands after `(`.
    fn group(&mut self, depth: usize, around: Around) -> Option<Term> {
        for look in ["?=", "?!", "?<=", "?<!"] {
            if self.eat(look) {
                if self.is_regular {
                    return None;
                }
                self.out.push('(');
                self.out.push_str(look);
                self.rest_of_group(depth, Around::Look)?;
                return Some(Term::Assertion);
            }
        }
        if self.eat("?:") {
            self.out.push_str("(?:");
            self.rest_of_group(depth, around)?;
            return Some(Term::Atom);
        }
        let name = if self.eat("?<") { Some(self.name()?) } else { None };
        if name.is_none() && self.peek() == Some('?') {
            return None;
        }
        let index = self.groups.len();
        self.groups.push(Group { name, is_closed: false, is_plain: around == Around::Nothing });
        self.out.push('(');
        self.rest_of_group(depth, around)?;
        self.groups.get_mut(index)?.is_closed = true;
        Some(Term::Capture)
    }

    fn rest_of_group(&mut self, depth: usize, around: Around) -> Option<()> {
        self.alternatives(depth + 1, around)?;
        self.out.push(')');
        self.eat(")").then_some(())
    }

    /// The name of a group, and the `>` behind it.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            match self.next()? {
                '>' => return Some(name).filter(|name| !name.is_empty()),
                c if c.is_alphanumeric() || matches!(c, '_' | '$') => name.push(c),
                _ => return None,
            }
        }
    }

    /// Writes the quantifier that comes next, if one does.
    #[allow(clippy::option_option, reason = "one is of the pattern, one of the quantifier")]
    fn quantifier(&mut self) -> Option<Option<Rounds>> {
        let rounds = match self.peek() {
            Some(c @ ('*' | '+' | '?')) => {
                self.at += 1;
                self.out.push(c);
                if c == '?' { Rounds::AtMostOne } else { Rounds::Several }
            }
            Some('{') => match self.braces()? {
                Some((min, max)) => {
                    let most = max.map(|max| max.to_string()).unwrap_or_default();
                    self.out.push_str(&format!("{{{min},{most}}}"));
                    self.rounds = self.rounds.saturating_mul(max.unwrap_or(min).max(1));
                    if max.is_some_and(|max| max <= 1) { Rounds::AtMostOne } else { Rounds::Several }
                }
                None => return Some(None),
            },
            _ => return Some(None),
        };
        if self.eat("?") {
            self.out.push('?');
        }
        Some(Some(rounds))
    }

    /// The bounds in braces that come next; none if the brace stands for itself.
    #[allow(clippy::option_option, reason = "one is of the pattern, one of the braces")]
    fn braces(&mut self) -> Option<Option<(u32, Option<u32>)>> {
        let start = self.at;
        let found = self.bounds();
        match &found {
            None => self.at = start,
            Some((min, max)) => {
                let min = min.parse().ok()?;
                let max = match max.as_deref() {
                    None => Some(min),
                    Some("") => None,
                    Some(max) => Some(max.parse().ok().filter(|max| min <= *max)?),
                };
                return Some(Some((min, max)));
            }
        }
        Some(None)
    }

    /// The digits of `{3}`, `{3,}` or `{3,5}`.
    fn bounds(&mut self) -> Option<(String, Option<String>)> {
        self.eat("{").then_some(())?;
        let min = Some(self.digits()).filter(|digits| !digits.is_empty())?;
        let max = self.eat(",").then(|| self.digits());
        self.eat("}").then_some((min, max))
    }

    fn digits(&mut self) -> String {
        let digits: String = self.chars[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        digits
    }
}

/// A character that stands for itself, in a class or outside of one.
fn escaped(c: char) -> String {
    if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\x{{{:X}}}", u32::from(c)) }
}
