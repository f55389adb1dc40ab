use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;
use jiter::Peek;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::FromStr;

/// A number that JSON may hold as a number or as its text (`type: [integer, string]` with a pattern of digits, as ASP.NET
/// writes all of its numbers). It is used like the number, and written the way it was read.
///
/// ```
/// use cloudrun_runtime::Numeric;
/// use cloudrun_runtime::json::{from_slice, to_vec};
/// let read: Numeric<i64> = from_slice(br#""07""#)?;
/// assert_eq!(read, 7);
/// assert_eq!(*read + 1, 8);
/// assert_eq!(to_vec(&read).unwrap(), br#""07""#);
/// assert_eq!(to_vec(&Numeric::from(7_i64)).unwrap(), b"7");
/// assert_eq!(to_vec(&"7".parse::<Numeric<i64>>()?).unwrap(), br#""7""#);
/// # Ok::<(), cloudrun_runtime::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Numeric<T> {
    value: T,
    /// How it is written, unless that is a number.
    text: Option<Box<str>>,
}

impl<T> Numeric<T> {
    /// The number.
    pub fn into_inner(self) -> T {
        self.value
    }
}

/// Written as a number.
impl<T> From<T> for Numeric<T> {
    fn from(value: T) -> Self {
        Self { value, text: None }
    }
}

/// Written as a text.
impl<T: FromStr> FromStr for Numeric<T> {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        // Rust reads `inf` and `nan` too.
        let is_numeral = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        match text.parse().ok().filter(|_| is_numeral) {
            Some(value) => Ok(Self { value, text: Some(text.into()) }),
            None => Err(DecodeError::new(format!(
                "expected {} or its text, found {text:?}",
                std::any::type_name::<T>()
            ))),
        }
    }
}

impl<T> Deref for Numeric<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// By the number, however it is written.
impl<T: PartialEq> PartialEq for Numeric<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Numeric<T> {}

impl<T: PartialEq> PartialEq<T> for Numeric<T> {
    fn eq(&self, other: &T) -> bool {
        self.value == *other
    }
}

impl<T: PartialOrd> PartialOrd for Numeric<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Numeric<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Hash> Hash for Numeric<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T: fmt::Display> fmt::Display for Numeric<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: Encode> Encode for Numeric<T> {
    fn encode(&self, encoder: &mut Encoder) {
        match &self.text {
            Some(text) => encoder.string(text),
            None => self.value.encode(encoder),
        }
    }
}

impl<T: Decode + FromStr> Decode for Numeric<T> {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        match decoder.peek()? {
            Peek::String => decoder.str()?.parse(),
            _ => T::decode(decoder).map(Self::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Numeric;
    use crate::json::decode::from_slice;
    use crate::json::encode::to_vec;

    #[test]
    fn a_number_is_written_the_way_it_was_read() -> Result<(), Box<dyn std::error::Error>> {
        for text in ["5", "-5", "\"5\"", "\"-0\"", "\"007\""] {
            let read: Numeric<i64> = from_slice(text.as_bytes())?;
            assert_eq!(String::from_utf8(to_vec(&read)?)?, text);
        }
        for text in ["0.5", "\"0.50\"", "\"-12.000\"", "\"1e3\""] {
            let read: Numeric<f64> = from_slice(text.as_bytes())?;
            assert_eq!(String::from_utf8(to_vec(&read)?)?, text);
        }
        assert_eq!(*from_slice::<Numeric<f64>>(b"\"1.50\"")?, 1.5);
        Ok(())
    }

    #[test]
    fn where_one_is_asked_for_a_number_will_do() {
        let written = |number: Numeric<i32>| to_vec(&number).unwrap_or_default();
        assert_eq!(written(5.into()), b"5");
        assert_eq!("5".parse().map(written).unwrap_or_default(), b"\"5\"");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["\"\"", "\"x\"", "\"1.5\"", "\"99999999999\"", "99999999999", "true", "null", "\"0x1\""]
        {
            assert!(from_slice::<Numeric<i32>>(text.as_bytes()).is_err(), "{text}");
        }
        for text in ["\"nan\"", "\"inf\"", "\"Infinity\""] {
            assert!(from_slice::<Numeric<f64>>(text.as_bytes()).is_err(), "{text}");
        }
    }
}
