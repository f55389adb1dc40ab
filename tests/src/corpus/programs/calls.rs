//! Calls every operation of a generated client, and says in a line of JSON what became of each attempt.

mod client;
use cloudrun_runtime::transport::{BoxFuture, ReqwestTransport, Transport};
use cloudrun_runtime::{Body, Credential, Gateway, TransportError, http};
use cloudrun_runtime::serde_json::{self, Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longer bodies are not needed to judge an answer.
const LONGEST: usize = 4 << 20;

/// What one attempt showed on the wire.
#[derive(Default, Clone)]
struct Seen {
    line: String,
    status: u16,
    violations: Option<String>,
    media_type: Option<String>,
    body: String,
}

/// Asks the mock for an answer of a kind, and remembers what went over the wire.
struct Recording {
    inner: ReqwestTransport,
    prefer: Arc<Mutex<Option<String>>>,
    seen: Arc<Mutex<Seen>>,
}

impl Transport for Recording {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let line = format!("{} {}", request.method(), request.uri());
            let mut request = request;
            if let Some(prefer) = self.prefer.lock().unwrap().as_ref() {
                request.headers_mut().insert("prefer", prefer.parse().unwrap());
            }
            *self.seen.lock().unwrap() = Seen { line: line.clone(), ..Seen::default() };
            let response = self.inner.send(request).await?;
            let (head, body) = response.into_parts();
            let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let (violations, media_type) = (header("sl-violations"), header("content-type"));
            let bytes = body.collect().await?;
            let body = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]).into_owned();
            *self.seen.lock().unwrap() = Seen { line, status: head.status.as_u16(), violations, media_type, body };
            Ok(http::Response::from_parts(head, Body::from(bytes)))
        })
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let direct = arguments[3] == "direct";
    let statuses: Value = serde_json::from_str(&std::fs::read_to_string(&arguments[4]).unwrap()).unwrap();
    let (prefer, seen) = (Arc::<Mutex<Option<String>>>::default(), Arc::<Mutex<Seen>>::default());
    let inner = ReqwestTransport::builder().no_proxy().build().unwrap();
    let transport = Recording { inner, prefer: Arc::clone(&prefer), seen: Arc::clone(&seen) };
    let builder = if direct { Gateway::direct(&arguments[1]) } else { Gateway::at(&arguments[1]) };
    let gateway = builder.credential(Credential::api_key(&arguments[2])).timeout(Duration::from_secs(20));
    let gateway = gateway.transport(transport).build().unwrap();
    let client = client::samples::with_secrets(client::Client::new(&gateway), direct);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (id, call) in client::samples::ALL {
        // The mock has two ways to make an answer; where neither works, another documented answer may.
        let codes = statuses[id].as_array().into_iter().flatten().map(|code| Some(format!("code={code}")));
        let ways = [None, Some("dynamic=true".to_owned())].into_iter().chain(codes);
        let mut attempts = Vec::new();
        for way in ways {
            prefer.lock().unwrap().clone_from(&way);
            *seen.lock().unwrap() = Seen::default();
            let error = runtime.block_on(call(client.clone())).err().map(|error| format!("{error:?}"));
            let Seen { line, status, violations, media_type, body } = seen.lock().unwrap().clone();
            let is_of_the_mock = media_type.as_deref() == Some("application/problem+json") && body.contains("stoplight.io/prism");
            // Some operations document errors only; a documented one, read as its type, is an answer.
            let is_read = error.as_ref().is_none_or(|error| {
                error.contains("the service answered") && !error.contains("Undocumented(") && !is_of_the_mock
            });
            attempts.push(json!({
                "way": way, "line": line, "status": status, "violations": violations, "media_type": media_type,
                "body": if is_read { "" } else { &body }, "error": error, "is_read": is_read, "is_of_the_mock": is_of_the_mock,
            }));
            // What was never sent fails in every way.
            if is_read || attempts.len() > 8 || line.is_empty() {
                break;
            }
        }
        println!("{}", json!({"id": id, "attempts": attempts}));
    }
}
