//! Texts that match a pattern. Patterns are those of JavaScript; what this reader does not know is no pattern here.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// How many parts of patterns are written before a sample is given up: counts inside counts multiply.
const STEPS: usize = 100_000;

/// The shortest text that a pattern describes, unless that is a long one.
pub(super) fn text(pattern: &str) -> Option<String> {
    let hir = ParserBuilder::new().build().parse(pattern).ok()?;
    let mut writer = Writer { text: String::new(), steps: STEPS };
    writer.write(&hir)?;
    Some(writer.text)
}

struct Writer {
    text: String,
    steps: usize,
}

impl Writer {
    fn write(&mut self, hir: &Hir) -> Option<()> {
        self.steps = self.steps.checked_sub(1)?;
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.text.push_str(std::str::from_utf8(&literal.0).ok()?),
            HirKind::Class(Class::Unicode(class)) => {
                // A letter or digit where there is one: `[^/]` should not become a control character.
                let preferred = ['a', 'A', '0', '-', '_'];
                let holds = |c: char| class.iter().any(|range| range.start() <= c && c <= range.end());
                let first = class.iter().next().map(|range| range.start());
                self.text.push(preferred.into_iter().find(|c| holds(*c)).or(first)?);
            }
            HirKind::Class(Class::Bytes(class)) => {
                self.text.push(char::from(class.iter().next()?.start()));
            }
            HirKind::Repetition(repetition) => {
                // One of what may be missing, unless it may be there once at most: `.*` should not be empty.
                let optional = repetition.min == 0 && repetition.max != Some(1) && self.text.is_empty();
                for _ in 0..repetition.min.max(u32::from(optional)).min(10_000) {
                    self.write(&repetition.sub)?;
                }
            }
            HirKind::Capture(capture) => self.write(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.write(part))?,
            HirKind::Alternation(parts) => self.write(parts.first()?)?,
        }
        Some(())
    }
}

/// Whether a text matches. A pattern that cannot be read matches anything.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).map_or(true, |regex| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::{matches, text};

    #[test]
    fn a_sample_is_short_and_matches() {
        for pattern in ["^[A-Z]{3}-\\d+$", "^(a+)+$", "x{200}", "[^/]*"] {
            assert!(text(pattern).is_some_and(|text| matches(pattern, &text)), "{pattern}");
        }
    }

    #[test]
    fn counts_inside_counts_end() {
        assert_eq!(text("((((a{1000}){1000}){1000}){1000}){1000}"), None);
    }

    #[test]
    fn a_pattern_that_is_a_trap_is_judged_at_once() {
        assert!(!matches("^(a+)+$", &format!("{}!", "a".repeat(100_000))));
    }
}
