//! A gigabyte each way in little memory. The client runs in a process of its own, this test started once more, so that
//! its memory can be told from the service's.

cloudrun_runtime::include_client!("exchange");

use axum::Router;
use axum::body::{Body as Answer, Bytes};
use axum::extract::Request;
use axum::response::IntoResponse;
use cloudrun_emulator::{Emulator, axum};
use cloudrun_runtime::{Body, Credential, Gateway};
use exchange::Client;
use futures_util::{StreamExt, stream};
use std::process::Command;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SIZE: u64 = 1 << 30;
const PIECE: usize = 1 << 20;
/// Names the gateway for the process that is the client.
const GATEWAY: &str = "CLOUDRUN_TEST_LARGE_GATEWAY";
const LIMIT_KIB: u64 = 64 << 10;

fn pieces() -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + Send {
    let piece = Bytes::from(vec![7; PIECE]);
    stream::iter((0..SIZE / PIECE as u64).map(move |_| Ok(piece.clone())))
}

/// Counts what is uploaded, and hands out as much.
async fn service(request: Request) -> axum::response::Response {
    if request.method() == axum::http::Method::GET {
        let headers =
            [("content-type", "application/octet-stream".to_owned()), ("content-length", SIZE.to_string())];
        return (headers, Answer::from_stream(pieces())).into_response();
    }
    let mut body = request.into_body().into_data_stream();
    let mut length = 0;
    while let Some(Ok(piece)) = body.next().await {
        length += piece.len() as u64;
    }
    let status = if length == SIZE { 204 } else { 400 };
    axum::http::StatusCode::from_u16(status).unwrap_or_default().into_response()
}

#[test]
fn a_gigabyte_each_way_takes_little_memory() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    if let Ok(url) = std::env::var(GATEWAY) {
        return runtime.block_on(client(&url));
    }
    if !std::path::Path::new("/proc/self/status").exists() {
        println!("skipped: the memory of a process is read from /proc, which is not here");
        return Ok(());
    }
    let service = Router::new().fallback(service);
    let emulator =
        runtime.block_on(Emulator::new().request_size(2 << 30).service("exchange", service).start())?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "a_gigabyte_each_way_takes_little_memory", "--nocapture"])
        .env(GATEWAY, emulator.url())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let peak =
        text.lines().find_map(|line| line.strip_prefix("peak ")?.strip_suffix(" KiB")?.parse::<u64>().ok());
    let peak = peak.ok_or_else(|| format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))?;
    println!("the client's peak: {peak} KiB");
    assert!(peak < LIMIT_KIB, "{peak} KiB");
    Ok(())
}

async fn client(url: &str) -> Result<(), Failure> {
    let gateway = Gateway::at(url).credential(Credential::api_key("emulator-api-key"));
    let gateway = gateway.timeout(std::time::Duration::from_secs(300)).build()?;
    let client = Client::new(&gateway);
    client.put_backup(Body::stream(pieces()).with_length(SIZE)).send().await?;
    let mut body = client.get_backup().stream().await?;
    assert_eq!(body.length(), Some(SIZE));
    let mut read = 0;
    while let Some(piece) = body.next().await {
        read += piece?.len() as u64;
    }
    assert_eq!(read, SIZE);
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    println!("\npeak {} KiB", peak.trim().trim_end_matches("kB").trim());
    Ok(())
}
