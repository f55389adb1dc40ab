//! Whatever a caller waits for may be dropped at any moment. Each future of the runtime is polled once, twice, …, and dropped, until
//! it ends by itself; then places, connections, tokens and renewals are whole: the same gateway does its next calls at once.

cloudrun_runtime::include_client!("exchange");

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get, post};
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::stream::Reconnect;
use cloudrun_runtime::{Credential, Gateway, RetryPolicy, SignIn, websocket};
use exchange::Client;
use futures_util::stream;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

type Failure = Box<dyn std::error::Error>;
/// A future of the runtime, made and waited for; whether it succeeded.
type Task = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// A future by its name, and how it is made.
type Case = (&'static str, fn(Gateway) -> Task);

/// What a next call may take. It would wait for ever for a place, a connection or a renewal that is lost.
const PROMPTLY: Duration = Duration::from_secs(5);
/// Requests that may be under way at the same time.
const PLACES: usize = 2;
/// More polls than any of the futures needs.
const MOST: u32 = 400;

/// Polls a future so many times; what it came to, if it did.
async fn polled(mut task: Task, times: u32) -> Option<Result<(), Failure>> {
    let mut left = times;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match task.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            // It is dropped where it waits, not when it could go on.
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// What the service holds now: endless answers and sockets.
#[derive(Clone, Default)]
struct Held(Arc<AtomicU64>);

struct Hold(Held);

impl Held {
    fn one(&self) -> Hold {
        self.0.fetch_add(1, Ordering::SeqCst);
        Hold(self.clone())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn service(held: Held) -> Router {
    let piece = async |index: u64| {
        sleep(Duration::from_millis(2)).await;
        Bytes::from(format!("id: {index}\nretry: 1\ndata: {{\"text\":\"{index}\"}}\n\n"))
    };
    // Answers in pieces, two and then no more where it is asked for.
    let pieces = async move |State(held): State<Held>, request: Request| {
        let ends = request.uri().path().ends_with("short");
        let pieces = stream::unfold((0, held.one()), move |(index, hold)| async move {
            let is_over = ends && index == 2;
            if is_over {
                None
            } else {
                Some((Ok::<_, std::io::Error>(piece(index).await), (index + 1, hold)))
            }
        });
        ([("content-type", "text/event-stream")], Body::from_stream(pieces)).into_response()
    };
    let socket = async |State(held): State<Held>, upgrade: WebSocketUpgrade| -> Response {
        upgrade.on_upgrade(async move |mut socket| {
            let _hold = held.one();
            while let Some(Ok(message)) = socket.recv().await {
                // Whoever is gone needs no answer.
                if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
                    return;
                }
            }
        })
    };
    let words = async |Query(query): Query<BTreeMap<String, String>>| {
        let next = if query.contains_key("cursor") { "null" } else { "\"more\"" };
        let page = format!("{{\"words\":[{{\"text\":\"a\"}}],\"page\":{{\"next\":{next}}}}}");
        ([("content-type", "application/json")], page)
    };
    Router::new()
        .route("/hello", any(async || "hello"))
        .route("/slow", get(async || sleep(Duration::from_millis(5)).await))
        .route("/length", post(async |body: Bytes| body.len().to_string()))
        .route("/moved", get(async || Redirect::temporary("/hello")))
        .route("/pieces", get(pieces))
        .route("/pieces/short", get(pieces))
        .route("/socket", get(socket))
        .route("/words", get(words))
        .with_state(held)
}

/// The emulator, and what its service holds.
struct Bench {
    emulator: RunningEmulator,
    held: Held,
}

impl Bench {
    async fn start() -> Result<Self, Failure> {
        let held = Held::default();
        let emulator = Emulator::new().user("ada", "correct horse");
        let emulator = emulator.service("exchange", service(held.clone())).start().await?;
        Ok(Self { emulator, held })
    }

    fn gateway(&self, credential: impl Into<Credential>) -> Result<Gateway, Failure> {
        let gateway = Gateway::at(self.emulator.url()).credential(credential);
        let policy = RetryPolicy::default().waits(Duration::from_millis(1), Duration::from_millis(2));
        Ok(gateway.retry(policy).max_concurrent_requests(PLACES).build()?)
    }

    /// All that was opened is closed a moment after.
    async fn is_left_by_everybody(&self) -> bool {
        for _ in 0..250 {
            if self.held.0.load(Ordering::SeqCst) == 0 && self.emulator.counts().open_connections() == 0 {
                return true;
            }
            sleep(Duration::from_millis(20)).await;
        }
        false
    }
}

/// A gateway that has lost nothing takes as many requests as before at the same time.
async fn whole(gateway: &Gateway) -> Result<(), Failure> {
    let service = gateway.service("exchange")?;
    let calls = async {
        let mut places = Vec::new();
        for _ in 0..PLACES {
            places.push(service.get("/pieces").stream().await?);
        }
        drop(places);
        Ok::<_, Failure>(service.get("/hello").send().await?.text()?.to_owned())
    };
    let text = timeout(PROMPTLY, calls).await.map_err(|_| "the next calls wait for ever")??;
    assert_eq!(text, "hello");
    Ok(())
}

/// Drops a future at each place where it waits, and looks for what is missing. Each time the gateway is the one that is handed in.
async fn dropped_everywhere(
    gateway: impl AsyncFn() -> Result<Gateway, Failure>,
    task: impl Fn(Gateway) -> Task,
) -> Result<(), Failure> {
    for polls in 0..MOST {
        let gateway = gateway().await?;
        let end = polled(task(gateway.clone()), polls).await;
        whole(&gateway).await.map_err(|error| format!("after {polls} polls: {error}"))?;
        if let Some(result) = end {
            // A future that waits for nothing shows nothing.
            assert!(polls > 1, "it never waited");
            return result;
        }
    }
    Err(format!("it does not end within {MOST} polls").into())
}

/// The same of several futures, all by one gateway, at whose end nobody and nothing is left.
async fn all_dropped_everywhere(tasks: &[Case]) -> Result<(), Failure> {
    let bench = Bench::start().await?;
    let alive = Handle::current().metrics().num_alive_tasks();
    for (name, task) in tasks {
        let gateway = bench.gateway(Credential::api_key(bench.emulator.token()))?;
        let result = dropped_everywhere(async || Ok(gateway.clone()), task).await;
        result.map_err(|error| format!("{name}: {error}"))?;
        drop(gateway);
        assert!(bench.is_left_by_everybody().await, "{name}: connections or answers are left open");
        assert_eq!(Handle::current().metrics().num_alive_tasks(), alive, "{name}: tasks are left");
    }
    Ok(())
}

#[tokio::test]
async fn calls_may_be_dropped_anywhere() -> Result<(), Failure> {
    all_dropped_everywhere(&[
        ("a call", |gateway| {
            Box::pin(async move {
                drop(gateway.service("exchange")?.get("/slow").send().await?);
                Ok(())
            })
        }),
        ("a call with a limit of its own", |gateway| {
            Box::pin(async move {
                drop(gateway.service("exchange")?.get("/slow").timeout(Duration::from_secs(9)).send().await?);
                Ok(())
            })
        }),
        ("a call that is led on", |gateway| {
            Box::pin(async move {
                drop(gateway.service("exchange")?.get("/moved").send().await?);
                Ok(())
            })
        }),
        ("a call that is made again", |gateway| {
            Box::pin(async move {
                let service = gateway.service("exchange")?;
                let call = service.get("/hello").header("x-emulator-fault", "status:503").send().await;
                call.err().map(drop).ok_or_else(|| "it succeeded".into())
            })
        }),
        ("an upload", |gateway| {
            Box::pin(async move {
                let service = gateway.service("exchange")?;
                let pieces = stream::unfold(0, async |index| {
                    sleep(Duration::from_millis(2)).await;
                    (index < 3).then_some((Ok::<_, std::io::Error>(Bytes::from_static(b"piece")), index + 1))
                });
                let body = cloudrun_runtime::Body::stream(Box::pin(pieces));
                let reply = service.post("/length").body("application/octet-stream", body).send().await?;
                assert_eq!(reply.text()?, "15");
                Ok(())
            })
        }),
        ("an upload of a file", |gateway| {
            Box::pin(async move {
                let body = cloudrun_runtime::Body::file(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))?;
                let call = gateway.service("exchange")?.post("/length").body("application/toml", body);
                assert_ne!(call.send().await?.text()?, "0");
                Ok(())
            })
        }),
        ("pages", |gateway| {
            Box::pin(async move {
                let mut pages = Client::new(&gateway).list_words().pages();
                let mut count = 0;
                while let Some(page) = pages.next().await {
                    page?;
                    count += 1;
                }
                assert_eq!(count, 2);
                Ok(())
            })
        }),
    ])
    .await
}

#[tokio::test]
async fn streams_may_be_dropped_anywhere() -> Result<(), Failure> {
    all_dropped_everywhere(&[
        ("an opening", |gateway| {
            Box::pin(async move {
                drop(gateway.service("exchange")?.get("/pieces").stream().await?);
                Ok(())
            })
        }),
        ("pieces", |gateway| {
            Box::pin(async move {
                let service = gateway.service("exchange")?;
                let mut pieces = service.get("/pieces/short").stream().await?;
                while let Some(piece) = pieces.next().await {
                    piece?;
                }
                Ok(())
            })
        }),
        ("events", |gateway| {
            Box::pin(async move {
                let service = gateway.service("exchange")?;
                let mut events = service.get("/pieces").events().await?;
                for _ in 0..3 {
                    events.next().await.ok_or("an end")??;
                }
                Ok(())
            })
        }),
        ("events that are opened again", |gateway| {
            Box::pin(async move {
                let service = gateway.service("exchange")?;
                let policy = Reconnect::default().delay(Duration::from_millis(1));
                let mut events = service.get("/pieces/short").events().reconnect(policy).await?;
                for _ in 0..5 {
                    events.next().await.ok_or("an end")??;
                }
                Ok(())
            })
        }),
    ])
    .await
}

#[tokio::test]
async fn sockets_may_be_dropped_anywhere() -> Result<(), Failure> {
    all_dropped_everywhere(&[
        ("an opening", |gateway| {
            Box::pin(async move {
                drop(gateway.service("exchange")?.get("/socket").connect().await?);
                Ok(())
            })
        }),
        ("messages both ways and a good-bye", |gateway| {
            Box::pin(async move {
                let service = gateway.service("exchange")?;
                let mut socket = service.get("/socket").connect().await?.into_inner();
                for number in 0..3 {
                    let message = websocket::Message::from(number.to_string().as_str());
                    socket.send(&message).await?;
                    assert_eq!(socket.next().await.ok_or("an end")??, message);
                }
                socket.close().await;
                Ok(())
            })
        }),
        ("more than fits", |gateway| {
            Box::pin(async move {
                let service = gateway.service("exchange")?;
                let mut socket = service.get("/socket").connect().await?.into_inner();
                // Those that wait for room on this side make the sender wait.
                for number in 0..100 {
                    socket.send(&websocket::Message::from(number.to_string().as_str())).await?;
                    if number % 2 == 0 {
                        socket.next().await.ok_or("an end")??;
                    }
                }
                Ok(())
            })
        }),
    ])
    .await
}

#[tokio::test]
async fn a_sign_in_may_be_dropped_anywhere_and_is_made_once() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    let alive = Handle::current().metrics().num_alive_tasks();
    let gateways = AtomicU64::new(0);
    let gateway = async || {
        gateways.fetch_add(1, Ordering::Relaxed);
        bench.gateway(SignIn::password("ada", "correct horse"))
    };
    dropped_everywhere(gateway, hello).await?;
    assert_eq!(bench.emulator.counts().sign_ins(), gateways.load(Ordering::Relaxed));
    assert_eq!(bench.emulator.counts().refreshes(), 0);
    assert!(bench.is_left_by_everybody().await);
    assert_eq!(Handle::current().metrics().num_alive_tasks(), alive);
    Ok(())
}

#[tokio::test]
async fn a_renewal_may_be_dropped_anywhere_and_loses_no_token() -> Result<(), Failure> {
    let bench = Bench::start().await?;
    let alive = Handle::current().metrics().num_alive_tasks();
    let gateways = AtomicU64::new(0);
    let client = reqwest::Client::new();
    let gateway = async || {
        gateways.fetch_add(1, Ordering::Relaxed);
        // The refresh token of a session that is gone; it is good for one renewal.
        let body = serde_json::json!({"username": "ada", "password": "correct horse"}).to_string();
        let answer =
            client.post(format!("{}/auth/v1/signin", bench.emulator.url())).body(body).send().await?;
        let tokens: serde_json::Value = serde_json::from_slice(&answer.bytes().await?)?;
        bench.gateway(SignIn::refresh_token(tokens["refresh_token"].as_str().ok_or("no token")?))
    };
    dropped_everywhere(gateway, hello).await?;
    assert_eq!(bench.emulator.counts().refreshes(), gateways.load(Ordering::Relaxed));
    drop(client);
    assert!(bench.is_left_by_everybody().await);
    assert_eq!(Handle::current().metrics().num_alive_tasks(), alive);
    Ok(())
}

fn hello(gateway: Gateway) -> Task {
    Box::pin(async move {
        drop(gateway.service("exchange")?.get("/hello").send().await?);
        Ok(())
    })
}
