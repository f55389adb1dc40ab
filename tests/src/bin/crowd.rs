//! Many requests at once through the emulator, beside direct calls of the same service.

use clap::Parser;
use cloudrun_tests::crowd::{Plan, run};
use std::process::ExitCode;

/// Counts what is lost or mixed up on the way through the emulator, and what the way costs.
#[derive(Parser)]
struct Arguments {
    /// Requests each way.
    #[arg(long, default_value_t = 10_000)]
    requests: usize,
    /// Connections that share them.
    #[arg(long, default_value_t = 32)]
    connections: usize,
}

fn main() -> ExitCode {
    let Arguments { requests, connections } = Arguments::parse();
    let plan = Plan { requests, connections: connections.max(1) };
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(plan)));
    match result {
        Ok(figures) => {
            println!("{figures}");
            let is_fine = figures.emulated.right == requests && figures.direct.right == requests;
            ExitCode::from(u8::from(!is_fine))
        }
        Err(error) => {
            eprintln!("crowd: {error}");
            ExitCode::from(2)
        }
    }
}
