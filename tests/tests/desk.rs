//! The emulator as a team uses it: several environments, documents in the place of services, a record of every exchange.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::routing::{any, get};
use cloudrun_emulator::{Caller, Document, Emulator, Environment, Exchange, axum};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

fn says(text: &'static str) -> Router {
    Router::new().fallback(any(async move || text))
}

fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().no_proxy().build()
}

/// A document of pets, with an example for one and none for the others.
fn pets() -> Result<(tempfile::TempDir, Document), Failure> {
    let pet = json!({
        "type": "object", "required": ["id", "name"],
        "properties": {"id": {"type": "integer"}, "name": {"type": "string", "example": "Rex"}, "secret": {"type": "string", "writeOnly": true}}
    });
    let answer = |schema: Value, example: Option<Value>| {
        let mut content = json!({"schema": schema});
        if let Some(example) = example {
            content["example"] = example;
        }
        json!({"description": "A pet.", "content": {"application/json": content}})
    };
    let reference = json!({"$ref": "#/components/schemas/Pet"});
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": "https://example.com/v1"}],
        "paths": {
            "/pets/{id}": {"get": {"operationId": "getPet", "responses": {
                "200": answer(reference.clone(), Some(json!({"id": 7, "name": "Tom"}))),
                "404": {"description": "None.", "content": {"text/plain": {"schema": {"type": "string"}, "example": "no such pet"}}}
            }}},
            "/pets/mine": {"get": {"operationId": "getMine", "responses": {"2XX": answer(reference.clone(), None)}}},
            "/pets": {"post": {
                "operationId": "addPet",
                "requestBody": {"required": true, "content": {"application/json": {"schema": reference}}},
                "responses": {"201": {"description": "Added."}}
            }},
            "/news": {"get": {"operationId": "news", "responses": {"200": {"description": "News.", "content": {
                "text/event-stream": {"schema": {"type": "object", "properties": {"n": {"type": "integer", "example": 1}}}},
                "text/csv": {"schema": {"type": "string"}, "example": "a,b"}
            }}}}}
        },
        "components": {"schemas": {"Pet": pet}}
    });
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document.to_string())?;
    let document = Document::read(&path).map_err(|found| found.to_string())?;
    Ok((folder, document))
}

#[tokio::test]
async fn each_environment_answers_by_its_own_name() -> Result<(), Failure> {
    let other = Environment::new("env-two").service("shop", says("two")).api_key("key two");
    let emulator = Emulator::new().environment_id("env-one").service("shop", says("one")).token("key one");
    let emulator = emulator.environment(other).start().await?;
    let ask = async |host: Option<&str>, key: &str| -> Result<(u16, String), Failure> {
        let url = format!("{}/v1/cloudrun/shop/x", emulator.url());
        let mut request = client()?.get(url).bearer_auth(key);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    };
    assert_eq!(ask(None, "key one").await?, (200, "one".to_owned()));
    assert_eq!(ask(Some("env-one.api.tcloudbasegateway.com"), "key one").await?, (200, "one".to_owned()));
    assert_eq!(
        ask(Some("env-two.api.intl.tcloudbasegateway.com"), "key two").await?,
        (200, "two".to_owned())
    );
    assert_eq!(ask(Some("env-two.localhost:9000"), "key one").await?.0, 401);
    let (status, body) = ask(Some("env-three.api.tcloudbasegateway.com"), "key one").await?;
    assert!(status == 404 && body.contains("INVALID_HOST"), "{status} {body}");
    Ok(())
}

#[tokio::test]
async fn no_page_reaches_the_services_under_a_name_of_its_own() -> Result<(), Failure> {
    let emulator = Emulator::new().service("shop", says("hi")).host("tunnel.example").start().await?;
    for (host, expected) in [
        ("localhost", 200),
        ("LOCALHOST.:9000", 200),
        ("127.0.0.2:9000", 200),
        ("[::1]:9000", 200),
        ("emulator.api.tcloudbasegateway.com", 200),
        ("Tunnel.example:443", 200),
        ("evil.com", 404),
        ("localhost.evil.com", 404),
        ("192.168.1.7", 404),
        ("evil.com:127.0.0.1", 404),
    ] {
        for path in ["/v1/cloudrun/shop/x", "/auth/v1/user/me"] {
            let request = client()?.get(format!("{}{path}", emulator.url())).bearer_auth(emulator.token());
            let status = request.header("host", host).send().await?.status().as_u16();
            assert_eq!(status, expected, "{host} {path}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_signature_of_any_moment_is_only_refused() -> Result<(), Failure> {
    let emulator = Emulator::new().service("shop", says("hi")).key_pair("AKID", "key").start().await?;
    let value = format!(
        "TC3-HMAC-SHA256 Credential=AKID/2024-11-24/tcb/tc3_request, SignedHeaders=content-type;host, Signature=00, Timestamp={}",
        u64::MAX
    );
    let request =
        client()?.post(format!("{}/v1/cloudrun/shop/x", emulator.url())).header("authorization", value);
    assert_eq!(request.header("content-type", "text/plain").send().await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn services_learn_who_calls_where_that_is_set_up() -> Result<(), Failure> {
    let echo = async |request: Request| {
        request.headers().get("x-caller").and_then(|value| value.to_str().ok()).unwrap_or("nobody").to_owned()
    };
    let emulator = Emulator::new().service("shop", Router::new().fallback(any(echo))).identity(|caller| {
        let who = match caller {
            Caller::ApiKey => "the server",
            _ => "somebody",
        };
        vec![(HeaderName::from_static("x-caller"), HeaderValue::from_static(who))]
    });
    let emulator = emulator.start().await?;
    let reply = emulator.gateway()?.service("shop")?.get("/x").header("x-caller", "forged").send().await?;
    assert_eq!(reply.text()?, "the server");
    Ok(())
}

#[tokio::test]
async fn more_requests_in_a_second_than_allowed_are_refused() -> Result<(), Failure> {
    let emulator = Emulator::new().service("shop", says("fine")).requests_in_a_second(3).start().await?;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        let url = format!("{}/v1/cloudrun/shop/x", emulator.url());
        statuses.push(client()?.get(url).bearer_auth(emulator.token()).send().await?.status().as_u16());
    }
    assert_eq!(statuses[..3], [200, 200, 200]);
    assert!(statuses[3..].contains(&429), "{statuses:?}");
    Ok(())
}

#[tokio::test]
async fn a_document_answers_for_a_service_that_is_missing() -> Result<(), Failure> {
    let (_folder, document) = pets()?;
    let emulator = Emulator::new().mock("pets", document).start().await?;
    let service = emulator.gateway()?.service("pets")?;
    let reply = service.get("/v1/pets/7").send().await?;
    assert_eq!(reply.json::<Value>()?, json!({"id": 7, "name": "Tom"}), "the example");
    let reply = service.get("/v1/pets/mine").send().await?;
    let mine: Value = reply.json()?;
    assert_eq!(
        (reply.status().as_u16(), &mine["name"]),
        (200, &json!("Rex")),
        "the most literal path, made up"
    );
    assert_eq!(mine.get("secret"), None, "what is only written is never answered with");
    let reply = service.get("/v1/pets/7").header("prefer", "code=404").send().await?;
    assert_eq!((reply.status().as_u16(), reply.text()?), (404, "no such pet"));
    let reply = service.get("/v1/news").header("accept", "text/csv").send().await?;
    assert_eq!(reply.text()?, "a,b");
    let reply = service.get("/v1/news").send().await?;
    assert_eq!(reply.text()?, "data: {\"n\":1}\n\n");
    let reply = service.post("/v1/pets").json(&json!({"id": 1, "name": "Kit"})).send().await?;
    assert_eq!(reply.status(), 201);
    for wrong in [json!({"id": "one", "name": "Kit"}), json!({"id": 1})] {
        let reply = service.post("/v1/pets").json(&wrong).send().await?;
        assert_eq!(reply.status(), 422, "{wrong}");
    }
    let reply = service.get("/pets/7").send().await?;
    assert!(reply.status() == 404 && reply.text()?.contains("/v1/pets/{id}"), "{}", reply.text()?);
    Ok(())
}

#[tokio::test]
async fn every_exchange_is_told_with_what_does_not_fit() -> Result<(), Failure> {
    let (_folder, document) = pets()?;
    let wrong = Router::new().route("/v1/pets/{id}", get(async || axum::Json(json!({"id": "x"}))));
    let told: Arc<Mutex<Vec<Exchange>>> = Arc::default();
    let log = Arc::clone(&told);
    let emulator = Emulator::new()
        .service("pets", wrong)
        .document("pets", document)
        .service("other", says("hello"))
        .on_exchange(move |exchange| {
            if let Ok(mut log) = log.lock() {
                log.push(exchange.clone());
            }
        })
        .start()
        .await?;
    let gateway = emulator.gateway()?;
    gateway.service("pets")?.get("/v1/pets/1?x=1").send().await?;
    gateway.service("other")?.post("/y").json(&json!([1])).send().await?;
    // The end of an answer is told once it has been sent.
    for _ in 0..100 {
        if told.lock().is_ok_and(|told| told.len() == 2) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let told = told.lock().map(|told| told.clone()).unwrap_or_default();
    let [pet, other] = told.as_slice() else { return Err(format!("{} exchanges", told.len()).into()) };
    assert_eq!((pet.method(), pet.target(), pet.status()), ("GET", "/v1/cloudrun/pets/v1/pets/1?x=1", 200));
    assert_eq!((pet.service(), pet.operation()), (Some(("pets", "/v1/pets/1")), Some("getPet")));
    let findings = pet.findings().unwrap_or_default().join("\n");
    assert!(findings.contains("/id") && findings.contains("name"), "{findings}");
    assert!(pet.is_complete() && pet.response().is_whole() && pet.elapsed() >= pet.head_after());
    assert_eq!((other.operation(), other.findings()), (None, None));
    assert_eq!((other.request().body(), other.response().body()), (b"[1]".as_slice(), b"hello".as_slice()));
    Ok(())
}

#[tokio::test]
async fn the_inspector_is_for_this_machine_and_shows_no_secret() -> Result<(), Failure> {
    let repeat = async |request: Request| {
        let value = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        format!("you said {}", value.unwrap_or_default())
    };
    let emulator = Emulator::new().service("shop", Router::new().fallback(any(repeat))).inspector();
    let emulator = emulator.token("planted-secret").user("ada", "planted-password").start().await?;
    let client = client()?;
    let at = |path: &str| format!("{}{path}", emulator.url());
    client
        .get(at("/v1/cloudrun/shop/x?access_token=planted-secret"))
        .bearer_auth("planted-secret")
        .send()
        .await?
        .text()
        .await?;
    let body = json!({"username": "ada", "password": "planted-password"}).to_string();
    let tokens: Value =
        serde_json::from_str(&client.post(at("/auth/v1/signin")).body(body).send().await?.text().await?)?;
    let token = tokens["access_token"].as_str().ok_or("no token")?;
    let mut seen = String::new();
    for path in ["/_inspector/exchanges", "/_inspector/exchanges/1", "/_inspector/exchanges/2"] {
        seen.push_str(&client.get(at(path)).send().await?.text().await?);
    }
    assert!(seen.contains("you said Bearer ••••••") && seen.contains("curl -X GET"), "{seen}");
    for secret in ["planted-secret", "planted-password", token] {
        assert!(!seen.contains(secret), "{secret} in {seen}");
    }
    // A page elsewhere, under a name that was made to lead here, or by a form.
    let answer = client.get(at("/_inspector/exchanges")).header("host", "evil.example").send().await?;
    assert_eq!(answer.status(), 403);
    let answer = client.post(at("/_inspector/exchanges/1/replay")).send().await?;
    assert_eq!(answer.status(), 404);
    let answer =
        client.post(at("/_inspector/exchanges/1/replay")).header("x-inspector", "test").send().await?;
    assert_eq!(answer.text().await?, "{\"status\":200}");
    Ok(())
}

#[tokio::test]
async fn what_runs_may_end_when_the_emulator_stops() -> Result<(), Failure> {
    let slow = any(async || {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "done"
    });
    let emulator = Emulator::new().service("shop", Router::new().fallback(slow)).start().await?;
    let service = emulator.gateway()?.service("shop")?;
    let call = tokio::spawn(service.get("/x").send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    emulator.shutdown().await;
    assert_eq!(call.await??.text()?, "done");
    assert!(service.get("/x").send().await.is_err(), "it has stopped");
    Ok(())
}

#[test]
fn a_document_that_cannot_be_read_says_where() {
    let found = Document::read(Path::new("/nowhere/openapi.yaml")).map_err(|found| found.to_string());
    assert!(found.is_err_and(|text| text.contains("/nowhere/openapi.yaml")));
}

/// Waits for the end of an emulator, long enough for a slow machine and shorter than its deadline.
async fn stops(emulator: cloudrun_emulator::RunningEmulator) -> Result<(), Failure> {
    Ok(tokio::time::timeout(Duration::from_secs(8), emulator.shutdown()).await?)
}

#[tokio::test]
async fn streams_end_when_the_emulator_stops() -> Result<(), Failure> {
    let endless = get(async || {
        let ticks = futures_util::stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Ok::<_, std::io::Error>("data: 1\n\n"), ()))
        });
        ([("content-type", "text/event-stream")], axum::body::Body::from_stream(ticks))
    });
    let socket = get(async |upgrade: axum::extract::ws::WebSocketUpgrade| {
        upgrade.on_upgrade(async |mut socket| while let Some(Ok(_)) = socket.recv().await {})
    });
    let router = Router::new().route("/ticks", endless).route("/socket", socket);
    let emulator = Emulator::new().service("shop", router).inspector().start().await?;
    let shop = emulator.gateway()?.service("shop")?;
    let page = client()?.get(format!("{}/_inspector/events", emulator.url())).send().await?;
    let mut ticks = shop.get("/ticks").events().await?;
    assert!(ticks.next().await.is_some_and(|event| event.is_ok()));
    let mut socket = shop.get("/socket").connect().await?;
    stops(emulator).await?;
    while let Some(event) = ticks.next().await {
        event?;
    }
    // The inspector's page ends as well.
    page.text().await?;
    let end = tokio::time::timeout(Duration::from_secs(8), socket.next()).await?;
    assert!(end.is_none_or(|end| end.is_err()), "so does the socket");
    Ok(())
}

#[tokio::test]
async fn half_a_request_keeps_no_emulator_from_stopping() -> Result<(), Failure> {
    use tokio::io::AsyncWriteExt;
    let emulator = Emulator::new().service("shop", says("hi")).start().await?;
    let mut silent = tokio::net::TcpStream::connect(emulator.address()).await?;
    let mut half = tokio::net::TcpStream::connect(emulator.address()).await?;
    half.write_all(b"POST /v1/cloudrun/shop/x HTTP/1.1\r\nhost: local").await?;
    silent.flush().await?;
    while emulator.counts().open_connections() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stops(emulator).await
}

#[tokio::test]
async fn a_request_that_runs_ends_before_the_emulator_unless_it_takes_too_long() -> Result<(), Failure> {
    for (takes, limit, expected) in [(300, 30_000, true), (60_000, 300, false)] {
        let begun = Arc::new(tokio::sync::Notify::new());
        let notify = Arc::clone(&begun);
        let slow = get(async move || {
            notify.notify_one();
            tokio::time::sleep(Duration::from_millis(takes)).await;
            "done"
        });
        let emulator = Emulator::new().service("shop", Router::new().route("/slow", slow)).start().await?;
        let request =
            client()?.get(format!("{}/v1/cloudrun/shop/slow", emulator.url())).bearer_auth(emulator.token());
        let call = tokio::spawn(request.send());
        begun.notified().await;
        let stopping = emulator.shutdown_within(Duration::from_millis(limit));
        tokio::time::timeout(Duration::from_secs(20), stopping).await?;
        assert_eq!(call.await?.is_ok(), expected, "{takes} ms");
    }
    Ok(())
}
