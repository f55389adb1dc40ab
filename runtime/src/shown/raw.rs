//! Bytes of the other side that an error keeps.

use super::cover::Cover;
use super::line::{AHEAD, EXCERPT, Line};
use bytes::Bytes;
use std::fmt;
use std::ops::Deref;

/// Bytes as the other side sent them. What `Debug` and `Display` show of them is their start, on one line and without secrets.
#[derive(Clone)]
pub struct Raw {
    bytes: Bytes,
    shown: Line,
}

impl Raw {
    pub(crate) fn new(bytes: Bytes, cover: &Cover) -> Self {
        let shown = excerpt("", &bytes, cover);
        Self { bytes, shown }
    }

    /// The bytes, with whatever secret they hold.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl Deref for Raw {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

/// The start of a body for people to read.
pub(crate) fn excerpt(media_type: &str, body: &[u8], cover: &Cover) -> Line {
    let head = body.get(..body.len().min(EXCERPT * AHEAD)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    let text = cover.body(media_type, text.trim_end_matches('\u{fffd}'));
    let whole = if head.len() == body.len() { text.len() } else { body.len() };
    Line::start_of(&text, whole, EXCERPT)
}
