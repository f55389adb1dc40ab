use super::body::Body;
use super::error::TransportError;
use super::{BoxFuture, Transport};
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// How long it may take until a connection stands, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How many bytes of headers an answer over HTTP/2 may have. Over HTTP/1.1 there may be a hundred headers in 400 kB.
#[cfg(feature = "http2")]
const HEADERS_SIZE: u32 = 64 << 10;

/// The transport that ships with this crate: HTTP/1.1 and HTTP/2 with connection reuse, TLS by rustls. It follows
/// no redirects, so the token never reaches a host that the caller did not name.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    /// Upgrades need HTTP/1.1, which a connection by TLS might not speak otherwise.
    #[cfg(feature = "websocket")]
    upgrading: reqwest::Client,
}

impl ReqwestTransport {
    /// A transport with a connection pool of its own, by way of the system's proxy if there is one.
    ///
    /// # Errors
    ///
    /// TLS could not be set up, for example because the system has no root certificates.
    pub fn new() -> Result<Self, TransportError> {
        Self::builder().build()
    }

    /// A transport with settings of its own.
    ///
    /// ```no_run
    /// use cloudrun_runtime::{Gateway, transport::ReqwestTransport};
    /// use std::time::Duration;
    /// let transport = ReqwestTransport::builder()
    ///     .proxy("http://proxy.example.com:3128")
    ///     .connect_timeout(Duration::from_secs(3))
    ///     .build()?;
    /// let gateway = Gateway::builder("my-env-3gk8v2").transport(transport).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> ReqwestBuilder {
        ReqwestBuilder {
            proxy: Proxy::System,
            roots: Vec::new(),
            connect_timeout: CONNECT_TIMEOUT,
            #[cfg(feature = "http2")]
            only_http2: false,
        }
    }

    /// A transport over a client of the caller's own, for settings that are not offered here. It should follow no redirects:
    /// they would carry the token. This is the only place where a type of reqwest is part of this crate's interface; its
    /// version is that of this crate's manifest.
    pub fn with_client(client: reqwest::Client) -> Self {
        Self {
            #[cfg(feature = "websocket")]
            upgrading: client.clone(),
            client,
        }
    }
}

/// Sets up a [`ReqwestTransport`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ReqwestBuilder {
    proxy: Proxy,
    roots: Vec<Vec<u8>>,
    connect_timeout: Duration,
    #[cfg(feature = "http2")]
    only_http2: bool,
}

#[derive(Clone)]
enum Proxy {
    System,
    None,
    Url(String),
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::System => "the system's",
            Self::None => "none",
            // It may hold a password.
            Self::Url(_) => "<redacted>",
        })
    }
}

impl ReqwestBuilder {
    /// Asks no proxy, whatever the environment says: for services on this machine.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Asks this proxy instead of the one that the variables `HTTPS_PROXY` and `HTTP_PROXY` name.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::Url(url.into());
        self
    }

    /// Trusts the certificate authorities of a PEM file too, beside those of the system.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// How long it may take until a connection stands; 10 seconds if not set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Speaks HTTP/2 without asking first, without TLS too: for services in the same network that are known to.
    #[cfg(feature = "http2")]
    pub fn only_http2(mut self) -> Self {
        self.only_http2 = true;
        self
    }

    /// The transport.
    ///
    /// # Errors
    ///
    /// A setting is not usable, or TLS could not be set up.
    pub fn build(self) -> Result<ReqwestTransport, TransportError> {
        let client = self.client()?;
        Ok(ReqwestTransport {
            #[cfg(feature = "http2")]
            client: finish(match self.only_http2 {
                true => client.http2_prior_knowledge(),
                false => client,
            })?,
            #[cfg(not(feature = "http2"))]
            client: finish(client)?,
            #[cfg(feature = "websocket")]
            upgrading: finish(self.client()?.http1_only())?,
        })
    }

    fn client(&self) -> Result<reqwest::ClientBuilder, TransportError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.connect_timeout)
            .user_agent(concat!("cloudrun-runtime/", env!("CARGO_PKG_VERSION")));
        #[cfg(feature = "http2")]
        let client = client.http2_max_header_list_size(HEADERS_SIZE);
        let client = match &self.proxy {
            Proxy::System => client,
            Proxy::None => client.no_proxy(),
            Proxy::Url(url) => {
                let wrong =
                    |error| TransportError::from_source("the proxy cannot be used", without_url(error));
                client.proxy(reqwest::Proxy::all(url.as_str()).map_err(wrong)?)
            }
        };
        #[cfg(feature = "rustls")]
        let client = {
            let mut roots = Vec::new();
            for pem in &self.roots {
                let wrong = |error| {
                    TransportError::from_source("the root certificates cannot be read", without_url(error))
                };
                roots.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(wrong)?);
            }
            if roots.is_empty() { client } else { client.tls_certs_merge(roots) }
        };
        Ok(client)
    }
}

fn finish(client: reqwest::ClientBuilder) -> Result<reqwest::Client, TransportError> {
    client.build().map_err(|error| TransportError::from_source("TLS setup failed", without_url(error)))
}

fn without_url(error: reqwest::Error) -> reqwest::Error {
    error.without_url()
}

impl Transport for ReqwestTransport {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let (mut head, body) = request.into_parts();
        if let Some(length) = body.length().filter(|length| *length > 0 || has_a_body(&head.method)) {
            head.headers.insert(http::header::CONTENT_LENGTH, length.into());
        }
        let body = match body.as_bytes() {
            Some([]) => reqwest::Body::from(bytes::Bytes::new()),
            Some(_) => return Box::pin(self.send_full(head, body)),
            None => reqwest::Body::wrap_stream(body),
        };
        Box::pin(self.exchange(head, body))
    }

    #[cfg(feature = "websocket")]
    fn upgrade(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<super::Upgrade, TransportError>> {
        Box::pin(async move {
            let (head, _) = request.into_parts();
            let request =
                reqwest::Request::try_from(http::Request::from_parts(head, reqwest::Body::default()))
                    .map_err(|error| {
                        TransportError::from_source("the URL cannot be called", error.without_url())
                    })?;
            let response = self.upgrading.execute(request).await.map_err(failed)?;
            if response.status() != http::StatusCode::SWITCHING_PROTOCOLS {
                let (head, body) = http::Response::from(response).into_parts();
                let response = http::Response::from_parts(head, Body::stream(Chunks(body)));
                return Ok(super::Upgrade::Refused(response));
            }
            let mut head = http::Response::new(());
            *head.status_mut() = response.status();
            *head.headers_mut() = response.headers().clone();
            let connection = response.upgrade().await.map_err(failed)?;
            Ok(super::Upgrade::Switched(head, Box::new(connection)))
        })
    }
}

/// Whether requests of this method have a body by its meaning: one that is empty is told then (RFC 9110, section 8.6).
fn has_a_body(method: &http::Method) -> bool {
    matches!(*method, http::Method::POST | http::Method::PUT | http::Method::PATCH)
}

impl ReqwestTransport {
    async fn send_full(
        &self,
        head: http::request::Parts,
        body: Body,
    ) -> Result<http::Response<Body>, TransportError> {
        let bytes = body.collect().await?;
        self.exchange(head, reqwest::Body::from(bytes)).await
    }

    async fn exchange(
        &self,
        head: http::request::Parts,
        body: reqwest::Body,
    ) -> Result<http::Response<Body>, TransportError> {
        let request = reqwest::Request::try_from(http::Request::from_parts(head, body))
            .map_err(|error| TransportError::from_source("the URL cannot be called", error.without_url()))?;
        let response = self.client.execute(request).await.map_err(failed)?;
        let (head, body) = http::Response::from(response).into_parts();
        Ok(http::Response::from_parts(head, Body::stream(Chunks(body))))
    }
}

fn failed(error: reqwest::Error) -> TransportError {
    // The caller's own body, wherever its error was found: the connection is not to blame, and another one no help.
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        if let Some(own) = cause.downcast_ref::<TransportError>() {
            return TransportError::from_source("the request could not be sent", own.clone());
        }
        source = cause.source();
    }
    let (is_connect, is_request) = (error.is_connect(), error.is_request());
    let error = TransportError::from_source("the call failed", error.without_url());
    match (is_connect, is_request) {
        (true, _) => error.before_sending(),
        (false, true) => error.connection_lost(),
        (false, false) => error,
    }
}

/// The response's body as a stream of its data frames.
struct Chunks(reqwest::Body);

impl Stream for Chunks {
    type Item = Result<bytes::Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        use http_body::Body as _;
        loop {
            let frame = std::task::ready!(Pin::new(&mut self.0).poll_frame(context));
            match frame {
                None => return Poll::Ready(None),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
                Some(Err(error)) => {
                    let error = TransportError::from_source("the answer broke off", error.without_url());
                    let error = error.connection_lost();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}
