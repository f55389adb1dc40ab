//! The page's part: what its buttons do, by the generated client. It is the same client as anywhere else; only the crate's
//! features differ (see `Cargo.toml`).

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod page;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod ui;
