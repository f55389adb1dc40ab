//! Serves the page on two origins: one that is a security domain of the environment, and one that is not.
//!
//! ```text
//! cargo build -p web --lib --release --target wasm32-unknown-unknown
//! cargo run -p web
//! ```

#[cfg(not(target_family = "wasm"))]
mod server;
#[cfg(not(target_family = "wasm"))]
mod service;

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    server::main()
}

#[cfg(target_family = "wasm")]
fn main() {}
