//! Texts that match a pattern. Patterns are those of JavaScript; what this reader does not know is no pattern here.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The shortest text that a pattern describes.
pub(super) fn text(pattern: &str) -> Option<String> {
    let hir = ParserBuilder::new().build().parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut text)?;
    Some(text)
}

fn write(hir: &Hir, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            // A letter or digit where there is one: `[^/]` should not become a control character.
            let preferred = ['a', 'A', '0', '-', '_'];
            let holds = |c: char| class.iter().any(|range| range.start() <= c && c <= range.end());
            let first = class.iter().next().map(|range| range.start());
            text.push(preferred.into_iter().find(|c| holds(*c)).or(first)?);
        }
        HirKind::Class(Class::Bytes(class)) => text.push(char::from(class.iter().next()?.start())),
        HirKind::Repetition(repetition) => {
            // One of what may be missing, unless it may be there once at most: `.*` should not be empty.
            let optional = repetition.min == 0 && repetition.max != Some(1) && text.is_empty();
            for _ in 0..repetition.min.max(u32::from(optional)).min(10_000) {
                write(&repetition.sub, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text))?,
        HirKind::Alternation(parts) => write(parts.first()?, text)?,
    }
    Some(())
}

/// Whether a text matches. A pattern that cannot be read matches anything.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).map_or(true, |regex| regex.is_match(text))
}
