//! Files to value trees: bytes are decoded, and parsed as JSON or YAML by their content. Knows the version that a root
//! document is written in, and the line of every pointer. Never looks at what the values mean.

mod encoding;
mod json;
mod source;
mod spans;
mod version;
mod yaml;

pub(in crate::load) use self::source::Files;
pub(crate) use self::spans::locate;
pub(in crate::load) use self::version::{Dialect, dialect};
