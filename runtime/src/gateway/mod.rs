//! The gateway of an environment: in comes what a user sets up, out goes what all calls of its clients share. Never sends a
//! request itself.
//!
//! May import from `shown`, `rt`, `config`, `operation`, `transport`, `credential`.

pub(crate) mod builder;
pub(crate) mod code;
pub(crate) mod layer;
pub(crate) mod limits;
mod network;
pub(crate) mod policy;
pub(crate) mod report;

use crate::config::endpoint::Endpoint;
use crate::config::error::ConfigError;
use crate::credential::api::AuthApi;
#[cfg(feature = "signature")]
use crate::credential::signature::Signature;
use crate::credential::{Authority, Credential};
use crate::gateway::builder::{GatewayBuilder, Target};
use crate::gateway::limits::Limits;
use crate::gateway::policy::{Budget, RetryPolicy};
use crate::gateway::report::Observer;
use crate::transport::Transport;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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

pub(crate) struct Inner {
    pub(crate) endpoint: Endpoint,
    pub(crate) authority: Option<Authority>,
    pub(crate) auth_api: AuthApi,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    /// What all calls may spend on being made again, each by whatever policy.
    pub(crate) budget: Budget,
    pub(crate) limits: Limits,
    pub(crate) observer: Option<Arc<Observer>>,
    pub(crate) credential: Option<Credential>,
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
        let key = key.or_else(|| Signature::from_variables(&variable).map(Credential::from).ok());
        let key = key.ok_or(ConfigError::MissingVariable("CLOUDBASE_API_KEY"))?;
        if let Some(region) = variable("CLOUDBASE_REGION") {
            builder = builder.region(region);
        }
        builder.credential(key).build()
    }

    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
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

#[cfg(test)]
mod tests {
    use super::Gateway;
    use crate::config::error::ConfigError;

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
