//! Answers in other charsets than UTF-8, as older services give them.

cloudrun_runtime::include_client!("exchange");

use cloudrun_runtime::multipart::Part;
use cloudrun_runtime::{Gateway, Mock, Reply, body};
use exchange::Client;
use exchange::operations::{UploadPhoto, UploadPhotoForm};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// What a service answers.
async fn answer(content_type: &str, text: &[u8]) -> Result<Reply, Failure> {
    let mock = Gateway::mock()?;
    mock.on_request("GET", "/text").header("content-type", content_type).bytes(200, text.to_vec());
    Ok(mock.gateway().service("shop")?.get("/text").send().await?)
}

#[tokio::test]
async fn texts_are_read_in_the_charset_that_is_named() -> Result<(), Failure> {
    for (content_type, text, expected) in [
        ("text/plain; charset=GBK", &b"\xc4\xe3\xba\xc3"[..], "你好"),
        ("text/plain;charset=\"gb18030\"", b"\x94\x39\xfc\x36", "😀"),
        ("text/plain; charset=iso-8859-1", b"caf\xe9", "café"),
        ("text/plain; charset=utf-8", "\u{feff}你好".as_bytes(), "你好"),
        ("text/plain", "你好".as_bytes(), "你好"),
    ] {
        let reply = answer(content_type, text).await?;
        assert_eq!((reply.text()?, body::text(&reply)?.as_str()), (expected, expected), "{content_type}");
        assert_eq!(&reply.body()[..], text);
    }
    let broken = answer("text/plain; charset=gbk", b"\xff\xff").await?;
    assert!(broken.text().is_err_and(|error| error.message().contains("`gbk`")));
    let unknown = answer("text/plain; charset=klingon", b"\xff").await?;
    assert!(unknown.text().is_err_and(|error| error.message().contains("`klingon`")));
    let silent = answer("text/plain", b"\xc4\xe3").await?;
    assert!(silent.text().is_err_and(|error| error.message().contains("not UTF-8")));
    Ok(())
}

/// A photo's name, as the service gives it in JSON.
async fn photo(mock: &Mock) -> Result<Option<String>, Failure> {
    let form = UploadPhotoForm::new(Part::from("bytes").file_name("cat.jpg"), "A cat");
    Ok(Client::new(mock.gateway()).upload_photo(form).send().await?.into_inner().name)
}

#[tokio::test]
async fn json_is_utf_8_whatever_is_named_unless_it_is_not() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    let utf_16: Vec<u8> = r#"{"name":"猫"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (charset, text) in [
        ("gbk", &b"{\"name\":\"\xc3\xa8\"}"[..]),
        ("gbk", r#"{"name":"猫"}"#.as_bytes()),
        ("iso-8859-1", r#"{"name":"猫"}"#.as_bytes()),
        ("utf-16le", &utf_16),
    ] {
        let content_type = format!("application/json; charset={charset}");
        mock.on(UploadPhoto::OPERATION).header("content-type", &content_type).bytes(201, text.to_vec());
        assert_eq!(photo(&mock).await?.as_deref(), Some("猫"), "{charset}");
        let reply = answer(&content_type, text).await?;
        assert_eq!(reply.json::<Value>()?, json!({"name": "猫"}), "{charset}");
    }
    Ok(())
}

#[tokio::test]
async fn an_error_is_shown_in_its_charset() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    let content_type = "text/html; charset=GBK";
    mock.on(UploadPhoto::OPERATION)
        .header("content-type", content_type)
        .bytes(500, &b"<p>\xc4\xe3\xba\xc3</p>"[..]);
    let error = photo(&mock).await.err().map(|error| error.to_string());
    assert!(error.as_ref().is_some_and(|error| error.contains("<p>你好</p>")), "{error:?}");
    Ok(())
}
