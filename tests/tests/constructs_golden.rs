//! What the generator makes of each folder of `constructs`, and says of it. `UPDATE=1` writes the files anew.

use cloudrun_codegen::{Layout, generate};
use cloudrun_tests::house::{Goldens, cases, told};
use std::path::Path;

#[test]
fn every_construct_reads_well_and_its_warnings_are_known() -> Result<(), Box<dyn std::error::Error>> {
    let cases = cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("constructs"))?;
    assert!(!cases.is_empty());
    let mut goldens = Goldens::default();
    for case in cases {
        let client = generate(&case.document, &case.options, Layout::Single)?;
        let text: String = client.files().map(|(_, text)| text).collect();
        goldens.compare(&case.folder.join("client.rs"), &text)?;
        goldens.compare(&case.folder.join("warnings.txt"), &told(&case, client.diagnostics()))?;
    }
    Ok(goldens.finish()?)
}
