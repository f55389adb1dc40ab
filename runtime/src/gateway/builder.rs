use super::layer::{Layer, Layered};
use super::limits::Limits;
use super::policy::RetryPolicy;
use super::report::{CallReport, Observer};
use super::{Gateway, Inner, network};
use crate::config::endpoint::Endpoint;
use crate::config::error::ConfigError;
use crate::credential::api::AuthApi;
use crate::credential::{Authority, Credential};
use crate::transport::Transport;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The official Node SDK's default for a call.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);

/// What calls are for.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Environment(String),
    Url(String, bool),
}

/// Sets up a [`Gateway`].
#[derive(Clone)]
#[must_use]
pub struct GatewayBuilder {
    target: Target,
    environment: Option<String>,
    region: Option<String>,
    credential: Option<Credential>,
    timeout: Duration,
    retry: RetryPolicy,
    limits: Limits,
    layers: Vec<Arc<dyn Layer>>,
    observer: Option<Arc<Observer>>,
    transport: Option<Arc<dyn Transport>>,
    waits: bool,
}

impl GatewayBuilder {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            environment: None,
            region: None,
            credential: None,
            timeout: DEFAULT_TIMEOUT,
            retry: RetryPolicy::default(),
            limits: Limits::default(),
            layers: Vec::new(),
            observer: None,
            transport: None,
            waits: true,
        }
    }

    /// The environment's region, for example `ap-shanghai` (the default) or `ap-singapore`. Regions outside
    /// mainland China have another host; a name that is nearly one of a region inside is refused ([`ConfigError::Region`]).
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The id of the environment behind a URL, which is the client id of sign-ins there. Gateways of an environment know it.
    ///
    /// ```
    /// use cloudrun_runtime::{Gateway, SignIn};
    /// let gateway = Gateway::at("http://127.0.0.1:9000").environment_id("my-env-3gk8v2").credential(SignIn::anonymous("3f0c…"));
    /// # let _ = gateway;
    /// ```
    pub fn environment_id(mut self, id: impl Into<String>) -> Self {
        self.environment = Some(id.into());
        self
    }

    /// Who calls: a [`Credential`], a [`SignIn`](crate::SignIn) or, with the feature `signature`, a `Signature`. Without
    /// one the gateway refuses every call.
    pub fn credential(mut self, credential: impl Into<Credential>) -> Self {
        self.credential = Some(credential.into());
        self
    }

    /// How long a call may take, from its first byte to the last of its answer. 15 seconds if not set, as in the
    /// official Node SDK; the gateway itself ends calls after 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// When calls are made again. Calls that are not safe to repeat are made again only if they have not been sent, or have
    /// not reached the service.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many bytes of an answer are read as a whole, after decompression; 64 MiB if not set. A longer one is
    /// [`Error::TooLarge`](crate::Error::TooLarge). Streams have no such limit: they hold one piece at a time.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.limits.response_size = bytes;
        self
    }

    /// How many requests may be under way at the same time; others wait for one of them to end, within their own time.
    /// A stream is under way until it has been read or dropped; a WebSocket until it is open, since the connection is no
    /// request from then on. No limit if not set.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        let requests = requests.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        self.limits.requests = Some(Arc::new(tokio::sync::Semaphore::new(requests)));
        self
    }

    /// How long an answer, a stream's too, may stay silent between two pieces of its body. No limit but the call's own
    /// timeout if not set, and none for streams.
    pub fn read_timeout(mut self, silence: Duration) -> Self {
        self.limits.read_timeout = Some(silence);
        self
    }

    /// Puts behaviour of your own around every request. The layer that is added first sees a request first.
    pub fn layer(mut self, layer: impl Layer) -> Self {
        self.layers.push(Arc::new(layer));
        self
    }

    /// Has a function told of every call that has ended, for metrics. It is called while the caller waits.
    ///
    /// ```
    /// use cloudrun_runtime::Gateway;
    /// let gateway = Gateway::builder("my-env-3gk8v2").on_call(|report| {
    ///     println!("{} {:?} {:?}", report.operation().id(), report.status(), report.elapsed());
    /// });
    /// # let _ = gateway;
    /// ```
    pub fn on_call(mut self, observer: impl Fn(&CallReport<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Another transport than the one that ships with this crate, or that one with settings of its own:
    /// [`ReqwestTransport::builder`](crate::transport::ReqwestTransport::builder).
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Time passes without waiting before a call is made again, for mocks.
    pub(crate) fn without_waits(mut self) -> Self {
        self.waits = false;
        self
    }

    /// The gateway.
    ///
    /// # Errors
    ///
    /// A setting is not usable; the error says which.
    pub fn build(self) -> Result<Gateway, ConfigError> {
        let endpoint = match &self.target {
            Target::Environment(id) => Endpoint::environment(id, self.region.as_deref())?,
            Target::Url(url, direct) => Endpoint::url(url, *direct)?,
        };
        let authority = self.credential.clone().map(authority).transpose()?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => network::default(&endpoint)?,
        };
        let environment = match self.target {
            Target::Environment(id) => Some(id),
            Target::Url(..) => self.environment,
        };
        let auth_api = AuthApi::new(endpoint.base.clone(), environment, Arc::clone(&transport));
        let layers = self.layers.into_iter().rev();
        let transport =
            layers.fold(transport, |next, layer| Arc::new(Layered { layer, next }) as Arc<dyn Transport>);
        Ok(Gateway::new(Inner {
            endpoint,
            authority,
            auth_api,
            transport,
            timeout: self.timeout,
            retry: self.retry,
            budget: Arc::default(),
            limits: self.limits,
            observer: self.observer,
            credential: self.credential,
            waits: self.waits,
        }))
    }
}

/// A credential in use.
pub(super) fn authority(credential: Credential) -> Result<Authority, ConfigError> {
    credential.into_authority().ok_or(ConfigError::Credential)
}

impl fmt::Debug for GatewayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayBuilder")
            .field("target", &self.target)
            .field("region", &self.region)
            .field("credential", &self.credential)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
