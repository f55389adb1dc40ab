//! What a document says, read but not judged: the keywords of a schema, its bounds and words, what lies behind references,
//! operations where they stand. In comes a resolved document, out go answers; never a type of Rust, never a change.
//!
//! May import from `openapi`, `diagnostic`, `resolve`.

mod bounds;
mod constants;
pub(crate) mod doc;
mod keywords;
pub(crate) mod media;
mod numerals;
mod operation;
pub(crate) mod path;
mod placed;
mod schemas;
mod server;
mod variant;
mod ways;

pub(crate) use self::bounds::Bounds;
#[cfg(test)]
pub(crate) use self::keywords::READ;
pub(crate) use self::keywords::{Keywords, Kind, Node};
pub(crate) use self::numerals::are_numerals;
pub(crate) use self::operation::{Context, OperationId, OperationIds};
pub(crate) use self::placed::Placed;
pub(crate) use self::schemas::Schemas;
pub(crate) use self::server::base_path;
pub(crate) use self::ways::By;
