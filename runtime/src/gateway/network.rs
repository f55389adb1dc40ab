use crate::config::endpoint::Endpoint;
use crate::config::error::ConfigError;
use crate::transport::Transport;
use std::sync::Arc;

/// The transport of gateways that were given none. This machine is not reached by way of a proxy.
#[allow(unused_variables, reason = "not every transport has something to configure")]
pub(super) fn default(endpoint: &Endpoint) -> Result<Arc<dyn Transport>, ConfigError> {
    #[cfg(all(feature = "reqwest", target_family = "wasm", target_os = "unknown"))]
    {
        Ok(Arc::new(crate::transport::fetch::FetchTransport::default()))
    }
    #[cfg(all(feature = "reqwest", not(all(target_family = "wasm", target_os = "unknown"))))]
    {
        if !cfg!(feature = "rustls") && endpoint.base.starts_with("https:") {
            let reason = "https needs the feature `rustls` of cloudrun-runtime, or a transport of your own";
            return Err(ConfigError::Transport(reason.to_owned()));
        }
        let builder = crate::transport::reqwest::ReqwestTransport::builder();
        let transport = if endpoint.loopback { builder.no_proxy().build() } else { builder.build() };
        transport
            .map(|transport| Arc::new(transport) as Arc<dyn Transport>)
            .map_err(|error| ConfigError::Transport(error.to_string()))
    }
    #[cfg(not(feature = "reqwest"))]
    {
        Err(ConfigError::Transport("the feature `reqwest` is off and no transport was given".to_owned()))
    }
}
