//! Where pointers stand in a text, and how its scalars are written. Both come from a YAML parser that keeps them (JSON is a
//! subset); a text is parsed for them only if somebody asks.

use super::source::Files;
use crate::diagnostic::Diagnostics;
use crate::openapi::pointer::{child, split};
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::HashMap;

/// A line and a column, counted from 1.
pub(in crate::load) type Mark = (usize, usize);

/// What a text says beside its values.
#[derive(Clone, Debug, Default)]
pub(in crate::load) struct Marks {
    /// Where each key and item stands, in the order of the text: a key that stands twice has two.
    marks: HashMap<String, Vec<Mark>>,
    /// The text of scalars that YAML may read as something else than text.
    scalars: HashMap<String, String>,
    /// What an alias stands for, by its pointer.
    aliases: HashMap<String, String>,
}

impl Marks {
    /// Reads a text. One that the parser gives up on has marks up to there.
    pub(super) fn of(text: &str) -> Self {
        let mut reader = Reader::default();
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            reader.event(event, (span.start.line(), span.start.col() + 1));
        }
        reader.found
    }

    /// Where the value of a pointer stands, or that of its nearest parent.
    fn nearest(&self, pointer: &str) -> Option<Mark> {
        let mut pointer = pointer;
        loop {
            if let Some(mark) = self.marks.get(pointer).and_then(|marks| marks.last()) {
                return Some(*mark);
            }
            pointer = split(pointer)?.0;
        }
    }

    /// All the places where the key of a pointer stands.
    pub(in crate::load) fn all(&self, pointer: &str) -> &[Mark] {
        self.marks.get(pointer).map(Vec::as_slice).unwrap_or_default()
    }

    /// A scalar that is no text as it is written.
    pub(in crate::load) fn scalar(&self, pointer: &str) -> Option<&str> {
        self.scalar_behind(pointer, MAX_ALIASES)
    }

    fn scalar_behind(&self, pointer: &str, aliases: usize) -> Option<&str> {
        if let Some(text) = self.scalars.get(pointer) {
            return Some(text);
        }
        let mut above = pointer;
        loop {
            let merged = child(above, "<<");
            for alias in [above, merged.as_str()] {
                if let Some(anchor) = self.aliases.get(alias).filter(|_| aliases > 0) {
                    let target = format!("{anchor}{}", &pointer[above.len()..]);
                    if let Some(text) = self.scalar_behind(&target, aliases - 1) {
                        return Some(text);
                    }
                }
            }
            above = split(above)?.0;
        }
    }
}

/// Aliases inside of what aliases stand for are followed so far.
const MAX_ALIASES: usize = 8;

/// Gives every finding the line that its pointer stands at, or that of the nearest parent.
pub(crate) fn locate(diagnostics: &mut Diagnostics, files: &Files) {
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.place.line.is_none()) {
        let place = &mut diagnostic.place;
        if !place.pointer.is_empty()
            && let Some(marks) = files.marks(&place.file)
        {
            place.line = marks.nearest(&place.pointer);
        }
    }
}

/// A map or list that is being read.
enum Level {
    Map { pointer: String, key: Option<String> },
    List { pointer: String, index: usize },
}

#[derive(Default)]
struct Reader {
    found: Marks,
    stack: Vec<Level>,
    /// The pointers of anchors, by their number.
    anchors: HashMap<usize, String>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, mark: Mark) {
        match event {
            Event::Scalar(value, style, anchor, _) => {
                if let Some(Level::Map { pointer, key: key @ None }) = self.stack.last_mut() {
                    self.found.marks.entry(child(pointer, &value)).or_default().push(mark);
                    *key = Some(value.into_owned());
                    return;
                }
                let pointer = self.place(mark);
                if style == ScalarStyle::Plain && is_like_a_number_or_flag(&value) {
                    self.found.scalars.insert(pointer.clone(), value.into_owned());
                }
                self.anchor(anchor, pointer);
            }
            Event::Alias(anchor) => {
                let pointer = self.place(mark);
                if let Some(target) = self.anchors.get(&anchor) {
                    self.found.aliases.insert(pointer, target.clone());
                }
            }
            Event::MappingStart(anchor, ..) => {
                let pointer = self.place(mark);
                self.anchor(anchor, pointer.clone());
                self.stack.push(Level::Map { pointer, key: None });
            }
            Event::SequenceStart(anchor, ..) => {
                let pointer = self.place(mark);
                self.anchor(anchor, pointer.clone());
                self.stack.push(Level::List { pointer, index: 0 });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.stack.pop();
            }
            _ => {}
        }
    }

    /// Anchors are counted from 1.
    fn anchor(&mut self, anchor: usize, pointer: String) {
        if anchor > 0 {
            self.anchors.insert(anchor, pointer);
        }
    }

    /// The pointer of the value that starts here; the level above goes on to its next key or item.
    fn place(&mut self, mark: Mark) -> String {
        match self.stack.last_mut() {
            None => String::new(),
            Some(Level::Map { pointer, key }) => child(pointer, &key.take().unwrap_or_default()),
            Some(Level::List { pointer, index }) => {
                let pointer = child(pointer, &index.to_string());
                *index += 1;
                self.found.marks.entry(pointer.clone()).or_default().push(mark);
                pointer
            }
        }
    }
}

/// Whether a parser may read a plain scalar as something else than text. It may be text still.
fn is_like_a_number_or_flag(scalar: &str) -> bool {
    let is_flag = ["true", "false"].iter().any(|flag| scalar.eq_ignore_ascii_case(flag));
    is_flag || scalar.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::Marks;

    #[test]
    fn keys_and_items_have_their_line_in_yaml_and_json() {
        let yaml = Marks::of("paths:\n  /pets:\n    get:\n      tags:\n        - a\n        - b\n");
        assert_eq!(yaml.nearest("/paths/~1pets/get"), Some((3, 5)));
        assert_eq!(yaml.nearest("/paths/~1pets/get/tags/1"), Some((6, 11)));
        assert_eq!(yaml.nearest("/paths/~1pets/get/missing/0"), Some((3, 5)));
        let json = Marks::of("{\n  \"paths\": {\n    \"/pets\": []\n  }\n}");
        assert_eq!(json.nearest("/paths/~1pets"), Some((3, 5)));
    }

    #[test]
    fn a_key_that_stands_twice_has_two_places() {
        assert_eq!(Marks::of("a: 1\nb: 2\na: 3\n").all("/a"), [(1, 1), (3, 1)]);
    }

    #[test]
    fn scalars_are_found_as_they_are_written_behind_aliases_too() {
        let marks = Marks::of("a: &x {e: [1.10, 0x10, text]}\nb: *x\nc: {<<: *x}\nd: '1.10'\n");
        assert_eq!(marks.scalar("/a/e/0"), Some("1.10"));
        assert_eq!(marks.scalar("/b/e/1"), Some("0x10"));
        assert_eq!(marks.scalar("/c/e/0"), Some("1.10"));
        assert_eq!([marks.scalar("/a/e/2"), marks.scalar("/d"), marks.scalar("/b/z")], [None; 3]);
    }
}
