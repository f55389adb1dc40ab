//! Answers that are read while they arrive, from a real server.

cloudrun_runtime::include_client!("exchange");

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::Error;
use cloudrun_runtime::stream::{Reconnect, StreamError};
use exchange::Client;
use exchange::operations::GetBackupError;
use exchange::types::Meta;
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

type Failure = Box<dyn std::error::Error>;

/// A service whose every answer the test makes.
async fn serving(
    answer: impl Fn(&str, &HeaderMap) -> Response + Clone + Send + Sync + 'static,
) -> Result<(Client, RunningEmulator), Failure> {
    let router = Router::new().fallback(async move |request: Request| {
        let (head, body) = request.into_parts();
        // The request is read to its end, as a service does.
        let _ = to_bytes(body, usize::MAX).await;
        answer(head.uri.path(), &head.headers)
    });
    let emulator = Emulator::new().service("exchange", router).start().await?;
    Ok((Client::new(&emulator.gateway()?), emulator))
}

fn of(content_type: &'static str, body: impl Into<Body>) -> Response {
    ([("content-type", content_type)], body.into()).into_response()
}

/// A body whose pieces the test sends one by one.
fn channel() -> (mpsc::UnboundedSender<&'static str>, Body) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let pieces = stream::unfold(receiver, async |mut receiver: mpsc::UnboundedReceiver<&'static str>| {
        let piece = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(piece.as_bytes())), receiver))
    });
    (sender, Body::from_stream(pieces))
}

#[tokio::test]
async fn an_event_arrives_before_the_answer_ends() -> Result<(), Failure> {
    let (sender, body) = channel();
    let body = Arc::new(std::sync::Mutex::new(Some(body)));
    let (client, _emulator) = serving(move |_, headers| {
        assert_eq!(headers["accept"], "text/event-stream");
        of("text/event-stream", body.lock().ok().and_then(|mut body| body.take()).unwrap_or_default())
    })
    .await?;
    let call = tokio::spawn(client.chat(&Meta::default()).stream());
    sender.send("data: {\"text\":\"Hel")?;
    let mut events = call.await??;
    sender.send("lo\"}\n\n")?;
    let event = events.next().await.ok_or("no event")??;
    assert_eq!(event.data.text, "Hello");
    sender.send("event: word\nid: 7\nretry: 20\ndata: {\"text\":\ndata: \"you\"}\n\ndata: [DONE]\n\n")?;
    let event = events.next().await.ok_or("no event")??;
    assert_eq!((event.event.as_deref(), event.id.as_deref()), (Some("word"), Some("7")));
    assert_eq!((event.retry, event.data.text.as_str()), (Some(Duration::from_millis(20)), "you"));
    assert!(events.next().await.is_none(), "[DONE] ends the stream while the connection is open");
    Ok(())
}

#[tokio::test]
async fn a_piece_that_breaks_its_promise_is_told_and_passed() -> Result<(), Failure> {
    let text = "data: {\"text\":\"a\"}\n\ndata: oops\n\ndata: {\"text\":\"b\"}\n\n";
    let (client, _emulator) = serving(move |_, _| of("text/event-stream", text)).await?;
    let events = client.ticks().stream().await?.into_inner();
    let found: Vec<_> = events.collect().await;
    assert!(matches!(&found[1], Err(StreamError::Decode { data, .. }) if &data[..] == b"oops"), "{found:?}");
    assert!(found[2].as_ref().is_ok_and(|event| event.data.text == "b"));
    Ok(())
}

#[tokio::test]
async fn a_stream_that_breaks_off_goes_on_from_its_last_event() -> Result<(), Failure> {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let (client, _emulator) = serving(move |_, headers| {
        let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
        match (counted.fetch_add(1, Ordering::SeqCst), last) {
            (0, None) => {
                let pieces = stream::iter(["id: 1\ndata: {\"text\":\"one\"}\n\nid: 2\ndata: {\"te"]).map(Ok);
                let cut = stream::once(async {
                    // Later, so that the first piece is on its way.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Err(std::io::Error::other("cut"))
                });
                of("text/event-stream", Body::from_stream(pieces.chain(cut)))
            }
            (1, Some("1")) => axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response(),
            (2, Some("1")) => of("text/event-stream", "id: 2\ndata: {\"text\":\"two\"}\n\n"),
            // Nothing more to come.
            (3, Some("2")) => axum::http::StatusCode::NO_CONTENT.into_response(),
            other => panic_free(&format!("{other:?}")),
        }
    })
    .await?;
    let policy = Reconnect::default().delay(Duration::from_millis(1)).attempts(3);
    let events = client.ticks().stream().reconnect(policy).await?.into_inner();
    let words: Vec<_> = events.map(|event| event.map(|event| event.data.text)).collect().await;
    let words: Vec<String> = words.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(words, ["one", "two"]);
    assert!(calls.load(Ordering::SeqCst) >= 3);
    Ok(())
}

/// An answer that no test expects.
fn panic_free(what: &str) -> Response {
    (axum::http::StatusCode::IM_A_TEAPOT, what.to_owned()).into_response()
}

#[tokio::test]
async fn lines_and_sequences_are_values_one_by_one() -> Result<(), Failure> {
    let (client, _emulator) = serving(|path, _| match path {
        "/log" => of("application/x-ndjson", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n"),
        _ => of("application/json-seq", "\u{1e}{\"text\":\"a\"}\n\u{1e}{\"text\":\"b\"}\n"),
    })
    .await?;
    for mut records in [client.read_log().stream().await?, client.read_sequence().stream().await?] {
        let mut texts = Vec::new();
        while let Some(word) = records.next().await {
            texts.push(word?.text);
        }
        assert_eq!(texts, ["a", "b"]);
    }
    Ok(())
}

#[tokio::test]
async fn bytes_come_with_their_length_and_errors_stay_errors() -> Result<(), Failure> {
    let found = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&found);
    let (client, _emulator) = serving(move |_, _| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => of("application/octet-stream", vec![7; 300_000]),
        _ => {
            (axum::http::StatusCode::NOT_FOUND, [("content-type", "application/json")], "{\"name\":\"none\"}")
                .into_response()
        }
    })
    .await?;
    let mut body = client.get_backup().stream().await?;
    assert_eq!(body.length(), Some(300_000));
    let mut read = 0;
    while let Some(piece) = body.next().await {
        read += piece?.len();
    }
    assert_eq!(read, 300_000);
    let error = client.get_backup().stream().await.err();
    let Some(Error::Service { error: GetBackupError::NotFound(meta), .. }) = error else {
        return Err("no 404".into());
    };
    assert_eq!(meta.name.as_deref(), Some("none"));
    Ok(())
}

#[tokio::test]
async fn dropping_a_stream_frees_its_connection() -> Result<(), Failure> {
    struct Dropped(Arc<Notify>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let gone = Arc::new(Notify::new());
    let notify = Arc::clone(&gone);
    let (client, _emulator) = serving(move |_, _| {
        let endless = stream::unfold(Dropped(Arc::clone(&notify)), async |guard| {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, std::io::Error>("data: {\"text\":\"again\"}\n\n"), guard))
        });
        of("text/event-stream", Body::from_stream(endless))
    })
    .await?;
    let mut events = client.ticks().stream().await?;
    events.next().await.ok_or("no event")??;
    drop(events);
    tokio::time::timeout(Duration::from_secs(5), gone.notified()).await?;
    Ok(())
}

#[tokio::test]
async fn the_method_query_has_a_body() -> Result<(), Failure> {
    let (client, _emulator) = serving(|_, _| of("application/json", "{\"size\":3}")).await?;
    let found = client.search(&Meta::default()).send().await?;
    assert_eq!(found.size, Some(3));
    assert_eq!(found.reply().operation().method().as_str(), "QUERY");
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_no_event_stream_is_an_error_and_no_empty_end() -> Result<(), Failure> {
    for (content_type, shown) in
        [("text/html", "text/html"), ("", "no media type"), ("text/event-streams", "streams")]
    {
        let (client, _emulator) = serving(move |_, _| of(content_type, "<h1>Sign in first</h1>")).await?;
        let mut events = client.ticks().stream().reconnect(Reconnect::default()).await?;
        let error = events.next().await.ok_or("an empty end")?.err().ok_or("an event")?;
        assert!(
            matches!(error, StreamError::NoEvents { .. }) && error.to_string().contains(shown),
            "{error}"
        );
        assert!(events.next().await.is_none());
    }
    let (client, _emulator) =
        serving(|_, _| of("Text/Event-Stream;charset=utf-8", "data: {\"text\":\"a\"}\n\n")).await?;
    assert!(client.ticks().stream().await?.next().await.is_some_and(|event| event.is_ok()));
    Ok(())
}

#[tokio::test]
async fn only_what_may_pass_is_opened_again() -> Result<(), Failure> {
    for (status, expected) in [(401, 2), (403, 2), (404, 2), (500, 2), (200, 2), (202, 2), (503, 4), (429, 4)]
    {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let (client, _emulator) = serving(move |_, _| match counted.fetch_add(1, Ordering::SeqCst) {
            0 => of("text/event-stream", "data: {\"text\":\"one\"}\n\n"),
            // A page of a proxy where the status is 200.
            _ => {
                let status = axum::http::StatusCode::from_u16(status).unwrap_or_default();
                (status, of("text/html", "no")).into_response()
            }
        })
        .await?;
        let policy = Reconnect::default().delay(Duration::from_millis(1)).attempts(3);
        // One call is one request here, so that the openings can be counted.
        let call = client.ticks().retry(cloudrun_runtime::RetryPolicy::never());
        let mut events = call.stream().reconnect(policy).await?.into_inner();
        assert!(events.next().await.ok_or("no event")?.is_ok());
        let error = events.next().await.ok_or("a clean end")?.err().ok_or("an event")?;
        assert!(events.next().await.is_none());
        assert_eq!(calls.load(Ordering::SeqCst), expected, "{status}: {error}");
    }
    Ok(())
}

#[tokio::test]
async fn the_last_id_is_told_and_no_id_is_made_up() -> Result<(), Failure> {
    let (client, _emulator) = serving(|_, _| {
        of("text/event-stream", "data: {\"text\":\"a\"}\n\nid: 7\ndata: {\"text\":\"b\"}\n\n")
    })
    .await?;
    let mut events = client.ticks().stream().await?;
    for expected in [None, Some("7")] {
        events.next().await.ok_or("no event")??;
        assert_eq!(events.last_event_id(), expected);
    }
    assert!(events.next().await.is_none());
    Ok(())
}

#[tokio::test]
async fn what_is_done_is_no_end_of_text_events() -> Result<(), Failure> {
    let (client, emulator) = serving(|_, _| of("text/event-stream", "data: [DONE]\n\ndata: on\n\n")).await?;
    let mut events = emulator.gateway()?.service("exchange")?.get("/").events().await?;
    for expected in ["[DONE]", "on"] {
        assert_eq!(events.next().await.ok_or("an end")??.data, expected);
    }
    assert!(client.ticks().stream().await?.next().await.is_none(), "of JSON it is");
    Ok(())
}
