//! What a schema says where it stands. In comes a node of the document, out go its keywords, its bounds and its words;
//! never a type of Rust.

mod bounds;
pub(crate) mod doc;
mod keywords;
pub(crate) mod media;

pub(crate) use self::bounds::Bounds;
pub(crate) use self::keywords::{Keywords, Kind, Node};
