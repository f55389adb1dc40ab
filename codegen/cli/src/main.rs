//! The subcommand `cargo cloudrun`. Exit status: 0 fine, 1 found something (`--check`), 2 bad input or usage.

mod arguments;
mod certificate;
mod emulate;
mod generate;
mod new;
mod outcome;
mod report;

use arguments::{Cargo, Command};
use clap::Parser;
use outcome::{Failure, Outcome};
use std::process::ExitCode;

fn main() -> ExitCode {
    let Cargo::Cloudrun(arguments) = Cargo::parse();
    let result = match &arguments.command {
        Command::Generate(arguments) => generate::run(arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Emulate(arguments) => emulate::run(arguments),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(Failure(message)) => {
            report::warn(&message);
            ExitCode::from(2)
        }
    }
}
