//! Software that was not written with this project as a witness: the official SDKs and a browser, led to the emulator by the
//! real gateway's names.

mod cases;
mod compare;
mod ours;
mod program;
pub mod proxy;
mod service;

pub use cases::{Case, Sdk, Typed, Who, cases};
pub use compare::{Comparison, Side, compare};
pub use ours::{Ours, USER, ask, by_hand};
pub use program::{Program, chromium, npm_install};
pub use service::{Log, Received, router};

use serde_json::Value;

/// What a caller got.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Got {
    /// The status, where the caller is told.
    pub status: Option<u16>,
    /// The data: JSON, text, or `{"base64": …}`.
    pub data: Value,
    /// The request's id, where the caller is told.
    pub request_id: Option<String>,
    /// What failed, in the caller's own words.
    pub error: Option<String>,
}
