use super::{Body, BoxFuture, Transport, TransportError};
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};

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
        Self::build(reqwest::Client::builder)
    }

    /// A transport that asks no proxy, whatever the environment says: for services on this machine.
    ///
    /// # Errors
    ///
    /// TLS could not be set up.
    pub fn without_proxy() -> Result<Self, TransportError> {
        Self::build(|| reqwest::Client::builder().no_proxy())
    }

    fn build(builder: impl Fn() -> reqwest::ClientBuilder) -> Result<Self, TransportError> {
        let finish = |builder: reqwest::ClientBuilder| {
            builder
                .redirect(reqwest::redirect::Policy::none())
                .user_agent(concat!("cloudrun-runtime/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|error| TransportError::from_source("TLS setup failed", error))
        };
        Ok(Self {
            client: finish(builder())?,
            #[cfg(feature = "websocket")]
            upgrading: finish(builder().http1_only())?,
        })
    }
}

impl Transport for ReqwestTransport {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let (head, body) = request.into_parts();
        let (mut head, body) = (head, body);
        if let Some(length) = body.length().filter(|length| *length > 0) {
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
            let failed =
                |error: reqwest::Error| TransportError::from_source("the call failed", error.without_url());
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
