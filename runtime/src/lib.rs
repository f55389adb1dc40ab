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

// Each room imports from those above it, by the module that defines what it needs, and nobody from this file. Every room says
// what it may import; the test `arrows` of this workspace fails where two rooms import from each other.

// What imports from nothing here.
mod config;
pub mod json;
mod operation;
mod rt;
#[doc(hidden)]
pub mod shown;
pub mod transport;
// Who calls, …
mod credential;
// … and what all calls share.
mod gateway;
// A call: what goes out, …
mod request;
// … what comes back, …
mod answer;
// … and what makes the one of the other.
mod call;
// What is made of calls.
pub mod paging;
pub mod stream;
#[cfg(feature = "websocket")]
pub mod websocket;
// What they all may end in.
mod any_error;
// For callers without a document, and for tests.
mod by_hand;
mod mock;
// What generated code writes; it names what it needs by its public path.
mod macros;

pub use answer::body;
pub use answer::error::Error;
pub use answer::gateway_error::GatewayError;
pub use answer::headers::{Headers, header, header_of_lists};
pub use answer::reply::Reply;
pub use answer::response::Response;
pub use answer::responses::{Responses, Undocumented};
pub use any_error::{AnyError, CallError};
pub use by_hand::Call;
pub use bytes::Bytes;
pub use call::pending::{Pending, PendingRaw};
#[cfg(feature = "chrono")]
pub use chrono;
pub use config::error::ConfigError;
pub use config::name::ServiceName;
pub use credential::api::AuthApi;
pub use credential::context::{Context, WechatContext};
pub use credential::error::CredentialError;
#[cfg(feature = "files")]
pub use credential::file_store::FileStore;
pub use credential::sign_in::SignIn;
#[cfg(feature = "signature")]
pub use credential::signature::Signature;
pub use credential::store::{StoreLock, TokenStore};
#[cfg(feature = "custom-login")]
pub use credential::ticket::TicketKey;
pub use credential::tokens::Tokens;
pub use credential::verification::SentCode;
pub use credential::{Authorize, Credential, Outgoing};
pub use gateway::Gateway;
pub use gateway::builder::GatewayBuilder;
pub use gateway::code::GatewayCode;
pub use gateway::layer::Layer;
pub use gateway::policy::RetryPolicy;
pub use gateway::report::CallReport;
pub use http;
#[cfg(feature = "indexmap")]
pub use indexmap;
pub use jiff;
pub use json::{Base64, Base64Url, DecodeError, Numeric, OffsetDateTime, TimeOfDay};
pub use mock::{Mock, MockAnswer, Seen, When};
pub use operation::Operation;
pub use operation::call_info::CallInfo;
pub use operation::method::Method;
pub use operation::scheme::SecurityScheme;
pub use request::Request;
#[cfg(feature = "constraints")]
pub use request::constraints::Check;
pub use request::error::RequestError;
pub use request::multipart;
pub use request::params::Style;
pub use request::service::Service;
#[cfg(feature = "decimal")]
pub use rust_decimal;
#[doc(hidden)]
pub use serde;
pub use serde_json::{self, Value};
#[cfg(feature = "time")]
pub use time;
pub use transport::{Body, Transport, TransportError};
pub use uuid;
