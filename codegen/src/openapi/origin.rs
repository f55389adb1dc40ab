//! Where nodes were written before the document was rearranged. Whoever moves a node notes its place on it; the walker
//! goes by the notes, and when the tree is done they leave it for a table that turns its pointers into places of the files.

use super::grammar::{Form, Kind, form};
use super::parked::{MADE_OF, ORIGIN};
use super::walk::{Step, Visitor, walk};
use super::{Place, pointer};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Notes on a node that moves where it was written. What was moved before keeps its first note.
pub(crate) fn note(value: &mut Value, place: &Place) {
    if let Some(object) = value.as_object_mut() {
        object.entry(ORIGIN).or_insert_with(|| json!([*place.file, place.pointer]));
    }
}

/// Notes on a node that was made where what it was made of is written. What is below it and has no note of its own was
/// made with it.
pub(crate) fn note_made(value: &mut Value, place: &Place) {
    if let Some(object) = value.as_object_mut() {
        object.entry(ORIGIN).or_insert_with(|| json!([*place.file, place.pointer, "made"]));
    }
}

/// Notes on an object that a list in it was made of another member.
pub(crate) fn note_list(object: &mut Map<String, Value>, list: &str, written: &str) {
    object.insert(MADE_OF.to_owned(), json!({ list: written }));
}

/// [`note`] for each object of a list.
pub(crate) fn note_items(items: &mut [Value], place: &Place) {
    for (index, item) in items.iter_mut().enumerate() {
        note(item, &place.index(index));
    }
}

/// [`note`] for each object that an object of a kind holds.
pub(crate) fn note_members(object: &mut Map<String, Value>, kind: Kind, place: &Place) {
    for (key, member) in object {
        let place = place.key(key);
        match (form(kind, key), member) {
            (Some(Form::Node(_) | Form::FlagOrSchema), member) => note(member, &place),
            (Some(Form::List(_)), Value::Array(items)) => note_items(items, &place),
            (Some(Form::Map(_)), Value::Object(members)) => {
                members.iter_mut().for_each(|(name, member)| note(member, &place.key(name)));
            }
            _ => {}
        }
    }
}

/// Whether a key is that of a note.
pub(crate) fn is_note(key: &str) -> bool {
    key == ORIGIN || key == MADE_OF
}

/// What the note on a node says.
pub(crate) fn noted(value: &Value) -> Option<Place> {
    let note = value.get(ORIGIN)?;
    let (file, pointer) = (note.get(0)?.as_str()?, note.get(1)?.as_str()?);
    Some(Place { file: file.into(), pointer: pointer.to_owned(), line: None })
}

/// How many members an object has beside a note.
fn own_members(object: &Map<String, Value>) -> usize {
    object.keys().filter(|key| !is_note(key)).count()
}

/// Whether an object has as many members beside a note.
pub(crate) fn has_own_members(object: &Map<String, Value>, least: usize) -> bool {
    own_members(object) >= least
}

/// Whether two nodes are the same but for where they were written.
pub(crate) fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            own_members(one) == own_members(other)
                && one
                    .iter()
                    .filter(|(key, _)| !is_note(key))
                    .all(|(key, member)| other.get(key).is_some_and(|counterpart| alike(member, counterpart)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (one, other) => one == other,
    }
}

/// The places of a finished tree's nodes in the files that they were written in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    /// The file whose places are those of the tree.
    root: Option<Place>,
    /// What was moved, by where it stands now.
    moved: HashMap<String, Origin>,
}

/// Where something was written.
#[derive(Clone, Debug)]
enum Origin {
    /// What is below it was written below.
    Moved(Place),
    /// What is below it was made with it.
    Made(Place),
}

impl Origins {
    /// Takes the notes out of a tree.
    pub(crate) fn take(tree: &mut Value, root: &Place) -> Self {
        let mut taker = Taker { at: Vec::new(), moved: HashMap::new() };
        walk(tree, Kind::Document, root, &mut taker);
        Self { root: Some(root.clone()), moved: taker.moved }
    }

    /// Where the node at a place of the tree was written.
    pub(crate) fn written(&self, place: Place) -> Place {
        if self.root.as_ref().is_none_or(|root| root.file != place.file) {
            return place;
        }
        let mut above = place.pointer.as_str();
        loop {
            match self.moved.get(above) {
                Some(Origin::Moved(origin)) => {
                    let pointer = format!("{}{}", origin.pointer, &place.pointer[above.len()..]);
                    return Place { file: origin.file.clone(), pointer, line: place.line };
                }
                Some(Origin::Made(origin)) => return Place { line: place.line, ..origin.clone() },
                None => {}
            }
            match pointer::split(above) {
                Some((parent, _)) => above = parent,
                None => return place,
            }
        }
    }
}

/// Collects the notes with the pointers that the tree itself has.
struct Taker {
    at: Vec<String>,
    moved: HashMap<String, Origin>,
}

impl Visitor for Taker {
    fn down(&mut self, key: &str) {
        let parent = self.at.last().map_or("", String::as_str);
        self.at.push(pointer::child(parent, key));
    }

    fn up(&mut self) {
        self.at.pop();
    }

    fn enter(&mut self, value: &mut Value, _: Kind, place: &Place) -> Step {
        let Some(object) = value.as_object_mut() else { return Step::Into };
        let at = self.at.last().map_or("", String::as_str);
        if let Some(Value::Object(lists)) = object.shift_remove(MADE_OF) {
            for (list, written) in &lists {
                let written = place.key(written.as_str().unwrap_or_default());
                self.moved.insert(pointer::child(at, list), Origin::Made(written));
            }
        }
        if let Some(note) = object.shift_remove(ORIGIN) {
            let origin = if note.get(2).is_some() { Origin::Made } else { Origin::Moved };
            self.moved.insert(at.to_owned(), origin(place.clone()));
        }
        Step::Into
    }
}
