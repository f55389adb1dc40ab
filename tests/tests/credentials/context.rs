//! What CloudBase tells a service of its caller, and the rights that the service has by it.

use super::{Failure, call, emulator, error_of};
use axum::Router;
use axum::http::HeaderMap;
use cloudrun_emulator::{Caller, Emulator, axum};
use cloudrun_runtime::{ConfigError, Context, Credential, Gateway, SignIn, Signature};
use std::process::Command;

/// A service that repeats what it was told, in its body and in a header.
fn told() -> Router {
    Router::new().fallback(async |headers: HeaderMap| {
        let value = headers.get("x-cloudbase-context").cloned();
        let text = value.as_ref().and_then(|value| value.to_str().ok()).unwrap_or("nothing").to_owned();
        let mut answer = HeaderMap::new();
        answer.extend(value.map(|value| (axum::http::HeaderName::from_static("x-repeated"), value)));
        (answer, text)
    })
}

fn telling() -> Emulator {
    emulator().service("told", told()).environment_id("shop-1").cloudbase_context()
}

/// The header that the service gets when a gateway's caller calls it.
async fn header(gateway: &Gateway) -> Result<String, Failure> {
    let call = gateway.service("told")?.get("/").header("x-cloudbase-context", "of the caller's own");
    Ok(call.send().await?.text()?.to_owned())
}

#[tokio::test]
async fn a_service_is_told_who_calls_and_calls_on_by_its_own_rights() -> Result<(), Failure> {
    let is_signed = |caller: &Caller| matches!(caller, Caller::Signature { .. });
    let emulator = telling().allow("echo", is_signed).start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse"))?;
    let header = header(&gateway).await?;
    let context = Context::from_header(&header)?;
    assert_eq!(context.env_id.as_deref(), Some("shop-1"));
    assert_eq!(context.service_name.as_deref(), Some("told"));
    assert_eq!((context.user_id.as_deref(), context.is_administrator), (Some("ada"), false));
    // Ada herself may not call this one; the service may.
    assert!(error_of(&gateway).await?.is_auth());
    let credential = Credential::from_context(&header)?;
    assert_eq!(credential.taken_from(), Some("tmpSecret"));
    call(&gateway.with_credential(credential)?).await?;
    assert_eq!(emulator.counts().connections(), 1, "the same gateway, for another caller");
    let caller = context.caller().ok_or("ada has a token")?;
    assert!(error_of(&gateway.with_credential(caller)?).await?.is_auth());
    Ok(())
}

#[tokio::test]
async fn the_keys_of_a_service_are_worth_nothing_without_their_token() -> Result<(), Failure> {
    let emulator = telling().start().await?;
    let header = header(&emulator.gateway()?).await?;
    let text =
        String::from_utf8(base64::Engine::decode(&base64::engine::general_purpose::STANDARD, header)?)?;
    let json: serde_json::Value = serde_json::from_str(&text)?;
    let member = |name: &str| json["tmpSecret"][name].as_str().unwrap_or_default();
    assert_eq!(json["accessToken"], serde_json::Value::Null, "an API key is no user's token");
    let pair = || Signature::new(member("secretId"), member("secretKey"));
    call(&emulator.gateway_with(pair().session_token(member("token")))?).await?;
    for wrong in [pair(), pair().session_token("another")] {
        assert!(error_of(&emulator.gateway_with(wrong)?).await?.is_auth());
    }
    Ok(())
}

#[tokio::test]
async fn nobody_tells_a_service_who_calls_but_the_gateway() -> Result<(), Failure> {
    let emulator = emulator().service("told", told()).start().await?;
    assert_eq!(header(&emulator.gateway()?).await?, "nothing");
    Ok(())
}

#[tokio::test]
async fn the_inspector_shows_nothing_of_it() -> Result<(), Failure> {
    let emulator = telling().inspector().start().await?;
    let header = header(&emulator.gateway_with(SignIn::password("ada", "correct horse"))?).await?;
    let mut seen = String::new();
    let client = reqwest::Client::builder().no_proxy().build()?;
    for path in ["exchanges", "exchanges/1", "exchanges/2"] {
        let answer = client.get(format!("{}/_inspector/{path}", emulator.url())).send().await?;
        seen.push_str(&String::from_utf8(answer.bytes().await?.to_vec())?);
    }
    assert!(seen.contains("x-repeated") && seen.contains("x-cloudbase-context"), "{seen}");
    assert!(!seen.contains(&header[40..80]) && !seen.contains("of the caller's own"), "{seen}");
    Ok(())
}

/// Runs itself in processes with variables of their own.
#[test]
fn a_process_takes_what_its_surroundings_have() -> Result<(), Failure> {
    const CHILD: &str = "CLOUDRUN_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let taken = Credential::automatic().map(|credential| credential.taken_from().unwrap_or("nowhere"));
        let gateway = Gateway::from_env().map(|gateway| format!("{gateway:?}"));
        println!("took {taken:?} for {gateway:?}");
        return Ok(());
    }
    let run = |variables: &[(&str, &str)]| -> Result<String, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        // Where this stands among the tests is the binary's own.
        let this = std::thread::current().name().unwrap_or_default().to_owned();
        command.args(["--exact", &this, "--nocapture"]).env_clear().env(CHILD, "1");
        Ok(String::from_utf8(command.envs(variables.iter().copied()).output()?.stdout)?)
    };
    let function = [("SCF_NAMESPACE", "shop-1"), ("TENCENTCLOUD_REGION", "ap-shanghai")];
    let keys = [("TENCENTCLOUD_SECRETID", "AKID"), ("TENCENTCLOUD_SECRETKEY", "planted")];
    let signed = run(&[function[0], function[1], keys[0], keys[1]])?;
    assert!(signed.contains("took Ok(\"TENCENTCLOUD_SECRETID\")"), "{signed}");
    assert!(
        signed.contains("https://shop-1.api.tcloudbasegateway.com") && !signed.contains("planted"),
        "{signed}"
    );
    let by_key = run(&[("CBR_ENV_ID", "shop-1"), ("CLOUDBASE_APIKEY", "planted"), keys[0], keys[1]])?;
    assert!(by_key.contains("took Ok(\"CLOUDBASE_APIKEY\")") && !by_key.contains("planted"), "{by_key}");
    let nothing = run(&[])?;
    let missing = format!("{:?}", ConfigError::MissingVariable("CLOUDBASE_APIKEY"));
    assert!(nothing.contains(&format!("took Err({missing})")), "{nothing}");
    Ok(())
}

#[test]
fn a_line_at_debug_says_what_was_taken_and_no_secret() -> Result<(), Failure> {
    let (lines, written) = lines_of_a_log()?;
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(written).finish();
    tracing::subscriber::with_default(subscriber, || {
        Credential::automatic_with(|name| (name == "CLOUDBASE_APIKEY").then(|| "planted".to_owned()))
    })?;
    let lines = std::fs::read_to_string(lines.path())?;
    assert!(lines.contains("DEBUG") && lines.contains("CLOUDBASE_APIKEY"), "{lines}");
    assert!(!lines.contains("planted"), "{lines}");
    Ok(())
}

/// A file, and where a subscriber writes to it.
fn lines_of_a_log() -> std::io::Result<(tempfile::NamedTempFile, std::sync::Mutex<std::fs::File>)> {
    let file = tempfile::NamedTempFile::new()?;
    let written = std::sync::Mutex::new(file.reopen()?);
    Ok((file, written))
}
