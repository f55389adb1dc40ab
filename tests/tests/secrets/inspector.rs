//! What the emulator's inspector shows of exchanges: rows, events, details, the line for curl.

use crate::answers::ANSWERS;
use crate::{Failure, leak, runs, secrets};
use cloudrun_emulator::axum::Router;
use cloudrun_emulator::axum::extract::Request;
use cloudrun_emulator::{Emulator, axum};
use std::sync::{Arc, Mutex};

/// A request that holds a secret: the query, a header, the body.
type Planted = fn(&str) -> (String, Option<(&'static str, String)>, Vec<u8>);

fn encoded(secret: &str) -> String {
    percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn typed(media_type: &'static str, body: String) -> (String, Option<(&'static str, String)>, Vec<u8>) {
    (String::new(), Some(("content-type", media_type.to_owned())), body.into_bytes())
}

const REQUESTS: &[(&str, Planted)] = &[
    ("a query", |s| (format!("?access_token={}&a=1", encoded(s)), None, Vec::new())),
    ("a key of a query", |s| (format!("?a=1&api_key={}", encoded(s)), None, Vec::new())),
    ("a cookie", |s| (String::new(), Some(("cookie", format!("sid={s}; b=2"))), Vec::new())),
    ("another cookie", |s| (String::new(), Some(("cookie", format!("b=2; c={s}"))), Vec::new())),
    ("a header", |s| (String::new(), Some(("x-api-key", s.to_owned())), Vec::new())),
    ("a property", |s| typed("application/json", serde_json::json!({"user": [{"passwd": s}]}).to_string())),
    ("a property cut off", |s| typed("application/json", format!("{{\"jwt\": \"{s}"))),
    ("a number of lines", |s| {
        typed("application/x-ndjson", format!("{{\"a\":1}}\n{}\n", serde_json::json!({"session": s})))
    }),
    ("a list", |s| typed("application/json", serde_json::json!([1, {"secret": [s, {"x": s}]}]).to_string())),
    ("a form", |s| typed("application/x-www-form-urlencoded", format!("user=ada&password={}", encoded(s)))),
    ("a part", |s| {
        let part = |name, value: &str| {
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        typed(
            "multipart/form-data; boundary=b",
            format!("{}{}--b--", part("user", "ada"), part("api_key", s)),
        )
    }),
    ("a part beside bytes", |s| {
        let mut body = b"--b\r\ncontent-disposition: form-data; name=\"x\"\r\n\r\n\0\xff\r\n".to_vec();
        body.extend(
            format!("--b\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\n{s}\r\n--b--").bytes(),
        );
        (String::new(), Some(("content-type", "multipart/form-data; boundary=b".to_owned())), body)
    }),
    ("a text", |s| typed("text/plain", format!("connect with password={s} please"))),
];

/// A secret in the bytes that a page shows as numbers.
fn leak_in_numbers(secret: &str, page: &str) -> bool {
    secret
        .as_bytes()
        .windows(8)
        .any(|run| page.contains(&run.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")))
}

#[tokio::test]
async fn the_inspector_shows_no_secret() -> Result<(), Failure> {
    let next: Arc<Mutex<(usize, String)>> = Arc::default();
    let answers = Arc::clone(&next);
    let service = Router::new().fallback(async move |_: Request| {
        let (index, secret) = answers.lock().map(|next| next.clone()).unwrap_or_default();
        ANSWERS.get(index).map_or_else(axum::http::Response::default, |answer| answer.response(&secret))
    });
    let emulator = Emulator::new().service("shop", service).inspector().start().await?;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let at = |path: &str| format!("{}{path}", emulator.url());
    let (mut number, mut found) = (0, Vec::new());
    for (name, planted) in REQUESTS {
        for (index, answer) in ANSWERS.iter().enumerate() {
            for secret in secrets() {
                let secret: String =
                    secret.chars().filter(|c| !matches!(c, '&' | '\'' | '#' | '%' | '+')).collect();
                if let Ok(mut next) = next.lock() {
                    *next = (index, secret.clone());
                }
                let (query, header, body) = planted(&secret);
                let call = client
                    .post(at(&format!("/v1/cloudrun/shop/x{query}")))
                    .bearer_auth(emulator.token())
                    .body(body);
                let call = header.into_iter().fold(call, |call, (name, value)| call.header(name, value));
                call.send().await?.bytes().await?;
                number += 1;
                let page =
                    client.get(at(&format!("/_inspector/exchanges/{number}"))).send().await?.text().await?;
                let list = client.get(at("/_inspector/exchanges")).send().await?.text().await?;
                let detail: serde_json::Value = serde_json::from_str(&page)?;
                assert!(
                    detail["curl"].as_str().is_some_and(|line| line.starts_with("curl -X POST")),
                    "{page}"
                );
                for text in [page.as_str(), list.as_str(), detail["curl"].as_str().unwrap_or_default()] {
                    if leak(&runs(&secret), text).is_some() || leak_in_numbers(&secret, text) {
                        found.push(format!("{name} × {}: {secret} in {text:.900}", answer.name));
                    }
                }
                client.delete(at("/_inspector/exchanges")).header("x-inspector", "test").send().await?;
            }
        }
    }
    println!("{} requests × {} answers × 3 views", REQUESTS.len(), ANSWERS.len());
    assert!(
        found.is_empty(),
        "{} found, the first:\n{}",
        found.len(),
        found.iter().take(8).cloned().collect::<Vec<_>>().join("\n")
    );
    println!("none found");
    Ok(())
}
