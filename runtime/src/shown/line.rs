//! A text as one line of a bounded length.

use super::cover::Cover;
use std::fmt;

/// The most bytes of a message of ours.
pub(crate) const MESSAGE: usize = 2 << 10;
/// The most bytes of a message that are a text of somebody else, so that there is room for ours.
pub(crate) const QUOTE: usize = 1 << 10;
/// The most bytes of a body that are shown.
pub(crate) const EXCERPT: usize = 200;

/// How much more than what is shown is looked at: what is covered is shorter then.
pub(super) const AHEAD: usize = 16;

/// A text of one line. It can be made only by [`Line::new`], and stays the same if it is made once more.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Line(String);

impl Line {
    /// Escapes what would break the line or deceive its reader, control characters and those that turn the direction, and cuts it.
    pub(crate) fn new(text: &str, most: usize) -> Self {
        Self::start_of(text, text.len(), most)
    }

    /// A text of somebody else: its secrets are covered first. Any part of a secret is, so that only as much is looked at as may
    /// be shown.
    pub(crate) fn covered(cover: &Cover, text: &str, most: usize) -> Self {
        let head = text.get(..floor(text, most.saturating_mul(AHEAD))).unwrap_or_default();
        Self::start_of(&cover.text(head), text.len(), most)
    }

    /// The start of a text that was of this length.
    pub(super) fn start_of(text: &str, whole: usize, most: usize) -> Self {
        // What is cut is told by how long it was; escapes only make it longer.
        let head = text.get(..floor(text, most)).unwrap_or_default();
        let line = escaped(head);
        if head.len() == text.len() && line.len() <= most {
            return Self(line);
        }
        let end = format!("… ({} bytes)", whole);
        let room = most.saturating_sub(end.len());
        Self(format!("{}{end}", line.get(..floor(&line, room)).unwrap_or_default()))
    }

    /// A message of ours.
    pub(crate) fn message(text: &str) -> Self {
        Self::new(text, MESSAGE)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The last place up to this one where a text can be cut.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// The first place from this one on where a text can be cut.
pub(super) fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Quotes and backslashes stay, so that what is escaped is not escaped once more.
fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for part in text.split_inclusive(['"', '\'', '\\']) {
        let end = part.trim_end_matches(['"', '\'', '\\']).len();
        let (words, quote) = part.split_at(end);
        line.extend(words.escape_debug());
        line.push_str(quote);
    }
    line
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// Writes a message of ours as one line.
pub(crate) fn write_line(f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>) -> fmt::Result {
    f.write_str(Line::message(&text.to_string()).as_str())
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_text_is_one_line_whatever_it_holds() {
        let line = |text| Line::new(text, 100).to_string();
        assert_eq!(line("a\r\nb\tc\u{1b}[31m"), "a\\r\\nb\\tc\\u{1b}[31m");
        assert_eq!(line("a\u{202e}b\u{2028}c\u{85}d\u{200b}"), "a\\u{202e}b\\u{2028}c\\u{85}d\\u{200b}");
        assert_eq!(line(r#"{"a": "b\n", 'c'}"#), r#"{"a": "b\n", 'c'}"#);
        assert_eq!(line("\u{5b9d}\u{8d1d} e\u{301}"), "\u{5b9d}\u{8d1d} e\u{301}");
        let once = line("a\n\"\u{7}");
        assert_eq!(line(&once), once);
    }

    #[test]
    fn a_text_is_cut_and_says_so() {
        let long = "\u{e9}\n".repeat(1000);
        let line = Line::new(&long, 100).to_string();
        assert!(line.len() <= 100 && line.ends_with("… (3000 bytes)"), "{line}");
        assert_eq!(Line::new(&line, 100).to_string(), line);
        assert_eq!(
            Line::new("a", 0).to_string().len(),
            "… (1 bytes)".len(),
            "that it was cut is always told"
        );
    }
}
