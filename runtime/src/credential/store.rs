//! Where tokens outlive a process: what a store is asked for.

use super::tokens::Tokens;
use crate::transport::BoxFuture;
use crate::transport::body::BoxError;
use std::fmt;

/// Where a session's tokens outlive the process, and where several processes share them. Refresh tokens are valid once and for 31
/// days; a new one is stored before it is used. The store is read before each renewal and once more where a refresh token is
/// refused, so that what another process has renewed is taken. Tokens say of which gateway and environment they are
/// ([`Tokens::to_json`]); a store that holds those of another one is an error, and left as it is.
///
/// `FileStore` (feature `files`) is one in a file.
///
/// ```
/// use cloudrun_runtime::transport::{BoxError, BoxFuture};
/// use cloudrun_runtime::{Credential, SignIn, TokenStore, Tokens};
/// use std::sync::Mutex;
///
/// /// In memory; a database works alike.
/// struct Kept(Mutex<Option<String>>);
/// impl TokenStore for Kept {
///     fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, BoxError>> {
///         Box::pin(async {
///             let text = self.0.lock().map_err(|_| "poisoned")?.clone();
///             Ok(text.as_deref().map(Tokens::from_json).transpose()?)
///         })
///     }
///     fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), BoxError>> {
///         Box::pin(async {
///             *self.0.lock().map_err(|_| "poisoned")? = Some(tokens.to_json());
///             Ok(())
///         })
///     }
/// }
/// let ada = Credential::from(SignIn::password("ada", "her password").store(Kept(Mutex::default())));
/// ```
pub trait TokenStore: Send + Sync + 'static {
    /// The tokens of an earlier session, or of another process.
    ///
    /// # Errors
    ///
    /// They cannot be read. Who can sign in does so and overwrites them; the calls of others fail with this error.
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, BoxError>>;

    /// Keeps new tokens in the place of the old ones, all of them or none.
    ///
    /// # Errors
    ///
    /// They cannot be kept. The calls that wait for them fail with this error; it is tried again.
    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), BoxError>>;

    /// Keeps other processes from renewing until what is returned is dropped. A renewal takes a minute at most. A store that has no
    /// lock, as this default, may lose the session where two processes renew at the same moment and one of them is stopped before
    /// it has stored what it got.
    fn lock(&self) -> BoxFuture<'_, StoreLock> {
        Box::pin(async { StoreLock::none() })
    }
}

/// What a store's lock holds until it is dropped.
#[must_use = "the lock ends when this is dropped"]
pub struct StoreLock(Option<Box<dyn Send + Sync>>);

impl StoreLock {
    /// No lock.
    pub fn none() -> Self {
        Self(None)
    }

    /// A lock that ends when this value is dropped.
    pub fn held(guard: impl Send + Sync + 'static) -> Self {
        Self(Some(Box::new(guard)))
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "StoreLock(held)" } else { "StoreLock(none)" })
    }
}
