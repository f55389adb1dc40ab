use super::decode::Decoder;
use super::encode::{Encode, Encoder};
use super::error::DecodeError;

/// The object of a variant that holds nothing but its tag.
#[derive(Clone, Copy, Debug)]
pub struct Empty;

impl Encode for Empty {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.object(&[], None);
    }
}

impl Decoder<'_> {
    /// Reads an object for its tag only; the rest is passed over.
    ///
    /// # Errors
    ///
    /// The next value is not valid JSON.
    pub fn empty(&mut self) -> Result<(), DecodeError> {
        self.skip()
    }
}

impl Encoder {
    /// Writes a variant of a union with a discriminator, so that the property `tag` holds one of `values`:
    /// what the variant itself says if it fits, else the first.
    pub fn tagged(&mut self, tag: &'static str, values: &'static [&'static str], variant: &dyn Encode) {
        self.tag = Some((tag, values));
        variant.encode(self);
        self.tag = None;
    }

    pub(super) fn tag_value(&mut self, value: &dyn Encode, values: &'static [&'static str]) {
        let start = self.out.len();
        value.encode(self);
        let written = &self.out[start..];
        let text = match written {
            [b'"', text @ .., b'"'] => text,
            other => other,
        };
        if !values.iter().any(|value| value.as_bytes() == text)
            && let Some(first) = values.first()
        {
            self.out.truncate(start);
            self.string(first);
        }
    }
}
