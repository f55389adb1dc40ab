//! Makes the same calls by the official SDKs and by this project, through the emulator, and compares what the service
//! received and what the caller got. Needs Node; the JS SDK needs Chromium too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloudrun_emulator::Emulator;
use cloudrun_emulator::axum::http::{StatusCode, header};
use cloudrun_emulator::axum::response::Html;
use cloudrun_emulator::axum::routing::get;
use cloudrun_emulator::axum::{self, Router};
use cloudrun_runtime::{Credential, SignIn, TicketKey};
use cloudrun_tests::witness::{
    Case, Got, Log, Ours, Program, Sdk, Side, USER, Who, ask, by_hand, cases, chromium, compare, npm_install,
    proxy, router,
};
use serde_json::{Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

const ENVIRONMENT: &str = "witness-1a2b3c";
const KEY_PAIR: (&str, &str) = ("AKIDwitness", "the secret key of a witness");
/// The key of custom login, and its id.
const TICKET_KEY: (&str, &str) = ("key-1", include_str!("../../keys/custom-login.pem"));
const PACKAGES: [&str; 4] =
    ["@cloudbase/node-sdk@3.18.3", "@cloudbase/js-sdk@3.7.0", "esbuild@0.28", "playwright-core@1"];

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("sdk: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Failure> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/sdk");
    if let Err(error) = npm_install(&folder, &PACKAGES) {
        println!("skipped: the official SDKs are installed by npm: {error}");
        println!("0 passed, 0 failed");
        return Ok(true);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(compare_all(&sources, &folder))
}

async fn compare_all(sources: &Path, folder: &Path) -> Result<bool, Failure> {
    let log = Log::default();
    let page = serve_page(sources, folder).await?;
    let emulator = Emulator::new()
        .environment_id(ENVIRONMENT)
        .service("helloworld", router(log.clone()))
        .key_pair(KEY_PAIR.0, KEY_PAIR.1)
        .custom_login(TICKET_KEY.0, include_str!("../../keys/custom-login.pub.pem"))
        .cloudbase_context()
        .security_domain(&page)
        .tls()
        .start()
        .await?;
    let proxy = format!("http://{}", proxy::start(emulator.address()).await?);
    let root = folder.join("root.pem");
    std::fs::write(&root, emulator.root_certificate().unwrap_or_default())?;
    let mut ours = Ours {
        environment: ENVIRONMENT.to_owned(),
        proxy: proxy.clone(),
        root: emulator.root_certificate().unwrap_or_default().to_owned(),
        api_key: emulator.token().to_owned(),
        expired: emulator.issue_token("somebody", Duration::ZERO),
        key_pair: (KEY_PAIR.0.to_owned(), KEY_PAIR.1.to_owned()),
        context: String::new(),
        ticket_key: TicketKey::new(TICKET_KEY.0, TICKET_KEY.1, ENVIRONMENT)?,
    };
    ours.context = context(&ours, &log).await?;
    let mut node = Program::start(
        Command::new("node")
            .arg(copied(&sources.join("node.cjs"), folder)?)
            .current_dir(folder)
            .env("NODE_EXTRA_CA_CERTS", &root),
    )?;
    let mut browser = match chromium() {
        Some(executable) => {
            let settings = json!({"executable": executable, "proxy": proxy});
            let script = copied(&sources.join("browser.cjs"), folder)?;
            let mut browser = Program::start(
                Command::new("node").arg(script).arg(settings.to_string()).current_dir(folder),
            )?;
            ok(browser.ask(&json!({"goto": format!("http://{page}/")}))?)?;
            Some(browser)
        }
        None => {
            println!("skipped: the JS SDK needs Chromium (Debian's package `chromium`)");
            None
        }
    };
    let (mut passed, mut failed) = (0, 0);
    for case in cases() {
        let got = match (case.sdk, &mut browser) {
            // This SDK signs tickets, and signs nobody in.
            (Sdk::Node, _) if case.who == Who::Ticket => {
                by_hand(&ours.gateway_with(SignIn::ticket(node_ticket(&mut node)?))?, &case).await?
            }
            (Sdk::Node, _) => official(&node.ask(&node_call(&case, &ours)?)?),
            (Sdk::Js, Some(browser)) => official(&ok(browser.ask(&json!({"run": js_call(&case, &ours)?}))?)?),
            (Sdk::Js, None) => continue,
        };
        let received = log.take().pop();
        let official = Side { name: format!("{:?} SDK", case.sdk), received, got };
        let mut sides = ask(&ours, &case).await?;
        if case.sdk == Sdk::Js && case.who == Who::Ticket {
            let mut got =
                by_hand(&ours.gateway_with(SignIn::ticket(node_ticket(&mut node)?))?, &case).await?;
            (got.status, got.request_id) = (None, None);
            sides.push(("by ticket", got));
        }
        // All ways were made one after the other; what arrived did so in this order.
        let mut arrived = log.take().into_iter();
        let sides = sides.into_iter().map(|(name, got)| Side {
            name: name.to_owned(),
            received: arrived.next(),
            got,
        });
        let comparison = compare(&case, official, sides.collect());
        print!("{comparison}");
        if comparison.unknown.is_empty() {
            passed += 1;
        } else {
            failed += 1;
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// What a service is told when the holder of the API key calls it.
async fn context(ours: &Ours, log: &Log) -> Result<String, Failure> {
    let gateway = ours.gateway_with(Credential::api_key(&ours.api_key))?;
    gateway.service("helloworld")?.get("/context").send().await?;
    let told =
        log.take().pop().and_then(|received| received.header("x-cloudbase-context").map(str::to_owned));
    told.ok_or_else(|| "the service was not told who calls".into())
}

/// A ticket of the official Node SDK.
fn node_ticket(node: &mut Program) -> Result<String, Failure> {
    let credentials =
        json!({"private_key_id": TICKET_KEY.0, "private_key": TICKET_KEY.1, "env_id": ENVIRONMENT});
    let config = json!({
        "env": ENVIRONMENT, "secretId": KEY_PAIR.0, "secretKey": KEY_PAIR.1, "credentials": credentials,
    });
    let answer = node.ask(&json!({"ticket": {"config": config, "user": USER}}))?;
    answer["ticket"].as_str().map(str::to_owned).ok_or_else(|| format!("no ticket: {answer}").into())
}

fn node_call(case: &Case, ours: &Ours) -> Result<Value, Failure> {
    let mut exchange = Value::Null;
    let mut config = json!({"env": ENVIRONMENT, "proxy": ours.proxy});
    match case.who {
        Who::ApiKey | Who::Anonymous => config["accessKey"] = ours.api_key.as_str().into(),
        Who::Expired => config["accessKey"] = ours.expired.as_str().into(),
        Who::KeyPair | Who::Session => {
            config["secretId"] = KEY_PAIR.0.into();
            config["secretKey"] = KEY_PAIR.1.into();
        }
        Who::ServerToken => {
            exchange = config.clone();
            exchange["secretId"] = KEY_PAIR.0.into();
            exchange["secretKey"] = KEY_PAIR.1.into();
        }
        Who::Context => {
            let context: Value = serde_json::from_slice(&STANDARD.decode(&ours.context)?)?;
            config["context"] = json!({"extendedContext": context});
        }
        Who::Ticket => return Err("the Node SDK signs nobody in".into()),
    }
    if case.who == Who::Session {
        config["sessionToken"] = "session".into();
    }
    let opts = case.timeout.map_or(json!({}), |timeout| json!({"timeout": timeout}));
    Ok(json!({"exchange": exchange, "config": config, "options": case.options(), "opts": opts}))
}

fn js_call(case: &Case, ours: &Ours) -> Result<Value, Failure> {
    let mut config = json!({"env": ENVIRONMENT});
    // In this SDK the time limit is the app's.
    if let Some(timeout) = case.timeout {
        config["timeout"] = timeout.into();
    }
    let sign_in = match case.who {
        Who::Ticket => json!({"ticket": ours.ticket_key.ticket(USER)?}),
        _ => json!("anonymous"),
    };
    Ok(json!({"config": config, "signIn": sign_in, "options": case.options()}))
}

fn official(answer: &Value) -> Got {
    let error = answer.get("error").map(|error| {
        let text = |key: &str| error[key].as_str().map_or_else(|| error[key].to_string(), str::to_owned);
        format!("{} {}", text("code"), text("message"))
    });
    Got {
        status: answer["status"].as_u64().and_then(|status| u16::try_from(status).ok()),
        data: answer["data"].clone(),
        request_id: answer["request_id"].as_str().map(str::to_owned),
        error,
    }
}

fn ok(answer: Value) -> Result<Value, Failure> {
    match answer.get("error").and_then(Value::as_str) {
        Some(error) => Err(format!("the page: {error}").into()),
        None => Ok(answer["ok"].clone()),
    }
}

/// A script beside the packages that it needs.
fn copied(script: &Path, folder: &Path) -> std::io::Result<PathBuf> {
    let copy = folder.join(script.file_name().unwrap_or_default());
    std::fs::copy(script, &copy)?;
    Ok(copy)
}

/// Serves a page that holds the JS SDK, on an origin of its own: its host with the port.
async fn serve_page(sources: &Path, folder: &Path) -> Result<String, Failure> {
    let script = copied(&sources.join("page.js"), folder)?;
    let bundle = folder.join("bundle.js");
    let output = Command::new(folder.join("node_modules/.bin/esbuild"))
        .arg(&script)
        .args(["--bundle", "--format=iife", "--log-level=error"])
        .arg(format!("--outfile={}", bundle.display()))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let bundle = std::fs::read_to_string(bundle)?;
    let page = Router::new()
        .route(
            "/",
            get(async || Html("<!doctype html><title>JS SDK</title><script src=\"/bundle.js\"></script>")),
        )
        .route("/bundle.js", get(async move || ([(header::CONTENT_TYPE, "text/javascript")], bundle.clone())))
        .fallback(async || StatusCode::NOT_FOUND);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("localhost:{}", listener.local_addr()?.port());
    tokio::spawn(async move { axum::serve(listener, page).await });
    Ok(address)
}
