//! Forms of parts as they go over the wire (RFC 7578): each name stays in its header, each length is true.

use axum::Router;
use axum::http::HeaderMap;
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::multipart::{Form, Part};
use cloudrun_runtime::{Bytes, Error, Service};
use futures_util::stream;
use std::collections::BTreeMap;

type Failure = Box<dyn std::error::Error>;

/// A service that answers with what it was sent: the media type, the length, and the body.
async fn start() -> Result<(Service, RunningEmulator), Failure> {
    let echo = Router::new().fallback(async |headers: HeaderMap, body: Bytes| {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("none");
        let head = format!("{}\n{}\n", header("content-type"), header("content-length"));
        [head.as_bytes(), &body].concat()
    });
    let emulator = Emulator::new().service("shop", echo).start().await?;
    Ok((emulator.gateway()?.service("shop")?, emulator))
}

/// What a form is on the wire: its length as it was said, and its text with `B` for the boundary.
async fn sent(service: &Service, form: Form) -> Result<(Option<usize>, String), Failure> {
    let reply = service.post("/").multipart(form).send().await?;
    let text = String::from_utf8(reply.body().to_vec())?;
    let (media_type, rest) = text.split_once('\n').ok_or("no media type")?;
    let (length, body) = rest.split_once('\n').ok_or("no length")?;
    let boundary = media_type.strip_prefix("multipart/form-data; boundary=").ok_or(media_type)?;
    // What is in no content by chance.
    assert!(boundary.len() > 32, "{boundary}");
    let length = length.parse().ok();
    assert!(length.is_none_or(|length: usize| length == body.len()), "{length:?} of {}", body.len());
    Ok((length, body.replace(boundary, "B")))
}

#[tokio::test]
async fn no_name_ends_its_header() -> Result<(), Failure> {
    let (service, _emulator) = start().await?;
    let form = Form::new().part(
        "a\"b\r\nX-Evil: 1\0\u{7f}\t",
        Part::from("x").file_name("\r\n\r\nc\u{b}\u{1b}\"; d=\"\u{e9}\u{732b}"),
    );
    let (_, body) = sent(&service, form).await?;
    let expected = "--B\r\nContent-Disposition: form-data; name=\"a%22b%0D%0AX-Evil: 1%00%7F%09\"; \
                    filename=\"%0D%0A%0D%0Ac%0B%1B%22; d=%22\u{e9}\u{732b}\"\r\n\
                    Content-Type: application/octet-stream\r\n\r\nx\r\n--B--\r\n";
    assert_eq!(body, expected);
    Ok(())
}

#[tokio::test]
async fn no_header_of_a_part_holds_another_one() -> Result<(), Failure> {
    let (service, emulator) = start().await?;
    let part = || Part::from("x");
    for (name, part) in [
        ("Content-Type", part().content_type("a/b\r\nx: 1")),
        ("x-note", part().header("x-note", "a\nb")),
        ("x note", part().header("x note", "fine")),
    ] {
        let error = service.post("/").multipart(Form::new().part("a", part)).send().await.err();
        let error = error.ok_or("it was sent")?;
        assert!(matches!(error, Error::Request { .. }) && error.to_string().contains(name), "{error}");
    }
    assert_eq!(emulator.counts().requests(), 0);
    let (_, body) = sent(&service, Form::new().part("a", part().header("x-note", "fine"))).await?;
    assert!(body.contains("\r\nx-note: fine\r\n\r\nx\r\n"), "{body}");
    Ok(())
}

#[tokio::test]
async fn values_are_texts_json_or_a_part_each() -> Result<(), Failure> {
    let (service, _emulator) = start().await?;
    let form = Form::new()
        .value("text", &"a \"b\"")
        .value("number", &7)
        .value("list", &vec![1, 2])
        .value("none", &None::<i32>)
        .value_as("json", "application/json", &"x")
        .value_as("plain", "text/plain", &"y")
        .value_as("absent", "text/plain", &None::<i32>)
        .parts("several", [Part::from("1"), Part::from("2")])
        .entries(&BTreeMap::from([("more".to_owned(), 3)]));
    let (length, body) = sent(&service, form).await?;
    assert!(length.is_some());
    let part = |name: &str, media_type: &str, text: &str| {
        let media_type =
            if media_type.is_empty() { String::new() } else { format!("\r\nContent-Type: {media_type}") };
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"{media_type}\r\n\r\n{text}\r\n")
    };
    let expected = [
        part("text", "", "a \"b\""),
        part("number", "", "7"),
        part("list", "", "1"),
        part("list", "", "2"),
        part("json", "application/json", "\"x\""),
        part("plain", "text/plain", "y"),
        part("several", "", "1"),
        part("several", "", "2"),
        part("more", "", "3"),
        "--B--\r\n".to_owned(),
    ];
    assert_eq!(body, expected.concat());
    Ok(())
}

#[tokio::test]
async fn a_length_is_told_where_each_part_has_one() -> Result<(), Failure> {
    let (service, _emulator) = start().await?;
    let pieces = || stream::iter(["pie", "ces"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece))));
    let known = cloudrun_runtime::Body::stream(pieces()).with_length(6);
    let (length, body) =
        sent(&service, Form::new().part("a", Part::new(known)).part("b", Part::from("x"))).await?;
    assert!(length.is_some() && body.contains("\r\n\r\npieces\r\n--B"), "{length:?} {body}");
    let (length, body) = sent(&service, Form::new().part("a", Part::stream(pieces()))).await?;
    assert!(length.is_none() && body.contains("\r\n\r\npieces\r\n--B--"), "{length:?} {body}");
    let file = Part::file(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let (length, body) = sent(&service, Form::new().part("a", file)).await?;
    assert!(length.is_some() && body.contains("filename=\"Cargo.toml\""), "{length:?}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_before_anything_is() -> Result<(), Failure> {
    let (service, emulator) = start().await?;
    let forms = [
        ("part `a`", Form::new().value("a", &f64::NAN)),
        ("part `b`", Form::new().value_as("b", "text/plain", &f64::INFINITY)),
        ("/no/such/file", Form::new().part("c", Part::file("/no/such/file"))),
    ];
    for (place, form) in forms {
        let error = service.post("/").multipart(form).send().await.err().ok_or("it was sent")?;
        assert!(matches!(error, Error::Request { .. }) && error.to_string().contains(place), "{error}");
    }
    assert_eq!(emulator.counts().requests(), 0);
    Ok(())
}
