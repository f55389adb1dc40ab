//! Requests that are signed by a key pair.

use super::{Failure, emulator, error_of};
use cloudrun_runtime::{CredentialError, Error, GatewayCode, Signature};

#[tokio::test]
async fn signed_requests_are_accepted_as_they_were_signed() -> Result<(), Failure> {
    let emulator = emulator().key_pair("AKIDexample", "secret key").start().await?;
    let gateway =
        emulator.gateway_with(Signature::new("AKIDexample", "secret key").session_token("a token"))?;
    let service = gateway.service("echo")?;
    let signed = service.get("/a b/云?limit=10&tag=a%20b").send().await?;
    assert!(signed.text()?.ends_with("Token=a token"), "{signed:?}");
    let body = serde_json::json!({"name": "云", "size": 3});
    for call in [
        service.post("/").json(&body),
        service.put("/x").body("text/plain; charset=UTF-8", "Text"),
        service.delete("/x"),
    ] {
        assert_eq!(call.send().await?.status(), 200);
    }
    let stranger = emulator.gateway_with(Signature::new("AKIDexample", "another key"))?;
    assert_eq!(error_of(&stranger).await?.code(), Some(&GatewayCode::AuthenticationFailed));
    let file = cloudrun_runtime::Body::stream(futures_util::stream::once(async {
        Ok::<_, std::io::Error>(cloudrun_runtime::Bytes::from_static(b"x"))
    }));
    let error = service.post("/").body("text/plain", file).send().await.err();
    assert!(
        matches!(&error, Some(Error::Credential { error: CredentialError::Unsignable, .. })),
        "{error:?}"
    );
    Ok(())
}

#[tokio::test]
async fn what_is_signed_is_what_is_sent() -> Result<(), Failure> {
    let emulator = emulator().key_pair("AKIDexample", "secret key").start().await?;
    let gateway = emulator.gateway_with(Signature::new("AKIDexample", "secret key"))?;
    let service = gateway.service("echo")?;
    // Everything that can be typed, but what ends a path or a query, or stands for something in it.
    for (place, strange) in [("path", "/?\\%"), ("query", "%")] {
        for character in (b' '..=b'~').map(char::from).filter(|character| !strange.contains(*character)) {
            let path =
                if place == "path" { format!("/a{character}b") } else { format!("/a?b=c{character}d") };
            let reply = service.get(&path).send().await.map_err(|error| format!("{path}: {error}"))?;
            assert_eq!(reply.status(), 200, "{path}");
        }
    }
    Ok(())
}
