//! What people read of a call: messages of errors and of what is below them, `Debug` of all that a caller holds, logs.

use crate::Failure;
use crate::answers::Answer;
use crate::places::Place;
use cloudrun_emulator::axum::Router;
use cloudrun_emulator::axum::body::{Body, Bytes};
use cloudrun_emulator::axum::extract::Request;
use cloudrun_emulator::axum::http::Response;
use cloudrun_runtime::{RetryPolicy, Undocumented, body, stream};
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex};
use tracing::instrument::WithSubscriber;

/// A thing, whose id is quoted where it is none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thing {
    pub(crate) id: cloudrun_runtime::uuid::Uuid,
    pub(crate) labels: Option<std::collections::BTreeMap<String, i64>>,
}
cloudrun_runtime::object!(Thing { "id" id required, "labels" labels optional });

/// A text that somebody may read.
pub(crate) struct Seen {
    pub(crate) view: &'static str,
    pub(crate) text: String,
    /// Whether it is a message of ours, on one line.
    pub(crate) is_message: bool,
}

fn message(view: &'static str, text: impl ToString) -> Seen {
    Seen { view, text: text.to_string(), is_message: true }
}

fn debug(view: &'static str, text: String) -> Seen {
    Seen { view, text, is_message: false }
}

/// An error, and all that is below it.
fn error(error: &(dyn Error + 'static)) -> Vec<Seen> {
    let mut source = error.source();
    let mut seen = vec![
        message("Display", error),
        debug("Debug", format!("{error:?}")),
        debug("pretty Debug", format!("{error:#?}")),
    ];
    while let Some(error) = source {
        seen.extend([
            message("Display of a source", error),
            debug("Debug of a source", format!("{error:?}")),
        ]);
        source = error.source();
    }
    seen
}

/// Answers everything in one way.
async fn server(
    answer: &'static Answer,
    secret: &str,
    of_sign_in: bool,
) -> Result<(String, tokio::task::JoinHandle<()>), Failure> {
    let (secret, body): (Arc<str>, Bytes) = (secret.into(), (answer.body)(secret).into());
    let router = Router::new().fallback(async move |request: Request| {
        match request.uri().path().starts_with("/auth/") == of_sign_in {
            true => answer.with_body(&secret, body),
            false => Response::new(Body::from(r#"{"access_token": "another token"}"#)),
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let task = tokio::spawn(async move {
        // It ends with the test.
        let _ = cloudrun_emulator::axum::serve(listener, router).await;
    });
    Ok((url, task))
}

/// Everything that is seen of calls from this place that are answered so.
pub(crate) async fn see(place: &Place, answer: &'static Answer, secret: &str) -> Result<Vec<Seen>, Failure> {
    let (url, task) = server(answer, secret, place.signs_in).await?;
    let mut seen = Vec::new();
    let builder = place.gateway(&url, secret).retry(RetryPolicy::never());
    seen.push(debug("Debug of a builder", format!("{builder:?}")));
    let gateway = match builder.build() {
        Ok(gateway) => gateway,
        Err(wrong) => {
            seen.extend(error(&wrong));
            return Ok(seen);
        }
    };
    let service = place.service(&gateway, secret);
    let request = || (place.request)(&service, secret);
    seen.push(debug("Debug of a gateway", format!("{gateway:?} {service:?}")));
    seen.push(debug("Debug of a request", format!("{:?} {:#?}", request(), request())));
    match request().send::<Thing, Undocumented>(body::json).await {
        Ok(response) => seen.push(debug("Debug of an answer", format!("{:?}", response.reply()))),
        Err(wrong) => {
            seen.extend(error(&wrong));
            seen.push(debug(
                "Debug of an answer",
                format!("{:?} {:?}", wrong.reply(), wrong.service_error()),
            ));
            if let cloudrun_runtime::Error::Gateway(refusal) = &wrong {
                seen.push(message("Display of a refusal", refusal));
                let code = refusal.code().map(|code| format!("{code} {code:?}"));
                seen.push(debug("a refusal's parts", format!("{code:?} {:?}", refusal.message())));
            }
        }
    }
    match request().send_raw().await {
        Ok(reply) => {
            seen.push(debug("Debug of a raw answer", format!("{reply:?} {reply:#?}")));
            if let Err(wrong) = reply.json::<u8>() {
                seen.extend(error(&wrong));
            }
        }
        Err(wrong) => seen.extend(error(&wrong)),
    }
    match request().open::<_, Undocumented>(stream::events::<Thing>).await {
        Ok(mut events) => {
            while let Some(event) = events.next().await {
                seen.extend(event.err().iter().flat_map(|wrong| error(wrong)));
            }
        }
        Err(wrong) => seen.extend(error(&wrong)),
    }
    match request().open::<_, Undocumented>(stream::json_lines::<Thing>).await {
        Ok(mut records) => {
            seen.push(debug("Debug of a stream", format!("{records:?}")));
            while let Some(record) = records.next().await {
                seen.extend(record.err().iter().flat_map(|wrong| error(wrong)));
            }
        }
        Err(wrong) => seen.extend(error(&wrong)),
    }
    task.abort();
    Ok(seen)
}

/// What is logged, spans too.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) async fn during<T>(&self, call: impl Future<Output = T>) -> T {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        let subscriber = subscriber.with_writer(move || writer.clone());
        call.with_subscriber(subscriber.finish()).await
    }

    pub(crate) fn seen(&self) -> Seen {
        let text = self.0.lock().map(|log| String::from_utf8_lossy(&log).into_owned()).unwrap_or_default();
        debug("logs and spans", text)
    }
}

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
