use crate::credential::Authority;
use crate::endpoint::Endpoint;
use crate::layer::Layered;
use crate::limits::Limits;
use crate::{
    AuthApi, CallReport, ConfigError, Credential, Layer, RetryPolicy, Service, ServiceName, Transport,
};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The official Node SDK's default for a call.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);

/// The gateway of one CloudBase environment: where it is, who calls, and over which transport. Cheap to clone,
/// shared by all clients of the environment.
///
/// ```no_run
/// use cloudrun_runtime::{Credential, Gateway};
/// use std::time::Duration;
///
/// let gateway = Gateway::builder("my-env-3gk8v2")
///     .region("ap-singapore")
///     .credential(Credential::api_key("…"))
///     .timeout(Duration::from_secs(5))
///     .build()?;
/// # Ok::<(), cloudrun_runtime::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

type Observer = dyn Fn(&CallReport<'_>) + Send + Sync;

pub(crate) struct Inner {
    pub(crate) endpoint: Endpoint,
    pub(crate) authority: Option<Authority>,
    pub(crate) auth_api: AuthApi,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) limits: Limits,
    pub(crate) observer: Option<Arc<Observer>>,
    credential: Option<Credential>,
}

impl Gateway {
    /// A gateway of the environment with this id, `https://{id}.api.tcloudbasegateway.com`.
    pub fn builder(environment: impl Into<String>) -> GatewayBuilder {
        GatewayBuilder::new(Target::Environment(environment.into()))
    }

    /// A gateway behind a URL of its own: an emulator (`http` is allowed for loopback addresses) or a private entry.
    pub fn at(url: impl Into<String>) -> GatewayBuilder {
        GatewayBuilder::new(Target::Url(url.into(), false))
    }

    /// No gateway at all: calls go to `{url}{path}`, for callers in the same VPC and for local runs. No credential
    /// is needed; one that is set is sent.
    pub fn direct(url: impl Into<String>) -> GatewayBuilder {
        GatewayBuilder::new(Target::Url(url.into(), true))
    }

    /// A gateway without a network, for tests: it answers what it is told to and remembers what it was asked.
    ///
    /// # Errors
    ///
    /// None that a caller can cause.
    pub fn mock() -> Result<crate::Mock, ConfigError> {
        crate::Mock::new()
    }

    /// A gateway from the environment variables `CLOUDBASE_ENV_ID`, `CLOUDBASE_REGION` (optional),
    /// `CLOUDBASE_API_KEY`, and `CLOUDBASE_GATEWAY_URL` (optional: replaces the host that the id stands for). Without a key,
    /// and with the feature `signature`, requests are signed by the key pair that a cloud function has.
    ///
    /// # Errors
    ///
    /// A variable is missing or its value is not usable.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut builder = match (variable("CLOUDBASE_GATEWAY_URL"), variable("CLOUDBASE_ENV_ID")) {
            (Some(url), _) => Self::at(url),
            (None, Some(id)) => Self::builder(id),
            (None, None) => return Err(ConfigError::MissingVariable("CLOUDBASE_ENV_ID")),
        };
        let key = variable("CLOUDBASE_API_KEY").map(Credential::api_key);
        #[cfg(feature = "signature")]
        let key = key.or_else(|| crate::Signature::from_variables(&variable).map(Credential::from).ok());
        let key = key.ok_or(ConfigError::MissingVariable("CLOUDBASE_API_KEY"))?;
        if let Some(region) = variable("CLOUDBASE_REGION") {
            builder = builder.region(region);
        }
        builder.credential(key).build()
    }

    /// A service of this environment by its name, for calls without a document. Generated clients do this for you.
    ///
    /// # Errors
    ///
    /// The name is not one that CloudBase takes.
    pub fn service(&self, name: &str) -> Result<Service, ConfigError> {
        Ok(Service::new(self, ServiceName::new(name)?))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("base", &self.0.endpoint.base)
            .field("direct", &self.0.endpoint.direct)
            .field("credential", &self.0.credential)
            .field("timeout", &self.0.timeout)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
enum Target {
    Environment(String),
    Url(String, bool),
}

/// Sets up a [`Gateway`].
#[derive(Clone)]
#[must_use]
pub struct GatewayBuilder {
    target: Target,
    region: Option<String>,
    credential: Option<Credential>,
    timeout: Duration,
    retry: RetryPolicy,
    limits: Limits,
    layers: Vec<Arc<dyn Layer>>,
    observer: Option<Arc<Observer>>,
    transport: Option<Arc<dyn Transport>>,
}

impl GatewayBuilder {
    fn new(target: Target) -> Self {
        Self {
            target,
            region: None,
            credential: None,
            timeout: DEFAULT_TIMEOUT,
            retry: RetryPolicy::default(),
            limits: Limits::default(),
            layers: Vec::new(),
            observer: None,
            transport: None,
        }
    }

    /// The environment's region, for example `ap-shanghai` (the default) or `ap-singapore`. Regions outside
    /// mainland China have another host.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
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
    /// A stream is under way until it has been read or dropped. No limit if not set.
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
        let authority = match self.credential.clone() {
            Some(credential) => Some(credential.into_authority().ok_or(ConfigError::Credential)?),
            None => None,
        };
        let transport = match self.transport {
            Some(transport) => transport,
            None => crate::transport::default(&endpoint)?,
        };
        let environment = match self.target {
            Target::Environment(id) => Some(id),
            Target::Url(..) => None,
        };
        let auth_api = AuthApi::new(endpoint.base.clone(), environment, Arc::clone(&transport));
        let layers = self.layers.into_iter().rev();
        let transport =
            layers.fold(transport, |next, layer| Arc::new(Layered { layer, next }) as Arc<dyn Transport>);
        Ok(Gateway(Arc::new(Inner {
            endpoint,
            authority,
            auth_api,
            transport,
            timeout: self.timeout,
            retry: self.retry,
            limits: self.limits,
            observer: self.observer,
            credential: self.credential,
        })))
    }
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

#[cfg(test)]
mod tests {
    use super::Gateway;
    use crate::ConfigError;

    fn from(pairs: &[(&str, &str)]) -> Result<Gateway, ConfigError> {
        let find =
            |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Gateway::from_variables(find)
    }

    #[test]
    fn the_environment_variables_name_environment_region_and_key() {
        let gateway = from(&[
            ("CLOUDBASE_ENV_ID", "shop-1"),
            ("CLOUDBASE_REGION", "na-siliconvalley"),
            ("CLOUDBASE_API_KEY", "planted-secret"),
        ]);
        let shown = format!("{gateway:?}");
        assert!(shown.contains("https://shop-1.api.intl.tcloudbasegateway.com"), "{shown}");
        assert!(!shown.contains("planted-secret"), "{shown}");
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = |pairs: &[(&str, &str)]| from(pairs).err();
        assert_eq!(error(&[]), Some(ConfigError::MissingVariable("CLOUDBASE_ENV_ID")));
        let only_url = [("CLOUDBASE_GATEWAY_URL", "http://127.0.0.1:1")];
        assert_eq!(error(&only_url), Some(ConfigError::MissingVariable("CLOUDBASE_API_KEY")));
    }
}
