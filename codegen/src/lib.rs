//! Typed Rust clients for services on Tencent CloudBase's CloudRun, generated from their OpenAPI documents.
//!
//! In the `main` of a `build.rs`:
//!
//! ```no_run
//! let client = cloudrun_codegen::Builder::new().service("petstore");
//! client.compile("openapi.yaml").unwrap_or_else(|error| error.exit());
//! ```
//!
//! and in the crate, with `cloudrun-runtime` as its only other dependency:
//!
//! ```text
//! cloudrun_runtime::include_client!("petstore");
//! ```
//!
//! Documents of Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2 are read, as JSON or YAML. What a document gets wrong is
//! repaired where the meaning is clear (see [`repairs`]), with a [`Diagnostic`] that names file, line and JSON pointer.

#[doc = include_str!("../REPAIRS.md")]
pub mod repairs {}

mod build_script;
mod client;
mod config;
mod describe;
mod diagnostic;
mod emit;
mod generate;
mod ir;
mod items;
mod load;
mod lower;
mod name;
mod openapi;
mod passes;
mod read;
mod resolve;
mod sample;
mod stack;
mod surface;
mod write;

pub use build_script::{BuildError, Builder};
pub use client::{Client, Layout, SchemaType, Statistics};
pub use config::{DateTime, Map, Options, Pagination, Types};
pub use describe::{Description, MediaDescription, OperationDescription, ResponseDescription, describe};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};
pub use generate::{generate, read};
#[doc(hidden)]
pub use items::written_names;
pub use surface::{
    AnswerCase, Argument, BodyArgument, BodyShape, Call, PartField, PartShape, ReadAs, Secret, SecretKind,
    StreamOf, Surface,
};
pub use write::{Changes, FileError, Reason, Refusal, WriteError};
