//! One call: in come the parts of a request, out goes the whole answer, or its head and the rest as it arrives. Everything that
//! does not depend on the answer's type happens here, once, not in generated code.
//!
//! May import from `shown`, `rt`, `operation`, `transport`, `credential`, `gateway`, `request`, `answer`.

pub(crate) mod attempt;
mod build;
pub(crate) mod exchange;
pub(crate) mod fault;
pub(crate) mod head;
pub(crate) mod pending;
mod redirect;
mod retry;
mod trace;

use crate::answer::reply::Reply;
use crate::call::attempt::{Opened, to_the_end, to_the_head};
use crate::call::fault::{Failure, Fault};
use crate::call::trace::CallSpan;
use crate::gateway::report::CallReport;
use crate::request::parts::Parts;
use crate::rt;
use crate::shown::line::Line;
use crate::transport::error::TransportError;
use http::StatusCode;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

/// The whole answer of a success: of a documented one, or of another that reads like one. A call that fails is made again where
/// the policy says so.
pub(crate) async fn send(parts: Parts, reads: impl Fn(&Reply) -> bool) -> Result<Reply, Failure> {
    let (parts, reads) = (&parts, &reads);
    let attempt = async |number| match to_the_end(parts, number).await {
        Err(Fault::Unexpected(reply)) if is_whole(reply.status()) && reads(&reply) => Ok(reply),
        result => result,
    };
    call(parts, attempt, |reply| reply).await
}

/// Whether a success has a body, if any, like that of 200. From 206 on there are parts of one, or several in one.
fn is_whole(status: StatusCode) -> bool {
    (200..=205).contains(&status.as_u16())
}

/// The head of a documented success, and its body as it arrives. The time limit ends with the head.
pub(crate) async fn open(parts: &Parts) -> Result<Opened, Failure> {
    call(parts, |attempt| to_the_head(parts, attempt), |opened| &opened.head).await
}

/// Makes attempts within the call's time, and tells what became of them. An attempt is given its number, from 1: what it
/// answers says how many were made.
pub(crate) async fn call<T, F: Future<Output = Result<T, Fault>>>(
    parts: &Parts,
    attempt: impl Fn(u32) -> F,
    reply: impl Fn(&T) -> &Reply,
) -> Result<T, Failure> {
    let service = &parts.service;
    let gateway = service.gateway().inner();
    let limit = parts.timeout.unwrap_or(gateway.timeout);
    let policy = parts.retry.as_ref().unwrap_or(&gateway.retry);
    let span = CallSpan::new(parts);
    let made = AtomicU32::new(0);
    if !rt::is_there() {
        let error = TransportError::new("calls need a Tokio runtime with time enabled");
        return Err(Failure { fault: Fault::Transport(error), call: parts.call_info(0) });
    }
    let world = retry::Real::now(gateway.waits);
    let mut outcome = Outcome { parts, span: &span, made: &made, world: &world, is_told: false };
    let attempt = async || {
        let number = made.fetch_add(1, Ordering::Relaxed);
        span.attempt(number);
        let attempt = attempt(number + 1);
        match policy.attempt_timeout {
            Some(time) => rt::within(time, attempt).await.unwrap_or(Err(Fault::Timeout(time))),
            None => attempt.await,
        }
    };
    let attempts = async {
        if parts.body.is_repeatable() {
            retry::repeat(policy, &gateway.budget, &world, limit, parts.is_safe(), attempt).await
        } else {
            attempt().await
        }
    };
    let result = rt::within(limit, span.around(attempts)).await.unwrap_or(Err(Fault::Timeout(limit)));
    match &result {
        Ok(value) => outcome.tell(Some(reply(value)), None),
        Err(fault) => outcome.tell(fault.reply(), Some(fault.kind())),
    }
    drop(outcome);
    result.map_err(|fault| Failure { fault, call: parts.call_info(made.into_inner()) })
}

/// What becomes of a call, for whoever is told of it.
struct Outcome<'a> {
    parts: &'a Parts,
    span: &'a CallSpan,
    made: &'a AtomicU32,
    world: &'a retry::Real,
    is_told: bool,
}

impl Outcome<'_> {
    fn tell(&mut self, head: Option<&Reply>, error: Option<&'static str>) {
        self.is_told = true;
        let service = &self.parts.service;
        let call = self.parts.call_info(self.made.load(Ordering::Relaxed));
        let status = head.map(Reply::status);
        let id = head.and_then(Reply::shown_request_id);
        self.span.end(status, id.as_ref().map(Line::as_str), error, call.attempts());
        if let Some(observer) = &service.gateway().inner().observer {
            let elapsed = retry::World::elapsed(self.world);
            let service = service.name().as_str();
            observer(&CallReport { service, call: &call, status, error, elapsed });
        }
    }
}

/// A call whose future is dropped before it has ended has ended too.
impl Drop for Outcome<'_> {
    fn drop(&mut self) {
        if !self.is_told && !std::thread::panicking() {
            self.tell(None, Some("cancelled"));
        }
    }
}
