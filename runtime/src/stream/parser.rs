//! The format of Server-Sent Events (HTML Standard, section 9.2.6): in come bytes in pieces of any size, out come events one by one.
//! Nothing is read ahead: what is kept is one piece and one event, and every byte of it counts.

use super::MAX_PIECE;
use super::error::StreamError;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// An event whose data has not been decoded.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) event: Option<String>,
    pub(super) id: Option<Arc<str>>,
    pub(super) retry: Option<Duration>,
    pub(super) data: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct Parser {
    /// What has not been read of the last piece.
    rest: Bytes,
    line: Vec<u8>,
    /// Whether the last byte was a carriage return, whose line feed is no line of its own.
    after_return: bool,
    started: bool,
    next: Raw,
    has_data: bool,
    /// The id that the event at hand will have, and that of the last one that was complete.
    next_id: Option<Arc<str>>,
    last_id: Option<Arc<str>>,
    retry: Option<Duration>,
}

impl Parser {
    /// The id of the last event that had one.
    pub(super) fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// How long the service asks to wait.
    pub(super) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Forgets what was begun, for a stream that starts anew.
    pub(super) fn restart(&mut self) {
        let (last_id, retry) = (self.last_id.take(), self.retry);
        *self = Self { next_id: last_id.clone(), last_id, retry, ..Self::default() };
    }

    /// Takes the next piece, once the last one has no event any more.
    pub(super) fn feed(&mut self, piece: Bytes) {
        self.rest = piece;
    }

    /// The next event of the piece at hand.
    pub(super) fn next(&mut self) -> Result<Option<Raw>, StreamError> {
        while let Some(at) = self.rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let line = self.rest.split_to(at + 1);
            let is_pair = std::mem::take(&mut self.after_return) && line[..] == *b"\n";
            if is_pair {
                continue;
            }
            self.after_return = line.ends_with(b"\r");
            self.keep(&line[..at])?;
            if let Some(event) = self.end_line() {
                return Ok(Some(event));
            }
        }
        let rest = std::mem::take(&mut self.rest);
        if !rest.is_empty() {
            self.after_return = false;
        }
        self.keep(&rest)?;
        Ok(None)
    }

    /// Adds to the line at hand, unless that is more than may be kept.
    fn keep(&mut self, bytes: &[u8]) -> Result<(), StreamError> {
        let texts = [self.next.event.as_deref(), self.next_id.as_deref()];
        let texts: usize = texts.into_iter().flatten().map(str::len).sum();
        if self.line.len() + self.next.data.len() + texts + bytes.len() > MAX_PIECE {
            return Err(StreamError::TooLong { limit: MAX_PIECE });
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Option<Raw> {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.started, true) && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(0) => return None,
            Some(at) => (&line[..at], line[at + 1..].strip_prefix(b" ").unwrap_or(&line[at + 1..])),
            None => (&line[..], &[][..]),
        };
        let text = || String::from_utf8_lossy(value).into_owned();
        match field {
            b"data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.next.data.push(b'\n');
                }
                self.next.data.extend_from_slice(value);
            }
            b"event" => self.next.event = Some(text()).filter(|name| !name.is_empty()),
            b"id" if !value.contains(&0) => self.next_id = Some(text().into()),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                let wait = text().parse().ok().map(Duration::from_millis);
                self.next.retry = wait;
                self.retry = wait.or(self.retry);
            }
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Raw> {
        let event = std::mem::take(&mut self.next);
        self.last_id.clone_from(&self.next_id);
        let id = self.last_id.clone().filter(|id| !id.is_empty());
        std::mem::take(&mut self.has_data).then_some(Raw { id, ..event })
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_PIECE, Parser, StreamError};
    use bytes::Bytes;
    use std::sync::Arc;

    /// The events of a text, read in pieces of each size.
    fn parsed(text: &str) -> Vec<(Option<String>, Option<String>, String)> {
        let mut results = Vec::new();
        for size in [1, 2, 3, 7, text.len().max(1)] {
            let mut parser = Parser::default();
            let mut found = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                parser.feed(Bytes::copy_from_slice(piece));
                while let Ok(Some(raw)) = parser.next() {
                    let id = raw.id.as_deref().map(str::to_owned);
                    found.push((raw.event, id, String::from_utf8_lossy(&raw.data).into_owned()));
                }
            }
            results.push(found);
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{results:?}");
        results.pop().unwrap_or_default()
    }

    fn data(text: &str) -> Vec<String> {
        parsed(text).into_iter().map(|(.., data)| data).collect()
    }

    #[test]
    fn the_examples_of_the_standard_read_as_it_says() {
        // HTML Standard, section 9.2.6, the examples in their order.
        assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
        let ids = parsed(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        );
        let ids: Vec<_> = ids.into_iter().map(|(_, id, data)| (id, data)).collect();
        let expected = [(Some("1"), "first event"), (None, "second event"), (None, " third event")];
        assert_eq!(ids, expected.map(|(id, data)| (id.map(str::to_owned), data.to_owned())));
        assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
        assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
    }

    #[test]
    fn all_line_ends_and_a_mark_at_the_start_are_understood() {
        assert_eq!(data("\u{feff}data: a\r\n\r\ndata: b\r\rdata: c\n\n"), ["a", "b", "c"]);
    }

    #[test]
    fn names_are_kept_and_strange_fields_passed_over() {
        let found = parsed("event: add\ndata: 1\nother: x\nretry: soon\nid: a\0b\n\n");
        assert_eq!(found, [(Some("add".to_owned()), None, "1".to_owned())]);
    }

    #[test]
    fn a_wait_is_digits_and_outlives_what_is_none() {
        let retry = |text: &'static str| {
            let mut parser = Parser::default();
            parser.feed(Bytes::from_static(text.as_bytes()));
            let event = parser.next().ok().flatten().and_then(|raw| raw.retry);
            (event.map(|wait| wait.as_millis()), parser.retry().map(|wait| wait.as_millis()))
        };
        assert_eq!(retry("retry: 20\ndata\n\n"), (Some(20), Some(20)));
        for text in [
            "retry: 20\nretry: soon\ndata\n\n",
            "retry: 20\nretry:\ndata\n\n",
            "retry: 20\nretry: +5\ndata\n\n",
        ] {
            assert_eq!(retry(text), (Some(20), Some(20)), "{text}");
        }
        // More than any number: none for the event, and what was asked before stays.
        assert_eq!(retry("retry: 20\nretry: 99999999999999999999\ndata\n\n"), (None, Some(20)));
    }

    #[test]
    fn a_stream_that_starts_anew_keeps_its_id_and_its_wait_and_nothing_else() {
        let mut parser = Parser::default();
        parser.feed(Bytes::from_static(b"id: 7\nretry: 20\ndata: a\n\nid: 8\nevent: x\ndata: half\ndat"));
        assert!(parser.next().is_ok_and(|event| event.is_some()));
        assert!(parser.next().is_ok_and(|event| event.is_none()));
        parser.restart();
        assert_eq!((parser.last_id(), parser.retry().map(|wait| wait.as_millis())), (Some("7"), Some(20)));
        // The mark at its start is one again; the id is that of the last event still.
        parser.feed(Bytes::from_static(b"\xef\xbb\xbfdata: b\n\n"));
        let event = parser.next().ok().flatten();
        let event = event.map(|raw| (raw.event, raw.id.as_deref().map(str::to_owned), raw.data));
        assert_eq!(event, Some((None, Some("7".to_owned()), b"b".to_vec())));
    }

    #[test]
    fn an_event_may_have_all_the_bytes_of_the_limit_and_no_more() {
        let line = |length: usize| [b"data:", &vec![b'x'; length - 5][..], b"\n"].concat();
        assert!(!is_too_long(&line(MAX_PIECE), 1));
        assert!(is_too_long(&line(MAX_PIECE + 1), 1));
    }

    /// Whether so many copies of a text, one after another, become too much.
    fn is_too_long(text: &[u8], copies: usize) -> bool {
        let mut parser = Parser::default();
        (0..copies).any(|_| {
            parser.feed(Bytes::copy_from_slice(text));
            matches!(parser.next(), Err(StreamError::TooLong { .. }))
        })
    }

    #[test]
    fn whatever_is_kept_of_an_event_is_bounded() {
        let long = |field: &str| [field.as_bytes(), &vec![b'x'; 1 << 20], b"\n"].concat();
        assert!(is_too_long(&vec![b'x'; 1 << 20], 17), "a line without an end");
        assert!(is_too_long(&long("data:"), 17), "an event without an end");
        assert!(!is_too_long(&long("data:"), 15));
        assert!(!is_too_long(&long("id:"), 64) && !is_too_long(&long("event:"), 64), "the last one counts");
        let together =
            [b"id:", &vec![b'x'; MAX_PIECE / 2][..], b"\nevent:", &vec![b'x'; MAX_PIECE / 2], b"\n"].concat();
        assert!(is_too_long(&together, 2), "names and ids count as data does");
    }

    #[test]
    fn events_share_their_id() {
        let id = "x".repeat(1 << 20);
        let mut parser = Parser::default();
        parser.feed(format!("id:{id}\n{}", "data:\n\n".repeat(600)).into());
        let mut events = Vec::new();
        while let Ok(Some(raw)) = parser.next() {
            events.push(raw);
        }
        assert_eq!(events.len(), 600);
        let first = events[0].id.clone();
        let is_shared = |one: &Option<Arc<str>>| match (one, &first) {
            (Some(one), Some(first)) => Arc::ptr_eq(one, first),
            _ => false,
        };
        assert!(events.iter().all(|event| is_shared(&event.id)));
    }
}
