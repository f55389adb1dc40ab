//! What a team sees of its calls: spans, traces that go on in the service, metrics, a layer of its own; and what nobody sees:
//! secrets.

cloudrun_runtime::include_client!("exchange");

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use cloudrun_emulator::{Emulator, Fault, axum};
use cloudrun_runtime::http;
use cloudrun_runtime::transport::{Body, BoxFuture, Transport, TransportError};
use cloudrun_runtime::{Credential, Gateway, Layer, Operation, RetryPolicy, SignIn, Signature};
use exchange::Client;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing::instrument::WithSubscriber;
use tracing_subscriber::layer::SubscriberExt;

type Failure = Box<dyn std::error::Error>;

/// A service that answers with what it was told to keep to itself.
fn parrot() -> Router {
    Router::new().fallback(async |request: Request| {
        let headers = request.headers().iter();
        let mut text: String = headers
            .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or_default()))
            .collect();
        let (head, body) = request.into_parts();
        text.push_str(&String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap_or_default()));
        let status = if head.uri.path().contains("fail") { StatusCode::IM_A_TEAPOT } else { StatusCode::OK };
        (status, text)
    })
}

#[tokio::test]
async fn each_call_is_a_span_that_goes_on_in_the_service() -> Result<(), Failure> {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = Arc::new(tracing_subscriber::registry().with(layer));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let traces = Arc::clone(&seen);
    let service = Router::new().fallback(async move |headers: HeaderMap| {
        let trace = headers.get("traceparent").and_then(|value| value.to_str().ok()).map(str::to_owned);
        if let Ok(mut seen) = traces.lock() {
            seen.push(trace);
        }
        ([("content-type", "application/json")], r#"{"name": "weekly", "size": 3}"#)
    });
    let emulator = Emulator::new().service("exchange", service).start().await?;
    let policy = RetryPolicy::default().waits(Duration::from_millis(1), Duration::from_millis(1));
    let gateway = Gateway::at(emulator.url()).credential(Credential::api_key(emulator.token())).retry(policy);
    let client = Client::new(&gateway.build()?);
    emulator.faults().next(Fault::Status { status: 503, retry_after: None });
    let reply = client.get_report().send().with_subscriber(Arc::clone(&subscriber)).await?;
    emulator.faults().next(Fault::Code { status: 403, code: "SERVICE_FORBIDDEN".to_owned() });
    assert!(client.get_report().send().with_subscriber(Arc::clone(&subscriber)).await.is_err());

    let spans = exporter.get_finished_spans()?;
    assert_eq!(spans.len(), 2);
    let attributes = |index: usize| -> BTreeMap<String, String> {
        let pairs = spans[index].attributes.iter();
        pairs.map(|pair| (pair.key.to_string(), pair.value.as_str().into_owned())).collect()
    };
    assert_eq!(spans[0].name, "GET /report");
    let fine = attributes(0);
    for (name, value) in [
        ("http.request.method", "GET"),
        ("url.template", "/report"),
        ("server.address", "127.0.0.1"),
        ("http.response.status_code", "200"),
        ("http.request.resend_count", "1"),
        ("cloudrun.service", "exchange"),
        ("cloudrun.operation", "getReport"),
        ("cloudrun.request_id", reply.request_id().unwrap_or_default()),
    ] {
        assert_eq!(fine.get(name).map(String::as_str), Some(value), "{name} in {fine:?}");
    }
    assert!(!fine.contains_key("error.type"));
    assert_eq!(attributes(1).get("error.type").map(String::as_str), Some("403"));
    let trace = format!("00-{}-{}-01", spans[0].span_context.trace_id(), spans[0].span_context.span_id());
    assert_eq!(seen.lock().map(|seen| seen.clone()).unwrap_or_default(), [Some(trace)]);
    Ok(())
}

#[tokio::test]
async fn metrics_are_told_of_every_call() -> Result<(), Failure> {
    let emulator = Emulator::new().service("exchange", parrot()).start().await?;
    let reports = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&reports);
    let gateway = Gateway::at(emulator.url()).credential(Credential::api_key(emulator.token()));
    let gateway =
        gateway.retry(RetryPolicy::default().waits(Duration::ZERO, Duration::ZERO)).on_call(move |report| {
            let status = report.status().map(|status| status.as_u16());
            let row = (
                report.operation().id(),
                report.service().to_owned(),
                status,
                report.error(),
                report.call().attempts(),
            );
            if let Ok(mut told) = told.lock() {
                told.push(row);
            }
        });
    let gateway = gateway.build()?;
    let client = Client::new(&gateway);
    emulator.faults().next(Fault::Status { status: 503, retry_after: None });
    client.get_report().send_raw().await?;
    emulator.faults().next(Fault::Code { status: 404, code: "SERVICE_NOT_FOUND".to_owned() });
    assert!(client.get_report().send().await.is_err());
    emulator.faults().next(Fault::Delay(Duration::from_secs(60)));
    let slow = gateway.service("exchange")?.get("/x").timeout(Duration::from_millis(50));
    assert!(slow.send().await.is_err());
    // A call that nobody waits for any more has ended as well.
    emulator.faults().next(Fault::Delay(Duration::from_secs(60)));
    let call = gateway.service("exchange")?.get("/x").send();
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    let service = || "exchange".to_owned();
    let expected = [
        ("getReport", service(), Some(200), None, 2),
        ("getReport", service(), Some(404), Some("gateway"), 1),
        ("", service(), None, Some("timeout"), 1),
        ("", service(), None, Some("cancelled"), 1),
    ];
    assert_eq!(reports.lock().map(|rows| rows.clone()).unwrap_or_default(), expected);
    Ok(())
}

/// Writes down what is called, and answers some of it itself.
struct Cache(Arc<Mutex<Vec<String>>>);

impl Layer for Cache {
    fn send<'a>(
        &'a self,
        request: http::Request<Body>,
        next: &'a dyn Transport,
    ) -> BoxFuture<'a, Result<http::Response<Body>, TransportError>> {
        let id =
            request.extensions().get::<&'static Operation>().map_or("by hand", |operation| operation.id());
        if let Ok(mut seen) = self.0.lock() {
            seen.push(id.to_owned());
        }
        match id {
            "getReport" => Box::pin(async { Ok(http::Response::new(Body::from(r#"{"name":"cached"}"#))) }),
            _ => next.send(request),
        }
    }
}

#[tokio::test]
async fn a_layer_sees_each_request_and_may_answer() -> Result<(), Failure> {
    let emulator = Emulator::new().service("exchange", parrot()).user("ada", "correct horse").start().await?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let gateway = Gateway::at(emulator.url()).credential(SignIn::password("ada", "correct horse"));
    let gateway = gateway.layer(Cache(Arc::clone(&seen))).build()?;
    assert_eq!(Client::new(&gateway).get_report().send().await?.name.as_deref(), Some("cached"));
    gateway.service("exchange")?.get("/x").send().await?;
    // The sign-in has passed it by, with its password.
    assert_eq!(seen.lock().map(|seen| seen.clone()).unwrap_or_default(), ["getReport", "by hand"]);
    Ok(())
}

/// Everything that is logged, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Ok(mut log) = self.0.lock() {
            log.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_secret_is_seen_by_nobody() -> Result<(), Failure> {
    const PLANTED: &str = "planted-7f3a9c51";
    let log = Log::default();
    let writer = log.clone();
    // Everything that the libraries below say too.
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    let subscriber = Arc::new(subscriber.with_writer(move || writer.clone()).finish());
    let emulator = Emulator::new().service("exchange", parrot()).token(PLANTED).user("ada", PLANTED);
    let emulator = emulator.key_pair("AKIDexample", PLANTED).start().await?;
    let mut shown = Vec::new();
    let credentials = [
        Credential::api_key(PLANTED),
        Credential::access_token(format!("{PLANTED}.not.valid")),
        SignIn::password("ada", PLANTED).into(),
        SignIn::refresh_token(PLANTED).into(),
        Signature::new("AKIDexample", PLANTED).session_token(format!("{PLANTED}-session")).into(),
        Credential::api_key(format!("{PLANTED}\nx")),
    ];
    for credential in credentials {
        shown.push(format!("{credential:?} {credential:#?}"));
        let builder = Gateway::at(emulator.url()).credential(credential).retry(RetryPolicy::never());
        shown.push(format!("{builder:?}"));
        let gateway = match builder.build() {
            Ok(gateway) => gateway,
            Err(error) => {
                shown.push(format!("{error} {error:?}"));
                continue;
            }
        };
        shown.push(format!("{gateway:?}"));
        let client = Client::new(&gateway).with_key(&format!("{PLANTED}-of-the-service"));
        shown.push(format!("{client:?} {:?}", client.get_report()));
        for fault in [None, Some(Fault::ResetAfter), Some(Fault::Garbage), Some(Fault::Half)] {
            if let Some(fault) = fault {
                emulator.faults().next(fault);
            }
            // The service repeats what it was told, as an answer that is no JSON, and as an error.
            let calls = async {
                shown.push(match client.open_vault().send().await {
                    Ok(reply) => format!("{reply:?}"),
                    Err(error) => format!("{error} {error:?} {error:#?}"),
                });
                shown.push(match client.get_report().send().await {
                    Ok(reply) => format!("{reply:?}"),
                    Err(error) => {
                        let sources =
                            std::iter::successors(std::error::Error::source(&error), |error| error.source());
                        let sources: Vec<String> =
                            sources.map(|error| format!("{error} {error:?}")).collect();
                        format!("{error} {error:?} {sources:?} {:?}", error.reply())
                    }
                });
                let by_hand = gateway.service("exchange").map(|service| service.get("/fail"));
                if let Ok(call) = by_hand {
                    shown.push(format!("{call:?}"));
                    shown.push(format!("{:?}", call.send().await));
                }
            };
            calls.with_subscriber(Arc::clone(&subscriber)).await;
            emulator.faults().clear();
        }
        // What a panic says.
        let failed =
            gateway.service("exchange")?.get("/fail").header("x-emulator-fault", "status:500").send().await;
        let message = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            #[allow(clippy::unwrap_used, reason = "its message is looked at")]
            failed.unwrap();
        }));
        let panic = message.err().ok_or("the call succeeded")?;
        shown.push(panic.downcast_ref::<String>().cloned().ok_or("the panic has no message")?);
    }
    let logged = log.0.lock().map(|log| String::from_utf8_lossy(&log).into_owned()).unwrap_or_default();
    assert!(logged.contains("cloudrun.call"), "nothing was logged");
    assert!(shown.iter().any(|text| text.contains("<redacted>")), "no answer repeated a secret");
    shown.push(logged);
    for text in shown {
        let at = text.find(PLANTED);
        let around = at.map(|at| {
            &text[text.floor_char_boundary(at.saturating_sub(200))..text.ceil_char_boundary(at + 60)]
        });
        assert_eq!(around, None);
    }
    Ok(())
}
