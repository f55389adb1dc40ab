//! What can be said on the command line.
//!
//! May import from no other room.

use clap::{Args, Parser, Subcommand, ValueEnum};
use cloudrun_codegen::Options;
use std::path::PathBuf;

/// Cargo runs `cargo-cloudrun cloudrun …`.
#[derive(Parser)]
#[command(name = "cargo", bin_name = "cargo")]
pub(crate) enum Cargo {
    /// Typed Rust clients for services on Tencent CloudBase's CloudRun.
    #[command(version)]
    Cloudrun(Arguments),
}

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Generates a client as a module tree, for version control.
    Generate(Generate),
    /// Makes a new crate that holds a client.
    New(New),
    /// Runs the gateway on this machine, with your services behind it.
    ///
    /// What it prints at its start is what callers need: the URL and a key. Services that are missing are answered for by
    /// their documents; every request is a line of the log and an entry of the inspector.
    Emulate(Emulate),
}

/// What every command that reads a document takes.
#[derive(Args)]
pub(crate) struct Document {
    /// The OpenAPI document: Swagger 2.0, OpenAPI 3.0, 3.1 or 3.2, JSON or YAML.
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: PathBuf,
    /// The service's name in CloudBase.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: String,
    /// The path before every operation's path, instead of that of the document's first server.
    #[arg(long, value_name = "PATH")]
    pub(crate) base_path: Option<String>,
    /// The folder that no reference may leave, instead of the document's own.
    #[arg(long, value_name = "DIR")]
    pub(crate) base_folder: Option<PathBuf>,
    /// An overlay that is applied to the document first; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay: Vec<PathBuf>,
    /// Takes any value where a reference leads nowhere, with a warning.
    #[arg(long)]
    pub(crate) lenient: bool,
    /// Takes repairs and omissions for errors.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Shows every warning, not just the first few of each kind.
    #[arg(long)]
    pub(crate) all_warnings: bool,
}

impl Document {
    pub(crate) fn options(&self) -> Options {
        let mut options = Options::new(&self.service);
        options.base_path.clone_from(&self.base_path);
        options.base_folder.clone_from(&self.base_folder);
        options.overlays.clone_from(&self.overlay);
        options.lenient = self.lenient;
        options.strict = self.strict;
        options
    }
}

#[derive(Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) document: Document,
    /// The folder of the module tree; its `mod.rs` is the client's root.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Writes nothing; says what would change, and ends with status 1 if anything would.
    #[arg(long)]
    pub(crate) check: bool,
    /// Overwrites files that were not generated, or were generated for another service.
    #[arg(long, conflicts_with = "check")]
    pub(crate) force: bool,
}

#[derive(Args)]
pub(crate) struct New {
    /// The crate's name, and its folder.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) document: Document,
    /// How the crate gets its client.
    #[arg(long, value_enum, default_value_t = Mode::BuildScript)]
    pub(crate) mode: Mode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// A build script generates it whenever the document changes.
    BuildScript,
    /// It is generated once and kept in version control.
    CheckedIn,
}

#[derive(Args)]
pub(crate) struct Emulate {
    /// A service that listens at a URL: `orders=http://127.0.0.1:8080`. May be given several times.
    #[arg(long, value_name = "NAME=URL", value_parser = pair)]
    pub(crate) service: Vec<Pair>,
    /// A service that is missing, answered for by its document: `petstore=openapi.yaml`. May be given several times.
    #[arg(long, value_name = "NAME=FILE", value_parser = pair)]
    pub(crate) mock: Vec<Pair>,
    /// The document of a service that listens: `orders=openapi.yaml`. Requests and answers are checked against it.
    #[arg(long, value_name = "NAME=FILE", value_parser = pair)]
    pub(crate) document: Vec<Pair>,
    /// The port on 127.0.0.1; a free one if 0.
    #[arg(long, default_value_t = 9000)]
    pub(crate) port: u16,
    /// The environment's id.
    #[arg(long, value_name = "ID", default_value = "emulator")]
    pub(crate) env: String,
    /// The API key.
    #[arg(long, value_name = "KEY", default_value = "emulator-api-key")]
    pub(crate) api_key: String,
    /// The publishable key, for callers without secrets.
    #[arg(long, value_name = "KEY")]
    pub(crate) publishable_key: Option<String>,
    /// A user who can sign in: `ada=her password`. May be given several times.
    #[arg(long, value_name = "NAME=PASSWORD", value_parser = pair)]
    pub(crate) user: Vec<Pair>,
    /// A key pair of Tencent Cloud whose signatures are accepted, and which is exchanged for tokens: `AKID…=the secret key`. May be
    /// given several times.
    #[arg(long, value_name = "ID=KEY", value_parser = pair)]
    pub(crate) key_pair: Vec<Pair>,
    /// A key of custom login: the id of the private key, and a file with the public key as PEM: `key-1=public.pem`. May be given
    /// several times.
    #[arg(long, value_name = "ID=FILE", value_parser = pair)]
    pub(crate) custom_login: Vec<Pair>,
    /// Tells services who calls, in the header `x-cloudbase-context`.
    #[arg(long)]
    pub(crate) context: bool,
    /// One more name by which the emulator is called, of a tunnel or a proxy in front of it. May be given several times.
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Vec<String>,
    /// A host whose pages may call, with its port: `localhost:3000`. May be given several times.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) security_domain: Vec<String>,
    /// How many seconds access tokens live, to see sessions renew themselves; two hours if not given.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) token_life: Option<f64>,
    /// Requests that may come in a second; more are answered with 429.
    #[arg(long, value_name = "REQUESTS")]
    pub(crate) rate: Option<u32>,
    /// Speaks TLS, and writes the certificate of the authority to trust to this file, which must be new or of an earlier run.
    #[arg(long, value_name = "FILE")]
    pub(crate) tls: Option<PathBuf>,
}

/// A name and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

fn pair(text: &str) -> Result<Pair, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok(Pair { name: name.to_owned(), value: value.to_owned() })
        }
        _ => Err("a name, `=` and what belongs to it are needed".to_owned()),
    }
}
