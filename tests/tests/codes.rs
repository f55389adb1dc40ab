//! Every code of a finding is asserted by a test and explained in `REPAIRS.md`.

use cloudrun_codegen::{Code, Layout, Options, generate};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The code of a document that is not there, which no folder can show.
const MISSING: Code = Code::Unreadable;

/// The code of what no document can bring about: one that did would be a fault to mend, and then a folder here.
const NEVER: Code = Code::Internal;

type Failure = Box<dyn std::error::Error>;

/// The codes that the files of the houses hold, which other tests compare with what comes out.
fn in_goldens() -> Result<BTreeSet<&'static str>, Failure> {
    let mut found = BTreeSet::new();
    for house in ["constructs", "refused", "regress"] {
        for folder in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(house))? {
            let folder = folder?.path();
            for file in ["warnings.txt", "errors.txt"] {
                let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
                found.extend(Code::ALL.iter().map(|code| code.as_str()).filter(|code| text.contains(code)));
            }
        }
    }
    Ok(found)
}

#[test]
fn a_missing_document_is_unreadable() {
    let found = generate("no/such/openapi.yaml".as_ref(), &Options::new("missing"), Layout::Single).err();
    let codes = found.map(|found| found.iter().map(|found| found.code).collect::<Vec<_>>());
    assert_eq!(codes, Some(vec![MISSING]));
}

#[test]
fn every_code_is_asserted() -> Result<(), Failure> {
    let mut asserted = in_goldens()?;
    asserted.insert(MISSING.as_str());
    assert!(!asserted.contains(NEVER.as_str()), "a document shows a fault of the generator");
    asserted.insert(NEVER.as_str());
    let all = Code::ALL.iter().map(|code| code.as_str());
    let missing: Vec<&str> = all.filter(|code| !asserted.contains(code)).collect();
    assert!(missing.is_empty(), "no document of constructs, refused or regress shows {missing:?}");
    Ok(())
}

#[test]
fn every_code_stands_in_the_list_of_repairs_and_nothing_else_does() -> Result<(), Failure> {
    let list = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../codegen/REPAIRS.md"))?;
    let rows = list.lines().filter_map(|line| line.strip_prefix("| CR"));
    let told: BTreeSet<String> =
        rows.filter_map(|row| Some(format!("CR{}", row.split_once(' ')?.0))).collect();
    let known: BTreeSet<String> = Code::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(told, known);
    Ok(())
}
