//! Everything that can go wrong on the way, from an emulator that does it on purpose: what is safe to repeat succeeds in the
//! end, everything else ends in an error that says what happened, and nothing is done twice.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use cloudrun_emulator::{Emulator, Fault, RunningEmulator, axum};
use cloudrun_runtime::transport::ReqwestTransport;
use cloudrun_runtime::{Call, Credential, Error, Gateway, GatewayCode, Reply, RetryPolicy};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;
type Answer = Result<Reply, Error<Infallible>>;

const BODY: &str = "the whole answer";

/// A service that counts what it does.
struct Bench {
    emulator: RunningEmulator,
    gateway: Gateway,
    done: Arc<AtomicU32>,
}

impl Bench {
    async fn start() -> Result<Self, Failure> {
        Self::with(Emulator::new()).await
    }

    async fn with(emulator: Emulator) -> Result<Self, Failure> {
        let done = Arc::new(AtomicU32::new(0));
        let emulator = emulator.service("shop", service(Arc::clone(&done))).start().await?;
        let gateway =
            Gateway::at(emulator.url()).credential(Credential::api_key(emulator.token())).retry(quick());
        Ok(Self { gateway: gateway.build()?, emulator, done })
    }

    fn get(&self) -> Result<Call, Failure> {
        Ok(self.gateway.service("shop")?.get("/"))
    }

    fn post(&self) -> Result<Call, Failure> {
        Ok(self.gateway.service("shop")?.post("/"))
    }

    /// The answer of a call whose first attempt has a fault, and how often the service did it.
    async fn once(&self, call: Call, fault: Fault) -> (Answer, u32) {
        let before = self.done.load(Ordering::Relaxed);
        self.emulator.faults().next(fault);
        let answer = call.send().await;
        (answer, self.done.load(Ordering::Relaxed) - before)
    }
}

fn service(done: Arc<AtomicU32>) -> Router {
    Router::new()
        .fallback(async |State(done): State<Arc<AtomicU32>>, request: Request| {
            if axum::body::to_bytes(request.into_body(), usize::MAX).await.is_err() {
                return (StatusCode::BAD_REQUEST, "the body broke off");
            }
            done.fetch_add(1, Ordering::Relaxed);
            (StatusCode::OK, BODY)
        })
        .with_state(done)
}

fn quick() -> RetryPolicy {
    RetryPolicy::default().waits(Duration::from_millis(1), Duration::from_millis(5))
}

fn status(status: u16) -> Fault {
    Fault::Status { status, retry_after: None }
}

#[tokio::test]
async fn broken_connections_are_survived_by_what_is_safe() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    for fault in [
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::Half,
        Fault::WrongLength,
        Fault::Garbage,
        status(502),
        status(503),
        status(504),
        status(429),
        Fault::Service { status: 503 },
    ] {
        let (answer, _) = bench.once(bench.get()?, fault.clone()).await;
        let reply = answer.map_err(|error| format!("{fault}: {error}"))?;
        assert_eq!((reply.text()?, reply.call().attempts()), (BODY, 2), "{fault}");
    }
    Ok(())
}

#[tokio::test]
async fn what_may_have_been_done_is_not_done_twice() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    for (fault, done) in [
        (Fault::ResetBefore, 0),
        (Fault::ResetAfter, 1),
        (Fault::Half, 1),
        (Fault::WrongLength, 1),
        (Fault::Garbage, 0),
        (status(502), 0),
        (status(503), 0),
    ] {
        let (answer, times) = bench.once(bench.post()?, fault.clone()).await;
        let error = answer.err().ok_or_else(|| format!("{fault}: the call succeeded"))?;
        assert_eq!((error.attempts(), times), (1, done), "{fault}: {error}");
        assert!(error.is_retryable(), "{fault}: {error}");
        assert!(error.to_string().starts_with("POST /v1/cloudrun/shop/: "), "{error}");
    }
    // The caller knows that it is the same order.
    let (answer, times) = bench.once(bench.post()?.idempotency_key("order-7"), Fault::ResetAfter).await;
    assert_eq!((answer?.call().attempts(), times), (2, 2));
    Ok(())
}

#[tokio::test]
async fn what_has_not_reached_the_service_is_made_again_whatever_it_is() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    for (status, code) in
        [(503, "SERVICE_NOT_READY"), (404, "SERVICE_ENDPOINT_NOT_FOUND"), (429, "EXCEED_RATELIMIT")]
    {
        let fault = Fault::Code { status, code: code.to_owned() };
        let (answer, times) = bench.once(bench.post()?, fault).await;
        assert_eq!((answer?.call().attempts(), times), (2, 1), "{code}");
    }
    // Nobody listens there.
    let url = bench.emulator.url();
    drop(bench);
    let gateway = Gateway::at(url).credential(Credential::api_key("key")).retry(quick()).build()?;
    let error = gateway.service("shop")?.post("/").send().await.err().ok_or("somebody listens")?;
    assert_eq!((error.attempts(), error.is_retryable()), (3, true), "{error}");
    assert!(matches!(&error, Error::Transport { error, .. } if error.is_before_sending()), "{error}");
    Ok(())
}

#[tokio::test]
async fn the_gateways_refusals_are_told_with_what_to_do() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    for (status, code, is_auth) in [
        (401, "ACCESS_TOKEN_EXPIRED", true),
        (402, "ENV_SUSPENDED", false),
        (403, "SERVICE_FORBIDDEN", true),
        (404, "SERVICE_NOT_FOUND", false),
        (413, "EXCEED_REQUEST_SIZE_LIMIT", false),
    ] {
        let fault = Fault::Code { status, code: code.to_owned() };
        let (answer, times) = bench.once(bench.get()?, fault).await;
        let error = answer.err().ok_or("the call succeeded")?;
        assert_eq!((times, error.attempts()), (0, 1), "{error}");
        assert_eq!(error.code(), Some(&GatewayCode::from(code)));
        assert_eq!(
            (error.is_auth(), error.is_gateway(), error.is_retryable()),
            (is_auth, true, false),
            "{error}"
        );
        let (text, advice) = (error.to_string(), GatewayCode::from(code).advice().unwrap_or_default());
        assert!(
            text.contains(code) && text.contains(advice) && text.contains("(request id request-"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1);
    }
    for code in [423, 451, 400, 500] {
        let (answer, _) = bench.once(bench.get()?, status(code)).await;
        let error = answer.err().ok_or("the call succeeded")?;
        assert_eq!((error.status().map(|status| status.as_u16()), error.attempts()), (Some(code), 1));
    }
    Ok(())
}

#[tokio::test]
async fn the_server_says_how_long_to_wait() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    for is_date in [false, true] {
        let value = if is_date { http_date(Duration::from_millis(1900))? } else { "1".to_owned() };
        let begin = Instant::now();
        let fault = Fault::Status { status: 429, retry_after: Some(value.clone()) };
        let (answer, _) = bench.once(bench.get()?, fault).await;
        assert_eq!(answer?.call().attempts(), 2);
        assert!(begin.elapsed() >= Duration::from_millis(850), "{value}: {:?}", begin.elapsed());
    }
    // Not past the call's time: the error comes at once.
    let begin = Instant::now();
    let fault = Fault::Status { status: 503, retry_after: Some("3600".to_owned()) };
    let (answer, _) = bench.once(bench.get()?, fault).await;
    assert!(answer.is_err_and(|error| error.attempts() == 1) && begin.elapsed() < Duration::from_secs(10));
    Ok(())
}

/// A moment in HTTP's form, whole seconds.
fn http_date(time: Duration) -> Result<String, Failure> {
    let moment = jiff::Timestamp::now() + time;
    Ok(jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&moment)?)
}

#[tokio::test]
async fn slow_answers_end_with_the_calls_time_or_the_attempts() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    let slow = || Fault::Slow(Duration::from_secs(5));
    let call = bench.get()?.timeout(Duration::from_millis(200));
    let error = bench.once(call, slow()).await.0.err().ok_or("the call succeeded")?;
    assert!(error.is_timeout() && error.is_retryable(), "{error}");
    assert!(error.to_string().contains("no answer within 200ms"), "{error}");
    // An attempt that takes too long is given up, and the next one is fine.
    let policy = || quick().attempts_within(Duration::from_millis(200));
    let (answer, _) = bench.once(bench.get()?.retry(policy()), slow()).await;
    assert_eq!(answer?.call().attempts(), 2);
    let (answer, times) = bench.once(bench.post()?.retry(policy()), slow()).await;
    assert!(answer.is_err_and(|error| error.is_timeout() && error.attempts() == 1) && times == 1);
    // Silence between two bytes.
    let gateway = Gateway::at(bench.emulator.url()).credential(Credential::api_key(bench.emulator.token()));
    let gateway = gateway.retry(RetryPolicy::never()).read_timeout(Duration::from_millis(100)).build()?;
    bench.emulator.faults().next(slow());
    let error = gateway.service("shop")?.get("/").send().await.err().ok_or("the call succeeded")?;
    assert!(error.to_string().contains("no byte within 100ms"), "{error}");
    // Slow, but not too slow.
    bench.emulator.faults().next(Fault::Slow(Duration::from_millis(1)));
    assert_eq!(gateway.service("shop")?.get("/").send().await?.text()?, BODY);
    Ok(())
}

#[tokio::test]
async fn what_the_gateway_does_not_take_is_named() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    let fits = bench.post()?.body("application/octet-stream", vec![7_u8; 20 << 20]).send().await?;
    assert_eq!(fits.status(), 200);
    let error = bench.post()?.body("application/octet-stream", vec![7_u8; (20 << 20) + 1]).send().await.err();
    let error = error.ok_or("20 MB and a byte were taken")?;
    assert_eq!(error.code(), Some(&GatewayCode::ExceedRequestSizeLimit), "{error}");
    // The same of a body whose length nobody knows before.
    let piece = cloudrun_runtime::Bytes::from(vec![7_u8; 1 << 20]);
    let pieces = futures_util::stream::iter((0..21).map(move |_| Ok::<_, std::io::Error>(piece.clone())));
    let body = cloudrun_runtime::Body::stream(pieces);
    let error = bench.post()?.body("application/octet-stream", body).send().await.err();
    let error = error.ok_or("21 MB were taken")?;
    assert_eq!(error.code(), Some(&GatewayCode::ExceedRequestSizeLimit), "{error}");
    // A service that takes too long.
    let never = Router::new().fallback(async || std::future::pending::<()>().await);
    let emulator =
        Emulator::new().request_time(Duration::from_millis(100)).service("shop", never).start().await?;
    let error = emulator.gateway()?.service("shop")?.post("/").send().await.err().ok_or("it answered")?;
    assert_eq!((error.code(), error.is_timeout()), (Some(&GatewayCode::ServiceTimeout), true), "{error}");
    Ok(())
}

#[tokio::test]
async fn connections_that_the_gateway_gave_up_cost_no_call() -> Result<(), Failure> {
    let bench = Bench::with(Emulator::new().idle_time(Duration::from_millis(100))).await?;
    for _ in 0..5 {
        // A new connection each time, since the last one has been closed in the meantime; nothing is made twice.
        assert_eq!(bench.post()?.send().await?.call().attempts(), 1);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert_eq!((bench.done.load(Ordering::Relaxed), bench.emulator.counts().connections()), (5, 5));
    assert_eq!(bench.emulator.counts().open_connections(), 0);
    // One that is closed with its answer is not used again either.
    for _ in 0..3 {
        assert_eq!(bench.once(bench.post()?, Fault::GoAway).await.0?.call().attempts(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_is_reset_at_once_is_survived_by_what_is_safe() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    bench.emulator.faults().reset_connections(2);
    assert_eq!(bench.get()?.send().await?.call().attempts(), 3);
    Ok(())
}

#[tokio::test]
async fn http2_goes_on_after_goaway_and_resets() -> Result<(), Failure> {
    let done = Arc::new(AtomicU32::new(0));
    let emulator = Emulator::new().tls().service("shop", service(Arc::clone(&done))).start().await?;
    let root = emulator.root_certificate().ok_or("no certificate")?;
    let transport = ReqwestTransport::builder().no_proxy().root_certificates(root).build()?;
    let gateway = Gateway::at(emulator.url()).credential(Credential::api_key(emulator.token()));
    let gateway = gateway.transport(transport).retry(quick()).build()?;
    let shop = gateway.service("shop")?;
    assert_eq!(shop.get("/").send().await?.text()?, BODY);
    for _ in 0..5 {
        emulator.faults().next(Fault::GoAway);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            tasks.spawn(shop.get("/").send());
        }
        while let Some(reply) = tasks.join_next().await {
            assert_eq!(reply??.text()?, BODY);
        }
    }
    emulator.faults().next(Fault::ResetAfter);
    assert_eq!(shop.get("/").send().await?.call().attempts(), 2);
    // Calls share a connection.
    let connections = emulator.counts().connections();
    let tasks: tokio::task::JoinSet<_> = (0..50).map(|_| shop.get("/").send()).collect();
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(emulator.counts().connections(), connections);
    // Whoever does not trust the certificate does not send the token.
    let stranger = Gateway::at(emulator.url()).credential(Credential::api_key(emulator.token())).build()?;
    let error =
        stranger.service("shop")?.post("/").send().await.err().ok_or("an unknown authority was trusted")?;
    assert!(error.to_string().contains("certificate"), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_outage_costs_no_more_than_the_budget() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    bench.emulator.faults().choose(|_| Some(status(503)));
    for _ in 0..300 {
        assert!(bench.get()?.send().await.is_err());
    }
    assert_eq!(bench.emulator.counts().requests(), 300 + 100, "a hundred repetitions for all");
    Ok(())
}

#[tokio::test]
async fn a_header_can_ask_for_a_fault() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    let call = bench.get()?.retry(RetryPolicy::never()).header("x-emulator-fault", "status:418");
    let error = call.send().await.err().ok_or("the call succeeded")?;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(418));
    Ok(())
}

#[tokio::test]
async fn the_budget_is_the_gateways_whatever_the_policy_of_a_call_is() -> Result<(), Failure> {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let router = Router::new().fallback(async move || {
        count.fetch_add(1, Ordering::Relaxed);
        StatusCode::SERVICE_UNAVAILABLE
    });
    let emulator = Emulator::new().service("down", router).start().await?;
    let gateway = emulator.gateway()?;
    for _ in 0..100 {
        let reply = gateway.service("down")?.get("/").retry(quick()).send().await?;
        assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    // Fifty calls are made three times; then the hundred repetitions are spent.
    assert_eq!(asked.load(Ordering::Relaxed), 200);
    Ok(())
}
