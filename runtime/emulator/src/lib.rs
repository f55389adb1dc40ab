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
//! What it answers follows CloudBase's documentation (<https://docs.cloudbase.net/http-api/>,
//! <https://docs.cloudbase.net/error-code/>).

mod answer;
mod gateway;
mod upstream;

pub use axum;

use crate::gateway::Shared;
use crate::upstream::Upstream;
use axum::Router;
use cloudrun_runtime::{ConfigError, Credential, Gateway, ServiceName};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The token that an emulator accepts unless told otherwise.
const DEFAULT_TOKEN: &str = "emulator-api-key";

/// An emulator that is being set up.
#[derive(Debug)]
#[must_use = "an emulator does nothing until it is started"]
pub struct Emulator {
    services: Vec<(String, Upstream)>,
    token: String,
    port: u16,
}

impl Default for Emulator {
    fn default() -> Self {
        Self::new()
    }
}

impl Emulator {
    /// An emulator without services, on a free port.
    pub fn new() -> Self {
        Self { services: Vec::new(), token: DEFAULT_TOKEN.to_owned(), port: 0 }
    }

    /// Puts a service of this process behind the gateway.
    pub fn service(mut self, name: impl Into<String>, router: Router) -> Self {
        self.services.push((name.into(), Upstream::Router(router)));
        self
    }

    /// Puts a service that listens elsewhere behind the gateway, for example `http://127.0.0.1:8080`.
    pub fn service_at(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.services.push((name.into(), Upstream::Url(url.into())));
        self
    }

    /// The only token that is accepted.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self
    }

    /// A fixed port instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts listening on 127.0.0.1. The emulator stops when the handle is dropped.
    ///
    /// # Errors
    ///
    /// The port is taken, or a service's name is not one that CloudBase accepts.
    pub async fn start(self) -> Result<RunningEmulator, StartError> {
        let mut services = HashMap::new();
        for (name, upstream) in self.services {
            let name = ServiceName::new(name).map_err(StartError::Name)?;
            services.insert(name.as_str().to_owned(), upstream);
        }
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let shared = Arc::new(Shared::new(services, self.token.clone()).map_err(StartError::Client)?);
        let app = Router::new().fallback(gateway::handle).with_state(shared);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let ended = async move {
                // An error means that the handle was dropped, which is the signal too.
                let _ = stopped.await;
            };
            // Serving ends with the signal; errors of single connections are theirs.
            let _ = axum::serve(listener, app).with_graceful_shutdown(ended).await;
        });
        Ok(RunningEmulator { address, token: self.token, stop: Some(stop), server })
    }
}

/// Why an emulator could not be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The port cannot be listened on.
    Listen(std::io::Error),
    /// A service's name is not one that CloudBase accepts.
    Name(ConfigError),
    /// The client that calls services by URL could not be set up.
    Client(reqwest::Error),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Listen(error) => write!(f, "the emulator cannot listen: {error}"),
            Self::Name(error) => write!(f, "{error}"),
            Self::Client(error) => write!(f, "the emulator cannot call services by URL: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// An emulator that listens. Stops when dropped.
#[derive(Debug)]
pub struct RunningEmulator {
    address: SocketAddr,
    token: String,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl RunningEmulator {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, what `CLOUDBASE_GATEWAY_URL` is set to.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The token that it accepts, what `CLOUDBASE_API_KEY` is set to.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A gateway that calls this emulator with its token.
    ///
    /// # Errors
    ///
    /// The HTTP transport cannot be set up.
    pub fn gateway(&self) -> Result<Gateway, ConfigError> {
        self.gateway_with(Credential::api_key(self.token.clone()))
    }

    /// A gateway that calls this emulator with another credential.
    ///
    /// # Errors
    ///
    /// The HTTP transport cannot be set up.
    pub fn gateway_with(&self, credential: Credential) -> Result<Gateway, ConfigError> {
        Gateway::at(self.url()).credential(credential).build()
    }

    /// Stops listening and waits until running requests have ended.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the server has ended already.
            let _ = stop.send(());
        }
        // A server that panicked has ended too.
        let _ = (&mut self.server).await;
    }
}

impl Drop for RunningEmulator {
    fn drop(&mut self) {
        if self.stop.take().is_some() {
            self.server.abort();
        }
    }
}
