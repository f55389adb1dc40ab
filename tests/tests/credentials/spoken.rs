//! What a sign-in says and what it makes of answers, without a gateway: what is sent is written down, and answered from a list.

use super::stores::Memory;
use super::{Failure, error_of};
use cloudrun_runtime::transport::{Body, BoxFuture, Transport, TransportError};
use cloudrun_runtime::{CredentialError, Error, Gateway, SignIn, TokenStore, Tokens, http, jiff};
use serde_json::{Value, json};
use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers calls from a list, the last of which goes on for ever.
#[derive(Clone, Default)]
struct Scripted {
    answers: Arc<Mutex<Vec<(u16, String)>>>,
    sent: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Scripted {
    fn new(answers: &[(u16, &str)]) -> Self {
        let answers = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        Self { answers: Arc::new(Mutex::new(answers)), ..Self::default() }
    }

    fn next(&self) -> Result<(u16, String), TransportError> {
        let mut answers = self.answers.lock().map_err(|_| TransportError::new("poisoned"))?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }

    /// The paths and bodies of the sign-in's calls.
    fn sent(&self) -> Vec<(String, Value)> {
        self.sent.lock().map(|sent| sent.clone()).unwrap_or_default()
    }
}

impl Transport for Scripted {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let target = head.uri.path_and_query().map(|target| target.as_str().to_owned());
            if !head.uri.path().starts_with("/auth/") {
                return Ok(http::Response::new(Body::from("done".to_owned())));
            }
            let body = serde_json::from_slice(&body.collect().await?).unwrap_or_default();
            if let Ok(mut sent) = self.sent.lock() {
                sent.push((target.unwrap_or_default(), body));
            }
            let (status, body) = self.next()?;
            if status == NEVER {
                std::future::pending::<()>().await;
            }
            let mut response = http::Response::new(Body::from(body));
            *response.status_mut() = status.try_into().unwrap_or_default();
            Ok(response)
        })
    }
}

/// In the place of a status: no answer comes.
const NEVER: u16 = 0;
const TOKENS: &str = r#"{"access_token":"a","refresh_token":"r","expires_in":0}"#;

#[tokio::test]
async fn each_call_of_a_sign_in_names_its_client() -> Result<(), Failure> {
    for (own, expected) in [(None, "shop-1"), (Some("my app"), "my app")] {
        let transport = Scripted::new(&[(200, TOKENS)]);
        let sign_in = SignIn::password("ada", "correct horse");
        let sign_in = own.into_iter().fold(sign_in, |sign_in, id| sign_in.client_id(id));
        let gateway = Gateway::builder("shop-1").transport(transport.clone()).credential(sign_in).build()?;
        let api = gateway.auth_api();
        assert_eq!(
            (api.base(), api.environment(), api.client_id()),
            ("https://shop-1.api.tcloudbasegateway.com", Some("shop-1"), Some("shop-1"))
        );
        for _ in 0..2 {
            gateway.service("echo")?.get("/").send().await?;
        }
        let sent = transport.sent();
        assert_eq!(sent.len(), 2, "a sign-in and a renewal: {sent:?}");
        for (target, body) in sent {
            assert_eq!(body["client_id"], expected, "{target}");
            let query = format!("client_id={}", expected.replace(' ', "%20"));
            assert!(target.starts_with("/auth/v1/") && target.ends_with(&query), "{target}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_page_in_the_place_of_tokens_is_no_refusal() -> Result<(), Failure> {
    let transport = Scripted::new(&[(200, "<h1>welcome</h1>")]);
    let gateway =
        Gateway::builder("shop-1").transport(transport).credential(SignIn::anonymous("d")).build()?;
    let error = error_of(&gateway).await?;
    assert!(
        matches!(&error, Error::Credential { error: CredentialError::Answer(reason), .. } if reason.contains("no JSON")),
        "{error}"
    );
    assert!(!error.is_auth() && !error.is_retryable(), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_fails_twice_is_made_again_within_a_second() -> Result<(), Failure> {
    let answers = [(503, "{}"), (503, "{}"), (200, TOKENS)];
    let (transport, begin) = (Scripted::new(&answers), tokio::time::Instant::now());
    let sign_in = SignIn::refresh_token("r");
    let gateway = Gateway::builder("shop-1").transport(transport.clone()).credential(sign_in).build()?;
    gateway.service("echo")?.get("/").send().await?;
    assert_eq!(transport.sent().len(), 3);
    let waited = begin.elapsed();
    assert!(waited >= Duration::from_millis(250) && waited <= Duration::from_millis(510), "{waited:?}");
    assert_eq!(
        transport.sent()[0].1,
        json!({"grant_type": "refresh_token", "refresh_token": "r", "client_id": "shop-1"})
    );
    Ok(())
}

#[test]
fn what_is_below_an_error_is_told_once() {
    let broken = CredentialError::Unavailable(TransportError::new("it broke off"));
    for (error, below) in
        [(CredentialError::own("the vault is closed"), "the vault is closed"), (broken, "it broke off")]
    {
        assert!(error.to_string().contains(below), "{error}");
        assert!(error.source().is_none(), "{error}");
    }
}

#[tokio::test]
async fn a_token_that_is_about_to_end_serves_while_another_one_is_fetched() -> Result<(), Failure> {
    let moment = |seconds| jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    let text = json!({
        "access_token": "a", "refresh_token": "r",
        "obtained_at": moment(-7000).to_string(), "expires_at": moment(200).to_string(),
    });
    let (store, transport) = (Memory::default(), Scripted::new(&[(NEVER, "")]));
    store.save(&Tokens::from_json(&text.to_string())?).await.map_err(|error| error.to_string())?;
    let sign_in = SignIn::password("ada", "correct horse").store(store);
    let gateway = Gateway::builder("shop-1").transport(transport.clone()).credential(sign_in).build()?;
    while transport.sent().is_empty() {
        // Nobody waits for what never comes.
        let call = gateway.service("echo")?.get("/").send();
        tokio::time::timeout(Duration::from_secs(10), call).await??;
        tokio::task::yield_now().await;
    }
    Ok(())
}
