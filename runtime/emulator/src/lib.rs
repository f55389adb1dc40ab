//! The CloudBase gateway for CloudRun on this machine: real HTTP on 127.0.0.1, your services behind it, called exactly
//! as in production.
//!
//! ```
//! use axum::{Router, routing::get};
//! use cloudrun_emulator::Emulator;
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! let service = Router::new().route("/hello", get(async || "hi"));
//! let emulator = Emulator::new().service("greeter", service).start().await?;
//! let gateway = emulator.gateway()?;
//! // petstore::Client::new(&gateway) calls the service through the emulator.
//! # let _ = gateway;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! Faults can be asked for, one by one or by a function ([`RunningEmulator::faults`]), to see how a program takes them.
//!
//! What it answers follows CloudBase's documentation (<https://docs.cloudbase.net/http-api/>,
//! <https://docs.cloudbase.net/error-code/>).

// Each room imports from those above it, by the module that defines what it needs, and nobody from this file; the test `arrows`
// of this workspace fails where two rooms import from each other.

mod counts;
mod error;
mod media;
mod wire;
// The gateway's own answers, and who asks for what.
mod answer;
mod limit;
mod route;
// Who may call.
mod account;
// What is seen and what goes wrong.
mod exchange;
mod fault;
// What stands behind the gateway.
#[cfg(feature = "documents")]
mod document;
mod environment;
// Whoever looks at exchanges, and what all requests share.
mod inspector;
mod state;
mod watch;
// The gateway, and how it is reached.
mod gateway;
mod server;
mod tls;
// What users hold, …
mod running;
// … and what they set up.
mod emulator;

pub use account::Caller;
pub use axum;
pub use counts::Counts;
#[cfg(feature = "documents")]
pub use document::Document;
#[cfg(feature = "documents")]
pub use document::schemas::Schemas;
pub use emulator::Emulator;
pub use environment::Environment;
pub use error::StartError;
pub use exchange::{Exchange, Message};
pub use fault::{FAULT_HEADER, Fault, Faults, UnknownFault};
pub use running::RunningEmulator;
