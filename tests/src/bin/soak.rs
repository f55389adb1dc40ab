//! Many calls while everything goes wrong at random: `cargo run --release -p cloudrun-tests --bin soak -- --calls 200000`.

use clap::Parser;
use cloudrun_tests::soak::{Plan, run};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Makes many calls through an emulator that lets everything go wrong, and says what came of them.
#[derive(Parser)]
struct Arguments {
    /// Calls in all.
    #[arg(long, default_value_t = 200_000)]
    calls: usize,
    /// Tasks that make them.
    #[arg(long, default_value_t = 64)]
    tasks: usize,
    /// Where the random numbers start.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { calls, tasks, seed } = Arguments::parse();
    let is_terminal = std::io::stderr().is_terminal();
    let progress = move |ended: usize| {
        if is_terminal {
            // Progress that cannot be shown is none that is missed.
            let _ = write!(std::io::stderr(), "\r{ended} of {calls} calls");
        } else if ended.is_multiple_of(50_000) {
            eprintln!("{ended} of {calls} calls");
        }
    };
    let result = run(Plan { calls, tasks, seed }, progress).await;
    if is_terminal {
        eprint!("\r\x1b[K");
    }
    let figures = match result {
        Ok(figures) => figures,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    println!("{figures}");
    let complaints = figures.complaints();
    for complaint in complaints.iter().take(20) {
        println!("  wrong: {complaint}");
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
