//! Settings, checked: in come an environment's id, a URL, a service's name as a user writes them, out go those that can be used,
//! or a [`ConfigError`](crate::ConfigError). Never calls anybody.
//!
//! May import from `shown`.

pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod name;
pub(crate) mod region;
pub(crate) mod variables;
