//! The credential that the process's surroundings have for it. In come variables or the header of a request, out goes a credential
//! that knows where it was found.

use super::Credential;
use super::context::Context;
#[cfg(feature = "signature")]
use super::signature::Signature;
use crate::config::error::ConfigError;
use crate::config::variables::Variables;

/// The variable of CloudBase's documentation, then ours.
const API_KEY: [&str; 2] = ["CLOUDBASE_APIKEY", "CLOUDBASE_API_KEY"];
/// What a cloud function has: a key pair that ends, and another one in its place.
#[cfg(feature = "signature")]
pub(super) const SECRET_ID: &str = "TENCENTCLOUD_SECRETID";
#[cfg(feature = "signature")]
pub(super) const SECRET_KEY: &str = "TENCENTCLOUD_SECRETKEY";

impl Credential {
    /// What the variables of the process have, in the order of the official Node SDK:
    ///
    /// 1. an API key in `CLOUDBASE_APIKEY`, as CloudBase documents it, or in `CLOUDBASE_API_KEY`;
    /// 2. with the feature `signature`, the key pair of a cloud function or a container in `TENCENTCLOUD_SECRETID`,
    ///    `TENCENTCLOUD_SECRETKEY` and `TENCENTCLOUD_SESSIONTOKEN`, read anew for each request.
    ///
    /// [`Credential::taken_from`] and, with the feature `tracing`, a line at the level debug say which it was.
    ///
    /// ```no_run
    /// use cloudrun_runtime::{Credential, Gateway};
    /// let credential = Credential::automatic()?;
    /// println!("calls are authorized by {}", credential.taken_from().unwrap_or_default());
    /// let gateway = Gateway::builder("my-env-3gk8v2").credential(credential).build()?;
    /// # Ok::<(), cloudrun_runtime::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is none of them, or half a key pair.
    pub fn automatic() -> Result<Self, ConfigError> {
        Self::from_variables(Variables::of_process())
    }

    /// The same by a function in the place of the process's variables.
    ///
    /// ```
    /// use cloudrun_runtime::Credential;
    /// let credential = Credential::automatic_with(|name| (name == "CLOUDBASE_APIKEY").then(|| "a key".to_owned()))?;
    /// assert_eq!(credential.taken_from(), Some("CLOUDBASE_APIKEY"));
    /// # Ok::<(), cloudrun_runtime::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`Credential::automatic`].
    pub fn automatic_with(
        look_up: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        Self::from_variables(Variables::new(look_up))
    }

    pub(crate) fn from_variables(variables: Variables) -> Result<Self, ConfigError> {
        for name in API_KEY {
            if let Some(key) = variables.get(name) {
                return Ok(Self::api_key(key).found_in(name));
            }
        }
        #[cfg(feature = "signature")]
        if variables.first(&[SECRET_ID, SECRET_KEY]).is_some() {
            return Ok(Self::from(Signature::from_variables(variables)?).found_in(SECRET_ID));
        }
        Err(ConfigError::MissingVariable(API_KEY[0]))
    }

    /// The rights that a service of this environment has while it answers a request, from the request's header
    /// `x-cloudbase-context`: as [`Context::credential`] of [`Context::from_header`].
    ///
    /// # Errors
    ///
    /// It is no such header, or one without rights of the service.
    pub fn from_context(header: &str) -> Result<Self, ConfigError> {
        Context::from_header(header)?.credential()
    }

    /// Where [`Credential::automatic`] or [`Credential::from_context`] found it: a variable, or a member of the header.
    pub fn taken_from(&self) -> Option<&'static str> {
        self.taken_from
    }

    pub(super) fn found_in(mut self, place: &'static str) -> Self {
        #[cfg(feature = "tracing")]
        tracing::debug!(credential = self.name, taken_from = place, "credential found");
        self.taken_from = Some(place);
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::config::error::ConfigError;
    use crate::credential::Credential;

    fn found(pairs: &[(&'static str, &'static str)]) -> Result<(String, Option<&'static str>), ConfigError> {
        let pairs = pairs.to_vec();
        let credential = Credential::automatic_with(move |name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })?;
        Ok((format!("{credential:?}"), credential.taken_from()))
    }

    #[test]
    fn a_key_goes_before_a_pair_and_the_documented_name_before_ours() {
        let pair = [("TENCENTCLOUD_SECRETID", "AKID"), ("TENCENTCLOUD_SECRETKEY", "pair")];
        let all = [pair[0], pair[1], ("CLOUDBASE_API_KEY", "ours"), ("CLOUDBASE_APIKEY", "documented")];
        let key = "Credential::ApiKey(<redacted>)".to_owned();
        assert_eq!(found(&all), Ok((key.clone(), Some("CLOUDBASE_APIKEY"))));
        assert_eq!(found(&all[..3]), Ok((key, Some("CLOUDBASE_API_KEY"))));
        let signature = Ok(("Credential::Signature(<redacted>)".to_owned(), Some("TENCENTCLOUD_SECRETID")));
        let missing = Err(ConfigError::MissingVariable("CLOUDBASE_APIKEY"));
        let has_signature = cfg!(feature = "signature");
        assert_eq!(found(&pair), if has_signature { signature } else { missing.clone() });
        let half = Err(ConfigError::MissingVariable("TENCENTCLOUD_SECRETKEY"));
        assert_eq!(found(&pair[..1]), if has_signature { half } else { missing.clone() });
        assert_eq!(found(&[("CLOUDBASE_APIKEY", "")]), missing);
    }
}
