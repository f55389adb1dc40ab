//! Dates and times as RFC 3339 writes them: by `jiff`, and by `chrono` or `time` where their features are on.

use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;
use jiff::fmt::temporal::Pieces;
use jiff::{Timestamp, civil};
use std::borrow::Cow;

/// The error of a text that is no such date or time.
#[cold]
fn unfit(noun: &str, text: &str, error: &dyn std::fmt::Display) -> DecodeError {
    DecodeError::new(format!("expected {noun}, found {text:?}: {error}"))
}

/// The text with as many digits of a second as there are nanoseconds: some services write ten and more.
pub(super) fn to_nanoseconds(text: &str) -> Cow<'_, str> {
    const DIGITS: usize = 9;
    let Some(start) = text.find('.').map(|point| point + 1) else { return text.into() };
    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    if digits <= DIGITS {
        return text.into();
    }
    format!("{}{}", &text[..start + DIGITS], &text[start + digits..]).into()
}

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
                to_nanoseconds(text).parse().map_err(|error| unfit($noun, text, &error))
            }
        }
    )*};
}

impl Encode for Timestamp {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.string(&self.to_string());
    }
}

/// The last day of the year 9999, by which services say "never", is a day beyond the last [`Timestamp`], and becomes that.
impl Decode for Timestamp {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        timestamp(decoder.str()?)
    }
}

/// The moment of a date-time with an offset.
pub(super) fn timestamp(text: &str) -> Result<Timestamp, DecodeError> {
    let exact = to_nanoseconds(text);
    exact
        .parse()
        .or_else(|error| nearest(&exact).ok_or_else(|| unfit("a date-time with an offset", text, &error)))
}

/// The last or first moment of those that there are, for a date-time beyond them.
#[cold]
fn nearest(text: &str) -> Option<Timestamp> {
    let pieces = Pieces::parse(text).ok()?;
    let moment = pieces.date().to_datetime(pieces.time()?);
    let end = if moment.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    Some(pieces.to_numeric_offset()?.to_timestamp(moment).unwrap_or(end))
}

time!(
    civil::DateTime, "a date-time"
    civil::Date, "a date"
    civil::Time, "a time of day"
);

#[cfg(feature = "chrono")]
mod with_chrono {
    use super::{to_nanoseconds, unfit};
    use crate::json::decode::{Decode, Decoder};
    use crate::json::encode::{Encode, Encoder};
    use crate::json::error::DecodeError;
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, SecondsFormat};

    impl Encode for DateTime<FixedOffset> {
        fn encode(&self, encoder: &mut Encoder) {
            encoder.string(&self.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        }
    }

    impl Decode for DateTime<FixedOffset> {
        fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
            let text = decoder.str()?;
            Self::parse_from_rfc3339(&to_nanoseconds(text))
                .map_err(|error| unfit("a date-time with an offset", text, &error))
        }
    }

    time!(
        NaiveDate, "a date"
        NaiveTime, "a time of day"
    );
}

#[cfg(feature = "time")]
mod with_time {
    use super::{to_nanoseconds, unfit};
    use crate::json::decode::{Decode, Decoder};
    use crate::json::encode::{Encode, Encoder};
    use crate::json::error::DecodeError;
    use time::format_description::BorrowedFormatItem;
    use time::format_description::well_known::Rfc3339;
    use time::macros::format_description;
    use time::{Date, OffsetDateTime, Time};

    const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
    const TIME: &[BorrowedFormatItem<'_>] =
        format_description!("[hour]:[minute]:[second][optional [.[subsecond]]]");

    macro_rules! formatted {
        ($($ty:ty, $format:expr, $noun:literal)*) => {$(
            impl Encode for $ty {
                fn encode(&self, encoder: &mut Encoder) {
                    match self.format($format) {
                        // A time without a fraction is written without one.
                        Ok(text) => encoder.string(text.strip_suffix(".0").unwrap_or(&text)),
                        Err(error) => encoder.fail(error.to_string()),
                    }
                }
            }

            impl Decode for $ty {
                fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                    let text = decoder.str()?;
                    Self::parse(&to_nanoseconds(text), $format).map_err(|error| unfit($noun, text, &error))
                }
            }
        )*};
    }
    formatted!(
        OffsetDateTime, &Rfc3339, "a date-time with an offset"
        Date, DATE, "a date"
        Time, TIME, "a time of day"
    );
}
