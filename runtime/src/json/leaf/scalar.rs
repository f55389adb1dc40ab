use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;
use serde_json::Value;

impl Encode for str {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        encoder.string(self);
    }
}

impl Encode for String {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        encoder.string(self);
    }
}

impl Decode for String {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.str().map(str::to_owned)
    }
}

impl Encode for bool {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        encoder.raw(if *self { b"true" } else { b"false" });
    }
}

impl Decode for bool {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.jiter.next_bool().map_err(|error| DecodeError::jiter(&error))
    }
}

impl Encode for Value {
    fn encode(&self, encoder: &mut Encoder) {
        if let Err(error) = serde_json::to_writer(&mut encoder.out, self) {
            encoder.fail(error.to_string());
        }
    }
}

impl Decode for Value {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        // Any JSON fits here, so a union prefers whatever says more.
        decoder.loosen(2);
        let json = decoder.slice()?;
        serde_json::from_slice(json).map_err(|error| DecodeError::new(format!("invalid JSON: {error}")))
    }
}

/// `null`, the value of a schema that allows nothing else.
impl Encode for () {
    #[inline]
    fn encode(&self, encoder: &mut Encoder) {
        encoder.raw(b"null");
    }
}

impl Decode for () {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.jiter.next_null().map_err(|error| DecodeError::jiter(&error))
    }
}

impl Encode for uuid::Uuid {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.string(self.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
    }
}

impl Decode for uuid::Uuid {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let text = decoder.str()?;
        text.parse().map_err(|_| DecodeError::new(format!("expected a UUID, found {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use crate::json::{from_slice, to_vec};
    use serde_json::Value;

    #[test]
    fn a_number_in_any_json_keeps_its_last_bit() {
        let text = b"[913.4000956546515,-941.5892609395087]";
        let value = from_slice::<Value>(text).ok();
        assert_eq!(value.and_then(|value| to_vec(&value).ok()).as_deref(), Some(text.as_slice()));
    }
}
