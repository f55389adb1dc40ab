use super::choices::{Choices, Trial};
use super::error::DecodeError;
use jiter::{Jiter, Peek};

/// A value that reads itself from JSON. Implemented for every generated model and for the leaf types they use.
pub trait Decode: Sized {
    /// Reads one value.
    ///
    /// # Errors
    ///
    /// The text is not JSON, or not a value of this type.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError>;
}

/// How deep arrays and objects may nest. A server that sends more gets an error, not our stack.
const MAX_DEPTH: u16 = 128;

/// A pull parser over a JSON text, with what a union needs to choose its best variant.
pub struct Decoder<'j> {
    pub(crate) jiter: Jiter<'j>,
    depth: u16,
    unions: u16,
    /// How loosely the text fits the types read so far; a union takes the variant with the tightest fit.
    pub(crate) looseness: u32,
    /// What the unions of the whole text share.
    pub(super) choices: Choices<'j>,
    /// How this decoder tries a variant, if it does.
    pub(super) trial: Trial,
    /// Whether a property that is not of its type counts as missing.
    pub(super) is_forgiving: bool,
    /// The discriminator that chose what the next object is read as: it is no member of that, unless that says so.
    pub(super) tag: Option<&'static str>,
}

impl std::fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("offset", &self.jiter.current_index()).finish_non_exhaustive()
    }
}

impl<'j> Decoder<'j> {
    /// A decoder at the start of `json`.
    pub fn new(json: &'j [u8]) -> Self {
        Self {
            jiter: Jiter::new(json),
            depth: 0,
            unions: 0,
            looseness: 0,
            choices: Choices::of(json),
            trial: Trial::default(),
            is_forgiving: false,
            tag: None,
        }
    }

    /// A decoder from here on that tries a variant, with all that unions share until it gives it back. This one must not read
    /// in the meantime.
    pub(super) fn fork(&mut self, trial: Trial) -> Self {
        let choices = std::mem::take(&mut self.choices);
        Self { choices, trial, ..self.mark() }
    }

    /// This place of the text, to come back to.
    pub(super) fn mark(&self) -> Self {
        Self {
            jiter: self.jiter.clone(),
            depth: self.depth,
            unions: self.unions,
            looseness: 0,
            choices: Choices::default(),
            trial: Trial::default(),
            is_forgiving: self.is_forgiving,
            tag: self.tag,
        }
    }

    /// Comes back to a place in the same text, and passes over the value that stands there.
    pub(super) fn skip_from(&mut self, mark: &Self) -> Result<(), DecodeError> {
        self.back_to(mark);
        self.loosen(16);
        self.skip()
    }

    /// Comes back to a place in the same text.
    pub(super) fn back_to(&mut self, mark: &Self) {
        (self.jiter, self.depth, self.unions) = (mark.jiter.clone(), mark.depth, mark.unions);
    }

    /// The kind of the next value.
    #[inline]
    pub(crate) fn peek(&mut self) -> Result<Peek, DecodeError> {
        self.jiter.peek().map_err(|error| DecodeError::jiter(&error))
    }

    /// Whether the next value is `null`; it is consumed if it is.
    #[inline]
    pub(crate) fn null(&mut self) -> Result<bool, DecodeError> {
        if self.peek()? != Peek::Null {
            return Ok(false);
        }
        self.jiter.known_null().map_err(|error| DecodeError::jiter(&error))?;
        Ok(true)
    }

    /// The next string, borrowed until the next call.
    #[inline]
    pub(crate) fn str(&mut self) -> Result<&str, DecodeError> {
        self.jiter.next_str().map_err(|error| DecodeError::jiter(&error))
    }

    /// Passes over the next value, whatever it is.
    #[inline]
    pub(crate) fn skip(&mut self) -> Result<(), DecodeError> {
        self.jiter.next_skip().map_err(|error| DecodeError::jiter(&error))
    }

    /// The text of the next value, which is passed over.
    pub(crate) fn slice(&mut self) -> Result<&'j [u8], DecodeError> {
        self.peek()?;
        let start = self.jiter.current_index();
        self.skip()?;
        Ok(self.jiter.slice_to_current(start))
    }

    /// Notes that the text does not fit the type exactly.
    #[inline]
    pub(crate) fn loosen(&mut self, by: u32) {
        self.looseness = self.looseness.saturating_add(by);
    }

    /// Goes one level down into an array or object; [`Decoder::leave`] comes back.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(DecodeError::new(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Goes one level down into a union, which takes stack but no text; [`Decoder::leave_union`] comes back.
    #[inline]
    pub(super) fn enter_union(&mut self) -> Result<(), DecodeError> {
        if self.unions >= MAX_DEPTH {
            return Err(DecodeError::new(format!("more than {MAX_DEPTH} unions inside each other")));
        }
        self.unions += 1;
        Ok(())
    }

    /// Whether a union is around the next value.
    #[inline]
    pub(super) fn is_in_union(&self) -> bool {
        self.unions > 0
    }

    #[inline]
    pub(super) fn leave_union(&mut self) {
        self.unions -= 1;
    }
}

/// Reads a whole JSON text as one value.
///
/// # Errors
///
/// The text is not JSON, holds more than one value, or is not a value of this type.
///
/// ```
/// use cloudrun_runtime::json::from_slice;
/// assert_eq!(from_slice::<Vec<u32>>(b"[1, 2]")?, [1, 2]);
/// # Ok::<(), cloudrun_runtime::json::DecodeError>(())
/// ```
pub fn from_slice<T: Decode>(json: &[u8]) -> Result<T, DecodeError> {
    whole(Decoder::new(unmarked(json)))
}

/// Reads a whole JSON text as one value. A property of an object that is not of its type counts as missing.
pub(crate) fn from_slice_forgiving<T: Decode>(json: &[u8]) -> Result<T, DecodeError> {
    whole(Decoder { is_forgiving: true, ..Decoder::new(unmarked(json)) })
}

/// A text without the byte order mark that some services put before it; parsers may pass over it (RFC 8259, section 8.1).
pub(crate) fn unmarked(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

fn whole<T: Decode>(mut decoder: Decoder<'_>) -> Result<T, DecodeError> {
    let value = T::decode(&mut decoder)?;
    decoder.jiter.finish().map_err(|error| DecodeError::jiter(&error))?;
    Ok(value)
}

impl<T: Decode> Decode for Box<T> {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(decoder).map(Box::new)
    }
}
