//! Waits are random in part, so that the clients of a service that was away do not come back all at once. The clock is still: each
//! wait is seen as long as it was meant.

use cloudrun_runtime::http::{Request, Response};
use cloudrun_runtime::stream::Reconnect;
use cloudrun_runtime::transport::{Body, BoxFuture, Transport, TransportError};
use cloudrun_runtime::{Gateway, RetryPolicy};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

type Failure = Box<dyn std::error::Error>;

const LONGEST: Duration = Duration::from_secs(10);

/// A service that is called at these moments, and answers all calls alike.
#[derive(Clone)]
struct Clocked {
    moments: Arc<Mutex<Vec<Instant>>>,
    status: u16,
}

impl Transport for Clocked {
    fn send(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        if let Ok(mut moments) = self.moments.lock() {
            moments.push(Instant::now());
        }
        let answer = Response::builder().status(self.status).header("content-type", "text/event-stream");
        let answer = answer.body(Body::from("data: again\n\n"));
        Box::pin(async { answer.map_err(|error| TransportError::new(error.to_string())) })
    }
}

impl Clocked {
    fn new(status: u16) -> Self {
        Self { moments: Arc::default(), status }
    }

    fn gateway(&self) -> Result<Gateway, Failure> {
        let policy = RetryPolicy::default().attempts(9).waits(LONGEST, LONGEST);
        let gateway = Gateway::direct("http://localhost").transport(self.clone()).retry(policy);
        Ok(gateway.timeout(LONGEST * 100).build()?)
    }

    /// How long it was left alone in between.
    fn waits(&self) -> Result<Vec<Duration>, Failure> {
        let moments = self.moments.lock().map_err(|_| "poisoned")?;
        Ok(moments.windows(2).map(|pair| pair[1] - pair[0]).collect())
    }
}

fn differ(waits: &[Duration]) -> bool {
    waits.iter().collect::<BTreeSet<_>>().len() > waits.len() / 2
}

#[tokio::test(start_paused = true)]
async fn no_two_calls_are_made_again_after_the_same_time() -> Result<(), Failure> {
    let clocked = Clocked::new(503);
    assert!(clocked.gateway()?.service("shop")?.get("/").send().await.is_ok());
    let waits = clocked.waits()?;
    assert_eq!(waits.len(), 8);
    assert!(differ(&waits), "{waits:?}");
    // The timer's grain is a millisecond.
    assert!(waits.iter().all(|wait| *wait <= LONGEST + Duration::from_millis(1)), "{waits:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn no_two_streams_are_opened_again_after_the_same_time() -> Result<(), Failure> {
    let clocked = Clocked::new(200);
    let policy = Reconnect::default().delay(LONGEST);
    let mut events = clocked.gateway()?.service("shop")?.get("/").events().reconnect(policy).await?;
    for _ in 0..9 {
        events.next().await.ok_or("an end")??;
    }
    let waits = clocked.waits()?;
    assert_eq!(waits.len(), 8);
    assert!(differ(&waits), "{waits:?}");
    let range = LONGEST / 2..=LONGEST + Duration::from_millis(1);
    assert!(waits.iter().all(|wait| range.contains(wait)), "{waits:?}");
    Ok(())
}
