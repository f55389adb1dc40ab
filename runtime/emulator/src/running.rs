//! An emulator that listens, for whoever started it.
//!
//! May import from `counts`, `account`, `fault`, `state`.

use crate::account::Accounts;
use crate::counts::Counts;
use crate::fault::Faults;
use crate::state::Shared;
use cloudrun_runtime::{ConfigError, Credential, Gateway};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// An emulator that listens. Stops when dropped.
pub struct RunningEmulator {
    pub(crate) address: SocketAddr,
    pub(crate) shared: Arc<Shared>,
    pub(crate) root: Option<String>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) server: JoinHandle<()>,
}

impl RunningEmulator {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, what `CLOUDBASE_GATEWAY_URL` is set to.
    pub fn url(&self) -> String {
        format!("{}://{}", self.shared.scheme, self.address)
    }

    /// The API key that it accepts, what `CLOUDBASE_APIKEY` is set to.
    pub fn token(&self) -> &str {
        self.accounts().map_or("", |accounts| &accounts.api_key)
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
        let id = self.accounts().map_or("", |accounts| &accounts.environment);
        Gateway::at(self.url()).environment_id(id).credential(credential).build()
    }

    fn accounts(&self) -> Option<&Accounts> {
        self.shared.environments.all.first().map(|environment| &environment.accounts)
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
        if let Some(accounts) = self.accounts() {
            accounts.set_access_life(life);
        }
    }

    /// An access token of a user, as a sign-in would give it, which ends after a time.
    pub fn issue_token(&self, user: &str, life: Duration) -> String {
        self.accounts().map(|accounts| accounts.issue(user, life)).unwrap_or_default()
    }

    /// The latest code that a user has asked for by SMS or email, at this number or address.
    pub fn code_sent_to(&self, recipient: &str) -> Option<String> {
        self.accounts()?.codes.latest(recipient)
    }

    /// Has no access token that was made so far be valid any more, as if it had ended. Refresh tokens stay valid.
    pub fn revoke_access_tokens(&self) {
        if let Some(accounts) = self.accounts() {
            accounts.revoke();
        }
    }

    /// Stops listening and waits until running requests have ended, ten seconds at most. Event streams and WebSockets are ended.
    pub async fn shutdown(self) {
        self.shutdown_within(Duration::from_secs(10)).await;
    }

    /// Stops listening and waits for running requests this long at most. What runs then is broken off.
    pub async fn shutdown_within(mut self, limit: Duration) {
        // An error means that the server has ended already.
        let _ = self.stop.send(true);
        // A server that panicked has ended too; one that takes longer ends when it is dropped.
        let _ = timeout(limit, &mut self.server).await;
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
