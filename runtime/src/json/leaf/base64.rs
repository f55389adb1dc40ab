use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;
use ::base64::Engine;
use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use std::ops::{Deref, DerefMut};

/// Bytes that travel as a base64 string (`format: byte`, RFC 4648 section 4). Reading forgives a missing padding
/// and the URL-safe alphabet, writing uses neither.
///
/// ```
/// use cloudrun_runtime::json::{Base64, from_slice, to_vec};
/// let bytes: Base64 = from_slice(br#""aGk=""#).unwrap();
/// assert_eq!(&*bytes, b"hi");
/// assert_eq!(to_vec(&bytes).unwrap(), br#""aGk=""#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base64(pub Vec<u8>);

impl Encode for Base64 {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.string(&STANDARD.encode(&self.0));
    }
}

impl Decode for Base64 {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let text = decoder.str()?;
        [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
            .iter()
            .find_map(|alphabet| alphabet.decode(text).ok())
            .map(Base64)
            .ok_or_else(|| DecodeError::new("expected base64 text"))
    }
}

impl Deref for Base64 {
    type Target = Vec<u8>;
    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Base64 {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl<T: Into<Vec<u8>>> From<T> for Base64 {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}
