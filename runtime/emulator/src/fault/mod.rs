//! Faults: what goes wrong on purpose, with which request.
//!
//! May import from `wire`, `answer`.

mod play;

use axum::http::Request;
use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The request header that names a fault: `x-emulator-fault: reset-after`. It is not passed on.
pub const FAULT_HEADER: &str = "x-emulator-fault";

/// Something that goes wrong with a request.
///
/// Written as text, in the header [`FAULT_HEADER`]: `delay:200` (milliseconds), `reset-before`, `reset-after`, `half`,
/// `wrong-length`, `slow:5` (milliseconds per byte), `garbage`, `goaway`, `status:503`, `status:429:2` (`Retry-After`),
/// `code:404:SERVICE_ENDPOINT_NOT_FOUND`, `service:500`.
///
/// ```
/// use cloudrun_emulator::Fault;
/// assert_eq!("reset-after".parse(), Ok(Fault::ResetAfter));
/// assert_eq!(Fault::Status { status: 429, retry_after: Some("2".to_owned()) }.to_string(), "status:429:2");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The gateway waits before it goes on as usual.
    Delay(Duration),
    /// The connection is reset, and the service never sees the request.
    ResetBefore,
    /// The connection is reset after the service has answered; nothing of the answer arrives.
    ResetAfter,
    /// The answer's head and half of its body arrive, then the connection is reset.
    Half,
    /// The answer ends earlier than its `Content-Length` says.
    WrongLength,
    /// The answer arrives byte by byte, this far apart.
    Slow(Duration),
    /// What arrives is not HTTP.
    Garbage,
    /// The connection is to be used no more: GOAWAY over HTTP/2, `Connection: close` over HTTP/1.1. The answer arrives.
    GoAway,
    /// The gateway answers with a status, without a code.
    Status {
        /// The status.
        status: u16,
        /// The value of `Retry-After`.
        retry_after: Option<String>,
    },
    /// The gateway answers with an error of its own.
    Code {
        /// The status.
        status: u16,
        /// The code, for example `SERVICE_NOT_READY`.
        code: String,
    },
    /// An answer with this status seems to come from the service, which does not see the request.
    Service {
        /// The status.
        status: u16,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(time) => write!(f, "delay:{}", time.as_millis()),
            Self::ResetBefore => f.write_str("reset-before"),
            Self::ResetAfter => f.write_str("reset-after"),
            Self::Half => f.write_str("half"),
            Self::WrongLength => f.write_str("wrong-length"),
            Self::Slow(time) => write!(f, "slow:{}", time.as_millis()),
            Self::Garbage => f.write_str("garbage"),
            Self::GoAway => f.write_str("goaway"),
            Self::Status { status, retry_after: None } => write!(f, "status:{status}"),
            Self::Status { status, retry_after: Some(value) } => write!(f, "status:{status}:{value}"),
            Self::Code { status, code } => write!(f, "code:{status}:{code}"),
            Self::Service { status } => write!(f, "service:{status}"),
        }
    }
}

/// The text is no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no fault; `delay:200`, `reset-before`, `status:503` are some", self.0)
    }
}

impl std::error::Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let wrong = || UnknownFault(text.to_owned());
        let (name, rest) = match text.split_once(':') {
            Some((name, rest)) => (name, Some(rest)),
            None => (text, None),
        };
        let milliseconds =
            || rest.and_then(|rest| rest.parse().ok()).map(Duration::from_millis).ok_or_else(wrong);
        let (status, second) = match rest.and_then(|rest| rest.split_once(':')) {
            Some((status, second)) => (status.parse().ok(), Some(second.to_owned())),
            None => (rest.and_then(|rest| rest.parse().ok()), None),
        };
        let status = status.filter(|status: &u16| (200..600).contains(status));
        Ok(match (name, rest) {
            ("delay", _) => Self::Delay(milliseconds()?),
            ("slow", _) => Self::Slow(milliseconds()?),
            ("reset-before", None) => Self::ResetBefore,
            ("reset-after", None) => Self::ResetAfter,
            ("half", None) => Self::Half,
            ("wrong-length", None) => Self::WrongLength,
            ("garbage", None) => Self::Garbage,
            ("goaway", None) => Self::GoAway,
            ("status", Some(_)) => Self::Status { status: status.ok_or_else(wrong)?, retry_after: second },
            ("code", Some(_)) => {
                Self::Code { status: status.ok_or_else(wrong)?, code: second.ok_or_else(wrong)? }
            }
            ("service", Some(_)) => Self::Service { status: status.ok_or_else(wrong)? },
            _ => return Err(wrong()),
        })
    }
}

type Choose = dyn Fn(&Request<()>) -> Option<Fault> + Send + Sync;

/// The faults of a running emulator.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    next: VecDeque<Fault>,
    choose: Option<Arc<Choose>>,
    connections: u32,
}

impl Faults {
    /// The next request that no other fault is waiting for has this fault. Requests that sign in count too.
    pub fn next(&self, fault: Fault) {
        self.lock().next.push_back(fault);
    }

    /// A function chooses the fault of every request that none is waiting for.
    pub fn choose(&self, choose: impl Fn(&Request<()>) -> Option<Fault> + Send + Sync + 'static) {
        self.lock().choose = Some(Arc::new(choose));
    }

    /// The next connections are reset before anything is read.
    pub fn reset_connections(&self, connections: u32) {
        self.lock().connections += connections;
    }

    /// No faults from now on.
    pub fn clear(&self) {
        *self.lock() = State::default();
    }

    pub(crate) fn of_connection(&self) -> bool {
        let mut state = self.lock();
        let is_reset = state.connections > 0;
        state.connections = state.connections.saturating_sub(1);
        is_reset
    }

    /// The fault of a request: the one that its header names, the next one, or the one that is chosen.
    pub(crate) fn of(&self, request: &Request<()>) -> Option<Fault> {
        let named = request.headers().get(FAULT_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
        if named.is_some() {
            return named;
        }
        let choose = {
            let mut state = self.lock();
            match state.next.pop_front() {
                Some(fault) => return Some(fault),
                None => state.choose.clone(),
            }
        };
        choose.and_then(|choose| choose(request))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("next", &self.lock().next).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn every_fault_is_read_as_it_is_written() {
        for text in [
            "delay:200",
            "reset-before",
            "reset-after",
            "half",
            "wrong-length",
            "slow:5",
            "garbage",
            "goaway",
            "status:503",
            "status:429:Wed, 21 Oct 2015 07:28:00 GMT",
            "code:404:SERVICE_ENDPOINT_NOT_FOUND",
            "service:500",
        ] {
            assert_eq!(text.parse::<Fault>().map(|fault| fault.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "delay", "delay:x", "status:99", "code:404", "reset", "half:1"] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
