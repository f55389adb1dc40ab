//! What broke once: each folder of `regress` has a document, and says what comes out. All that come out as clients are
//! compiled here, in both layouts, as private modules of a program, with warnings denied.
#![deny(warnings)]

use cloudrun_codegen::{Layout, generate};
use cloudrun_tests::house::{Case, Goldens, cases, told};
use std::path::Path;

#[allow(unused_attributes, reason = "there may be none")]
mod clients {
    include!(concat!(env!("OUT_DIR"), "/regress.rs"));
}

type Failure = Box<dyn std::error::Error>;

#[test]
fn what_broke_once_stays_mended() -> Result<(), Failure> {
    let mut goldens = Goldens::default();
    let mut wrong = Vec::new();
    for case in cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("regress"))? {
        let result = generate(&case.document, &case.options, Layout::Single);
        let (warnings, errors) = match &result {
            Ok(client) => (told(&case, client.diagnostics()), String::new()),
            Err(diagnostics) => (String::new(), told(&case, diagnostics)),
        };
        goldens.compare(&case.folder.join("warnings.txt"), &warnings)?;
        goldens.compare(&case.folder.join("errors.txt"), &errors)?;
        if let Ok(client) = result {
            let text: String = client.files().map(|(_, text)| text).collect();
            let missing =
                lines(&case, "contains.txt").into_iter().filter(|line| !text.contains(line.as_str()));
            wrong.extend(missing.map(|line| format!("{} lacks {line}", case.name)));
            let left = lines(&case, "lacks.txt").into_iter().filter(|line| text.contains(line.as_str()));
            wrong.extend(left.map(|line| format!("{} contains {line}", case.name)));
        }
    }
    let compared = goldens.finish();
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(compared?)
}

/// The lines of a file of a case; none if it is not there.
fn lines(case: &Case, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(case.folder.join(file)).unwrap_or_default();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
