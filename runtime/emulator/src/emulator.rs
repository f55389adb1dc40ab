//! What users set up: in come environments, limits and observers, out goes an emulator that listens.
//!
//! May import from `error`, `wire`, `limit`, `account`, `exchange`, `fault`, `document`, `environment`, `inspector`,
//! `state`, `server`, `tls`, `running`.

use crate::account::Caller;
#[cfg(feature = "documents")]
use crate::document::Document;
use crate::environment::Environment;
use crate::environment::running::Environments;
use crate::error::StartError;
use crate::exchange::Exchange;
use crate::fault::Faults;
use crate::inspector::Inspector;
use crate::limit::{Limits, Rate};
use crate::running::RunningEmulator;
use crate::server::Server;
use crate::state::{Observer, Shared};
use crate::tls;
use crate::wire::Silence;
use axum::Router;
use axum::http::{HeaderName, HeaderValue};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The environment that an emulator stands for unless told otherwise.
const DEFAULT_ENVIRONMENT: &str = "emulator";

/// An emulator that is being set up.
#[derive(Debug)]
#[must_use = "an emulator does nothing until it is started"]
pub struct Emulator {
    main: Environment,
    others: Vec<Environment>,
    hosts: Vec<String>,
    limits: Limits,
    silence: Silence,
    observers: Observers,
    has_inspector: bool,
    has_tls: bool,
    port: u16,
}

#[derive(Default)]
struct Observers(Vec<Arc<Observer>>);

impl std::fmt::Debug for Observers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} observers", self.0.len())
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
            main: Environment::new(DEFAULT_ENVIRONMENT),
            others: Vec::new(),
            hosts: Vec::new(),
            limits: Limits::default(),
            // The idle times of the real gateway are not documented, but for the advice to ping every 10 seconds.
            silence: Silence { http: Duration::from_secs(60), socket: Duration::from_secs(60) },
            observers: Observers::default(),
            has_inspector: false,
            has_tls: false,
            port: 0,
        }
    }

    /// The id of the environment that is set up here; `emulator` if not set.
    pub fn environment_id(mut self, id: impl Into<String>) -> Self {
        self.main = self.main.renamed(id.into());
        self
    }

    /// One more environment, for requests whose host is `{id}.api.tcloudbasegateway.com`. Requests for this machine's own
    /// names are for the emulator's first environment.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.others.push(environment);
        self
    }

    /// One more name by which the emulator is called, of a tunnel or a proxy in front of it. Requests for hosts that are neither this
    /// machine's own, an environment's nor one of these are refused, so that no page elsewhere reaches the services under a name
    /// of its own.
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into().to_ascii_lowercase());
        self
    }

    /// Puts a service of this process behind the gateway.
    pub fn service(self, name: impl Into<String>, router: Router) -> Self {
        self.with(|main| main.service(name, router))
    }

    /// Puts a service that listens elsewhere behind the gateway, for example `http://127.0.0.1:8080`.
    pub fn service_at(self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.with(|main| main.service_at(name, url))
    }

    /// Has a service that is missing answered for by its document; see [`Environment::mock`].
    #[cfg(feature = "documents")]
    pub fn mock(self, name: impl Into<String>, document: Document) -> Self {
        self.with(|main| main.mock(name, document))
    }

    /// Says what the document of a service is; see [`Environment::document`].
    #[cfg(feature = "documents")]
    pub fn document(self, service: impl Into<String>, document: Document) -> Self {
        self.with(|main| main.document(service, document))
    }

    /// Says who may call a service; others get `SERVICE_FORBIDDEN`. Everybody may if nothing is said.
    pub fn allow(
        self,
        service: impl Into<String>,
        rule: impl Fn(&Caller) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|main| main.allow(service, rule))
    }

    /// Headers of your own by which services learn who calls; see [`Environment::identity`].
    pub fn identity(
        self,
        headers: impl Fn(&Caller) -> Vec<(HeaderName, HeaderValue)> + Send + Sync + 'static,
    ) -> Self {
        self.with(|main| main.identity(headers))
    }

    /// Tells services who calls as CloudBase does, in `x-cloudbase-context`; see [`Environment::cloudbase_context`].
    pub fn cloudbase_context(self) -> Self {
        self.with(Environment::cloudbase_context)
    }

    /// A key of custom login; see [`Environment::custom_login`].
    pub fn custom_login(self, private_key_id: impl Into<String>, public_key: impl Into<String>) -> Self {
        self.with(|main| main.custom_login(private_key_id, public_key))
    }

    /// Has a function told of codes by SMS and email; see [`Environment::on_code`].
    pub fn on_code(self, listener: impl Fn(&str, &str) + Send + Sync + 'static) -> Self {
        self.with(|main| main.on_code(listener))
    }

    /// How long a code by SMS or email is valid, and what it is exchanged for; ten minutes if not set.
    pub fn code_life(self, life: Duration) -> Self {
        self.with(|main| main.code_life(life))
    }

    /// How long the tokens of key pairs live; five days if not set.
    pub fn server_token_life(self, life: Duration) -> Self {
        self.with(|main| main.server_token_life(life))
    }

    /// The API key.
    pub fn token(self, token: impl Into<String>) -> Self {
        self.with(|main| main.api_key(token))
    }

    /// The publishable key, with the rights of an anonymous user.
    pub fn publishable_key(self, key: impl Into<String>) -> Self {
        self.with(|main| main.publishable_key(key))
    }

    /// A user who can sign in.
    pub fn user(self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.with(|main| main.user(name, password))
    }

    /// A key pair of Tencent Cloud whose signatures are accepted, and which is exchanged for tokens.
    pub fn key_pair(self, secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        self.with(|main| main.key_pair(secret_id, secret_key))
    }

    /// How long access tokens live; two hours if not set.
    pub fn access_token_life(self, life: Duration) -> Self {
        self.with(|main| main.access_token_life(life))
    }

    /// How long refresh tokens live; 31 days if not set.
    pub fn refresh_token_life(self, life: Duration) -> Self {
        self.with(|main| main.refresh_token_life(life))
    }

    /// A host whose pages may call, with its port: `localhost:3000`. Pages of other origins are refused.
    pub fn security_domain(self, host: impl Into<String>) -> Self {
        self.with(|main| main.security_domain(host))
    }

    fn with(mut self, change: impl FnOnce(Environment) -> Environment) -> Self {
        self.main = change(self.main);
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

    /// How many requests may come in a second; no limit if not set.
    pub fn requests_in_a_second(mut self, requests: u32) -> Self {
        self.limits.rate = Some(Rate::new(requests));
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

    /// Has a function told of every exchange that has ended, for logs and tests. It is called while the connection waits.
    pub fn on_exchange(mut self, observer: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.observers.0.push(Arc::new(move |exchange: Arc<Exchange>| observer(&exchange)));
        self
    }

    /// Serves a page at `/_inspector` that shows the latest exchanges as they come.
    pub fn inspector(mut self) -> Self {
        self.has_inspector = true;
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
        let environments = std::iter::once(self.main).chain(self.others);
        let environments = environments.map(Environment::finish).collect::<Result<_, _>>()?;
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
        let environments = Arc::new(Environments { all: environments, hosts: self.hosts });
        let scheme = if root.is_some() { "https" } else { "http" };
        let inspector =
            self.has_inspector.then(|| Arc::new(Inspector::new(Arc::clone(&environments), scheme)));
        let mut observers = self.observers.0;
        observers.extend(
            inspector
                .clone()
                .map(|inspector| -> Arc<Observer> { Arc::new(move |exchange| inspector.keep(exchange)) }),
        );
        let shared = Arc::new(Shared {
            environments,
            limits: self.limits,
            faults: Faults::default(),
            counts: Arc::default(),
            client,
            observers,
            inspector,
            scheme,
        });
        let (stop, stopped) = watch::channel(false);
        let server =
            Server { listener, shared: Arc::clone(&shared), tls, silence: self.silence, stop: stopped };
        Ok(RunningEmulator { address, shared, root, stop, server: tokio::spawn(server.run()) })
    }
}
