//! The code of the README's sections "More than JSON", "Who calls" and "In production", compiled and run. `readme.rs` checks that it is the same.

cloudrun_runtime::include_client!("exchange");

use cloudrun_runtime::multipart::Part;
use cloudrun_runtime::stream::Reconnect;
use cloudrun_runtime::transport::{BoxError, BoxFuture};
use cloudrun_runtime::{
    Body, Context, Credential, Gateway, MockAnswer, RetryPolicy, SignIn, TicketKey, TokenStore, Tokens,
};
use exchange::Client;
use exchange::operations::{
    AddNote, GetReport, OpenVault, PutBackup, UploadPhoto, UploadPhotoForm, UploadPhotoHeaders,
};
use exchange::types::Meta;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

#[tokio::test]
async fn bodies() -> Result<(), Failure> {
    let mock = Gateway::mock()?;
    mock.on(UploadPhoto::OPERATION).header("x-photo-id", "7").json(201, json!({}));
    mock.on(PutBackup::OPERATION).bytes(204, "");
    mock.on(AddNote::OPERATION).bytes(204, "");
    mock.on(OpenVault::OPERATION).bytes(204, "");
    let client = Client::new(mock.gateway());
    let folder = tempfile::tempdir()?;
    std::env::set_current_dir(folder.path())?;
    std::fs::write("cat.jpg", "a picture")?;
    std::fs::write("backup.tar", "an archive")?;

    // Forms of parts: files are read while they are sent, never whole into memory.
    let form = UploadPhotoForm {
        tags: Some(vec!["cat".to_owned()]),
        ..UploadPhotoForm::new(Part::file("cat.jpg"), "A cat")
    };
    let photo = client.upload_photo(form).send().await?;
    let headers: UploadPhotoHeaders = photo.typed_headers()?; // documented headers in their types

    // Bytes, a file or a stream; a method for each media type that the document lists.
    client.put_backup(Body::file("backup.tar")?).send().await?;
    client.add_note_as_markdown("# A note").send().await?;

    // The service's own secrets, beside the gateway's token.
    let client = client.with_key("from the console");
    client.open_vault().send().await?;

    assert_eq!(headers.x_photo_id, Some(7));
    Ok(())
}

/// Never called: a mock has no streams and no sockets. `streams.rs` and `sockets.rs` run the same calls.
async fn streams(client: Client) -> Result<(), Failure> {
    let question = Meta::default();
    // Server-Sent Events, opened again where they break off.
    let mut words = client.chat(&question).stream().reconnect(Reconnect::default()).await?;
    while let Some(event) = words.next().await {
        print!("{}", event?.data.text);
    }

    // A WebSocket; pings keep it open.
    let mut room = client.join_room("kitchen").connect().await?;
    room.send(&Meta::default()).await?;
    let answer = room.next().await.ok_or("closed")??;

    // Bytes while they arrive.
    let mut backup = client.get_backup().stream().await?;
    while let Some(piece) = backup.next().await {
        println!("{} bytes", piece?.len());
    }

    // The items of one page after the other.
    let mut words = client.list_words().limit(100).items();
    while let Some(word) = words.next().await {
        println!("{}", word?.text);
    }
    println!("{}", answer.text);
    Ok(())
}

#[tokio::test]
async fn by_hand() -> Result<(), Failure> {
    let _ = streams;
    // In tests: no server, no network, and no waiting before a call is made again.
    let mock = Gateway::mock()?;
    mock.on(GetReport::OPERATION).gateway_error(503, "SERVICE_NOT_READY", "it starts");
    mock.on(GetReport::OPERATION).json(200, json!({"name": "weekly", "size": 3}));
    mock.on(OpenVault::OPERATION).answer_with(|call| match call.headers.get("x-vault-key") {
        Some(_) => MockAnswer::bytes(204, ""),
        None => MockAnswer::json(401, json!({"title": "no key"})),
    });
    let client = Client::new(mock.gateway());
    assert_eq!(client.get_report().send().await?.size, Some(3));
    assert!(client.open_vault().send().await.is_err());
    assert_eq!(mock.calls_of(GetReport::OPERATION)[1].path, "/report");
    mock.assert_all_called();

    mock.on_request("POST", "/abc").json(200, json!({"ok": true}));
    let gateway = mock.gateway();
    // A service without a document: `callContainer` by hand.
    let reply =
        gateway.service("helloworld")?.post("/abc").json(&json!({"key1": "test value 1"})).send().await?;
    println!("{} {}", reply.status(), reply.json::<serde_json::Value>()?);
    Ok(())
}

struct InFile(PathBuf);

impl TokenStore for InFile {
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, BoxError>> {
        Box::pin(async { Ok(None) })
    }

    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async { Ok(std::fs::write(&self.0, tokens.to_json())?) })
    }
}

/// Never called: nobody signs in at CloudBase here. `credentials` runs the same.
#[allow(unused_variables, reason = "each of these gateways is one of several")]
async fn who_calls(x_cloudbase_context: &str, typed: String) -> Result<(), Failure> {
    // A service outside CloudBase: a key pair of Tencent Cloud in exchange for a token of five days.
    let gateway = Gateway::builder("my-env-3gk8v2")
        .credential(Credential::server_token("AKID…", "the SecretKey"))
        .build()?;

    // In a cloud function or a container: environment, region and credential by the platform's variables.
    let gateway = Gateway::from_env()?;
    println!("authorized by {:?}", Credential::automatic()?.taken_from());

    // In a service that is called: who calls, and calls of its own by the rights that it was given for this request.
    let context = Context::from_header(x_cloudbase_context)?;
    println!("{:?} calls", context.user_id);
    let gateway = gateway.with_credential(context.credential()?)?;

    // A user by a code that was sent to a phone or an address; no credential is needed to ask for one.
    let sent = gateway.auth_api().send_code("+86 13800000000").await?;
    let gateway = gateway.with_credential(sent.verify(&typed).await?)?;

    // A user of your own accounts: your server signs a ticket (feature `custom-login`), your user signs in by it.
    let key = TicketKey::from_json(&std::fs::read_to_string("tcb_custom_login.json")?)?;
    let gateway = gateway.with_credential(SignIn::ticket(key.ticket("user-0042")?))?;
    let _ = gateway;
    Ok(())
}

/// Never called: nobody signs in at CloudBase here. `credentials`, `limits.rs` and `faults.rs` run the same settings.
async fn in_production() -> Result<(), Failure> {
    // A user's session: renewed before it ends, once for all calls; new tokens reach your store before they are used.
    let user = SignIn::password("ada", "her password").store(InFile("session.json".into()));
    let gateway = Gateway::builder("my-env-3gk8v2")
        .credential(user)
        .timeout(Duration::from_secs(10))
        .retry(RetryPolicy::default().attempts(4).attempts_within(Duration::from_secs(3)))
        .max_concurrent_requests(64)
        .max_response_size(8 << 20)
        .on_call(|report| {
            println!("{} {:?} {:?}", report.operation().id(), report.status(), report.elapsed());
        })
        .build()?;
    let client = Client::new(&gateway);

    // Policies of one call.
    let note = client
        .add_note_as_markdown("# A note")
        .idempotency_key("note-7")
        .timeout(Duration::from_secs(30))
        .send()
        .await?;
    println!("{} attempts", note.reply().call().attempts());
    Ok(())
}

#[test]
fn production_is_compiled() {
    let _ = who_calls;
    let _ = in_production;
}
