//! Requests that break a bound of the document are told before anything is sent, where a client was asked to check.

cloudrun_runtime::include_client!("bounded");

use bounded::Client;
use bounded::operations::{PostFree, PutPet};
use bounded::types::{Free, Pet};
use cloudrun_runtime::{Error, Gateway, Mock, RequestError};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

fn mock() -> Result<Mock, Failure> {
    let mock = Gateway::mock()?;
    mock.on(PutPet::OPERATION).bytes(204, "");
    mock.on(PostFree::OPERATION).bytes(204, "");
    Ok(mock)
}

/// The place and the path that a refusal names.
async fn refused(id: i64, tags: &[&str], pet: &Pet) -> Result<Option<(String, String)>, Failure> {
    let mock = mock()?;
    let result = Client::new(mock.gateway()).put_pet(id, pet).tag(tags).send().await;
    match result {
        Ok(_) => Ok(None),
        Err(Error::Request { error: RequestError::Constraint { place, path, .. }, .. }) => {
            assert!(mock.calls().is_empty());
            Ok(Some((place, path)))
        }
        Err(error) => Err(error.into()),
    }
}

#[tokio::test]
async fn what_breaks_a_bound_is_named() -> Result<(), Failure> {
    let good = Pet { weight: Some(0.3), ..Pet::new("Ämy") };
    assert_eq!(refused(1, &["ab", "cd"], &good).await?, None);
    let body = |path: &str| Some(("body".to_owned(), path.to_owned()));
    assert_eq!(refused(1, &[], &Pet::new("amy")).await?, body("$.name"));
    assert_eq!(refused(1, &[], &Pet::new("Amy is too long")).await?, body("$.name"));
    assert_eq!(refused(1, &[], &Pet { weight: Some(-0.5), ..good.clone() }).await?, body("$.weight"));
    let friends = Some(vec![good.clone(), Pet { friends: Some(vec![Pet::new("x")]), ..good.clone() }]);
    assert_eq!(
        refused(1, &[], &Pet { friends, ..good.clone() }).await?,
        body("$.friends[1].friends[0].name")
    );
    let parameter = |name: &str, path: &str| Some((format!("parameter `{name}`"), path.to_owned()));
    assert_eq!(refused(0, &[], &good).await?, parameter("id", "$"));
    assert_eq!(refused(1, &["ab", "c"], &good).await?, parameter("tag", "$[1]"));
    assert_eq!(refused(1, &["ab", "ab"], &good).await?, parameter("tag", "$"));
    Ok(())
}

/// What was logged while a future ran.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(text)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_pattern_that_is_a_trap_takes_no_time_or_is_passed_over_with_a_note() -> Result<(), Failure> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let start = Instant::now();
    let text = |length: usize| Some(format!("{}!", "a".repeat(length)));
    for length in [24, 10_000] {
        let pet = Pet { trap: text(length), ..Pet::new("Amy") };
        assert_eq!(refused(1, &[], &pet).await?, Some(("body".to_owned(), "$.trap".to_owned())));
        let pet = Pet { trap: Some("a".repeat(length)), ..pet };
        assert_eq!(refused(1, &[], &pet).await?, None);
    }
    let logged =
        || String::from_utf8_lossy(&log.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
    assert_eq!(logged().matches("a text was not checked").count(), 0);
    for length in [24, 10_000] {
        assert_eq!(refused(1, &[], &Pet { deeper: text(length), ..Pet::new("Amy") }).await?, None);
    }
    assert_eq!(logged().matches("a text was not checked").count(), 2, "{}", logged());
    assert!(!logged().contains("aaaa"), "{}", logged());
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    Ok(())
}

#[tokio::test]
async fn the_error_says_what_is_asked_for() -> Result<(), Failure> {
    let mock = mock()?;
    let error = Client::new(mock.gateway())
        .put_pet(0, &Pet::new("Amy"))
        .send()
        .await
        .err()
        .map(|error| error.to_string());
    let text = "putPet: the request was not sent: the parameter `id` breaks a rule of the document at $: 0; at least 1 is asked for";
    assert_eq!(error.as_deref(), Some(text));
    Client::new(mock.gateway()).post_free(&Free::default()).send().await?;
    Ok(())
}
