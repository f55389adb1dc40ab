//! What the generator prints for documents written for this project. The same files are compiled by the other tests.

use cloudrun_codegen::{Layout, Options, generate};
use std::path::Path;

fn generated(service: &str) -> String {
    let path = Path::new(env!("OUT_DIR")).join(format!("{service}.rs"));
    std::fs::read_to_string(path).unwrap_or_else(|error| error.to_string())
}

/// The warnings of a document, without the folder that it stands in.
fn warnings(document: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/specs/");
    let options = Options::new("golden");
    let text = match generate(&Path::new(folder).join(document), &options, Layout::Directory) {
        Ok(client) => client.diagnostics().to_string(),
        Err(diagnostics) => diagnostics.to_string(),
    };
    text.replace(folder, "")
}

#[test]
fn the_petstore_reads_well() {
    insta::assert_snapshot!(generated("petstore"));
}

#[test]
fn every_shape_has_its_type() {
    insta::assert_snapshot!(generated("shapes"));
}

#[test]
fn unions_are_told_apart() {
    insta::assert_snapshot!(generated("unions"));
}

#[test]
fn swagger_is_read_like_openapi() {
    insta::assert_snapshot!(generated("swagger"));
}

#[test]
fn trees_of_files_become_one_client() {
    insta::assert_snapshot!(generated("tree"));
}

#[test]
fn a_broken_document_still_makes_a_client() {
    insta::assert_snapshot!(generated("broken"));
}

#[test]
fn every_repair_names_its_place() {
    insta::assert_snapshot!(warnings("broken.yaml"));
}

#[test]
fn other_forms_than_json_read_well() {
    insta::assert_snapshot!(generated("exchange"));
}

#[test]
fn unsupported_parts_are_told() {
    insta::assert_snapshot!(warnings("petstore.yaml"));
    insta::assert_snapshot!(warnings("shapes.yaml"));
    insta::assert_snapshot!(warnings("constructs.yaml"));
    insta::assert_snapshot!(warnings("exchange.yaml"));
}
