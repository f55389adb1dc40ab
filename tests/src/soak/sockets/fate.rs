//! What is to become of each socket and stream: both sides reckon it from the number alone, so that each knows what the other
//! one has to see.

use super::super::random;

/// What becomes of a socket or a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Each message is answered, then this side says good-bye.
    Echo,
    /// The service sends all it has at once; this side takes its time.
    SlowReader,
    /// The service says its messages, then good-bye with this code; 1005 stands for none.
    Close(u16),
    /// The service is gone after its messages, without a good-bye.
    BreakOff,
    /// The service neither reads nor writes any more.
    Dead,
    /// … and this side goes on sending.
    DeadToSenders,
    /// This side is gone in the middle.
    Dropped,
    /// The service breaks off twice, and is called again.
    Reopened,
    /// Events up to their end.
    Events,
    /// Events that are read slowly.
    SlowEvents,
    /// Events that break off.
    EventsBroken,
    /// … and go on from the last one when they are asked for again.
    EventsReopened,
    /// Events without end; this side is gone in the middle.
    EventsDropped,
    /// So many bytes as were promised.
    Bytes,
    /// Fewer.
    BytesBroken,
    /// No byte any more, and no end.
    Silent,
}

/// The codes that a service may close with (RFC 6455, section 7.4).
const CODES: [u16; 12] = [1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009, 1010, 1011, 1012, 1013];

impl Fate {
    /// The fate of the socket or stream of this number.
    pub(super) fn of(seed: u64, number: usize, is_socket: bool) -> Self {
        let dice = random(seed ^ 0x50c_ce7, number as u64);
        let more = usize::try_from(dice >> 32).unwrap_or_default();
        match (is_socket, dice % 20) {
            (true, 0..=3) => Self::Echo,
            (true, 4..=6) => Self::SlowReader,
            (true, 7..=10) => {
                // Registered ones, and those of applications.
                let own = 3000 + u16::try_from(more % 2000).unwrap_or_default();
                Self::Close(CODES.get(more % (CODES.len() + 6)).copied().unwrap_or(own))
            }
            (true, 11..=13) => Self::BreakOff,
            (true, 14) => Self::Dead,
            (true, 15) => Self::DeadToSenders,
            (true, 16..=17) => Self::Dropped,
            (true, _) => Self::Reopened,
            (false, 0..=3) => Self::Events,
            (false, 4..=5) => Self::SlowEvents,
            (false, 6..=8) => Self::EventsBroken,
            (false, 9..=11) => Self::EventsReopened,
            (false, 12..=13) => Self::EventsDropped,
            (false, 14..=15) => Self::Bytes,
            (false, 16..=18) => Self::BytesBroken,
            (false, _) => Self::Silent,
        }
    }

    /// What figures call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Echo => "socket, answered",
            Self::SlowReader => "socket, read slowly",
            Self::Close(_) => "socket, closed by a code",
            Self::BreakOff => "socket, broken off",
            Self::Dead => "socket, peer dead",
            Self::DeadToSenders => "socket, peer dead, sent to",
            Self::Dropped => "socket, dropped",
            Self::Reopened => "socket, opened again",
            Self::Events => "events",
            Self::SlowEvents => "events, read slowly",
            Self::EventsBroken => "events, broken off",
            Self::EventsReopened => "events, opened again",
            Self::EventsDropped => "events, dropped",
            Self::Bytes => "bytes",
            Self::BytesBroken => "bytes, broken off",
            Self::Silent => "bytes, silent",
        }
    }
}

/// How many messages, events or pieces there are.
pub(super) fn count(number: usize) -> usize {
    number % 40 + 3
}

/// One of them.
pub(super) fn word(number: usize, index: usize) -> String {
    format!("{number}:{index}:{}", "x".repeat(number.wrapping_mul(31) % 1500))
}
