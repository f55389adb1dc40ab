//! One attempt of a call whose answer has a body.

use super::exchange::{Exchanged, Way, exchange};
use super::fault::Fault;
use super::head::Head;
use crate::answer::reply::Reply;
use crate::gateway::Inner as Gateway;
use crate::gateway::limits::ERROR_SIZE;
use crate::request::parts::Parts;
use crate::transport::Transport;
use crate::transport::body::Body;
use bytes::Bytes;
use http::{Request, response};

/// An answer whose body may not have been read.
pub(crate) struct Opened {
    pub(crate) head: Reply,
    pub(crate) body: Body,
}

/// Sends by the gateway's transport.
struct Plain<'a>(&'a dyn Transport);

impl Way for Plain<'_> {
    type Rest = Body;

    async fn send(&self, request: Request<Body>) -> Result<(response::Parts, Body), Fault> {
        self.0.send(request).await.map(http::Response::into_parts).map_err(Fault::Transport)
    }
}

/// The whole answer.
pub(super) async fn to_the_end(parts: &Parts, attempt: u32) -> Result<Reply, Fault> {
    let gateway = parts.service.gateway().inner();
    let (head, body) = begun(parts, attempt, gateway).await?;
    read(gateway, head, body).await
}

/// The head of a documented success, and its body as it arrives.
pub(super) async fn to_the_head(parts: &Parts, attempt: u32) -> Result<Opened, Fault> {
    let gateway = parts.service.gateway().inner();
    let (head, body) = begun(parts, attempt, gateway).await?;
    if head.is_success() {
        return Ok(Opened { head: head.with_body(Bytes::new()), body });
    }
    let head = read(gateway, head, body).await?;
    Ok(Opened { head, body: Body::empty() })
}

async fn begun(parts: &Parts, attempt: u32, gateway: &Gateway) -> Result<(Head, Body), Fault> {
    let Exchanged { head, rest, permit } = exchange(parts, attempt, &Plain(&*gateway.transport)).await?;
    Ok((head, gateway.limits.guard(rest, permit)))
}

/// Reads the body up to the gateway's limit, that of an error as far as it is kept, and tells success from error.
pub(crate) async fn read(gateway: &Gateway, head: Head, body: Body) -> Result<Reply, Fault> {
    let is_success = head.is_success() || head.status().is_success();
    let most = gateway.limits.response_size;
    let limit = if is_success { most } else { ERROR_SIZE.min(most) };
    let too_large = |head: Head| Err(Fault::TooLarge(limit, head.with_body(Bytes::new())));
    let length = head.body_length();
    if is_success && length.is_some_and(|length| length > limit) {
        return too_large(head);
    }
    let body = body.collect_up_to(limit).await.map_err(Fault::Transport)?;
    if is_success && !body.is_whole {
        return too_large(head);
    }
    head.judge(body.bytes, gateway.endpoint.direct)
}
