//! What arrives at the service when a generated client is called, and what the caller gets for what comes back.

cloudrun_runtime::include_client!("petstore");

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::{AnyError, CallError, Credential, Error, Gateway, GatewayCode, RequestError};
use petstore::Client;
use petstore::operations::{CreatePet, CreatePetSuccess, GetPetError, HasPetError, ListPets};
use petstore::types::{Filter, ListPetsStatus, LoginBody, NewPet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

/// A request as the service saw it.
#[derive(Clone, Debug, Default)]
struct Seen {
    line: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A service that remembers its last request and always answers alike.
struct Service {
    emulator: RunningEmulator,
    seen: Arc<Mutex<Seen>>,
}

impl Service {
    async fn answering(status: u16, content_type: &'static str, body: &'static str) -> Result<Self, Failure> {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let log = Arc::clone(&seen);
        let router = Router::new().fallback(async move |request: Request| {
            let (head, body_in) = request.into_parts();
            let bytes = to_bytes(body_in, usize::MAX).await.unwrap_or_default();
            if let Ok(mut log) = log.lock() {
                let line = format!("{} {}", head.method, head.uri);
                *log = Seen { line, headers: head.headers, body: bytes.to_vec() };
            }
            let status = StatusCode::from_u16(status).unwrap_or_default();
            (status, [("content-type", content_type)], Bytes::from_static(body.as_bytes())).into_response()
        });
        Ok(Self { emulator: Emulator::new().service("petstore", router).start().await?, seen })
    }

    fn client(&self) -> Result<Client, Failure> {
        Ok(Client::new(&self.emulator.gateway()?))
    }

    fn seen(&self) -> Seen {
        self.seen.lock().map(|seen| seen.clone()).unwrap_or_default()
    }
}

const PET: &str = r#"{"name":"Rex","id":7}"#;

#[tokio::test]
async fn parameters_arrive_as_their_styles_have_it() -> Result<(), Failure> {
    let service = Service::answering(200, "application/json", "[]").await?;
    let filter = Filter { color: Some("light blue".into()), size: Some(3) };
    let call = service
        .client()?
        .list_pets()
        .limit(10)
        .tags(&["a&b", "ü/ö"])
        .ids(&[1, 2])
        .filter(&filter)
        .status(ListPetsStatus::Free)
        .since("2026-01-02T03:04:05Z".parse()?)
        .x_trace("t-1")
        .session("s 1");
    let pets = call.send().await?;
    assert!(pets.is_empty());
    let seen = service.seen();
    assert_eq!(
        seen.line,
        "GET /api/v1/pets?limit=10&tags=a%26b&tags=%C3%BC%2F%C3%B6&ids=1,2&filter[color]=light%20blue&filter[size]=3\
         &status=free&since=2026-01-02T03%3A04%3A05Z"
    );
    assert_eq!(seen.header("x-trace"), Some("t-1"));
    assert_eq!(seen.header("cookie"), Some("session=s%201"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("authorization"), Some("Bearer emulator-api-key"));
    assert_eq!(seen.header("content-type"), None);
    assert!(seen.body.is_empty());
    Ok(())
}

#[tokio::test]
async fn path_values_stay_in_their_segment() -> Result<(), Failure> {
    let service = Service::answering(200, "application/json", PET).await?;
    let client = service.client()?;
    client.get_pet("a/b?c#d é").send().await?;
    assert_eq!(service.seen().line, "GET /api/v1/pets/a%2Fb%3Fc%23d%20%C3%A9");
    client.get_matrix_by_point_by_labels(&Filter { color: None, size: Some(1) }, &["x", "y"]).send().await?;
    assert_eq!(service.seen().line, "GET /api/v1/matrix/;size=1/.x,y");
    for climbing in [".", "..", ""] {
        let error = client.get_pet(climbing).send().await.err();
        assert!(
            matches!(error, Some(Error::Request { error: RequestError::PathShape { .. }, .. })),
            "{climbing}: {error:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn bodies_arrive_in_their_media_type() -> Result<(), Failure> {
    let service = Service::answering(201, "application/json", PET).await?;
    let client = service.client()?;
    let pet = NewPet { tag: Some(None), ..NewPet::new("R\"e\nx") };
    client.create_pet(&pet).send().await?;
    let seen = service.seen();
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.body, br#"{"name":"R\"e\nx","tag":null}"#);

    let service = Service::answering(200, "text/plain", "token").await?;
    let client = service.client()?;
    let login = LoginBody { scopes: Some(vec!["a b".into(), "c&d".into()]), ..LoginBody::new("me") };
    let token = client.login().body(&login).send().await?;
    assert_eq!(*token, "token");
    let seen = service.seen();
    assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen.body, b"user=me&scopes=a+b&scopes=c%26d");

    let service = Service::answering(200, "image/png", "png").await?;
    let photo = service.client()?.put_photo("7", &b"\x89PNG"[..]).send().await?;
    assert_eq!(&photo[..], b"png");
    assert_eq!(service.seen().header("content-type"), Some("image/png"));
    assert_eq!(service.seen().body, b"\x89PNG");
    Ok(())
}

#[tokio::test]
async fn answers_are_told_apart_by_status() -> Result<(), Failure> {
    let created = Service::answering(201, "application/json", PET).await?;
    let answer = created.client()?.create_pet(&NewPet::new("Rex")).send().await?;
    assert!(matches!(&*answer, CreatePetSuccess::Created(pet) if pet.id == 7));
    let accepted = Service::answering(202, "application/json", "").await?;
    let answer = accepted.client()?.create_pet(&NewPet::new("Rex")).send().await?;
    assert_eq!(*answer, CreatePetSuccess::Accepted);

    let missing =
        Service::answering(404, "application/json", r#"{"title":"none","status":404,"more":[1]}"#).await?;
    match missing.client()?.get_pet("7").send().await {
        Err(Error::Service { error: GetPetError::NotFound(problem), reply }) => {
            assert_eq!(problem.title, "none");
            assert_eq!(problem.additional_properties["more"], serde_json::json!([1]));
            assert!(reply.request_id().is_some_and(|id| id.starts_with("request-")));
        }
        other => return Err(format!("{other:?}").into()),
    }
    let broken = Service::answering(503, "text/plain", "later").await?;
    let error = broken.client()?.get_pet("7").send().await.err();
    assert_eq!(
        error.as_ref().and_then(Error::service_error),
        Some(&GetPetError::ServerError("later".into()))
    );
    let teapot = Service::answering(418, "text/plain", "short and stout").await?;
    match teapot.client()?.get_pet("7").send().await {
        Err(Error::Service { error: GetPetError::Undocumented(answer), .. }) => {
            assert_eq!(answer.status(), 418);
            assert_eq!(answer.body().as_ref(), b"short and stout");
        }
        other => return Err(format!("{other:?}").into()),
    }
    // 200 is documented. Another status of success may come with the same body, not with another one, nor with a part of it.
    for (status, body, is_one) in [(203, PET, true), (201, "{}", false), (204, "", false), (206, PET, false)]
    {
        let surprise = Service::answering(status, "application/json", body).await?;
        match surprise.client()?.get_pet("7").send().await {
            Ok(pet) if is_one => assert_eq!((pet.id, pet.status().as_u16()), (7, status)),
            Err(Error::Unexpected { reply }) if !is_one => assert_eq!(reply.status(), status),
            other => return Err(format!("{status}: {other:?}").into()),
        }
    }
    let gone = Service::answering(204, "application/json", "").await?;
    #[allow(deprecated, reason = "the deprecated operation still works")]
    gone.client()?.delete_pet("7").send().await?;
    // Nothing is to be read, so nothing can be missing.
    for status in [200, 201, 202] {
        let gone = Service::answering(status, "application/json", "{}").await?;
        #[allow(deprecated, reason = "the deprecated operation still works")]
        let answer = gone.client()?.delete_pet("7").send().await?;
        assert_eq!(answer.status(), status);
    }
    Ok(())
}

#[tokio::test]
async fn an_error_is_the_services_whatever_its_body_is() -> Result<(), Failure> {
    for body in ["<html>proxy</html>", "{}", r#"{"title":1}"#, r#"{"title":"half"#, ""] {
        let service = Service::answering(404, "text/html", body).await?;
        let error = service.client()?.get_pet("7").send().await.err().ok_or("no error")?;
        let Error::Service { error: GetPetError::Undocumented(answer), reply } = &error else {
            return Err(format!("{body:?}: {error:?}").into());
        };
        assert_eq!((answer.body(), reply.body()), (&Bytes::from(body), &Bytes::from(body)));
        assert!(!error.is_retryable(), "{error}");
        assert!(error.to_string().contains(body.split('"').next().unwrap_or_default()), "{error}");
    }
    // The status says whether it passes, documented or not: here it is, with JSON.
    let broken = Service::answering(503, "text/plain", "upstream connect error").await?;
    let error = broken.client()?.list_pets().send().await.err().ok_or("no error")?;
    assert!(matches!(&error, Error::Service { .. }) && error.is_retryable(), "{error}");
    assert!(error.to_string().contains("upstream connect error"), "{error}");
    Ok(())
}

/// Operations whose documented errors have nothing in common.
async fn first_of_two(client: &Client) -> Result<i64, AnyError> {
    let pet = client.get_pet("7").send().await?;
    client.create_pet(&NewPet::new("Rex")).send().await?;
    Ok(pet.id)
}

#[tokio::test]
async fn errors_of_several_operations_are_one_type() -> Result<(), Failure> {
    let body = r#"{"type":"about:blank","title":"No such pet","status":404,"detail":"7 was sold"}"#;
    let service = Service::answering(404, "application/problem+json", body).await?;
    let error = first_of_two(&service.client()?).await.err().ok_or("no error")?;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    assert_eq!(error.operation().map(|operation| operation.id()), Some("getPet"));
    assert!(!error.is_retryable() && !error.is_auth() && !error.is_timeout() && !error.is_gateway());
    let id = error.request_id().ok_or("no request id")?;
    // In the service's own words.
    let told =
        format!("getPet: the service answered 404 Not Found: No such pet: 7 was sold (request id {id})");
    assert_eq!(error.to_string(), told);
    let typed = error.downcast_ref::<Error<GetPetError>>().and_then(Error::service_error);
    assert!(
        matches!(typed, Some(GetPetError::NotFound(problem)) if problem.title == "No such pet"),
        "{error:?}"
    );
    assert!(error.downcast_ref::<Error<std::convert::Infallible>>().is_none());

    let busy = Service::answering(503, "text/plain", "later").await?;
    let error = first_of_two(&busy.client()?).await.err().ok_or("no error")?;
    assert!(error.is_retryable(), "{error}");
    let as_trait: &dyn CallError = &error;
    assert_eq!(as_trait.status().map(|status| status.as_u16()), Some(503));
    Ok(())
}

#[tokio::test]
async fn each_cause_of_an_error_is_told_once() -> Result<(), Failure> {
    let gateway = Gateway::at("http://127.0.0.1:9").credential(Credential::api_key("key")).build()?;
    let error = Client::new(&gateway).get_pet("7").send().await.err().ok_or("no error")?;
    // What reporters like `anyhow` print: an error, and all that is below it.
    let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    let told = chain.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    assert_eq!(told.matches("Connection refused").count(), 1, "{told}");
    let Error::Transport { error, .. } = &error else { return Err(told.into()) };
    assert!(error.cause().is_some(), "what is below can be had");
    Ok(())
}

#[tokio::test]
async fn one_strange_property_does_not_hide_what_an_error_says() -> Result<(), Failure> {
    let body = r#"{"status":"gone","title":"none","more":[1]}"#;
    let service = Service::answering(404, "application/json", body).await?;
    match service.client()?.get_pet("7").send().await {
        Err(Error::Service { error: GetPetError::NotFound(problem), .. }) => {
            assert_eq!((problem.title.as_str(), problem.status), ("none", None));
            assert_eq!(problem.additional_properties["more"], serde_json::json!([1]));
        }
        other => return Err(format!("{other:?}").into()),
    }
    // An answer that is none of an error's is held to what it promises.
    let service = Service::answering(200, "application/json", r#"{"name":"Rex","id":7,"tag":1}"#).await?;
    assert!(matches!(service.client()?.get_pet("7").send().await, Err(Error::Decode { .. })));
    Ok(())
}

#[tokio::test]
async fn answers_that_cannot_have_a_body_are_not_read() -> Result<(), Failure> {
    let there = Service::answering(200, "application/json", "").await?;
    there.client()?.has_pet("7").send().await?;
    let missing = Service::answering(404, "application/json", "").await?;
    let error = missing.client()?.has_pet("7").send().await.err();
    assert_eq!(error.as_ref().and_then(Error::service_error), Some(&HasPetError::NotFound));
    Ok(())
}

#[tokio::test]
async fn a_byte_order_mark_is_passed_over() -> Result<(), Failure> {
    let list = Service::answering(200, "application/json", "\u{feff}[{\"name\":\"Rex\",\"id\":7}]").await?;
    let pets = list.client()?.list_pets().send().await?;
    assert_eq!((pets.len(), pets.reply().json::<serde_json::Value>()?[0]["id"].as_i64()), (1, Some(7)));
    // What came is kept as it came.
    assert!(pets.reply().body().starts_with(b"\xef\xbb\xbf["));
    let broken = Service::answering(503, "text/plain", "\u{feff}later").await?;
    let error = broken.client()?.get_pet("7").send().await.err();
    let told = error.as_ref().and_then(Error::service_error);
    assert_eq!(told, Some(&GetPetError::ServerError("later".into())));
    Ok(())
}

#[tokio::test]
async fn an_answer_that_breaks_its_promise_is_kept_whole() -> Result<(), Failure> {
    let service = Service::answering(200, "application/json", r#"[{"name":"Rex","id":"seven"}]"#).await?;
    match service.client()?.list_pets().send().await {
        Err(Error::Decode { error, reply }) => {
            assert_eq!(error.path(), "$[0].id");
            assert_eq!(reply.body().as_ref(), br#"[{"name":"Rex","id":"seven"}]"#);
            assert_eq!(reply.status(), 200);
        }
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn the_gateways_own_answers_are_the_gateways() -> Result<(), Failure> {
    let emulator = Emulator::new().start().await?;
    let error = Client::new(&emulator.gateway()?).list_pets().send().await.err();
    match error {
        Some(Error::Gateway(error)) => assert_eq!(error.code(), Some(&GatewayCode::ServiceNotFound)),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn a_slow_service_ends_in_a_timeout_per_call() -> Result<(), Failure> {
    let router = Router::new().fallback(async || {
        tokio::time::sleep(Duration::from_secs(30)).await;
        "late"
    });
    let emulator = Emulator::new().service("petstore", router).start().await?;
    let client = Client::new(&emulator.gateway()?);
    let error = client.list_pets().timeout(Duration::from_millis(50)).send().await.err();
    assert!(error.is_some_and(|error| error.is_timeout()));
    Ok(())
}

#[tokio::test]
async fn headers_cannot_carry_line_breaks() -> Result<(), Failure> {
    let service = Service::answering(200, "application/json", "[]").await?;
    let error = service.client()?.list_pets().x_trace("a\r\nEvil: 1").send().await.err();
    assert!(
        matches!(error, Some(Error::Request { error: RequestError::Header(name), .. }) if name == "X-Trace")
    );
    assert_eq!(service.seen().line, "");
    Ok(())
}

#[tokio::test]
async fn what_a_caller_sets_by_hand_is_kept_or_refused_and_never_lost() -> Result<(), Failure> {
    let service = Service::answering(200, "application/json", "[]").await?;
    let list = || -> Result<_, Failure> { Ok(service.client()?.list_pets()) };
    list()?.session("s 1").header("cookie", "a=1; b=2").send().await?;
    assert_eq!(service.seen().header("cookie"), Some("a=1; b=2; session=s%201"));
    assert_eq!(service.seen().headers.get_all("cookie").iter().count(), 1);
    let error = list()?.header("authorization", "Bearer mine").send().await.err();
    assert!(
        matches!(&error, Some(Error::Request { error: RequestError::AuthorizationSet, .. })),
        "{error:?}"
    );
    // Without a credential of the gateway's it is the caller's to set.
    let gateway = Gateway::at(service.emulator.url()).build()?;
    let token = format!("Bearer {}", service.emulator.token());
    Client::new(&gateway).list_pets().header("authorization", &token).send().await?;
    Ok(())
}

#[test]
fn a_runtime_without_time_is_told_of_by_an_error() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let call = Gateway::direct("http://127.0.0.1:1").build()?.service("shop")?.get("/").send();
    let error = runtime.block_on(call).err().ok_or("it was answered")?;
    assert!(error.to_string().contains("calls need a Tokio runtime with time enabled"), "{error}");
    Ok(())
}

#[tokio::test]
async fn nobody_says_where_a_request_goes_or_ends_but_http() -> Result<(), Failure> {
    let service = Service::answering(200, "application/json", "[]").await?;
    for name in ["Content-Length", "transfer-encoding", "Host", "connection"] {
        let error = service.client()?.list_pets().header(name, "1").send().await.err();
        let said = error.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(matches!(error, Some(Error::Request { .. })) && said.contains(name), "{name}: {said}");
    }
    assert_eq!(service.seen().line, "");
    Ok(())
}

#[tokio::test]
async fn raw_answers_and_extra_headers_are_for_callers_that_know_better() -> Result<(), Failure> {
    let service = Service::answering(500, "text/html", "<h1>oops</h1>").await?;
    let reply = service.client()?.list_pets().header("x-extra", "1").send_raw().await?;
    assert_eq!(reply.status(), 500);
    assert_eq!(reply.body().as_ref(), b"<h1>oops</h1>");
    assert_eq!(reply.path(), "/v1/cloudrun/petstore/api/v1/pets");
    assert_eq!(service.seen().header("x-extra"), Some("1"));
    Ok(())
}

#[tokio::test]
async fn calls_can_be_spawned() -> Result<(), Failure> {
    let service = Service::answering(200, "application/json", "[]").await?;
    let client = service.client()?;
    let call = tokio::spawn(client.list_pets().send());
    drop(client);
    assert!(call.await??.is_empty());
    Ok(())
}

#[tokio::test]
async fn only_calls_that_are_safe_are_made_again() -> Result<(), Failure> {
    let mock = cloudrun_runtime::Gateway::mock()?;
    let client = Client::new(mock.gateway());
    mock.on(ListPets::OPERATION).header("retry-after", "0").bytes(503, "");
    mock.on(ListPets::OPERATION).header("retry-after", "0").bytes(429, "");
    mock.on(ListPets::OPERATION).json(200, serde_json::json!([]));
    assert!(client.list_pets().send().await?.is_empty());
    assert_eq!(mock.calls_of(ListPets::OPERATION).len(), 3);
    mock.on(CreatePet::OPERATION).header("retry-after", "0").bytes(503, "");
    let pet = NewPet::new("Rex");
    assert!(client.create_pet(&pet).send().await.is_err());
    assert_eq!(mock.calls_of(CreatePet::OPERATION).len(), 1);
    // The caller may know better.
    assert!(client.create_pet(&pet).idempotent().send().await.is_err());
    assert_eq!(mock.calls_of(CreatePet::OPERATION).len(), 4);
    Ok(())
}
