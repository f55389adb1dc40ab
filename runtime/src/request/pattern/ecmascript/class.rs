//! Classes of characters: `[a-z\d]`.

use super::{Reader, escaped};

/// A member of a class.
enum Member {
    One(char),
    /// Several, as a class of their own.
    Set(String),
}

impl Member {
    fn text(&self) -> String {
        match self {
            Self::One(c) => escaped(*c),
            Self::Set(set) => set.clone(),
        }
    }
}

impl Reader<'_> {
    /// What stands after `[`.
    pub(super) fn class(&mut self) -> Option<()> {
        let is_negated = self.eat("^");
        let mut members = String::new();
        while !self.eat("]") {
            let first = self.member()?;
            let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
            if !is_range {
                members.push_str(&first.text());
                continue;
            }
            self.at += 1;
            let last = self.member()?;
            match (&first, &last) {
                (Member::One(from), Member::One(to)) if from <= to => {
                    members.push_str(&format!("{}-{}", escaped(*from), escaped(*to)));
                }
                (Member::One(_), Member::One(_)) => return None,
                // A hyphen beside a set stands for itself.
                _ => members.push_str(&format!("{}{}{}", first.text(), escaped('-'), last.text())),
            }
        }
        match (members.is_empty(), is_negated) {
            // Nothing and everything.
            (true, false) => self.out.push_str(r"[^\x{0}-\x{10FFFF}]"),
            (true, true) => self.out.push_str(r"[\x{0}-\x{10FFFF}]"),
            (false, true) => self.out.push_str(&format!("[^{members}]")),
            (false, false) => self.out.push_str(&format!("[{members}]")),
        }
        Some(())
    }

    fn member(&mut self) -> Option<Member> {
        match self.next()? {
            '\\' if self.eat("b") => Some(Member::One('\u{8}')),
            '\\' => {
                let letter = self.peek()?;
                match self.class_escape(letter)? {
                    Some(set) => Some(Member::Set(set)),
                    None => self.character().map(Member::One),
                }
            }
            c => Some(Member::One(c)),
        }
    }
}
