//! Decimal numbers, digit by digit: never by way of a binary float.

use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;
use rust_decimal::Decimal;

impl Encode for Decimal {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.raw(self.to_string().as_bytes());
    }
}

/// A JSON number, or a string that holds one, as services write that fear for their digits.
impl Decode for Decimal {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let json = decoder.slice()?;
        let text = std::str::from_utf8(json).unwrap_or_default();
        if text.starts_with('"') {
            // A variant that is text keeps it so.
            decoder.loosen(1);
        }
        let digits = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        let number = Self::from_str_exact(digits).or_else(|_| Self::from_scientific(digits));
        number.map_err(|error| DecodeError::new(format!("expected a decimal number, found {text}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use crate::json::decode::from_slice;
    use crate::json::encode::to_vec;
    use rust_decimal::Decimal;

    #[test]
    fn every_digit_survives() -> Result<(), Box<dyn std::error::Error>> {
        for text in ["0.1", "-12345678901234567890.12345678", "1.50"] {
            let number: Decimal = from_slice(text.as_bytes())?;
            assert_eq!(to_vec(&number)?, text.as_bytes());
        }
        assert_eq!(from_slice::<Decimal>(b"1.5e3")?, Decimal::from(1500));
        assert_eq!(from_slice::<Decimal>(b"\"2.5\"")?.to_string(), "2.5");
        for wrong in ["\"x\"", "true", "{}", "1e999"] {
            assert!(from_slice::<Decimal>(wrong.as_bytes()).is_err(), "{wrong}");
        }
        Ok(())
    }
}
