use super::{Decode, DecodeError, Decoder, Encode, Encoder};

/// Integers are written by itoa and read from the digits themselves, so that none loses precision on the way.
/// JSON has one kind of number: `1.0` and `1e2` are integers too (JSON Schema 2020-12, section 4.2.3).
macro_rules! integer {
    ($($ty:ty)*) => {$(
        impl Encode for $ty {
            #[inline]
            fn encode(&self, encoder: &mut Encoder) {
                encoder.raw(itoa::Buffer::new().format(*self).as_bytes());
            }
        }

        impl Decode for $ty {
            #[inline]
            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let wide = decoder.integer()?;
                <$ty>::try_from(wide).map_err(|_| out_of_range(wide, stringify!($ty)))
            }
        }
    )*};
}
integer!(i8 i16 i32 i64 i128 u8 u16 u32 u64);

#[cold]
fn out_of_range(value: i128, kind: &str) -> DecodeError {
    DecodeError::new(format!("the integer {value} does not fit {kind}"))
}

impl Decoder<'_> {
    #[inline]
    pub(crate) fn integer(&mut self) -> Result<i128, DecodeError> {
        let peek = self.peek()?;
        if !peek.is_num() {
            return Err(self.not_an_integer(peek));
        }
        let digits = self.jiter.known_number_bytes(peek).map_err(|error| DecodeError::jiter(&error))?;
        match short(digits) {
            Some(value) => Ok(i128::from(value)),
            None => long(digits),
        }
    }

    #[cold]
    fn not_an_integer(&mut self, peek: jiter::Peek) -> DecodeError {
        match self.jiter.known_int(peek) {
            Err(error) => DecodeError::jiter(&error),
            Ok(_) => DecodeError::new("expected an integer"),
        }
    }
}

/// Up to 18 digits, the usual case: cannot overflow.
#[inline]
fn short(digits: &[u8]) -> Option<i64> {
    let (negative, rest) = match digits {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, digits),
    };
    if rest.is_empty() || rest.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for byte in rest {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

#[cold]
fn long(digits: &[u8]) -> Result<i128, DecodeError> {
    let text = String::from_utf8_lossy(digits);
    if let Ok(value) = text.parse() {
        return Ok(value);
    }
    match text.parse::<f64>() {
        // Below 2^53 every integral float is exact.
        Ok(value) if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 => Ok(value as i128),
        _ => Err(DecodeError::new(format!("expected an integer, found {text}"))),
    }
}
