//! One request and its answer: authorized, once more if the token was refused, and led on to where the service moved. Whatever
//! is called passes here, the opening of a WebSocket too; how a request is sent is handed in.

use super::build::build;
use super::fault::Fault;
use super::head::Head;
use super::redirect::{REDIRECTS, redirect};
use crate::credential::Outgoing;
use crate::gateway::Inner as Gateway;
use crate::request::error::RequestError;
use crate::request::parts::Parts;
use crate::shown::hidden::Hidden;
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
        let url = request.uri().to_string();
        let (request, used) = authorized(gateway, request).await?;
        let hidden = Hidden::of(request.headers(), request.uri(), request.body().to_bytes(), parts.secrets());
        let result = match way.send(request).await {
            Ok((head, rest)) => Ok((Head::new(head, call.clone(), hidden), rest)),
            Err(Fault::Transport(error)) => Err(Fault::Transport(error.covered(&hidden.cover()))),
            Err(fault) => Err(fault),
        };
        let is_refused = match &result {
            Ok((head, _)) => {
                let is_the_tokens = gateway.endpoint.direct || !head.is_from_service();
                head.status() == StatusCode::UNAUTHORIZED && is_the_tokens
            }
            Err(Fault::Transport(_)) => W::HIDES_REFUSALS,
            Err(_) => false,
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
        match redirect(parts, &url, &head).filter(|_| redirects < REDIRECTS && parts.body.is_repeatable()) {
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
    if request.headers().contains_key(AUTHORIZATION) {
        // A direct call may carry the service's own instead; the gateway wants its token there.
        return if gateway.endpoint.direct {
            Ok((request, None))
        } else {
            Err(Fault::Request(RequestError::AuthorizationSet))
        };
    }
    let (mut head, body) = request.into_parts();
    let outgoing =
        Outgoing { method: &head.method, uri: &head.uri, headers: &mut head.headers, body: body.to_bytes() };
    let value = authority.authorize(outgoing, &gateway.auth_api).await.map_err(Fault::Credential)?;
    head.headers.insert(AUTHORIZATION, value.clone());
    Ok((Request::from_parts(head, body), Some(value)))
}

#[cfg(test)]
mod tests {
    use super::{Way, exchange};
    use crate::call::fault::Fault;
    use crate::credential::api::AuthApi;
    use crate::credential::error::CredentialError;
    use crate::credential::{Authorize, Credential, Outgoing};
    use crate::gateway::Gateway;
    use crate::operation::Operation;
    use crate::operation::method::Method;
    use crate::request::error::RequestError;
    use crate::transport::body::Body;
    use crate::transport::error::TransportError;
    use crate::transport::{BoxFuture, Transport};
    use http::{HeaderValue, Request, Response, response};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU8, Ordering};

    const GET: Operation = Operation::new("get", Method::GET, "/");

    /// Tokens that are counted; one that is refused gives way to the next.
    struct Counted(AtomicU8);

    impl Authorize for Counted {
        fn authorize<'a>(
            &'a self,
            _: Outgoing<'a>,
            _: &'a AuthApi,
        ) -> BoxFuture<'a, Result<HeaderValue, CredentialError>> {
            let number = u32::from(self.0.load(Ordering::Relaxed));
            Box::pin(async move { Ok(HeaderValue::from(number)) })
        }

        fn refused(&self, _: &HeaderValue) -> bool {
            self.0.fetch_add(1, Ordering::Relaxed);
            true
        }
    }

    struct Nowhere;

    impl Transport for Nowhere {
        fn send(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
            Box::pin(async { Err(TransportError::new("nothing is sent this way")) })
        }
    }

    /// A way like a browser's: it fails with these faults, then succeeds, and remembers the tokens.
    struct Page {
        faults: Mutex<Vec<Fault>>,
        tokens: Mutex<Vec<HeaderValue>>,
    }

    impl Way for Page {
        type Rest = ();
        const HIDES_REFUSALS: bool = true;

        async fn send(&self, request: Request<Body>) -> Result<(response::Parts, ()), Fault> {
            if let (Ok(mut tokens), Some(token)) =
                (self.tokens.lock(), request.headers().get("authorization"))
            {
                tokens.push(token.clone());
            }
            match self.faults.lock().ok().and_then(|mut faults| faults.pop()) {
                Some(fault) => Err(fault),
                None => Ok((Response::new(()).into_parts().0, ())),
            }
        }
    }

    /// The tokens that were tried, and whether the last one was taken.
    async fn tried(faults: Vec<Fault>) -> Option<(Vec<HeaderValue>, bool)> {
        let gateway = Gateway::direct("http://localhost").transport(Nowhere);
        let gateway = gateway.credential(Credential::custom(Counted(AtomicU8::new(1)))).build().ok()?;
        let request = gateway.service("chat").ok()?.request(&GET);
        let page = Page { faults: Mutex::new(faults), tokens: Mutex::default() };
        let is_ok = exchange(&request.0, 1, &page).await.is_ok();
        Some((page.tokens.into_inner().ok()?, is_ok))
    }

    #[tokio::test]
    async fn where_nobody_tells_a_refused_token_another_one_is_tried_once() {
        let broken = || Fault::Transport(TransportError::new("broken"));
        let tokens = |numbers: &[u32]| numbers.iter().copied().map(HeaderValue::from).collect::<Vec<_>>();
        assert_eq!(tried(vec![broken()]).await, Some((tokens(&[1, 2]), true)));
        assert_eq!(tried(vec![broken(), broken()]).await, Some((tokens(&[1, 2]), false)));
        let wrong = Fault::Request(RequestError::Http("a page cannot do this".to_owned()));
        assert_eq!(tried(vec![wrong]).await, Some((tokens(&[1]), false)), "no token can mend this");
    }
}
