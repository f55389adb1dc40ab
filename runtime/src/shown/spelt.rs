//! A text as it is meant where it is encoded for URLs or escaped for JSON: in comes a text, out go its bytes and where each
//! stood. Encoders differ in what they encode, so that the text is decoded and not the secret encoded.

use std::ops::Range;

/// Writes what the start of a text stands for, and says how long that start is.
type Step = fn(&[u8], &mut Vec<u8>) -> Option<usize>;

/// A text that was decoded.
pub(super) struct Spelt {
    pub(super) bytes: Vec<u8>,
    /// Where each byte began, and where the last one ended.
    starts: Vec<usize>,
}

impl Spelt {
    /// The ways in which a text can be read, but for the one as it stands.
    pub(super) fn readings(text: &[u8]) -> Vec<Self> {
        let mut readings = Vec::new();
        if text.contains(&b'%') {
            readings.push(Self::new(text, of_url));
            if text.contains(&b'+') {
                readings.push(Self::new(text, of_form));
            }
        }
        if text.contains(&b'\\') {
            readings.push(Self::new(text, of_json));
        }
        readings
    }

    fn new(text: &[u8], step: Step) -> Self {
        let mut spelt =
            Self { bytes: Vec::with_capacity(text.len()), starts: Vec::with_capacity(text.len()) };
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let length = step(rest, &mut spelt.bytes).unwrap_or_else(|| {
                spelt.bytes.extend(rest.first());
                1
            });
            spelt.starts.resize(spelt.bytes.len(), at);
            at += length;
        }
        spelt.starts.push(text.len());
        spelt
    }

    /// Where a part of it stood.
    pub(super) fn place(&self, part: Range<usize>) -> Range<usize> {
        let at = |index: usize| self.starts.get(index).copied().unwrap_or_default();
        at(part.start)..at(part.end)
    }
}

/// RFC 3986, section 2.1.
fn of_url(text: &[u8], meant: &mut Vec<u8>) -> Option<usize> {
    let digits = text.strip_prefix(b"%")?.get(..2)?;
    meant.push(u8::try_from(hexadecimal(digits)?).ok()?);
    Some(3)
}

/// The same in forms, where a plus stands for a blank.
fn of_form(text: &[u8], meant: &mut Vec<u8>) -> Option<usize> {
    if text.starts_with(b"+") {
        meant.push(b' ');
        return Some(1);
    }
    of_url(text, meant)
}

/// RFC 8259, section 7, and what `Debug` of Rust and others add to it.
fn of_json(text: &[u8], meant: &mut Vec<u8>) -> Option<usize> {
    let (escaped, rest) = text.strip_prefix(b"\\")?.split_first()?;
    let (meant_char, length) = match escaped {
        b'"' | b'\'' | b'\\' | b'/' => (char::from(*escaped), 2),
        b'b' => ('\u{8}', 2),
        b'f' => ('\u{c}', 2),
        b'n' => ('\n', 2),
        b'r' => ('\r', 2),
        b't' => ('\t', 2),
        b'u' => unicode(rest)?,
        _ => return None,
    };
    meant.extend_from_slice(meant_char.encode_utf8(&mut [0; 4]).as_bytes());
    Some(length)
}

/// What stands behind `\u`, and how long all of it is: four digits, eight of a pair, or some between braces.
fn unicode(rest: &[u8]) -> Option<(char, usize)> {
    if let Some(rest) = rest.strip_prefix(b"{") {
        let end = rest.iter().take(7).position(|byte| *byte == b'}')?;
        return Some((char::from_u32(hexadecimal(rest.get(..end)?)?)?, end + 4));
    }
    let first = hexadecimal(rest.get(..4)?)?;
    if let Some(meant) = char::from_u32(first) {
        return Some((meant, 6));
    }
    let second = hexadecimal(rest.get(4..)?.strip_prefix(b"\\u")?.get(..4)?)?;
    let mut pair = char::decode_utf16([u16::try_from(first).ok()?, u16::try_from(second).ok()?]);
    Some((pair.next()?.ok()?, 12))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))
}
