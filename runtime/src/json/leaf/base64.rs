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

/// Bytes that travel in the alphabet of URLs (`contentEncoding: base64url`, RFC 4648 section 5). Writing leaves the padding
/// out; reading takes it, and forgives the other alphabet.
///
/// ```
/// use cloudrun_runtime::json::{Base64Url, from_slice, to_vec};
/// let bytes: Base64Url = from_slice(br#""-_8=""#).unwrap();
/// assert_eq!(&*bytes, &[0xFB, 0xFF]);
/// assert_eq!(to_vec(&bytes).unwrap(), br#""-_8""#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base64Url(pub Vec<u8>);

macro_rules! bytes_as_text {
    ($($name:ident $alphabet:ident)*) => { $(
        impl Encode for $name {
            fn encode(&self, encoder: &mut Encoder) {
                encoder.string(&$alphabet.encode(&self.0));
            }
        }

        impl Decode for $name {
            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                bytes(decoder.str()?).map(Self)
            }
        }

        impl Deref for $name {
            type Target = Vec<u8>;
            fn deref(&self) -> &Vec<u8> {
                &self.0
            }
        }

        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut Vec<u8> {
                &mut self.0
            }
        }

        impl<T: Into<Vec<u8>>> From<T> for $name {
            fn from(bytes: T) -> Self {
                Self(bytes.into())
            }
        }
    )* };
}

bytes_as_text! { Base64 STANDARD Base64Url URL_SAFE_NO_PAD }

fn bytes(text: &str) -> Result<Vec<u8>, DecodeError> {
    [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
        .iter()
        .find_map(|alphabet| alphabet.decode(text).ok())
        .ok_or_else(|| DecodeError::new("expected base64 text"))
}
