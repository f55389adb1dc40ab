//! Files to value trees: bytes are decoded, and parsed as JSON or YAML by their content. Knows the version that a root
//! document is written in, and the line of every pointer. Never looks at what the values mean.

mod encoding;
mod json;
mod marks;
mod source;
mod tree;
mod version;
mod yaml;

pub(in crate::load) use self::marks::Mark;
pub(crate) use self::marks::locate;
pub(in crate::load) use self::source::Files;
pub(in crate::load) use self::version::{Dialect, dialect};
