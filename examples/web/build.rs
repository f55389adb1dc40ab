//! Generates the client of the lounge into `OUT_DIR`.

fn main() {
    let client = cloudrun_codegen::Builder::new().service("lounge");
    client.compile("openapi.yaml").unwrap_or_else(|error| error.exit());
}
