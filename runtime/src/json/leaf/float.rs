use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;

/// Writes the shortest text that reads back as the same number; whole numbers without `.0`, as JavaScript does.
macro_rules! float {
    ($ty:ty) => {
        impl Encode for $ty {
            #[inline]
            fn encode(&self, encoder: &mut Encoder) {
                if self.is_finite() {
                    let mut buffer = zmij::Buffer::new();
                    let text = buffer.format_finite(*self);
                    encoder.raw(text.strip_suffix(".0").unwrap_or(text).as_bytes());
                } else {
                    encoder.fail(format!("{self} has no JSON form"));
                }
            }
        }
    };
}
float!(f32);
float!(f64);

impl Decode for f64 {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.jiter.next_float().map_err(|error| DecodeError::jiter(&error))
    }
}

impl Decode for f32 {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        f64::decode(decoder).map(|wide| wide as f32)
    }
}
