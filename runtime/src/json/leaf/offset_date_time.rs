use super::time;
use crate::json::decode::{Decode, Decoder};
use crate::json::encode::{Encode, Encoder};
use crate::json::error::DecodeError;
use jiff::Timestamp;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;
use std::fmt;
use std::str::FromStr;

/// A date-time of RFC 3339 that keeps its offset from UTC, and is written with it.
///
/// ```
/// use cloudrun_runtime::OffsetDateTime;
/// let opened: OffsetDateTime = "2026-11-23T09:30:00+08:00".parse()?;
/// assert_eq!(opened.timestamp.to_string(), "2026-11-23T01:30:00Z");
/// assert_eq!(opened.to_string(), "2026-11-23T09:30:00+08:00");
/// # Ok::<(), cloudrun_runtime::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OffsetDateTime {
    /// The moment, wherever the clock stands.
    pub timestamp: Timestamp,
    /// How far the clock is from UTC. `None` is written `Z`: where it stands is not said.
    pub offset: Option<Offset>,
}

impl From<Timestamp> for OffsetDateTime {
    fn from(timestamp: Timestamp) -> Self {
        Self { timestamp, offset: None }
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(moment: OffsetDateTime) -> Self {
        moment.timestamp
    }
}

impl FromStr for OffsetDateTime {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let timestamp = time::timestamp(text)?;
        let pieces = time::to_nanoseconds(text);
        let offset = match Pieces::parse(pieces.as_bytes()).ok().and_then(|pieces| pieces.offset()) {
            // `-00:00` is an offset that nobody knows (RFC 3339, section 4.3).
            Some(PiecesOffset::Numeric(offset)) if !(offset.is_negative() && offset.offset().is_zero()) => {
                Some(offset.offset())
            }
            _ => None,
        };
        Ok(Self { timestamp, offset })
    }
}

impl fmt::Display for OffsetDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            // RFC 3339 has no seconds there; the moment stays, the clock is moved to the minute.
            Some(offset) => {
                let minutes = Offset::from_seconds(offset.seconds() / 60 * 60).unwrap_or(Offset::UTC);
                self.timestamp.display_with_offset(minutes).fmt(f)
            }
            None => self.timestamp.fmt(f),
        }
    }
}

impl Encode for OffsetDateTime {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.string(&self.to_string());
    }
}

impl Decode for OffsetDateTime {
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decoder.str()?.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::OffsetDateTime;
    use jiff::Timestamp;
    use jiff::tz::Offset;

    fn again(text: &str) -> Option<String> {
        text.parse::<OffsetDateTime>().ok().map(|moment| moment.to_string())
    }

    #[test]
    fn offsets_come_back_as_they_were() {
        for text in [
            "2026-11-23T01:02:03Z",
            "2026-11-23T01:02:03+00:00",
            "2026-11-23T09:02:03.5+08:00",
            "2026-11-22T20:32:03-04:30",
            "0001-01-01T00:00:00+14:00",
        ] {
            assert_eq!(again(text).as_deref(), Some(text));
        }
        assert_eq!(again("2026-11-23T01:02:03-00:00").as_deref(), Some("2026-11-23T01:02:03Z"));
        assert_eq!(
            again("2026-11-23T01:02:03.12345678912+08:00").as_deref(),
            Some("2026-11-23T01:02:03.123456789+08:00")
        );
        for wrong in ["", "2026-11-23", "2026-11-23T01:02:03", "2026-13-23T01:02:03Z"] {
            assert_eq!(again(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn seconds_of_an_offset_move_the_clock_and_not_the_moment() -> Result<(), Box<dyn std::error::Error>> {
        let moments =
            [Timestamp::MIN, Timestamp::UNIX_EPOCH, "2026-11-23T01:02:03.5Z".parse()?, Timestamp::MAX];
        for timestamp in moments {
            for seconds in [-93_599, -18_061, -59, -1, 1, 30, 28_829, 93_599] {
                let offset = Some(Offset::from_seconds(seconds)?);
                let text = OffsetDateTime { timestamp, offset }.to_string();
                let read: OffsetDateTime = text.parse()?;
                assert_eq!(read.timestamp, timestamp, "{text}");
                assert_eq!(text.len() - text.rfind(['+', '-']).unwrap_or_default(), 6, "{text}");
            }
        }
        let read: OffsetDateTime = "2026-11-23T09:02:33+08:00:30".parse()?;
        assert_eq!(read.to_string(), "2026-11-23T09:02:03+08:00");
        Ok(())
    }

    #[test]
    fn never_is_the_last_moment_with_its_offset() {
        let never: Option<OffsetDateTime> = "9999-12-31T23:59:59.9999999+08:00".parse().ok();
        assert_eq!(never.map(|never| never.timestamp), Some(Timestamp::MAX));
        assert_eq!(never.and_then(|never| again(&never.to_string())), never.map(|never| never.to_string()));
    }
}
