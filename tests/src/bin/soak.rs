//! Many calls while everything goes wrong at random: `cargo run --release -p cloudrun-tests --bin soak -- --calls 200000`; or many
//! sockets and streams whose peers are slow, dead, gone or rude: `… -- --sockets 20000`.

use clap::Parser;
use cloudrun_tests::soak::{Plan, run, sockets};
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Makes many calls through an emulator that lets everything go wrong, or opens many sockets and streams, and says what came of
/// them.
#[derive(Parser)]
struct Arguments {
    /// Calls in all.
    #[arg(long, default_value_t = 200_000)]
    calls: usize,
    /// Sockets in all, and a stream to every four of them, instead of calls.
    #[arg(long, conflicts_with_all = ["calls", "tasks"])]
    sockets: Option<usize>,
    /// Tasks that make the calls.
    #[arg(long, default_value_t = 64)]
    tasks: usize,
    /// Sockets and streams that are open at the same time.
    #[arg(long, default_value_t = 512)]
    at_once: usize,
    /// Where the random numbers start.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { calls, sockets, tasks, at_once, seed } = Arguments::parse();
    match sockets {
        Some(sockets) => {
            let plan = sockets::Plan { sockets, at_once, seed };
            let result = sockets::run(plan, progress(plan.all(), "sockets and streams", 5_000)).await;
            told(result.map(|figures| (figures.complaints(), figures)))
        }
        None => {
            let result = run(Plan { calls, tasks, seed }, progress(calls, "calls", 50_000)).await;
            told(result.map(|figures| (figures.complaints(), figures)))
        }
    }
}

/// Shows how many have ended.
fn progress(all: usize, what: &'static str, step: usize) -> impl Fn(usize) + Send + Sync + 'static {
    let is_terminal = std::io::stderr().is_terminal();
    move |ended| {
        if is_terminal {
            // Progress that cannot be shown is none that is missed.
            let _ = write!(std::io::stderr(), "\r{ended} of {all} {what}");
        } else if ended.is_multiple_of(step) {
            eprintln!("{ended} of {all} {what}");
        }
    }
}

/// Prints the figures and what is wrong with them.
fn told<F: Display, E: Display>(result: Result<(Vec<String>, F), E>) -> ExitCode {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    let (complaints, figures) = match result {
        Ok(told) => told,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    println!("{figures}");
    for complaint in complaints.iter().take(20) {
        println!("  wrong: {complaint}");
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
