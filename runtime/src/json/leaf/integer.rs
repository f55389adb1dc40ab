use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;
use jiter::{NumberInt, Peek};

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
                match decoder.digits()? {
                    Digits::Short(value) => {
                        <$ty>::try_from(value).map_err(|_| out_of_range(value.into(), stringify!($ty)))
                    }
                    Digits::Long(value) => {
                        <$ty>::try_from(value).map_err(|_| out_of_range(value, stringify!($ty)))
                    }
                }
            }
        }
    )*};
}
integer!(i8 i16 i32 i64 i128 u8 u16 u32 u64);

#[cold]
fn out_of_range(value: i128, kind: &str) -> DecodeError {
    DecodeError::new(format!("the integer {value} does not fit {kind}"))
}

/// An integer as it was read: most have few digits and need no wide arithmetic.
enum Digits {
    Short(i64),
    Long(i128),
}

impl Decoder<'_> {
    /// The next integer, of any size.
    pub(crate) fn integer(&mut self) -> Result<i128, DecodeError> {
        Ok(match self.digits()? {
            Digits::Short(value) => value.into(),
            Digits::Long(value) => value,
        })
    }

    #[inline]
    fn digits(&mut self) -> Result<Digits, DecodeError> {
        let peek = self.peek()?;
        if !peek.is_num() {
            return Err(self.not_an_integer(peek));
        }
        match self.jiter.known_int(peek) {
            Ok(NumberInt::Int(value)) => Ok(Digits::Short(value)),
            // The parser stays where it was: the digits are still there.
            Err(_) => self.long(peek).map(Digits::Long),
        }
    }

    /// Integers beyond 64 bits, and those that are written like floats.
    #[cold]
    fn long(&mut self, peek: Peek) -> Result<i128, DecodeError> {
        let digits = self.jiter.known_number_bytes(peek).map_err(|error| DecodeError::jiter(&error))?;
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

    #[cold]
    fn not_an_integer(&mut self, peek: Peek) -> DecodeError {
        match self.jiter.known_int(peek) {
            Err(error) => DecodeError::jiter(&error),
            Ok(_) => DecodeError::new("expected an integer"),
        }
    }
}
