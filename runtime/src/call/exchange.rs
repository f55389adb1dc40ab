//! One request and its answer: authorized, once more if the token was refused, and led on to where the service moved. Whatever
//! is called passes here, the opening of a WebSocket too; how a request is sent is handed in.

use super::build::build;
use super::fault::Fault;
use super::head::Head;
use super::redirect::{REDIRECTS, redirect};
use crate::credential::Outgoing;
use crate::gateway::Inner as Gateway;
use crate::request::parts::Parts;
use crate::transport::body::Body;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, StatusCode, response};
use std::future::Future;
use tokio::sync::OwnedSemaphorePermit;

/// A way to send a request.
pub(crate) trait Way {
    /// What comes after the head of the answer: a body, a connection.
    type Rest;

    /// Whether nobody tells a refused token from a broken connection here, as in browsers.
    const HIDES_REFUSALS: bool = false;

    /// Sends the request. Ends when the answer's head is there.
    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<(response::Parts, Self::Rest), Fault>> + Send;
}

/// An answer whose rest has not been read.
pub(crate) struct Exchanged<R> {
    pub(crate) head: Head,
    pub(crate) rest: R,
    /// The request's place among those that may be under way.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
}

/// Makes the attempt of this number.
pub(crate) async fn exchange<W: Way>(
    parts: &Parts,
    attempt: u32,
    way: &W,
) -> Result<Exchanged<W::Rest>, Fault> {
    let gateway = parts.service.gateway().inner();
    let permit = gateway.limits.enter().await;
    let (mut call, mut target) = (None, None);
    let (mut redirects, mut is_second) = (0, false);
    loop {
        let request = build(parts, target.as_deref()).map_err(Fault::Request)?;
        // What was called is where the call began.
        let call = call.get_or_insert_with(|| parts.call_info_at(request.uri().path().to_owned(), attempt));
        let (request, used) = authorized(gateway, request).await?;
        let secrets = request.headers().values().filter(|value| value.is_sensitive()).cloned().collect();
        let result =
            way.send(request).await.map(|(head, rest)| (Head::new(head, call.clone(), secrets), rest));
        let is_refused = match &result {
            Ok((head, _)) => {
                let is_the_tokens = gateway.endpoint.direct || !head.is_from_service();
                head.status() == StatusCode::UNAUTHORIZED && is_the_tokens
            }
            Err(_) => W::HIDES_REFUSALS,
        };
        if is_refused
            && !is_second
            && let (Some(authority), Some(used)) = (&gateway.authority, &used)
            && authority.refused(used)
            && parts.body.is_repeatable()
        {
            is_second = true;
            continue;
        }
        let (head, rest) = result?;
        match redirect(parts, &head).filter(|_| redirects < REDIRECTS) {
            Some(next) => {
                redirects += 1;
                target = Some(next);
            }
            None => return Ok(Exchanged { head, rest, permit }),
        }
    }
}

/// The request with its `Authorization`, and what that is if it came from the gateway's credential.
async fn authorized(
    gateway: &Gateway,
    request: Request<Body>,
) -> Result<(Request<Body>, Option<HeaderValue>), Fault> {
    let Some(authority) = &gateway.authority else { return Ok((request, None)) };
    // A direct call may carry the service's own instead.
    if gateway.endpoint.direct && request.headers().contains_key(AUTHORIZATION) {
        return Ok((request, None));
    }
    let (mut head, body) = request.into_parts();
    let outgoing =
        Outgoing { method: &head.method, uri: &head.uri, headers: &mut head.headers, body: body.to_bytes() };
    let value = authority.authorize(outgoing, &gateway.auth_api).await.map_err(Fault::Credential)?;
    head.headers.insert(AUTHORIZATION, value.clone());
    Ok((Request::from_parts(head, body), Some(value)))
}
