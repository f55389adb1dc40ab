//! Generates a client for every document in `specs`, so that the tests compile and call what the snapshots show.

use cloudrun_codegen::{Builder, DateTime, Map};

fn main() {
    for (service, document) in [
        ("petstore", "specs/petstore.yaml"),
        ("shapes", "specs/shapes.yaml"),
        ("unions", "specs/unions.yaml"),
        ("swagger", "specs/swagger.json"),
        ("tree", "specs/tree/openapi.yaml"),
        ("broken", "specs/broken.yaml"),
        ("exchange", "specs/exchange.yaml"),
        ("fleet", "specs/fleet.yaml"),
        ("helloworld", "specs/helloworld.yaml"),
    ] {
        // The warnings are part of the snapshots, not noise in the build.
        let client = Builder::new().service(service).quiet(true);
        client.compile(document).unwrap_or_else(|error| error.exit());
    }
    let client = Builder::new().service("bounded").quiet(true).check_constraints(true);
    client.compile("specs/bounded.yaml").unwrap_or_else(|error| error.exit());
    let client = Builder::new().service("constructs").quiet(true).overlay("specs/constructs.overlay.yaml");
    let client =
        client.decimal(true).map(Map::Index).keep_undeclared(true).replace_format("iban", "crate::Iban");
    client.compile("specs/constructs.yaml").unwrap_or_else(|error| error.exit());
    // The same document with other types for the same things.
    for (service, library) in [
        ("shapes-chrono", DateTime::Chrono),
        ("shapes-time", DateTime::Time),
        ("shapes-text", DateTime::String),
    ] {
        let client = Builder::new().service(service).quiet(true).date_time(library);
        let client = client.uuid_as_string(library == DateTime::String);
        let client = client.replace("Labels", "crate::Tags");
        client.compile("specs/shapes.yaml").unwrap_or_else(|error| error.exit());
    }
}
