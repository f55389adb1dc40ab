use crate::shown::line::{Line, QUOTE, write_line};
use std::fmt;

/// Why a [`Gateway`](crate::Gateway) cannot be set up: each message says which setting is wrong and what fits.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The environment id is empty or holds a character that no environment id has.
    Environment(String),
    /// The service name does not match `^[a-zA-Z][a-zA-Z0-9_-]{0,58}[a-zA-Z0-9]$`.
    ServiceName(String),
    /// The URL is not an absolute `https` URL (`http` only for loopback addresses and direct calls).
    Url {
        /// The URL as given.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A variable that [`Gateway::from_env`](crate::Gateway::from_env) needs is not set.
    MissingVariable(&'static str),
    /// The credential holds characters that no HTTP header may carry.
    Credential,
    /// The transport could not be set up.
    Transport(String),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = |text: &str| Line::new(text, QUOTE);
        match self {
            Self::Environment(id) => write_line(
                f,
                format_args!("{:?} is no environment id: letters, digits and `-` are allowed", quote(id)),
            ),
            Self::ServiceName(name) => write_line(
                f,
                format_args!(
                    "{:?} is no CloudRun service name: it must start with a letter, end with a letter or digit, \
                     hold only letters, digits, `_` and `-`, and be 2 to 60 characters long",
                    quote(name)
                ),
            ),
            Self::Url { url, reason } => {
                write_line(f, format_args!("{:?} cannot be the gateway's URL: {reason}", quote(url)))
            }
            Self::MissingVariable(name) => write!(f, "the environment variable {name} is not set"),
            Self::Credential => {
                f.write_str("the credential is empty, or holds characters that an HTTP header cannot carry")
            }
            Self::Transport(reason) => {
                write_line(f, format_args!("the HTTP transport could not be set up: {reason}"))
            }
        }
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigError({self})")
    }
}

impl std::error::Error for ConfigError {}
