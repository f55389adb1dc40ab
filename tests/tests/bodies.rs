//! Bodies in all their media types, as a service reads them with libraries that are not ours.

cloudrun_runtime::include_client!("exchange");

use axum::Router;
use cloudrun_emulator::{Emulator, axum};
use cloudrun_runtime::multipart::Part;
use cloudrun_runtime::{Body, Bytes, Error, Gateway, Mock, RequestError, Seen};
use exchange::Client;
use exchange::operations::{
    AddNote, GetReport, OpenVault, PutBackup, UploadPhoto, UploadPhotoForm, UploadPhotoHeaders,
};
use exchange::types::{Meta, Nested, NestedFilter};
use futures_util::stream;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::json;
use std::collections::BTreeMap;

type Failure = Box<dyn std::error::Error>;

fn client(mock: &Mock) -> Client {
    Client::new(mock.gateway())
}

fn last(mock: &Mock) -> Result<Seen, Failure> {
    Ok(mock.calls().pop().ok_or("no call")?)
}

fn content_type(call: &Seen) -> &str {
    call.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A part as multer sees it: name, file name, media type, contents.
type SeenPart = (String, Option<String>, Option<String>, Vec<u8>);

async fn parts(call: &Seen) -> Result<Vec<SeenPart>, Failure> {
    let body = stream::iter([Ok::<_, std::io::Error>(call.body.clone())]);
    let mut multipart = multer::Multipart::new(body, multer::parse_boundary(content_type(call))?);
    let mut seen = Vec::new();
    while let Some(field) = multipart.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let media_type = field.content_type().map(ToString::to_string);
        seen.push((name, file_name, media_type, field.bytes().await?.to_vec()));
    }
    Ok(seen)
}

fn text(name: &str, file_name: Option<&str>, media_type: Option<&str>, contents: &str) -> SeenPart {
    (name.to_owned(), file_name.map(str::to_owned), media_type.map(str::to_owned), contents.into())
}

#[tokio::test]
async fn forms_of_parts_take_bytes_files_and_streams() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(UploadPhoto::OPERATION)
        .header("x-photo-id", "7")
        .header("x-tags", "a, b")
        .json(201, json!({"name": "cat"}));
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cat \"1\".jpg");
    std::fs::write(&path, "from a file")?;
    let pieces = stream::iter(["from ", "a stream"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece))));
    let form = UploadPhotoForm {
        tags: Some(vec!["x".to_owned(), "y & z".to_owned()]),
        meta: Some(Meta { name: Some("m".to_owned()), size: None }),
        thumbnails: vec![Part::from("one").file_name("1.png"), Part::stream(pieces)],
        ..UploadPhotoForm::new(Part::file(&path), "A cat")
    };
    let answer = client(&mock).upload_photo(form).send().await?;
    let seen = parts(&last(&mock)?).await?;
    let expected = [
        text("file", Some("cat %221%22.jpg"), Some("image/jpeg"), "from a file"),
        text("title", None, None, "A cat"),
        text("tags", None, None, "x"),
        text("tags", None, None, "y & z"),
        text("meta", None, Some("application/json"), r#"{"name":"m"}"#),
        text("thumbnails", Some("1.png"), Some("image/png"), "one"),
        text("thumbnails", Some("thumbnails"), Some("image/png"), "from a stream"),
    ];
    assert_eq!(seen, expected);
    let headers: UploadPhotoHeaders = answer.typed_headers()?;
    assert_eq!(headers.x_photo_id, Some(7));
    assert_eq!(headers.x_tags, Some(vec!["a".to_owned(), "b".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn what_is_missing_or_cannot_be_sent_is_told_before_anything_is_sent() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    let form = UploadPhotoForm::new(Part::file("/no/such/file.jpg"), "t");
    let error = client(&mock).upload_photo(form).send().await.err();
    assert!(
        matches!(&error, Some(Error::Request { error: RequestError::Encode { place, .. }, .. }) if place == "part `file`"),
        "{error:?}"
    );
    let form = UploadPhotoForm::new(Part::from("x").content_type("a/b\r\nX-Evil: 1"), "t");
    let error = client(&mock).upload_photo(form).send().await.err();
    assert!(matches!(&error, Some(Error::Request { error: RequestError::Header(_), .. })), "{error:?}");
    assert!(mock.calls().is_empty());
    Ok(())
}

#[tokio::test]
async fn each_media_type_is_a_way_to_send_the_body() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(AddNote::OPERATION).bytes(204, "");
    client(&mock).add_note(&Meta { name: Some("n".to_owned()), size: Some(1) }).send().await?;
    let call = last(&mock)?;
    assert_eq!(
        (content_type(&call), call.json()),
        ("application/json", Some(json!({"name": "n", "size": 1})))
    );
    client(&mock).add_note_as_markdown("# Title").send().await?;
    let call = last(&mock)?;
    assert_eq!((content_type(&call), &call.body[..]), ("text/markdown", &b"# Title"[..]));
    Ok(())
}

#[tokio::test]
async fn nested_forms_follow_their_encoding() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(AddNote::OPERATION).bytes(204, "");
    let size = |size| Meta { name: None, size: Some(size) };
    let form = Nested {
        codes: Some(vec![1, 2]),
        filter: Some(NestedFilter {
            color: Some("light blue".to_owned()),
            sizes: Some(vec![size(3), size(4)]),
        }),
        meta: Some(size(5)),
        list: Some(vec!["a".to_owned(), "b&c".to_owned()]),
        ..Nested::new("n")
    };
    client(&mock).add_note_as_form(&form).send().await?;
    let call = last(&mock)?;
    assert_eq!(content_type(&call), "application/x-www-form-urlencoded");
    let pairs: Vec<_> = form_urlencoded::parse(&call.body).into_owned().collect();
    let expected = [
        ("name", "n"),
        ("codes", "1,2"),
        ("filter[color]", "light blue"),
        ("filter[sizes][0][size]", "3"),
        ("filter[sizes][1][size]", "4"),
        ("meta", r#"{"size":5}"#),
        ("list", "a"),
        ("list", "b&c"),
    ];
    assert_eq!(pairs, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    Ok(())
}

#[tokio::test]
async fn files_are_sent_as_bytes_files_or_streams() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(PutBackup::OPERATION).bytes(204, "");
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("backup");
    std::fs::write(&path, vec![7; 200_000])?;
    for body in [Body::from(vec![7; 200_000]), Body::file(&path)?] {
        client(&mock).put_backup(body).send().await?;
        let call = last(&mock)?;
        assert_eq!((content_type(&call), call.body.len()), ("application/octet-stream", 200_000));
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_can_be_asked_for_in_another_form() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(GetReport::OPERATION).header("content-type", "text/csv").bytes(200, "a,b\n1,2\n");
    let report = client(&mock).get_report().send_as_csv().await?;
    assert_eq!(*report, "a,b\n1,2\n");
    assert_eq!(last(&mock)?.headers["accept"], "text/csv");
    Ok(())
}

#[tokio::test]
async fn an_empty_body_where_json_is_promised_is_told() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(GetReport::OPERATION).bytes(200, "");
    let error = client(&mock).get_report().send().await.err().map(|error| error.to_string());
    assert!(error.as_ref().is_some_and(|text| text.contains("the body is empty")), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn the_services_own_secrets_go_where_the_document_says() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(OpenVault::OPERATION).bytes(204, "");
    mock.on(GetReport::OPERATION).json(200, json!({}));
    let client = client(&mock).with_key("k").with_session("s 1").with_in_query("q&").with_login("me", "pw");
    let refused = client.open_vault().send().await.err();
    assert!(
        matches!(refused, Some(Error::Request { error: RequestError::AuthorizationTaken("login"), .. })),
        "{refused:?}"
    );
    let client = client.authorization_header("x-service-authorization");
    client.open_vault().send().await?;
    let call = last(&mock)?;
    assert_eq!(call.headers["x-vault-key"], "k");
    assert_eq!(call.headers["cookie"], "sid=s%201");
    assert_eq!(call.headers["x-service-authorization"], "Basic bWU6cHc=");
    assert_eq!(call.query.as_deref(), Some("key=q%26"));
    // Operations that do not ask for a secret do not get it.
    client.get_report().send().await?;
    assert!(!last(&mock)?.headers.contains_key("x-vault-key"));
    Ok(())
}

/// Runs a call to its end on a runtime of its own.
fn run<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, TestCaseError> {
    let fail = |error: &dyn std::fmt::Display| TestCaseError::fail(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| fail(&e))?;
    runtime.block_on(future).map_err(|error| fail(&error))
}

proptest! {
    #[test]
    fn any_form_reads_back_as_it_was(
        name in ".*",
        list in proptest::collection::vec(".*", 0..4),
        color in proptest::option::of(".*"),
    ) {
        let form = Nested {
            list: Some(list.clone()),
            filter: Some(NestedFilter { color: color.clone(), sizes: None }),
            ..Nested::new(name.clone())
        };
        let pairs = run(async {
            let mock = Gateway::mock()?;
            mock.on(AddNote::OPERATION).bytes(204, "");
            client(&mock).add_note_as_form(&form).send().await?;
            let body = last(&mock)?.body;
            Ok(form_urlencoded::parse(&body).into_owned().collect::<Vec<(String, String)>>())
        })?;
        let mut expected = vec![("name".to_owned(), name)];
        expected.extend(color.map(|color| ("filter[color]".to_owned(), color)));
        expected.extend(list.into_iter().map(|item| ("list".to_owned(), item)));
        prop_assert_eq!(pairs, expected);
    }

    #[test]
    fn any_parts_read_back_as_they_were(
        contents in proptest::collection::vec(any::<u8>(), 0..2000),
        title in ".*",
        file_name in "[^\"\\p{Cc}\\\\]{1,20}",
        tags in proptest::collection::vec(".*", 0..4),
    ) {
        let form = UploadPhotoForm {
            tags: Some(tags.clone()),
            ..UploadPhotoForm::new(Part::from(contents.clone()).file_name(file_name.clone()), title.clone())
        };
        let seen = run(async {
            let mock = Gateway::mock()?;
            mock.on(UploadPhoto::OPERATION).json(201, json!({}));
            client(&mock).upload_photo(form).send().await?;
            parts(&last(&mock)?).await
        })?;
        prop_assert_eq!(&seen[0], &("file".to_owned(), Some(file_name), Some("image/jpeg".to_owned()), contents));
        prop_assert_eq!(&seen[1].3, title.as_bytes());
        let sent: Vec<&[u8]> = seen[2..].iter().map(|part| &part.3[..]).collect();
        prop_assert_eq!(sent, tags.iter().map(String::as_bytes).collect::<Vec<_>>());
    }

    #[test]
    fn any_names_and_values_of_a_free_form_read_back_as_they_were(
        members in proptest::collection::btree_map("[^\"\r\n]{1,20}", ".*", 0..6),
    ) {
        let pairs = run(async {
            let mock = Gateway::mock()?;
            mock.on_request("POST", "/free").bytes(204, "");
            mock.gateway().service("exchange")?.post("/free").form(&members).send().await?;
            let body = last(&mock)?.body;
            Ok(form_urlencoded::parse(&body).into_owned().collect::<BTreeMap<String, String>>())
        })?;
        prop_assert_eq!(pairs, members);
    }
}

/// The head of the one request that a server gets, which it answers with 204.
async fn head_of<F: Future<Output = Result<(), Failure>>>(
    call: impl FnOnce(Gateway) -> F,
) -> Result<String, Failure> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let gateway = Gateway::direct(format!("http://{}", listener.local_addr()?)).build()?;
    let served = async {
        let (mut stream, _) = listener.accept().await?;
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
        Ok::<_, Failure>(String::from_utf8(head)?.to_ascii_lowercase())
    };
    let (head, called) = tokio::join!(served, call(gateway));
    called?;
    head
}

#[tokio::test]
async fn a_request_that_could_have_a_body_says_that_it_is_empty() -> Result<(), Failure> {
    use cloudrun_runtime::http::Method;
    for (method, is_told) in [
        (Method::POST, true),
        (Method::PUT, true),
        (Method::PATCH, true),
        (Method::GET, false),
        (Method::DELETE, false),
        (Method::HEAD, false),
    ] {
        let head = head_of(async |gateway: Gateway| {
            gateway.service("shop")?.call(method.clone(), "/a").send().await?;
            Ok(())
        });
        let head = head.await?;
        let lengths = head.lines().filter(|line| line.starts_with("content-length:")).collect::<Vec<_>>();
        assert_eq!(lengths, if is_told { vec!["content-length: 0"] } else { vec![] }, "{method}");
        assert!(!head.contains("transfer-encoding"), "{head}");
    }
    Ok(())
}

#[tokio::test]
async fn a_form_of_bytes_is_sent_again_where_it_must_be() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(UploadPhoto::OPERATION).gateway_error(503, "SERVICE_NOT_READY", "not yet");
    mock.on(UploadPhoto::OPERATION).json(201, json!({"name": "cat"}));
    let form = || UploadPhotoForm::new(Part::from("bytes").file_name("cat.jpg"), "A cat");
    client(&mock).upload_photo(form()).send().await?;
    let [first, second] = mock.calls().try_into().map_err(|_| "not two calls")?;
    assert_eq!((parts(&first).await?.len(), &first.body), (2, &second.body));
    // One stream among its parts makes it a stream.
    let mock = Gateway::mock()?;
    mock.on(UploadPhoto::OPERATION).gateway_error(503, "SERVICE_NOT_READY", "not yet");
    let part = Part::stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from("piece"))]));
    let form = UploadPhotoForm { thumbnails: vec![part], ..form() };
    assert!(client(&mock).upload_photo(form).send().await.is_err_and(|error| error.attempts() == 1));
    Ok(())
}

/// Sends pieces that were said to have so many bytes together to a service that says how many it got.
async fn uploaded(pieces: &[&'static str], length: u64) -> Result<String, String> {
    let router = Router::new().fallback(async |body: axum::body::Bytes| body.len().to_string());
    let emulator =
        Emulator::new().service("shop", router).start().await.map_err(|error| error.to_string())?;
    let gateway = emulator.gateway().map_err(|error| error.to_string())?;
    let pieces: Vec<_> = pieces.iter().map(|piece| Ok::<_, std::io::Error>(Bytes::from(*piece))).collect();
    let body = Body::stream(stream::iter(pieces)).with_length(length);
    let call = gateway.service("shop").map_err(|error| error.to_string())?.put("/").body("text/plain", body);
    let reply = call.send().await.map_err(|error| {
        assert!(!error.is_retryable(), "{error}");
        error.to_string()
    })?;
    Ok(reply.text().map_err(|error| error.to_string())?.to_owned())
}

#[tokio::test]
async fn a_stream_has_the_length_that_it_was_said_to_have() {
    assert_eq!(uploaded(&["one", "", "two", ""], 6).await.as_deref(), Ok("6"));
    for (pieces, length) in [(&["one", "two"][..], 7), (&["one", "two"], 5), (&["one", "two"], 3), (&[], 1)] {
        let error = uploaded(pieces, length).await.err();
        let said = format!("the body has not the {length} bytes that it was said to have");
        assert!(error.as_ref().is_some_and(|error| error.contains(&said)), "{pieces:?}: {error:?}");
    }
    assert_eq!(Body::from("bytes").with_length(2).length(), Some(5));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_callers_to_mend() -> Result<(), Failure> {
    let router = Router::new().fallback(async |body: axum::body::Bytes| body.len().to_string());
    let emulator = Emulator::new().service("shop", router).start().await?;
    let shop = emulator.gateway()?.service("shop")?;
    let pieces = [Ok(Bytes::from("piece")), Err(std::io::Error::other("the disk is gone"))];
    let error = shop.put("/").body("text/plain", Body::stream(stream::iter(pieces))).send().await.err();
    let error = error.ok_or("it was stored")?;
    assert!(error.to_string().contains("the disk is gone") && !error.is_retryable(), "{error}");
    Ok(())
}
