use std::fmt;

/// Why bytes are not text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotText {
    Utf8 { line: usize },
    Utf16,
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf8 { line } => write!(
                f,
                "line {line} is not UTF-8; save the file as UTF-8 (it may be in a legacy encoding such as GBK)"
            ),
            Self::Utf16 => f.write_str("the file starts like UTF-16 but is not"),
        }
    }
}

/// Bytes to text: UTF-8 with or without a byte order mark, and UTF-16 with one.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, NotText> {
    let wide = |order: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks(2).map(|pair| order([pair[0], pair.get(1).copied().unwrap_or(0)]));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| NotText::Utf16)
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest.to_vec()),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, NotText> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        NotText::Utf8 { line: 1 + valid.iter().filter(|byte| **byte == b'\n').count() }
    })
}

#[cfg(test)]
mod tests {
    use super::{NotText, decode};

    #[test]
    fn byte_order_marks_choose_the_encoding() {
        assert_eq!(decode(b"\xEF\xBB\xBF{}".to_vec()).as_deref(), Ok("{}"));
        assert_eq!(decode(b"\xFF\xFE{\0}\0".to_vec()).as_deref(), Ok("{}"));
        assert_eq!(decode(b"\xFE\xFF\0{\0}".to_vec()).as_deref(), Ok("{}"));
        assert_eq!(decode(b"a\nb\xB0\xA1".to_vec()), Err(NotText::Utf8 { line: 2 }));
    }
}
