//! How a connection ends by a Close frame (RFC 6455, section 7.4): in comes a code and a reason, out goes whether that is an end or
//! a failure, and whether another connection may do better.

use crate::shown::cover::Cover;
use crate::shown::line::{EXCERPT, Line};
use std::fmt;

/// What the other side said when it closed the socket.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Close {
    /// The code (RFC 6455, section 7.4); 1005 stands for none.
    pub code: u16,
    /// The reason, which may be empty. Secrets of the request, and what is one by its name, are left out.
    pub reason: String,
}

impl Close {
    /// The code of a close frame without one.
    pub(super) const NO_CODE: u16 = 1005;

    pub(super) fn new(code: u16, reason: String) -> Self {
        Self { code, reason }
    }

    /// The same without these secrets.
    pub(super) fn covered(mut self, cover: &Cover) -> Self {
        self.reason = cover.body("", &self.reason);
        self
    }

    /// Whether nothing is wrong: the conversation is over (1000), the other side goes away (1001), or gave no code.
    pub fn is_normal(&self) -> bool {
        matches!(self.code, 1000 | 1001 | Self::NO_CODE)
    }

    /// Whether a new connection may fare better: not where this side broke the protocol or a rule.
    pub(super) fn may_pass(&self) -> bool {
        !matches!(self.code, 1002 | 1003 | 1007..=1010)
    }

    /// The code's name in the registry of RFC 6455, section 11.7.
    fn name(&self) -> Option<&'static str> {
        Some(match self.code {
            1000 => "normal closure",
            1001 => "going away",
            1002 => "protocol error",
            1003 => "unsupported data",
            Self::NO_CODE => "no code",
            1007 => "invalid data",
            1008 => "policy violation",
            1009 => "message too big",
            1010 => "extension needed",
            1011 => "internal error",
            1012 => "service restart",
            1013 => "try again later",
            1014 => "bad gateway",
            _ => return None,
        })
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(name) = self.name() {
            write!(f, " ({name})")?;
        }
        match self.reason.is_empty() {
            true => Ok(()),
            // A reason is the other side's text; it stays on its line.
            false => write!(f, ": {}", Line::new(&self.reason, EXCERPT)),
        }
    }
}

impl fmt::Debug for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Close({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Close;

    #[test]
    fn a_reason_stays_on_its_line() {
        let close = Close::new(1008, "no\nway".to_owned());
        assert_eq!(close.to_string(), "1008 (policy violation): no\\nway");
        assert_eq!(Close::new(4001, String::new()).to_string(), "4001");
    }

    #[test]
    fn registered_codes_have_their_names() {
        // RFC 6455, section 11.7, and the registry of IANA.
        for (code, name) in [
            (1000, "normal closure"),
            (1001, "going away"),
            (1002, "protocol error"),
            (1003, "unsupported data"),
            (1005, "no code"),
            (1007, "invalid data"),
            (1008, "policy violation"),
            (1009, "message too big"),
            (1010, "extension needed"),
            (1011, "internal error"),
            (1012, "service restart"),
            (1013, "try again later"),
            (1014, "bad gateway"),
        ] {
            assert_eq!(Close::new(code, String::new()).to_string(), format!("{code} ({name})"));
        }
    }

    #[test]
    fn what_this_side_did_wrong_is_not_tried_again() {
        let passing = |code| Close::new(code, String::new()).may_pass();
        assert!([1000, 1001, 1005, 1011, 1012, 1013, 4001].into_iter().all(passing));
        assert!(![1002, 1003, 1007, 1008, 1009, 1010].into_iter().any(passing));
    }
}
