//! Running the generator over a folder of documents, and the compiler over what comes out.

mod autorest;
mod documents;
mod examples;
mod form;
mod lanes;
mod refusals;
mod report;
mod subject;
mod wire;

pub use autorest::autorest;
pub use documents::{Document, documents};
pub use examples::{Clients, Comparison, Example, Form, Tally, compare, examples};
pub use form::Forms;
pub(crate) use form::manifest;
pub use lanes::{Answer, Lanes, Load};
pub use refusals::{Refusal, Refusals};
pub use report::{Outcome, Report, Row};
pub use subject::{Check, Subject};
pub use wire::{Calls, Judge, Mocked, Prism, Verdict};
