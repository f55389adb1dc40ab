//! The same document gives the same bytes, wherever it lies; and what does not depend on a change does not change.

use cloudrun_codegen::{Layout, Options, generate};
use cloudrun_tests::house::cases;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

const SPECS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/specs");

fn files(document: &Path, options: &Options) -> Result<BTreeMap<String, String>, Failure> {
    let client = generate(document, options, Layout::Directory)?;
    Ok(client.files().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().ok_or("a name")?);
        if path.is_dir() { copy(&path, &target)? } else { fs::copy(&path, &target).map(drop)? }
    }
    Ok(())
}

#[test]
fn a_copy_at_another_path_gives_the_same_bytes() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let constructs = Path::new(env!("CARGO_MANIFEST_DIR")).join("constructs");
    copy(&constructs, folder.path())?;
    let (here, there) = (cases(&constructs)?, cases(folder.path())?);
    assert_eq!(here.len(), there.len());
    for (case, copied) in here.iter().zip(&there) {
        let first = files(&case.document, &case.options)?;
        assert_eq!(first, files(&case.document, &case.options)?, "{} twice", case.name);
        assert_eq!(first, files(&copied.document, &copied.options)?, "{} elsewhere", case.name);
    }
    Ok(())
}

#[test]
fn nothing_is_written_when_nothing_changed() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let client =
        generate(&PathBuf::from(SPECS).join("petstore.yaml"), &Options::new("stable"), Layout::Directory)?;
    assert!(!client.write(folder.path())?.is_empty());
    assert!(client.write(folder.path())?.is_empty());
    Ok(())
}

#[test]
fn a_new_schema_changes_nothing_else() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let text = fs::read_to_string(Path::new(SPECS).join("petstore.yaml"))?;
    let grown = format!(
        "{text}    Another:\n      type: object\n      properties: {{ x: {{ type: string, enum: [a] }} }}\n"
    );
    let path = folder.path().join("petstore.yaml");
    fs::write(&path, grown)?;
    let before = files(&Path::new(SPECS).join("petstore.yaml"), &Options::new("stable"))?;
    let after = files(&path, &Options::new("stable"))?;
    assert_eq!(before["operations.rs"], after["operations.rs"]);
    for line in before["types.rs"].lines() {
        assert!(after["types.rs"].lines().any(|other| other == line), "{line}");
    }
    Ok(())
}

/// A document of some hundred schemas and operations, in one of three manners.
fn large(manner: &str, changed: bool) -> String {
    let mut text = String::from("openapi: 3.0.3\ninfo: { title: Large, version: '1' }\npaths:\n");
    for number in 0..120 {
        text.push_str(&format!(
            "  /things/{number}/{{id}}:\n    get:\n      operationId: getThing{number}\n      tags: [tag{}]\n      parameters:\n        \
             - {{ name: id, in: path, required: true, schema: {{ type: string }} }}\n        - {{ name: mode, in: query, schema: \
             {{ type: string, enum: [a, b{number}] }} }}\n      responses:\n        '200': {{ description: d, content: {{ \
             application/json: {{ schema: {{ $ref: '#/components/schemas/Thing{number}' }} }} }} }}\n        '404': {{ description: \
             d, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Thing0' }} }} }} }}\n",
            number % 7
        ));
    }
    text.push_str("components:\n  schemas:\n");
    for number in 0..240 {
        let more = if changed && number == 60 {
            ", added: { type: object, properties: { deep: { type: string, enum: [x] } } }"
        } else {
            ""
        };
        let next = (number + 1) % 240;
        let schema = match manner {
            "flat" => format!(
                "type: object, required: [a], properties: {{ a: {{ type: integer }}, b: {{ $ref: '#/components/schemas/Thing{next}' }}, c: {{ type: string, enum: [p, q] }}{more} }}"
            ),
            "deep" => format!(
                "type: object, properties: {{ a: {{ type: object, properties: {{ b: {{ type: array, items: {{ type: object, properties: {{ c: {{ type: number }} }} }} }} }} }}{more} }}"
            ),
            _ => format!(
                "allOf: [{{ type: object, properties: {{ kind: {{ type: string }}{more} }} }}, {{ type: object, properties: {{ u: {{ oneOf: [{{ type: string }}, {{ $ref: '#/components/schemas/Thing{next}' }}] }} }} }}]"
            ),
        };
        text.push_str(&format!("    Thing{number}: {{ {schema} }}\n"));
    }
    text
}

#[test]
fn one_changed_schema_changes_only_what_depends_on_it() -> Result<(), Failure> {
    for manner in ["flat", "deep", "composed"] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("openapi.yaml");
        fs::write(&path, large(manner, false))?;
        let before = files(&path, &Options::new("stable"))?;
        fs::write(&path, large(manner, true))?;
        let after = files(&path, &Options::new("stable"))?;
        assert!(before.keys().eq(after.keys()), "{manner}: other files");
        for (name, text) in &after {
            let known: std::collections::BTreeSet<&str> = before[name].split("\n\n").collect();
            let changed = text.split("\n\n").filter(|item| !known.contains(item));
            for item in changed {
                // Imports grow with what they import.
                let expected = item.contains("Thing60") || item.trim_start().starts_with("use ");
                assert!(expected, "{manner}, {name}: {item}");
            }
        }
        assert_ne!(before, after, "{manner}");
    }
    Ok(())
}
