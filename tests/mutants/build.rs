//! The clients that the tests of calls use.

use cloudrun_codegen::Builder;

fn main() {
    for service in ["exchange", "petstore", "unions", "shapes"] {
        let client = Builder::new().service(service).quiet(true);
        client.compile(format!("../specs/{service}.yaml")).unwrap_or_else(|error| error.exit());
    }
}
