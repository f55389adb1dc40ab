//! Why an emulator could not be started.
//!
//! May import from no other room.

use cloudrun_runtime::ConfigError;

/// Why an emulator could not be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The port cannot be listened on.
    Listen(std::io::Error),
    /// A service's name is not one that CloudBase accepts.
    Name(ConfigError),
    /// The client that calls services by URL could not be set up.
    Client(reqwest::Error),
    /// The public key of custom login with this id is none.
    TicketKey(String),
    /// The certificate could not be made.
    Tls(String),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Listen(error) => write!(f, "the emulator cannot listen: {error}"),
            Self::Name(error) => write!(f, "{error}"),
            Self::Client(error) => write!(f, "the emulator cannot call services by URL: {error}"),
            Self::TicketKey(id) => {
                write!(f, "the public key of custom login {id:?} is no `-----BEGIN PUBLIC KEY-----`")
            }
            Self::Tls(error) => write!(f, "the emulator's certificate cannot be made: {error}"),
        }
    }
}

impl std::error::Error for StartError {}
