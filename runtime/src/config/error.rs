use crate::shown::line::{Line, QUOTE, write_line};
use std::fmt;

/// Why a [`Gateway`](crate::Gateway) cannot be set up: each message says which setting is wrong and what fits.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The environment id does not match `^[a-z0-9_-]{1,40}$`, the pattern of the official SDK.
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
    /// It is not the name of a region, and might lead to the wrong host.
    Region {
        /// The region as given.
        region: String,
        /// What may be meant.
        meant: Option<&'static str>,
    },
    /// The URL is that of a service behind the gateway.
    ServiceUrl {
        /// The URL as given.
        url: String,
        /// The gateway's.
        gateway: String,
    },
    /// A variable that [`Gateway::from_env`](crate::Gateway::from_env) needs is not set.
    MissingVariable(&'static str),
    /// The header `x-cloudbase-context` cannot be used. What it holds is not repeated.
    Context {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The user id of a ticket does not match `^[a-zA-Z0-9_\-#@~=*(){}[\]:.,<>+]{4,32}$`.
    UserId(String),
    /// The private key of custom login cannot be used. What it holds is not repeated.
    PrivateKey {
        /// What is wrong with it.
        reason: &'static str,
    },
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
                format_args!(
                    "{:?} is no environment id: 1 to 40 lower-case letters, digits, `_` and `-`",
                    quote(id)
                ),
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
            Self::Region { region, meant: Some(meant) } => {
                write_line(f, format_args!("{:?} is no region; did you mean `{meant}`?", quote(region)))
            }
            Self::Region { region, meant: None } => write_line(
                f,
                format_args!(
                    "{:?} is no region; one is written like `ap-shanghai` or `ap-singapore`",
                    quote(region)
                ),
            ),
            Self::ServiceUrl { url, gateway } => write_line(
                f,
                format_args!(
                    "{:?} is the URL of a service; the gateway's is {:?}, and clients know their service's name",
                    quote(url),
                    quote(gateway)
                ),
            ),
            Self::MissingVariable(name) => write!(f, "the environment variable {name} is not set"),
            Self::Context { reason } => {
                write_line(f, format_args!("the header x-cloudbase-context cannot be used: {reason}"))
            }
            Self::UserId(id) => write_line(
                f,
                format_args!(
                    "{:?} is no user id of a ticket: 4 to 32 letters, digits or of `_-#@~=*(){{}}[]:.,<>+`",
                    quote(id)
                ),
            ),
            Self::PrivateKey { reason } => {
                write_line(f, format_args!("the private key of custom login cannot be used: {reason}"))
            }
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
