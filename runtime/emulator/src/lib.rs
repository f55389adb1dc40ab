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

mod account;
mod answer;
mod fault;
mod gateway;
mod held;
mod origin;
mod server;
mod signature;
mod tls;
mod upstream;
mod wire;

pub use account::Caller;
pub use axum;
pub use fault::{FAULT_HEADER, Fault, Faults, UnknownFault};
pub use gateway::Counts;

use crate::account::Accounts;
use crate::gateway::{Limits, Service, Shared};
use crate::origin::Origins;
use crate::server::Server;
use crate::upstream::Upstream;
use crate::wire::Silence;
use axum::Router;
use cloudrun_runtime::{ConfigError, Credential, Gateway, ServiceName};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The API key that an emulator accepts unless told otherwise.
const DEFAULT_TOKEN: &str = "emulator-api-key";
/// The environment that an emulator stands for unless told otherwise.
const DEFAULT_ENVIRONMENT: &str = "emulator";
/// The gateway's limits (<https://docs.cloudbase.net/run/limitation>).
const REQUEST_SIZE: u64 = 20 << 20;
const REQUEST_TIME: Duration = Duration::from_secs(60);

/// An emulator that is being set up.
#[derive(Debug)]
#[must_use = "an emulator does nothing until it is started"]
pub struct Emulator {
    services: Vec<(String, Upstream)>,
    rules: Vec<(String, Rule)>,
    accounts: Accounts,
    origins: Vec<String>,
    limits: Limits,
    silence: Silence,
    has_tls: bool,
    port: u16,
}

struct Rule(Arc<dyn Fn(&Caller) -> bool + Send + Sync>);

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rule")
    }
}

impl Default for Emulator {
    fn default() -> Self {
        Self::new()
    }
}

impl Emulator {
    /// An emulator without services, on a free port.
    pub fn new() -> Self {
        Self {
            services: Vec::new(),
            rules: Vec::new(),
            accounts: Accounts::new(DEFAULT_ENVIRONMENT.to_owned(), DEFAULT_TOKEN.to_owned()),
            origins: Vec::new(),
            limits: Limits {
                request_size: REQUEST_SIZE,
                request_time: REQUEST_TIME,
                requests_at_once: usize::MAX,
            },
            // The idle times of the real gateway are not documented, but for the advice to ping every 10 seconds.
            silence: Silence { http: Duration::from_secs(60), socket: Duration::from_secs(60) },
            has_tls: false,
            port: 0,
        }
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

    /// Says who may call a service; others get `SERVICE_FORBIDDEN`. Everybody may if nothing is said.
    pub fn allow(
        mut self,
        service: impl Into<String>,
        rule: impl Fn(&Caller) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.rules.push((service.into(), Rule(Arc::new(rule))));
        self
    }

    /// The API key.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.accounts.api_key = token.into();
        self
    }

    /// The publishable key, with the rights of an anonymous user.
    pub fn publishable_key(mut self, key: impl Into<String>) -> Self {
        self.accounts.publishable_key = Some(key.into());
        self
    }

    /// A user who can sign in.
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.accounts.users.insert(name.into(), password.into());
        self
    }

    /// A key pair of Tencent Cloud whose signatures are accepted.
    pub fn key_pair(mut self, secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        self.accounts.key_pairs.insert(secret_id.into(), secret_key.into());
        self
    }

    /// How long access tokens live; two hours if not set.
    pub fn access_token_life(self, life: Duration) -> Self {
        self.accounts.set_access_life(life);
        self
    }

    /// How long refresh tokens live; 31 days if not set.
    pub fn refresh_token_life(mut self, life: Duration) -> Self {
        self.accounts.refresh_life = life;
        self
    }

    /// A host whose pages may call, with its port: `localhost:3000`. Pages of other origins are refused.
    pub fn security_domain(mut self, host: impl Into<String>) -> Self {
        self.origins.push(host.into());
        self
    }

    /// How many bytes the body of a request may have; 20 MB if not set, as the real gateway.
    pub fn request_size(mut self, bytes: u64) -> Self {
        self.limits.request_size = bytes;
        self
    }

    /// How long a service may take until its answer begins; 60 s if not set, as the real gateway.
    pub fn request_time(mut self, time: Duration) -> Self {
        self.limits.request_time = time;
        self
    }

    /// How many requests may be under way at the same time; no limit if not set.
    pub fn requests_at_once(mut self, requests: usize) -> Self {
        self.limits.requests_at_once = requests;
        self
    }

    /// How long a connection may be silent between two requests; 60 s if not set.
    pub fn idle_time(mut self, time: Duration) -> Self {
        self.silence.http = time;
        self
    }

    /// How long a WebSocket may be silent; 60 s if not set.
    pub fn socket_idle_time(mut self, time: Duration) -> Self {
        self.silence.socket = time;
        self
    }

    /// Speaks TLS, and HTTP/2 to whoever wants it, with a certificate for this machine and for the real gateway's hosts. It
    /// is signed by an authority that is made for this emulator: [`RunningEmulator::root_certificate`].
    pub fn tls(mut self) -> Self {
        self.has_tls = true;
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
            let name = ServiceName::new(name).map_err(StartError::Name)?.as_str().to_owned();
            let rule = self.rules.iter().find(|(service, _)| *service == name);
            let rule = rule.map(|(_, rule)| Arc::clone(&rule.0));
            services.insert(name, Service { upstream, rule });
        }
        let (tls, root) = match self.has_tls {
            true => tls::acceptor().map(|(tls, root)| (Some(tls), Some(root)))?,
            false => (None, None),
        };
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .build()
            .map_err(StartError::Client)?;
        let shared = Arc::new(Shared {
            services,
            accounts: self.accounts,
            origins: Origins(self.origins),
            limits: self.limits,
            faults: Faults::default(),
            counts: Arc::default(),
            client,
            running: AtomicUsize::new(0),
        });
        let (stop, stopped) = watch::channel(false);
        let server =
            Server { listener, shared: Arc::clone(&shared), tls, silence: self.silence, stop: stopped };
        Ok(RunningEmulator { address, shared, root, stop, server: tokio::spawn(server.run()) })
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
    /// The certificate could not be made.
    Tls(String),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Listen(error) => write!(f, "the emulator cannot listen: {error}"),
            Self::Name(error) => write!(f, "{error}"),
            Self::Client(error) => write!(f, "the emulator cannot call services by URL: {error}"),
            Self::Tls(error) => write!(f, "the emulator's certificate cannot be made: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// An emulator that listens. Stops when dropped.
pub struct RunningEmulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    root: Option<String>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl RunningEmulator {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, what `CLOUDBASE_GATEWAY_URL` is set to.
    pub fn url(&self) -> String {
        let scheme = if self.root.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The API key that it accepts, what `CLOUDBASE_API_KEY` is set to.
    pub fn token(&self) -> &str {
        &self.shared.accounts.api_key
    }

    /// The certificate of the authority to trust, as PEM, if it speaks TLS.
    pub fn root_certificate(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// A gateway that calls this emulator with its token.
    ///
    /// # Errors
    ///
    /// The HTTP transport cannot be set up.
    pub fn gateway(&self) -> Result<Gateway, ConfigError> {
        self.gateway_with(Credential::api_key(self.token()))
    }

    /// A gateway that calls this emulator with another credential.
    ///
    /// # Errors
    ///
    /// The HTTP transport cannot be set up.
    pub fn gateway_with(&self, credential: impl Into<Credential>) -> Result<Gateway, ConfigError> {
        Gateway::at(self.url()).credential(credential).build()
    }

    /// What is to go wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// How often it was asked for what.
    pub fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// How long access tokens live that are made from now on.
    pub fn set_access_token_life(&self, life: Duration) {
        self.shared.accounts.set_access_life(life);
    }

    /// Has no access token that was made so far be valid any more, as if it had ended. Refresh tokens stay valid.
    pub fn revoke_access_tokens(&self) {
        self.shared.accounts.revoke();
    }

    /// Stops listening and waits until running requests have ended.
    pub async fn shutdown(mut self) {
        // An error means that the server has ended already.
        let _ = self.stop.send(true);
        // A server that panicked has ended too.
        let _ = (&mut self.server).await;
    }
}

impl std::fmt::Debug for RunningEmulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningEmulator").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Drop for RunningEmulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}
