//! What the client of each folder of `constructs` sends and reads, called against its own document. All of them are compiled
//! here with warnings denied. `UPDATE=1` writes the files anew.
#![deny(warnings)]

use cloudrun_emulator::{Document, Emulator, Exchange, Message};
use cloudrun_runtime::http::HeaderMap;
use cloudrun_runtime::{Credential, Gateway, Reply, RetryPolicy};
use cloudrun_tests::house::{Case, Goldens, cases};
use std::fmt::Write;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

include!(concat!(env!("OUT_DIR"), "/constructs.rs"));

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Call = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;
type Samples = fn(&Gateway) -> Vec<(&'static str, Call)>;

/// The gateway's records arrive behind the answers.
const LATEST: Duration = Duration::from_secs(10);

#[tokio::test]
async fn every_construct_goes_over_the_wire_as_its_document_says() -> Result<(), Failure> {
    let cases = cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("constructs"))?;
    assert_eq!(cases.len(), SAMPLES.len());
    let mut goldens = Goldens::default();
    for (case, (name, samples)) in cases.iter().zip(SAMPLES) {
        assert_eq!(case.name, *name);
        let text = exchanges(case, *samples).await.map_err(|error| format!("{name}: {error}"))?;
        goldens.compare(&case.folder.join("exchanges.txt"), &text)?;
    }
    Ok(goldens.finish()?)
}

/// Makes every sample call of a construct, and writes down what the gateway saw of each.
async fn exchanges(case: &Case, samples: Samples) -> Result<String, Failure> {
    let (seen, mut exchanges) = unbounded_channel();
    let document = Document::read(&case.document).map_err(|error| error.to_string())?;
    let emulator = Emulator::new()
        .mock(&case.options.service, document)
        .on_exchange(move |exchange| drop(seen.send(exchange.clone())))
        .start()
        .await?;
    let gateway = Gateway::at(emulator.url())
        .credential(Credential::api_key(emulator.token()))
        .retry(RetryPolicy::never())
        .build()?;
    // What a request by hand has in its head is the runtime's, not the document's.
    gateway.service(&case.options.service)?.get("/").send().await.ok();
    let first = next(&mut exchanges).await?;
    let common = first.request().headers();
    let mut text = String::new();
    for (id, call) in samples(&gateway) {
        let before = emulator.counts().requests();
        let result = call.await;
        writeln!(text, "## {id}\n")?;
        if emulator.counts().requests() > before {
            let exchange = next(&mut exchanges).await?;
            request(&mut text, &exchange, common)?;
            let media_type = exchange.response().headers().get("content-type");
            let media_type = media_type.map(|value| String::from_utf8_lossy(value.as_bytes()));
            writeln!(text, "{} {}", exchange.status(), media_type.as_deref().unwrap_or("without a body"))?;
        }
        match result {
            Ok(_) => text.push_str("Ok\n\n"),
            Err(error) => writeln!(text, "Err: {error:?}\n")?,
        }
    }
    Ok(text)
}

async fn next(exchanges: &mut UnboundedReceiver<Exchange>) -> Result<Exchange, Failure> {
    Ok(timeout(LATEST, exchanges.recv()).await?.ok_or("the emulator has stopped")?)
}

/// The request's line, the headers that the document is responsible for, and the body.
fn request(text: &mut String, exchange: &Exchange, common: &HeaderMap) -> Result<(), Failure> {
    let (_, path) = exchange.service().ok_or("a request of no service")?;
    let query = exchange.target().split_once('?').map(|(_, query)| format!("?{query}"));
    writeln!(text, "{} {path}{}", exchange.method(), query.unwrap_or_default())?;
    let message = exchange.request();
    let nonce = nonce(message);
    let stable = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        nonce.as_ref().map_or(text.clone(), |nonce| text.replace(nonce, "…"))
    };
    for (name, value) in message.headers() {
        let is_own = !common.contains_key(name) || name == "accept";
        if is_own && name != "content-length" {
            writeln!(text, "{name}: {}", stable(value.as_bytes()))?;
        }
    }
    text.push('\n');
    let body = stable(message.body());
    if !body.is_empty() {
        writeln!(text, "{}\n", body.trim_end())?;
    }
    Ok(())
}

/// What is made up anew for every request: what stands between the parts of a multipart body, and a socket's key.
fn nonce(message: &Message) -> Option<String> {
    let header = |name: &str| message.headers().get(name)?.to_str().ok();
    let boundary = || Some(header("content-type")?.split_once("boundary=")?.1.trim_matches('"'));
    header("sec-websocket-key").or_else(boundary).map(str::to_owned)
}
