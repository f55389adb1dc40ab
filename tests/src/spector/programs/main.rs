//! Calls of generated clients, a line of JSON each.
#![allow(dead_code, unused_imports, unreachable_patterns, clippy::all)]

mod prelude;
// clients

use cloudrun_runtime::Gateway;
use cloudrun_runtime::serde_json::json;
use std::time::Duration;

fn main() {
    let url = std::env::args().nth(1).unwrap_or_default();
    let gateway = Gateway::direct(url).timeout(Duration::from_secs(20)).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    macro_rules! call {
        ($index:literal, $client:ident, $name:ident) => {
            let ended = runtime.block_on($client::$name($client::client::Client::new(&gateway)));
            let ended = match ended {
                Ok(seen) => json!({ "at": $index, "seen": seen.to_json() }),
                Err(error) => json!({ "at": $index, "error": error }),
            };
            println!("{ended}");
        };
    }
    // calls
}
