//! The runtime of typed clients for services on Tencent CloudBase's CloudRun.
//!
//! Code that `cloudrun-codegen` generates from a service's OpenAPI document links to this crate and to nothing
//! else. A [`Gateway`] knows the environment, the credential and the transport; a generated `Client` turns each
//! operation of the document into a call of `/v1/cloudrun/{name}{path}` with a Bearer token:
//!
//! ```no_run
//! use cloudrun_runtime::{Credential, Gateway};
//!
//! # fn main() -> Result<(), cloudrun_runtime::ConfigError> {
//! let gateway = Gateway::builder("my-env-3gk8v2")
//!     .credential(Credential::api_key("an API key from the CloudBase console"))
//!     .build()?;
//! // let client = petstore::Client::new(&gateway);
//! // let pets = client.list_pets().limit(10).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! What the gateway does to requests and answers is documented at
//! <https://docs.cloudbase.net/run/develop/access/sdk-api> and <https://docs.cloudbase.net/http-api/>.

pub mod body;
mod by_hand;
mod call_info;
mod code;
mod config;
#[cfg(feature = "constraints")]
mod constraints;
mod credential;
mod endpoint;
mod error;
mod gateway;
mod headers;
pub mod json;
mod layer;
mod limits;
mod macros;
mod mock;
pub mod multipart;
mod name;
mod operation;
pub mod paging;
mod params;
mod path;
mod pending;
mod reply;
mod request;
mod retry;
mod rt;
mod security;
mod send;
mod service;
pub mod stream;
mod trace;
pub mod transport;
#[cfg(feature = "websocket")]
pub mod websocket;

pub use by_hand::Call;
pub use bytes::Bytes;
pub use call_info::CallInfo;
#[cfg(feature = "chrono")]
pub use chrono;
pub use code::GatewayCode;
pub use config::ConfigError;
#[cfg(feature = "constraints")]
pub use constraints::Check;
#[cfg(feature = "signature")]
pub use credential::Signature;
pub use credential::{AuthApi, Authorize, Credential, CredentialError, Outgoing, SignIn, TokenStore, Tokens};
pub use error::{Error, GatewayError, RequestError};
pub use gateway::{Gateway, GatewayBuilder};
pub use headers::{Headers, header};
pub use http;
#[cfg(feature = "indexmap")]
pub use indexmap;
pub use jiff;
pub use json::{Base64, DecodeError, TimeOfDay};
pub use layer::{CallReport, Layer};
pub use mock::{Mock, Seen, When};
pub use name::ServiceName;
pub use operation::{Method, Operation};
pub use params::Style;
pub use pending::{Pending, PendingRaw};
pub use reply::{Reply, Response, Responses, Undocumented};
pub use request::Request;
pub use retry::RetryPolicy;
#[cfg(feature = "decimal")]
pub use rust_decimal;
pub use security::SecurityScheme;
#[doc(hidden)]
pub use serde;
pub use serde_json::{self, Value};
pub use service::Service;
#[cfg(feature = "time")]
pub use time;
pub use transport::{Body, Transport, TransportError};
pub use uuid;
