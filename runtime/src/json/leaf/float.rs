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

#[cold]
fn beyond() -> DecodeError {
    DecodeError::new("the number is too large for f64")
}

/// So many digits always come back; of more some may be lost, and a variant of a union fits better that has them all.
const EXACT: usize = 15;

/// The digits of a number that say more than its size.
fn digits(text: &[u8]) -> usize {
    let mantissa = text.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or_default();
    let digits = || mantissa.iter().filter(|byte| byte.is_ascii_digit());
    let is_zero = |byte: &&u8| **byte == b'0';
    let (leading, trailing) =
        (digits().take_while(is_zero).count(), digits().rev().take_while(is_zero).count());
    digits().count().saturating_sub(leading + trailing)
}

/// A number beyond the type would be read as infinite, which has no JSON form: it could never be written again.
impl Decode for f64 {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let is_choosing = decoder.is_in_union() && decoder.peek()?.is_num();
        let start = decoder.jiter.current_index();
        let value = decoder.jiter.next_float().map_err(|error| DecodeError::jiter(&error))?;
        if is_choosing && digits(decoder.jiter.slice_to_current(start)) > EXACT {
            decoder.loosen(1);
        }
        if value.is_finite() { Ok(value) } else { Err(beyond()) }
    }
}

/// The nearest number that there is: `format: float` says nothing of a range, and services send what their doubles hold.
impl Decode for f32 {
    #[inline]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let wide = f64::decode(decoder)?;
        let value = (wide as f32).clamp(Self::MIN, Self::MAX);
        if f64::from(value) != wide {
            decoder.loosen(1);
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use crate::json::decode::from_slice;

    #[test]
    fn a_number_that_is_too_large_is_told_and_where() {
        let error = |text: &str| from_slice::<Vec<f64>>(text.as_bytes()).err().map(|error| error.to_string());
        for large in ["1e400", "-1e400", "1e309"] {
            let told = error(&format!("[1, {large}]"));
            assert_eq!(told.as_deref(), Some("at $[1]: the number is too large for f64"), "{large}");
        }
        assert_eq!(error("[1.7976931348623157e308, 1e-400]"), None);
        assert_eq!(from_slice::<f32>(b"-1e39").ok(), Some(f32::MIN));
        assert!(from_slice::<f32>(b"3.4e38").is_ok() && from_slice::<f32>(b"1e400").is_err());
        assert!(from_slice::<f64>(b"NaN").is_err() && from_slice::<f64>(b"Infinity").is_err());
    }
}
