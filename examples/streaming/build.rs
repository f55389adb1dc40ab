//! Generates the client of the chat service into `OUT_DIR`.

fn main() {
    let client = cloudrun_codegen::Builder::new().service("chat");
    client.compile("openapi.yaml").unwrap_or_else(|error| error.exit());
}
