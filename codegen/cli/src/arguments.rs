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
