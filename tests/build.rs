//! Generates a client for every document in `specs`, so that the tests compile and call what the snapshots show.

use cloudrun_codegen::Builder;

fn main() {
    for (service, document) in [
        ("petstore", "specs/petstore.yaml"),
        ("shapes", "specs/shapes.yaml"),
        ("unions", "specs/unions.yaml"),
        ("swagger", "specs/swagger.json"),
        ("tree", "specs/tree/openapi.yaml"),
        ("broken", "specs/broken.yaml"),
        ("fleet", "specs/fleet.yaml"),
    ] {
        // The warnings are part of the snapshots, not noise in the build.
        let client = Builder::new().service(service).quiet(true);
        client.compile(document).unwrap_or_else(|error| error.exit());
    }
}
