use super::error::EncodeError;

/// A value that writes itself as JSON. Implemented for every generated model and for the leaf types they use.
pub trait Encode {
    /// Appends the JSON text of this value.
    fn encode(&self, encoder: &mut Encoder);

    /// Whether an optional field that holds this value is left out. True for `None` only.
    #[inline]
    fn is_absent(&self) -> bool {
        false
    }
}

/// The buffer that a value writes itself to. The first value without a JSON form is remembered, not thrown.
#[derive(Debug, Default)]
pub struct Encoder {
    pub(crate) out: Vec<u8>,
    pub(crate) error: Option<EncodeError>,
    /// A discriminator that the next object must carry: its name and the values that fit.
    pub(crate) tag: Option<(&'static str, &'static [&'static str])>,
}

impl Encoder {
    /// Appends JSON text as it is. The caller answers for its being one valid value.
    #[inline]
    pub fn raw(&mut self, json: &[u8]) {
        self.out.extend_from_slice(json);
    }

    /// Appends a JSON string, escaped.
    pub fn string(&mut self, text: &str) {
        self.out.push(b'"');
        let bytes = text.as_bytes();
        let mut done = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            let escape = ESCAPES[byte as usize];
            if escape == 0 {
                continue;
            }
            self.out.extend_from_slice(&bytes[done..at]);
            done = at + 1;
            if escape == b'u' {
                self.out.extend_from_slice(b"\\u00");
                self.out.push(HEX[(byte >> 4) as usize]);
                self.out.push(HEX[(byte & 15) as usize]);
            } else {
                self.out.extend_from_slice(&[b'\\', escape]);
            }
        }
        self.out.extend_from_slice(&bytes[done..]);
        self.out.push(b'"');
    }

    #[cold]
    pub(crate) fn fail(&mut self, message: String) {
        self.out.extend_from_slice(b"null");
        self.error.get_or_insert(EncodeError(message));
    }
}

const HEX: [u8; 16] = *b"0123456789abcdef";

/// For every byte the letter of its escape, `u` for `\u00xx`, 0 for none (RFC 8259, section 7).
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = b'u';
        control += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0a] = b'n';
    table[0x0c] = b'f';
    table[0x0d] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// The JSON text of a value.
///
/// # Errors
///
/// A number that JSON cannot write, such as `NaN`.
///
/// ```
/// assert_eq!(cloudrun_runtime::json::to_vec(&vec![1, 2])?, b"[1,2]");
/// # Ok::<(), cloudrun_runtime::json::EncodeError>(())
/// ```
pub fn to_vec(value: &dyn Encode) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = Encoder::default();
    value.encode(&mut encoder);
    match encoder.error {
        None => Ok(encoder.out),
        Some(error) => Err(error),
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        (**self).encode(encoder);
    }
    #[inline]
    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl<T: Encode + ?Sized> Encode for Box<T> {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        (**self).encode(encoder);
    }
    #[inline]
    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}
