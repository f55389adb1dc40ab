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
use crate::config::variables::Variables;
use crate::credential::api::AuthApi;
use crate::credential::{Authority, Credential};
use crate::gateway::builder::{GatewayBuilder, Target, authority};
use crate::gateway::limits::Limits;
use crate::gateway::policy::{Budget, RetryPolicy};
use crate::gateway::report::Observer;
use crate::transport::Transport;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The variables that may name the environment: ours, those of cloud functions, and that of containers.
const ENVIRONMENT: [&str; 4] = ["CLOUDBASE_ENV_ID", "TCB_ENV", "SCF_NAMESPACE", "CBR_ENV_ID"];
/// The variables that may name its region.
const REGION: [&str; 2] = ["CLOUDBASE_REGION", "TENCENTCLOUD_REGION"];

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

#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) endpoint: Endpoint,
    pub(crate) authority: Option<Authority>,
    pub(crate) auth_api: AuthApi,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    /// What all calls may spend on being made again, each by whatever policy.
    pub(crate) budget: Arc<Budget>,
    pub(crate) limits: Limits,
    pub(crate) observer: Option<Arc<Observer>>,
    pub(crate) credential: Option<Credential>,
    /// Whether calls really wait before they are made again.
    pub(crate) waits: bool,
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

    /// A gateway by the variables of the process: its environment by `CLOUDBASE_ENV_ID`, or what cloud functions and containers
    /// have (`TCB_ENV`, `SCF_NAMESPACE`, `CBR_ENV_ID`); its region by `CLOUDBASE_REGION` or `TENCENTCLOUD_REGION` (optional); its
    /// credential as [`Credential::automatic`] has it. `CLOUDBASE_GATEWAY_URL` (optional) replaces the host.
    ///
    /// # Errors
    ///
    /// A variable is missing or its value is not usable.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(Variables::of_process())
    }

    /// The same by a function in the place of the process's variables.
    ///
    /// ```
    /// use cloudrun_runtime::Gateway;
    /// let settings = [("CLOUDBASE_ENV_ID", "my-env-3gk8v2"), ("CLOUDBASE_APIKEY", "…")];
    /// let gateway = Gateway::from_env_with(move |name| {
    ///     settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    /// })?;
    /// # let _ = gateway;
    /// # Ok::<(), cloudrun_runtime::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`Gateway::from_env`].
    pub fn from_env_with(
        look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        Self::from_variables(Variables::new(look_up))
    }

    fn from_variables(variables: Variables) -> Result<Self, ConfigError> {
        let environment = variables.first(&ENVIRONMENT);
        let mut builder = match (variables.get("CLOUDBASE_GATEWAY_URL"), environment) {
            (Some(url), Some(id)) => Self::at(url).environment_id(id),
            (Some(url), None) => Self::at(url),
            (None, Some(id)) => Self::builder(id),
            (None, None) => return Err(ConfigError::MissingVariable(ENVIRONMENT[0])),
        };
        if let Some(region) = variables.first(&REGION) {
            builder = builder.region(region);
        }
        builder.credential(Credential::from_variables(variables)?).build()
    }

    /// The same gateway for another caller: connections, limits and settings are shared, the credential is this one. For services
    /// that call on behalf of whoever calls them.
    ///
    /// ```
    /// # fn answer(gateway: &cloudrun_runtime::Gateway, header: &str) -> Result<(), cloudrun_runtime::ConfigError> {
    /// use cloudrun_runtime::Credential;
    /// let gateway = gateway.with_credential(Credential::from_context(header)?)?;
    /// # let _ = gateway;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError::Credential`] if no header can carry it.
    pub fn with_credential(&self, credential: impl Into<Credential>) -> Result<Self, ConfigError> {
        let credential = credential.into();
        let authority = Some(authority(credential.clone())?);
        Ok(Self::new(Inner { authority, credential: Some(credential), ..Inner::clone(&self.0) }))
    }

    /// The calls that sign in, for those that take more than one step: [`AuthApi::send_code`].
    pub fn auth_api(&self) -> &AuthApi {
        &self.0.auth_api
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

    fn from(pairs: &[(&'static str, &'static str)]) -> Result<Gateway, ConfigError> {
        let pairs = pairs.to_vec();
        Gateway::from_env_with(move |name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_variables_name_environment_region_and_key() {
        for (environment, region, key) in [
            ("CLOUDBASE_ENV_ID", "CLOUDBASE_REGION", "CLOUDBASE_API_KEY"),
            ("TCB_ENV", "TENCENTCLOUD_REGION", "CLOUDBASE_APIKEY"),
            ("SCF_NAMESPACE", "TENCENTCLOUD_REGION", "CLOUDBASE_APIKEY"),
            ("CBR_ENV_ID", "TENCENTCLOUD_REGION", "CLOUDBASE_APIKEY"),
        ] {
            let gateway =
                from(&[(environment, "shop-1"), (region, "na-siliconvalley"), (key, "planted-secret")]);
            let shown = format!("{gateway:?}");
            assert!(shown.contains("https://shop-1.api.intl.tcloudbasegateway.com"), "{shown}");
            assert!(!shown.contains("planted-secret"), "{shown}");
        }
    }

    #[test]
    fn a_variable_of_ours_goes_before_what_the_platform_sets() {
        let gateway = from(&[
            ("CBR_ENV_ID", "platform-1"),
            ("CLOUDBASE_ENV_ID", "shop-1"),
            ("TENCENTCLOUD_REGION", "na-siliconvalley"),
            ("CLOUDBASE_REGION", "ap-shanghai"),
            ("CLOUDBASE_APIKEY", "key"),
        ]);
        assert!(format!("{gateway:?}").contains("https://shop-1.api.tcloudbasegateway.com"), "{gateway:?}");
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = |pairs: &[(&'static str, &'static str)]| from(pairs).err();
        assert_eq!(error(&[]), Some(ConfigError::MissingVariable("CLOUDBASE_ENV_ID")));
        let only_url = [("CLOUDBASE_GATEWAY_URL", "http://127.0.0.1:1"), ("CLOUDBASE_APIKEY", "")];
        assert_eq!(error(&only_url), Some(ConfigError::MissingVariable("CLOUDBASE_APIKEY")));
    }
}
