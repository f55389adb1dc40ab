//! Environments: what stands behind a host of the gateway. In comes what a user sets up, out goes what requests are answered
//! by. One environment is asked by the name of its host, or by default.
//!
//! May import from `error`, `answer`, `account`, `exchange`, `document`.

pub(crate) mod origin;
pub(crate) mod running;
mod upstream;

use crate::account::ticket::public_key;
use crate::account::{Accounts, Caller};
#[cfg(feature = "documents")]
use crate::document::Document;
use crate::environment::origin::Origins;
use crate::environment::running::{Identity, Rule, Running, Service};
use crate::environment::upstream::Upstream;
use crate::error::StartError;
use axum::Router;
use axum::http::{HeaderName, HeaderValue};
use cloudrun_runtime::ServiceName;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The API key that an emulator accepts unless told otherwise.
const DEFAULT_TOKEN: &str = "emulator-api-key";
/// A CloudBase environment that is being set up: its services, keys, users and security domains. An emulator has one, and
/// more for those who ask for them by [`Emulator::environment`](crate::Emulator::environment).
///
/// ```
/// use cloudrun_emulator::{Emulator, Environment, axum::Router};
/// let staging = Environment::new("shop-staging").service("orders", Router::new()).api_key("another key");
/// let emulator = Emulator::new().service("orders", Router::new()).environment(staging);
/// # let _ = emulator;
/// ```
#[must_use = "an environment does nothing until an emulator starts"]
pub struct Environment {
    services: Vec<(String, Upstream)>,
    rules: HashMap<String, Arc<Rule>>,
    accounts: Accounts,
    origins: Vec<String>,
    identity: Option<Arc<Identity>>,
    ticket_keys: Vec<(String, String)>,
    has_context: bool,
    #[cfg(feature = "documents")]
    documents: HashMap<String, Document>,
}

impl Environment {
    /// An environment without services. Its id is the first part of its host's name.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            services: Vec::new(),
            rules: HashMap::new(),
            accounts: Accounts::new(id.into(), DEFAULT_TOKEN.to_owned()),
            origins: Vec::new(),
            identity: None,
            ticket_keys: Vec::new(),
            has_context: false,
            #[cfg(feature = "documents")]
            documents: HashMap::new(),
        }
    }

    /// Puts a service of this process behind the gateway.
    pub fn service(self, name: impl Into<String>, router: Router) -> Self {
        self.upstream(name, Upstream::Router(router))
    }

    /// Puts a service that listens elsewhere behind the gateway, for example `http://127.0.0.1:8080`.
    pub fn service_at(self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.upstream(name, Upstream::Url(url.into()))
    }

    /// Has a service that is missing answered for by its document: with the document's examples, or with values made of its
    /// schemas. Requests that do not fit the document are answered with 422.
    #[cfg(feature = "documents")]
    pub fn mock(self, name: impl Into<String>, document: Document) -> Self {
        let name = name.into();
        self.document(name.clone(), document.clone()).upstream(name, Upstream::Mock(document))
    }

    /// Says what the document of a service is, so that exchanges tell their operation and what does not fit.
    #[cfg(feature = "documents")]
    pub fn document(mut self, service: impl Into<String>, document: Document) -> Self {
        self.documents.insert(service.into(), document);
        self
    }

    fn upstream(mut self, name: impl Into<String>, upstream: Upstream) -> Self {
        self.services.push((name.into(), upstream));
        self
    }

    /// Says who may call a service; others get `SERVICE_FORBIDDEN`. Everybody may if nothing is said.
    pub fn allow(
        mut self,
        service: impl Into<String>,
        rule: impl Fn(&Caller) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.rules.insert(service.into(), Arc::new(rule));
        self
    }

    /// Headers of your own by which services learn who calls, after those of [`Environment::cloudbase_context`].
    pub fn identity(
        mut self,
        headers: impl Fn(&Caller) -> Vec<(HeaderName, HeaderValue)> + Send + Sync + 'static,
    ) -> Self {
        self.identity = Some(Arc::new(headers));
        self
    }

    /// Tells services who calls as CloudBase does, in the header `x-cloudbase-context`: base64 of JSON, with a key pair and a token
    /// by which the service may call on. It is not sent if not set; what a caller writes there itself never reaches a service.
    ///
    /// ```
    /// use cloudrun_emulator::Environment;
    /// let environment = Environment::new("shop-1").cloudbase_context();
    /// # let _ = environment;
    /// ```
    pub fn cloudbase_context(mut self) -> Self {
        self.has_context = true;
        self
    }

    /// A key of custom login: the id of the private key, and the public key as PEM (`openssl rsa -in key.pem -pubout`). Users sign in
    /// by tickets that the private key signed.
    pub fn custom_login(mut self, private_key_id: impl Into<String>, public_key: impl Into<String>) -> Self {
        self.ticket_keys.push((private_key_id.into(), public_key.into()));
        self
    }

    /// Has a function told of every code that a user asks for by SMS or email: recipient and code. Nothing is sent.
    pub fn on_code(mut self, listener: impl Fn(&str, &str) + Send + Sync + 'static) -> Self {
        self.accounts.codes.listener = Some(Arc::new(listener));
        self
    }

    /// How long a code by SMS or email is valid, and what it is exchanged for; ten minutes if not set.
    pub fn code_life(mut self, life: Duration) -> Self {
        self.accounts.codes.life = Some(life);
        self
    }

    /// How long the tokens of key pairs live; five days if not set.
    pub fn server_token_life(mut self, life: Duration) -> Self {
        self.accounts.server_life = life;
        self
    }

    /// The API key.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.accounts.api_key = key.into();
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

    /// A key pair of Tencent Cloud whose signatures are accepted, and which is exchanged for tokens.
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

    pub(crate) fn renamed(mut self, id: String) -> Self {
        self.accounts.environment = id;
        self
    }

    /// What requests are answered by.
    pub(crate) fn finish(mut self) -> Result<Running, StartError> {
        for (id, pem) in self.ticket_keys {
            let key = public_key(&pem).ok_or_else(|| StartError::TicketKey(id.clone()))?;
            self.accounts.ticket_keys.insert(id, key);
        }
        let mut services = HashMap::new();
        for (name, upstream) in self.services {
            let name = ServiceName::new(name).map_err(StartError::Name)?.as_str().to_owned();
            let rule = self.rules.get(&name).cloned();
            services.insert(name, Service { upstream, rule });
        }
        Ok(Running {
            services,
            accounts: self.accounts,
            origins: Origins(self.origins),
            identity: self.identity,
            has_context: self.has_context,
            #[cfg(feature = "documents")]
            documents: self.documents,
        })
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("services", &self.services).finish_non_exhaustive()
    }
}
