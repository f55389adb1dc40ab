use super::time::to_nanoseconds;
use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;
use jiff::civil::Time;
use std::fmt;
use std::str::FromStr;

/// A time of day as JSON Schema's format `time` has it (RFC 3339, `full-time`): with its offset from UTC, which many
/// services leave out. It is written as it was read.
///
/// ```
/// use cloudrun_runtime::TimeOfDay;
/// let closing: TimeOfDay = "18:30:00+08:00".parse()?;
/// assert_eq!((closing.time.hour(), closing.offset.as_deref()), (18, Some("+08:00")));
/// # Ok::<(), cloudrun_runtime::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeOfDay {
    /// The clock's reading.
    pub time: Time,
    /// The offset as it is written: `Z` or `+08:00`. `None` if there is none.
    pub offset: Option<String>,
}

impl From<Time> for TimeOfDay {
    fn from(time: Time) -> Self {
        Self { time, offset: None }
    }
}

impl FromStr for TimeOfDay {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
        let (clock, offset) = text.split_at(at);
        let digits = |from: usize| {
            offset.get(from..from + 2).is_some_and(|pair| pair.bytes().all(|b| b.is_ascii_digit()))
        };
        let is_offset = matches!(offset, "" | "Z" | "z")
            || (offset.len() == 6 && digits(1) && offset.as_bytes()[3] == b':' && digits(4));
        let unfit = |reason: &dyn fmt::Display| {
            DecodeError::new(format!("expected a time of day, found {text:?}: {reason}"))
        };
        if !is_offset {
            return Err(unfit(&"the offset is neither `Z` nor like `+08:00`"));
        }
        let time = to_nanoseconds(clock).parse().map_err(|error: jiff::Error| unfit(&error))?;
        Ok(Self { time, offset: Some(offset.to_owned()).filter(|offset| !offset.is_empty()) })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.time, self.offset.as_deref().unwrap_or_default())
    }
}

impl Encode for TimeOfDay {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.string(&self.to_string());
    }
}

impl Decode for TimeOfDay {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.str()?.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::TimeOfDay;

    #[test]
    fn times_come_back_as_they_were() {
        for text in ["14:15:22Z", "23:59:59", "08:00:00.5+05:30", "00:00:00-08:00"] {
            assert_eq!(text.parse::<TimeOfDay>().map(|time| time.to_string()).ok().as_deref(), Some(text));
        }
        for wrong in ["", "25:00:00Z", "14:15:22+8", "14:15:22+é8:00", "noon"] {
            assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
        }
    }
}
