//! Generates the client of the shop service into `OUT_DIR`.

fn main() {
    let client = cloudrun_codegen::Builder::new().service("shop");
    client.compile("openapi.yaml").unwrap_or_else(|error| error.exit());
}
