//! Where pointers stand in a text. Marks come from a YAML parser that keeps them (JSON is a subset), and only for the
//! files that a diagnostic names.

use super::source::Files;
use crate::diagnostic::{Diagnostics, child};
use saphyr_parser::{Event, Parser};
use std::collections::HashMap;

/// Gives every finding the line that its pointer stands at, or that of the nearest parent.
pub(crate) fn locate(diagnostics: &mut Diagnostics, files: &Files) {
    let mut marks: HashMap<String, HashMap<String, (usize, usize)>> = HashMap::new();
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.place.line.is_none()) {
        let place = &mut diagnostic.place;
        if place.pointer.is_empty() {
            continue;
        }
        let Some(text) = files.text(&place.file) else { continue };
        let marks = marks.entry(place.file.to_string()).or_insert_with(|| marks_of(text));
        let mut pointer = place.pointer.as_str();
        loop {
            if let Some(mark) = marks.get(pointer) {
                place.line = Some(*mark);
                break;
            }
            match pointer.rfind('/') {
                Some(at) => pointer = &pointer[..at],
                None => break,
            }
        }
    }
}

/// A map or list that is being read.
enum Level {
    Map { pointer: String, key: Option<String> },
    List { pointer: String, index: usize },
}

/// Line and column of every key and item, by pointer. A text that the parser gives up on has marks up to there.
fn marks_of(text: &str) -> HashMap<String, (usize, usize)> {
    let mut marks = HashMap::new();
    let mut stack: Vec<Level> = Vec::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let mark = (span.start.line(), span.start.col() + 1);
        match event {
            Event::Scalar(value, ..) => {
                if let Some(Level::Map { pointer, key: key @ None }) = stack.last_mut() {
                    marks.insert(child(pointer, &value), mark);
                    *key = Some(value.into_owned());
                } else {
                    place(&mut stack, &mut marks, mark);
                }
            }
            Event::Alias(_) => {
                place(&mut stack, &mut marks, mark);
            }
            Event::MappingStart(..) => {
                let pointer = place(&mut stack, &mut marks, mark);
                stack.push(Level::Map { pointer, key: None });
            }
            Event::SequenceStart(..) => {
                let pointer = place(&mut stack, &mut marks, mark);
                stack.push(Level::List { pointer, index: 0 });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                stack.pop();
            }
            _ => {}
        }
    }
    marks
}

/// The pointer of the value that starts here; the level above goes on to its next key or item.
fn place(stack: &mut [Level], marks: &mut HashMap<String, (usize, usize)>, mark: (usize, usize)) -> String {
    match stack.last_mut() {
        None => String::new(),
        Some(Level::Map { pointer, key }) => child(pointer, &key.take().unwrap_or_default()),
        Some(Level::List { pointer, index }) => {
            let pointer = child(pointer, &index.to_string());
            *index += 1;
            marks.insert(pointer.clone(), mark);
            pointer
        }
    }
}

#[cfg(test)]
mod tests {
    use super::marks_of;

    #[test]
    fn keys_and_items_have_their_line_in_yaml_and_json() {
        let yaml = marks_of("paths:\n  /pets:\n    get:\n      tags:\n        - a\n        - b\n");
        assert_eq!(yaml.get("/paths/~1pets/get"), Some(&(3, 5)));
        assert_eq!(yaml.get("/paths/~1pets/get/tags/1"), Some(&(6, 11)));
        let json = marks_of("{\n  \"paths\": {\n    \"/pets\": []\n  }\n}");
        assert_eq!(json.get("/paths/~1pets"), Some(&(3, 5)));
    }
}
