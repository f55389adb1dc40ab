//! What can be chosen per service: one set of options for `build.rs`, the subcommand and its configuration file.
//!
//! May import from `diagnostic`.

mod check;

pub(crate) use self::check::{Found, check_against, check_alone};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How a client is generated. Every field but the service has a default.
///
/// ```
/// let options = cloudrun_codegen::Options::new("orders");
/// assert_eq!(options.service, "orders");
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// The service's name in CloudBase; the client's module is its snake case.
    pub service: String,
    /// The path before every operation's path, instead of that of the document's first server. Empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_path: Option<String>,
    /// The folder that no reference may leave, instead of the document's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_folder: Option<PathBuf>,
    /// Overlays (Overlay Specification 1.0 and 1.1) that are applied to the document before anything else, in this order:
    /// for owners who may not touch the original.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlays: Vec<PathBuf>,
    /// Whether a reference that leads nowhere, or where none may lead, stands for any value, with a warning. Usually it
    /// is an error, since most often a file is missing.
    #[serde(default)]
    pub lenient: bool,
    /// Which Rust types stand for what.
    #[serde(default)]
    pub types: Types,
    /// How the pages of operations follow each other, by the operations' ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pagination: BTreeMap<String, Pagination>,
    /// Whether the client gets a module `samples` with a call of every operation, its values taken from the document's
    /// examples where they fit and made up elsewhere: for smoke tests of a service against its document.
    #[serde(default)]
    pub samples: bool,
    /// Whether what is usually repaired or left out with a warning is an error.
    #[serde(default)]
    pub strict: bool,
}

impl Options {
    /// The defaults for a service.
    pub fn new(service: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            base_path: None,
            base_folder: None,
            overlays: Vec::new(),
            lenient: false,
            types: Types::default(),
            pagination: BTreeMap::new(),
            samples: false,
            strict: false,
        }
    }
}

/// Which Rust types stand for what the document says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Types {
    /// Dates and times.
    pub date_time: DateTime,
    /// Whether requests are checked against the document's bounds and patterns before they are sent, by the feature
    /// `constraints` of `cloudrun-runtime`. An error names the field.
    pub check_constraints: bool,
    /// Whether UUIDs are plain strings.
    pub uuid_as_string: bool,
    /// Whether `type: number, format: decimal` is `rust_decimal::Decimal`, by the feature `decimal` of
    /// `cloudrun-runtime`, instead of `f64`.
    pub decimal: bool,
    /// The maps that hold additional properties.
    pub map: Map,
    /// Whether structs keep properties that the document does not declare, in a map beside the fields. JSON Schema allows
    /// such properties unless `additionalProperties: false` forbids them; usually they are passed over, as serde does.
    /// A client that reads objects and writes them back wants to keep them.
    pub keep_undeclared: bool,
    /// Whether a list or map that is required is empty where it comes as `null`. Services in Go write those so that they
    /// never filled; without it such an answer is an error.
    pub null_as_empty: bool,
    /// Traits that every struct and enum derives beside `Clone`, `Debug` and `PartialEq`, by their paths.
    pub derives: Vec<String>,
    /// Types of your own in the place of named schemas: the schema's name, and the type's path, such as
    /// `crate::Money`. They must be `Encode` and `Decode`, `Clone`, `Debug` and `PartialEq`.
    pub replace: BTreeMap<String, String>,
    /// Types of your own for formats of strings, numbers and integers: the format, and the type's path. They must be what
    /// those in `replace` must be.
    pub replace_format: BTreeMap<String, String>,
}

/// How the pages of an operation follow each other: what the extension `x-pagination` says of it, or the option
/// `pagination` where the document is silent. Properties are named as on the wire, with dots between levels.
///
/// ```yaml
/// x-pagination: { style: cursor, parameter: page_token, next: next_page_token, items: pets }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "style", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pagination {
    /// A page names the next one, and a query parameter asks for it.
    Cursor {
        /// The query parameter.
        parameter: String,
        /// The property that names the next page; missing, null or empty on the last one.
        next: String,
        /// The property that is the list of items; none if the page is the list.
        #[serde(default)]
        items: Option<String>,
    },
    /// Pages are counted, from 1 unless the parameter is set.
    Page {
        /// The query parameter.
        parameter: String,
        /// The property that is the list of items; none if the page is the list.
        #[serde(default)]
        items: Option<String>,
    },
    /// Items are counted, from 0 unless the parameter is set.
    Offset {
        /// The query parameter.
        parameter: String,
        /// The property that is the list of items; none if the page is the list.
        #[serde(default)]
        items: Option<String>,
    },
    /// A page names the next one in its header `Link` with `rel="next"`.
    Link {
        /// The property that is the list of items; none if the page is the list.
        #[serde(default)]
        items: Option<String>,
    },
}

impl Pagination {
    pub(crate) fn items(&self) -> Option<&str> {
        match self {
            Self::Cursor { items, .. }
            | Self::Page { items, .. }
            | Self::Offset { items, .. }
            | Self::Link { items } => items.as_deref(),
        }
    }
}

/// The maps of generated types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Map {
    /// `std::collections::BTreeMap`, in the order of the keys.
    #[default]
    BTree,
    /// `std::collections::HashMap`.
    Hash,
    /// `indexmap::IndexMap`, in the order of the wire, by the feature `indexmap` of `cloudrun-runtime`.
    Index,
}

/// The library whose types stand for dates and times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DateTime {
    /// `jiff`: `Timestamp`, `civil::Date`. Times of day are `cloudrun_runtime::TimeOfDay` with every library, since none has
    /// one with an offset.
    #[default]
    Jiff,
    /// `jiff`, with the offset that a date-time is written with: `cloudrun_runtime::OffsetDateTime`, `civil::Date`.
    JiffOffset,
    /// `chrono`, by the feature `chrono` of `cloudrun-runtime`: `DateTime<FixedOffset>`, `NaiveDate`.
    Chrono,
    /// `time`, by the feature `time` of `cloudrun-runtime`: `OffsetDateTime`, `Date`.
    Time,
    /// Plain strings, for services that write dates in a form of their own.
    String,
}
