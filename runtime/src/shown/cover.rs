//! Finds secrets in texts. Not only whole ones: any eight bytes in a row of a secret are covered, so that a text that was cut, or
//! repeats a part of one, gives away no more than seven.

use super::line::{ceil, floor};
use super::named::{Found, is_secret, named, values};
use super::spelt::Spelt;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// Bytes in a row of a secret that nobody may read.
const RUN: usize = 8;
/// Shorter texts are no secrets worth the name, and parts of words.
const SHORTEST: usize = 6;

/// Bytes of secrets that are looked for. Those of a request come first, so that an answer full of secrets hides none of them.
const ROOM: usize = 64 << 10;

/// What is covered, and by what.
#[derive(Debug)]
pub struct Cover {
    mark: &'static str,
    runs: Runs,
    /// Forms of fewer bytes than a run.
    short: Short,
    room: usize,
}

/// The runs of all secrets. They are the secrets, and never shown.
#[derive(Default)]
struct Runs(HashSet<[u8; RUN]>);

impl std::fmt::Debug for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} runs", self.0.len())
    }
}

/// Secrets that are shorter than a run. They are never shown either.
#[derive(Default)]
struct Short(HashSet<Vec<u8>>);

impl std::fmt::Debug for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

impl Cover {
    /// Covers nothing yet. `mark` stands where a secret was.
    pub fn new(mark: &'static str) -> Self {
        Self { mark, runs: Runs::default(), short: Short::default(), room: ROOM }
    }

    /// Covers a secret, and its base64. However else a text writes it, in URLs or in JSON, is found where it is looked for.
    pub fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        let secret = secret.get(..floor(secret, self.room)).unwrap_or_default();
        // What is covered already takes no room from what is not.
        if secret.len() < SHORTEST || self.has(secret.as_bytes()) {
            return;
        }
        self.room -= secret.len();
        self.keep(secret.as_bytes());
        self.keep(STANDARD_NO_PAD.encode(secret).as_bytes());
        self.keep(URL_SAFE_NO_PAD.encode(secret).as_bytes());
    }

    fn keep(&mut self, form: &[u8]) {
        if form.len() < RUN {
            self.short.0.insert(form.to_vec());
        }
        self.runs.0.extend(form.windows(RUN).filter_map(|run| <[u8; RUN]>::try_from(run).ok()));
    }

    fn has(&self, secret: &[u8]) -> bool {
        let is_run = |run| <&[u8; RUN]>::try_from(run).is_ok_and(|run| self.runs.0.contains(run));
        if secret.len() < RUN { self.short.0.contains(secret) } else { secret.windows(RUN).all(is_run) }
    }

    /// Covers what a header carries: a credential behind its scheme, each cookie's value.
    pub fn add_header(&mut self, name: &str, value: &str) {
        let parts: Vec<&str> = if name == COOKIE.as_str() {
            value.split(';').collect()
        } else if name == SET_COOKIE.as_str() {
            value.split(';').take(1).collect()
        } else {
            self.add_credential(value);
            return;
        };
        for part in parts {
            self.add_encoded(part.split_once('=').map_or(part, |(_, value)| value).trim_matches('"'));
        }
    }

    /// Covers the headers that hold secrets, and what is secret in where a redirect leads.
    pub fn add_headers(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            if value.is_sensitive() || is_secret(name.as_str()) {
                self.add_header(name.as_str(), &text);
            } else if name == LOCATION {
                self.add_text("", &text);
            }
        }
    }

    /// Covers what is a secret by its name in a body of this media type, or in any text.
    pub fn add_text(&mut self, media_type: &str, body: &str) {
        for secret in named(media_type, body) {
            self.add_encoded(&secret.meant());
        }
    }

    /// Covers all texts in a JSON body, whatever their names, but for those of these names.
    pub fn add_json(&mut self, body: &serde_json::Value, but: &[&str]) {
        values(body, but, &mut |text| self.add(text));
    }

    /// Covers a secret that may be percent-encoded.
    pub fn add_encoded(&mut self, value: &str) {
        self.add(value);
        if value.contains(['%', '+']) {
            self.add(&percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy());
        }
    }

    /// `Bearer …`, `Basic …`, `TC3-HMAC-SHA256 …`, or a secret alone.
    fn add_credential(&mut self, value: &str) {
        let Some((scheme, rest)) = value.split_once(' ') else { return self.add(value) };
        if scheme.eq_ignore_ascii_case("basic")
            && let Ok(pair) = STANDARD.decode(rest.trim())
            && let Some((_, password)) = String::from_utf8_lossy(&pair).split_once(':')
        {
            self.add(password);
        }
        // The parts of a signature are credentials of their own, their names are not.
        for part in rest.split(',') {
            let name = part.split_once('=').filter(|(name, value)| {
                name.trim().bytes().all(|b| b.is_ascii_alphanumeric()) && !value.trim_matches('=').is_empty()
            });
            self.add(name.map_or(part, |(_, value)| value));
        }
    }

    /// Where the secrets of a text are, however it is read.
    fn found(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = self.found_as_is(text);
        for reading in Spelt::readings(text) {
            found.extend(self.found_as_is(&reading.bytes).into_iter().map(|part| reading.place(part)));
        }
        found
    }

    fn found_as_is(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let lengths = SHORTEST..RUN;
        let lengths = lengths.filter(|length| self.short.0.iter().any(|short| short.len() == *length));
        for length in lengths.chain((!self.runs.0.is_empty()).then_some(RUN)) {
            let start = found.len();
            for (at, part) in text.windows(length).enumerate().filter(|(_, part)| self.has(part)) {
                match found.get_mut(start..).and_then(<[_]>::last_mut).filter(|last| last.end >= at) {
                    Some(last) => last.end = at + part.len(),
                    None => found.push(at..at + part.len()),
                }
            }
        }
        found
    }

    /// A text without secrets.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.marked(text, self.found(text.as_bytes()))
    }

    fn marked<'a>(&self, text: &'a str, mut found: Vec<Range<usize>>) -> Cow<'a, str> {
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        found.sort_by_key(|range| range.start);
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for range in found {
            let (start, end) = (floor(text, range.start), ceil(text, range.end));
            // Those that touch or overlap are one.
            if start > at || shown.is_empty() {
                shown.push_str(text.get(at..start).unwrap_or_default());
                shown.push_str(self.mark);
            }
            at = at.max(end);
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(shown)
    }

    /// A body without secrets: what is one by its name is covered however short it is.
    pub fn body(&self, media_type: &str, body: &str) -> String {
        let mut found: Vec<Range<usize>> = named(media_type, body)
            .iter()
            .filter_map(|secret| match secret {
                // Where a part of a text stands in it.
                Found::Here(part) if !part.is_empty() => {
                    let start = (part.as_ptr() as usize).checked_sub(body.as_ptr() as usize)?;
                    Some(start..start + part.len())
                }
                _ => None,
            })
            .collect();
        found.extend(self.found(body.as_bytes()));
        self.marked(body, found).into_owned()
    }

    /// Bytes without secrets, as many as before.
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut shown = bytes.to_vec();
        for range in self.found(bytes) {
            if let Some(part) = shown.get_mut(range) {
                part.fill(b'*');
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::Cover;
    use crate::shown::growth::is_linear;

    fn covered(secret: &str, text: &str) -> String {
        let mut cover = Cover::new("<>");
        cover.add(secret);
        cover.text(text).into_owned()
    }

    #[test]
    fn a_part_of_a_secret_is_covered_too() {
        let secret = "k-0123456789abcdef";
        assert_eq!(covered(secret, "the key k-0123456789abcdef is"), "the key <> is");
        assert_eq!(covered(secret, "cut: k-0123456"), "cut: <>");
        assert_eq!(covered(secret, "…89abcdef k-01234567"), "…<> <>");
        assert_eq!(covered(secret, "k-01234 is too little"), "k-01234 is too little");
        assert_eq!(covered(secret, "k-0123456789abcdefk-0123456789abcdef."), "<>.");
    }

    #[test]
    fn a_secret_is_found_as_it_is_written_elsewhere() {
        let secret = "a/b\"c d\u{e9}f";
        for text in [
            "a/b\"c d\u{e9}f",
            "a%2Fb%22c%20d%C3%A9f",
            "a%2fb%22c%20d%c3%a9f",
            // Encoders differ in what they leave as it is.
            "a/b%22c%20d\u{e9}f",
            "a%2Fb%22c+d%C3%A9f",
            "a/b\\\"c d\u{e9}f",
            "a\\/b\\\"c d\\u00e9f",
            "a/b\\\"c d\\u{e9}f",
            "YS9iImMgZMOpZg",
        ] {
            assert_eq!(covered(secret, &format!("x={text}&")), "x=<>&", "{text}");
        }
        assert_eq!(covered("a\u{1d11e}bcdefgh", "x=a\\ud834\\udd1ebcdefgh&"), "x=<>&");
        assert_eq!(covered("pass-word/1234", "pass-word%2F1234 pass-word%2f12345"), "<> <>5");
        assert_eq!(covered("hunter2", "no hunter2, hunter 2"), "no <>, hunter 2");
        assert_eq!(covered("is", "this is"), "this is");
    }

    #[test]
    fn credentials_are_what_stands_behind_their_scheme() {
        let header = |name, value, text: &str| {
            let mut cover = Cover::new("<>");
            cover.add_header(name, value);
            cover.text(text).into_owned()
        };
        assert_eq!(header("authorization", "Bearer 0123456789", "Bearer 0123456789"), "Bearer <>");
        let basic = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
        assert_eq!(header("authorization", basic, "open sesame, Aladdin"), "<>, Aladdin");
        assert_eq!(header("cookie", "sid=0123456789; b=abcdefgh", "0123456789 abcdefgh"), "<> <>");
        assert_eq!(
            header("set-cookie", "sid=0123456789; Path=/services", "Path=/services"),
            "Path=/services"
        );
        let signed = "TC3-HMAC-SHA256 Credential=AKID0123/x, SignedHeaders=host, Signature=0123456789abcdef";
        assert_eq!(header("authorization", signed, "Signature=0123456789abcdef"), "Signature=<>");
    }

    /// Neither takes more than the texts are long: a stranger writes them.
    #[test]
    fn secrets_that_come_again_take_no_room_and_no_time() {
        let mut cover = Cover::new("<>");
        let words = "\"aaaaaa\",".repeat(20_000);
        cover.add_text("application/json", &format!("{{\"tokens\":[{words}\"a real secret\"]}}"));
        assert_eq!(cover.short.0.len(), 1);
        assert_eq!(cover.text("a real secret"), "<>");
        assert_eq!(cover.text(&"a".repeat(1 << 20)), "<>");
        let look = |count: usize| {
            let mut cover = Cover::new("<>");
            (100_000..100_000 + count).for_each(|number| cover.add(&number.to_string()));
            cover.found("1%31+\\u0031".repeat(10 * count).as_bytes());
        };
        assert!(is_linear(50, look));
    }

    #[test]
    fn characters_are_never_torn() {
        assert_eq!(covered("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", "x\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}y"), "x<>y");
    }
}
