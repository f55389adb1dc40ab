use crate::service;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use cloudrun_emulator::{Document, Emulator};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::net::TcpListener;
use wasm_bindgen_cli_support::Bindgen;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const BUILD: &str = "cargo build -p web --lib --release --target wasm32-unknown-unknown";

pub(crate) fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("web: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The first argument is the page's WebAssembly, if it is not where cargo puts it; the second the gateway's port.
#[tokio::main]
async fn run() -> Result {
    let mut arguments = std::env::args().skip(1);
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let usual = || target.join("wasm32-unknown-unknown/release/web.wasm");
    let wasm = arguments.next().map_or_else(usual, PathBuf::from);
    let page = Page::new(&wasm, &target.join("web"))?;
    let (first, second) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    let welcome = format!("localhost:{}", first.local_addr()?.port());
    let stranger = format!("localhost:{}", second.local_addr()?.port());
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.yaml");
    let emulator = Emulator::new()
        .service("lounge", service::router())
        // Calls are checked against it; the inspector shows what does not fit.
        .document("lounge", Document::read(&document).map_err(|found| found.to_string())?)
        .security_domain(&welcome)
        .inspector()
        .start()
        .await?;
    for listener in [first, second] {
        let router = page.router(&emulator.url());
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    println!("http://{welcome}    a security domain of the environment: everything works");
    println!("http://{stranger}    none: the browser keeps the answers from the page, which says so");
    println!("{}/_inspector    what the gateway sees", emulator.url());
    tokio::signal::ctrl_c().await?;
    Ok(())
}

/// The files of the page.
#[derive(Clone)]
struct Page {
    script: String,
    wasm: Vec<u8>,
}

impl Page {
    fn new(wasm: &Path, out: &Path) -> Result<Self> {
        if !wasm.is_file() {
            return Err(format!("{} is not there; build it first: {BUILD}", wasm.display()).into());
        }
        let mut bindgen = Bindgen::new();
        bindgen.input_path(wasm).web(true)?.typescript(false).generate(out)?;
        Ok(Self {
            script: std::fs::read_to_string(out.join("web.js"))?,
            wasm: std::fs::read(out.join("web_bg.wasm"))?,
        })
    }

    fn router(&self, gateway: &str) -> Router {
        let index = include_str!("../page/index.html").replace("{gateway}", gateway);
        let Self { script, wasm } = self.clone();
        Router::new()
            .route("/", get(async move || Html(index.clone())))
            .route("/page.css", get(async || typed("text/css", include_str!("../page/page.css"))))
            .route("/web.js", get(async move || typed("text/javascript", script.clone())))
            .route("/web_bg.wasm", get(async move || typed("application/wasm", wasm.clone())))
    }
}

fn typed(media_type: &'static str, body: impl IntoResponse) -> impl IntoResponse {
    ([(CONTENT_TYPE, media_type)], body)
}
