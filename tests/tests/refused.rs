//! Documents and options of which no client is made: each folder of `refused` says with which errors. `UPDATE=1` writes them
//! anew.

use cloudrun_codegen::{Layout, generate};
use cloudrun_tests::house::{Goldens, cases, told};
use std::path::Path;

#[test]
fn what_cannot_be_used_is_refused_with_its_place() -> Result<(), Box<dyn std::error::Error>> {
    let mut goldens = Goldens::default();
    for case in cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("refused"))? {
        match generate(&case.document, &case.options, Layout::Single) {
            Ok(_) => return Err(format!("{} makes a client", case.name).into()),
            Err(found) => goldens.compare(&case.folder.join("errors.txt"), &told(&case, &found))?,
        }
    }
    Ok(goldens.finish()?)
}
