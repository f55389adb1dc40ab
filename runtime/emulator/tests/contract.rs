//! The gateway's contract as a plain HTTP client sees it.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::{get, post};
use cloudrun_emulator::{Emulator, RunningEmulator};
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

fn service() -> Router {
    Router::new()
        .route("/json", get(async || ([("content-type", "application/json")], "{}")))
        .route("/json", post(async || ([("content-type", "application/json")], "{}")))
        .route("/image", post(async || ([("content-type", "image/png")], "png")))
        .route("/events", get(async || ([("content-type", "text/event-stream")], "data: 1\n\n")))
        .route("/missing", get(async || StatusCode::NOT_FOUND))
        .route("/echo", post(async |request: Request| request.into_body()))
        .route("/uri/{*rest}", get(async |request: Request| Body::from(request.uri().to_string())))
}

async fn start() -> Result<RunningEmulator, Failure> {
    Ok(Emulator::new().service("shop", service()).token("secret").start().await?)
}

async fn call(
    emulator: &RunningEmulator,
    method: &str,
    path: &str,
    token: Option<&str>,
) -> Result<reqwest::Response, Failure> {
    let mut request = reqwest::Client::builder()
        .no_proxy()
        .build()?
        .request(method.parse()?, format!("{}{path}", emulator.url()));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Ok(request.send().await?)
}

fn header<'a>(response: &'a reqwest::Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

#[tokio::test]
async fn a_refusal_has_a_code_and_a_request_id_and_is_the_gateways() -> Result<(), Failure> {
    let emulator = start().await?;
    let cases = [
        ("/v1/cloudrun/shop/json", None, 401, "MISSING_CREDENTIALS"),
        ("/v1/cloudrun/shop/json", Some("wrong"), 401, "INVALID_CREDENTIALS"),
        ("/v1/cloudrun/other/json", Some("secret"), 404, "SERVICE_NOT_FOUND"),
        ("/v1/cloudrun/-/json", Some("secret"), 400, "INVALID_PARAM"),
    ];
    for (path, token, status, code) in cases {
        let response = call(&emulator, "GET", path, token).await?;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(header(&response, "x-cloudbase-upstream-status-code"), None);
        let id = header(&response, "x-request-id").map(str::to_owned);
        let body: Value = serde_json::from_slice(&response.bytes().await?)?;
        assert_eq!(body["code"], code);
        assert_eq!(body["requestId"].as_str(), id.as_deref());
    }
    Ok(())
}

#[tokio::test]
async fn a_services_answer_carries_its_status_and_the_documented_disposition() -> Result<(), Failure> {
    let emulator = start().await?;
    let cases = [
        ("GET", "/json", 200, Some("attachment")),
        ("POST", "/json", 200, None),
        ("POST", "/image", 200, Some("attachment")),
        ("GET", "/events", 200, None),
        ("GET", "/missing", 404, Some("attachment")),
    ];
    for (method, path, status, disposition) in cases {
        let path = format!("/v1/cloudrun/shop{path}");
        let response = call(&emulator, method, &path, Some("secret")).await?;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(header(&response, "x-cloudbase-upstream-status-code"), Some(status.to_string().as_str()));
        assert_eq!(header(&response, "content-disposition"), disposition, "{method} {path}");
    }
    Ok(())
}

#[tokio::test]
async fn paths_and_queries_reach_the_service_untouched() -> Result<(), Failure> {
    let emulator = start().await?;
    let path = "/v1/cloudrun/shop/uri/a%2Fb/%E5%AE%A0?x=1&y=a%20b";
    let body = call(&emulator, "GET", path, Some("secret")).await?.text().await?;
    assert_eq!(body, "/uri/a%2Fb/%E5%AE%A0?x=1&y=a%20b");
    Ok(())
}

#[tokio::test]
async fn services_by_url_are_reached_too() -> Result<(), Failure> {
    let inner = start().await?;
    let behind = format!("{}/v1/cloudrun/shop", inner.url());
    let outer = Emulator::new().service_at("proxy", behind).token("secret").start().await?;
    let response = call(&outer, "POST", "/v1/cloudrun/proxy/json", Some("secret")).await?;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text().await?, "{}");
    let gone = Emulator::new().service_at("gone", "http://127.0.0.1:9").token("secret").start().await?;
    let response = call(&gone, "GET", "/v1/cloudrun/gone/", Some("secret")).await?;
    assert_eq!(response.status(), 502);
    Ok(())
}
