//! What people may read of texts that are not ours. In come texts of servers and callers, and what nobody may read of them; out go
//! texts without any secret, of one line and a bounded length. Never sends anything, and never decides anything by a text.
//!
//! The order is always the same: secrets are covered, then what breaks a line is escaped, then the text is cut.
//!
//! May import from no other room.

pub(crate) mod cover;
#[cfg(test)]
pub(crate) mod growth;
pub(crate) mod hidden;
pub(crate) mod line;
pub(crate) mod named;
pub(crate) mod raw;
pub(crate) mod reasons;
mod spelt;

pub use cover::Cover;
pub use named::is_secret;

/// A text as one line of 2 kB at most.
pub fn line(text: &str) -> String {
    line::Line::message(text).to_string()
}
