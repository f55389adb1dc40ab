//! The transport of pages in browsers.

use super::body::Body;
use super::error::TransportError;
use super::{BoxFuture, Transport};
use futures_core::Stream;
use send_wrapper::SendWrapper;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The transport that ships with this crate for pages in browsers, over `fetch`. The page's origin must be a security domain
/// of the environment, or the browser keeps the answers from the page. Redirects are the browser's: it sends the token to
/// no other host. Request bodies are read whole before they are sent; answers arrive piece by piece.
#[derive(Clone, Debug, Default)]
pub struct FetchTransport {
    client: reqwest::Client,
}

impl Transport for FetchTransport {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let client = self.client.clone();
        // A page has one thread; its futures are never sent to another.
        Box::pin(SendWrapper::new(async move {
            let (head, body) = request.into_parts();
            let body = reqwest::Body::from(body.collect().await?);
            let request =
                reqwest::Request::try_from(http::Request::from_parts(head, body)).map_err(|error| {
                    TransportError::new(format!("the URL cannot be called: {}", error.without_url()))
                })?;
            let response = client.execute(request).await.map_err(|error| {
                let error = error.without_url();
                let message = format!(
                    "the browser could not make the call, or keeps its answer from this page: {error}; is the page's origin a \
                     security domain of the environment?"
                );
                // Which of both it was, browsers do not tell.
                TransportError::new(message).connection_lost()
            })?;
            let mut answer = http::Response::new(Body::empty());
            *answer.status_mut() = response.status();
            *answer.headers_mut() = response.headers().clone();
            *answer.body_mut() = Body::stream(Pieces(SendWrapper::new(Box::pin(response.bytes_stream()))));
            Ok(answer)
        }))
    }
}

type Bytes = Pin<Box<dyn Stream<Item = reqwest::Result<bytes::Bytes>>>>;

struct Pieces(SendWrapper<Bytes>);

impl Stream for Pieces {
    type Item = Result<bytes::Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = std::task::ready!(self.0.as_mut().poll_next(context));
        Poll::Ready(piece.map(|piece| {
            piece.map_err(|error| {
                TransportError::new(format!("the answer broke off: {}", error.without_url()))
                    .connection_lost()
            })
        }))
    }
}
