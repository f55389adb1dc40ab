use super::{Decode, DecodeError, Decoder, Encode, Encoder};
use jiff::{Timestamp, civil};

/// Dates and times as RFC 3339 writes them, through `jiff`.
macro_rules! time {
    ($($ty:ty, $noun:literal)*) => {$(
        impl Encode for $ty {
            fn encode(&self, encoder: &mut Encoder) {
                encoder.string(&self.to_string());
            }
        }

        impl Decode for $ty {
            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let text = decoder.str()?;
                text.parse()
                    .map_err(|error| DecodeError::new(format!("expected {}, found {text:?}: {error}", $noun)))
            }
        }
    )*};
}
time!(
    Timestamp, "a date-time with an offset"
    civil::DateTime, "a date-time"
    civil::Date, "a date"
    civil::Time, "a time of day"
);
