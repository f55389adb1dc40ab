//! What an answer is read as where the document leaves it open, and what a service sees of files that have no name.

use cloudrun_runtime::multipart::{Form, Part};
use cloudrun_runtime::{
    Error, Gateway, Method, Mock, Operation, Style, Undocumented, body, serde_json::Value,
};

type Failure = Box<dyn std::error::Error>;

const READ: Operation = Operation::new("read", Method::GET, "/greeting").accept("application/json, */*");
const UPLOAD: Operation = Operation::new("upload", Method::POST, "/photos").success(&["204"]);
const DRAFT: Operation =
    Operation::new("draft", Method::POST, "/notes").query("draft=true&x=é'").success(&["204"]);
const FILE: Operation = Operation::new("file", Method::GET, "/files/{+path}").success(&["204"]);

/// What a service answers, by its media type.
async fn read<T: Send + 'static>(read: body::Read<T>, media_type: &str, text: &str) -> Result<T, Failure> {
    let mock = Gateway::mock()?;
    mock.on(READ).header("content-type", media_type).bytes(200, text.to_owned());
    let request = mock.gateway().service("hello")?.request(&READ);
    let answer = request.send::<T, Undocumented>(read).await;
    Ok(answer?.into_inner())
}

#[tokio::test]
async fn text_that_is_no_json_is_the_string() -> Result<(), Failure> {
    for media_type in ["text/plain;charset=UTF-8", "text/html", "application/octet-stream", ""] {
        assert_eq!(
            read::<String>(body::json_or_text, media_type, "hi \"there\"\n").await?,
            "hi \"there\"\n",
            "{media_type}"
        );
    }
    assert_eq!(read::<String>(body::json_or_text, "text/plain", "42").await?, "42");
    assert_eq!(read::<Value>(body::json_or_text, "text/plain", "hi").await?, Value::from("hi"));
    assert_eq!(
        read::<cloudrun_runtime::uuid::Uuid>(
            body::json_or_text,
            "text/plain",
            "67e55044-10b1-426f-9247-bb680e5fe0c8"
        )
        .await?
        .to_string(),
        "67e55044-10b1-426f-9247-bb680e5fe0c8"
    );
    // The answer's own word counts.
    assert_eq!(read::<String>(body::json_or_text, "application/json", "\"hi\"").await?, "hi");
    for media_type in ["application/json", "application/problem+json; charset=utf-8"] {
        let refused = read::<String>(body::json_or_text, media_type, "hi").await.err().ok_or("read")?;
        assert!(refused.to_string().contains("invalid JSON"), "{refused}");
    }
    Ok(())
}

async fn uploaded(form: Form) -> Result<String, Failure> {
    let mock = Gateway::mock()?;
    mock.on(UPLOAD).bytes(204, "");
    let request = mock.gateway().service("photos")?.request(&UPLOAD).multipart(form);
    request.send::<(), Undocumented>(body::empty).await?;
    let call = mock.calls().pop().ok_or("no call")?;
    Ok(String::from_utf8(call.body.to_vec())?)
}

#[tokio::test]
async fn a_file_of_bytes_is_a_file_to_servers() -> Result<(), Failure> {
    let text = uploaded(Form::new().file("photo", Part::from(vec![0x61]))).await?;
    assert!(
        text.contains(
            "name=\"photo\"; filename=\"photo\"\r\nContent-Type: application/octet-stream\r\n\r\na"
        ),
        "{text}"
    );
    let form = Form::new()
        .file_as("cover", "image/png", Part::from("c"))
        .file_as("own", "image/png", Part::from("o").content_type("image/gif").file_name("o.gif"))
        .files("pages", [Part::from("1"), Part::from("2").file_name("2.txt")])
        .files_as("scans", "image/jpeg", [Part::from("s")])
        .file("none", None);
    let text = uploaded(form).await?;
    for expected in [
        "name=\"cover\"; filename=\"cover\"\r\nContent-Type: image/png\r\n",
        "name=\"own\"; filename=\"o.gif\"\r\nContent-Type: image/gif\r\n",
        "name=\"pages\"; filename=\"pages\"\r\nContent-Type: application/octet-stream\r\n",
        "name=\"pages\"; filename=\"2.txt\"\r\n",
        "name=\"scans\"; filename=\"scans\"\r\nContent-Type: image/jpeg\r\n",
    ] {
        assert!(text.contains(expected), "{expected} {text}");
    }
    assert!(!text.contains("none"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_query_of_the_document_stands_before_that_of_parameters() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(DRAFT).bytes(204, "");
    let request = mock.gateway().service("notes")?.request(&DRAFT).query("title", &"a&b".to_owned());
    request.send::<(), Undocumented>(body::empty).await?;
    let call = mock.calls().pop().ok_or("no call")?;
    assert_eq!(call.query.as_deref(), Some("draft=true&x=%C3%A9%27&title=a%26b"));
    Ok(())
}

#[tokio::test]
async fn a_parameter_of_several_segments_never_climbs() -> Result<(), Failure> {
    let mock: Mock = Gateway::mock()?;
    mock.on(FILE).bytes(204, "");
    let service = mock.gateway().service("files")?;
    let send = |path: &str| {
        let request = service.request(&FILE).path_styled("path", Style::Simple, &path.to_owned());
        request.send::<(), Undocumented>(body::empty)
    };
    send("a b/ü?/c.txt").await?;
    assert_eq!(mock.calls().pop().ok_or("no call")?.path, "/files/a%20b/%C3%BC%3F/c.txt");
    for path in ["../secrets", "a/../../secrets", "a/..", "%2e%2e/secrets", "..%2fsecrets", "a\\..\\b", ""] {
        let refused = send(path).await;
        assert!(matches!(refused, Err(Error::Request { .. })), "{path} {refused:?}");
    }
    assert_eq!(mock.calls().len(), 1);
    Ok(())
}
