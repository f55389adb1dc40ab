//! The arrows between the rooms of each crate: who may import whom (ARCHITECTURE.md). A room is a module of a crate's root, a
//! folder or a file.

mod imports;

use imports::{Import, Sources};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

type Failure = Box<dyn std::error::Error>;
/// Who imports from whom, and where.
type Graph<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Import>>>;

/// The crates whose arrows are checked.
const CRATES: [&str; 4] = ["codegen/src", "codegen/cli/src", "runtime/src", "runtime/emulator/src"];

/// How many files a folder has at its top, at most.
const FILES: usize = 15;

/// How many lines are shown of one arrow.
const SHOWN: usize = 3;

/// What is wrong with the arrows of a crate.
fn complaints(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    let graph = graph(sources, &mut found);
    for (room, targets) in &graph {
        let Some(Some(allowed)) = sources.rooms.get(*room) else { continue };
        for (target, imports) in targets.iter().filter(|(target, _)| !allowed.contains(**target)) {
            found
                .push(format!("`{room}` does not say that it may import from `{target}`:{}", lines(imports)));
        }
    }
    found.extend(circles(&graph));
    for (folder, files) in sources.folders.iter().filter(|(_, files)| **files > FILES) {
        found.push(format!("the folder `{folder}` has {files} files at its top, more than {FILES}"));
    }
    found
}

/// The arrows; an import from the root is a complaint.
fn graph<'a>(sources: &'a Sources, found: &mut Vec<String>) -> Graph<'a> {
    let mut graph = Graph::new();
    for import in &sources.imports {
        let Some(target) = import.path.first() else { continue };
        if !sources.rooms.contains_key(target) {
            if !sources.macros.contains(target) {
                found.push(format!("{}: `crate::{target}` is the root's, not a room's", import.place));
            }
        } else if *target != import.room {
            graph.entry(&import.room).or_default().entry(target).or_default().push(import);
        }
    }
    graph
}

/// The shortest circle through each room that is on one, none twice.
fn circles(graph: &Graph<'_>) -> Vec<String> {
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for start in graph.keys() {
        let Some(circle) = circle(graph, start) else { continue };
        if !told.insert(circle.iter().copied().collect::<BTreeSet<_>>()) {
            continue;
        }
        let mut text = format!("a circle: {} → {start}", circle.join(" → "));
        for (index, from) in circle.iter().enumerate() {
            let to = circle.get(index + 1).unwrap_or(start);
            let imports = graph.get(from).and_then(|targets| targets.get(to)).map(Vec::as_slice);
            text.push_str(&format!("\n  {from} → {to}:{}", lines(imports.unwrap_or_default())));
        }
        found.push(text);
    }
    found
}

/// The shortest way from a room back to itself.
fn circle<'a>(graph: &Graph<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut ways = VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in graph.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
            if *next == start {
                return Some(way);
            }
            if seen.insert(*next) {
                ways.push_back(way.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

fn lines(imports: &[&Import]) -> String {
    let mut text: String = imports
        .iter()
        .take(SHOWN)
        .map(|import| format!("\n    {}: crate::{}", import.place, import.path.join("::")))
        .collect();
    if imports.len() > SHOWN {
        text.push_str(&format!("\n    … and {} more", imports.len() - SHOWN));
    }
    text
}

#[test]
fn rooms_import_along_the_arrows() -> Result<(), Failure> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = String::new();
    for name in CRATES {
        let sources = Sources::read(&workspace.join(name))?;
        assert!(sources.rooms.len() > 4 && !sources.imports.is_empty(), "{name} was not read: {sources:?}");
        for complaint in complaints(&sources) {
            found.push_str(&format!("{name}: {complaint}\n"));
        }
    }
    assert!(found.is_empty(), "\n{found}");
    Ok(())
}

/// The complaints about a crate of these files.
fn of(files: &[(&str, &str)]) -> Result<Vec<String>, Failure> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        std::fs::write(path, text)?;
    }
    Ok(complaints(&Sources::read(folder.path())?))
}

#[test]
fn a_circle_is_told_with_its_lines() -> Result<(), Failure> {
    let found = of(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\nmod d;\npub use c::Item;\n"),
        ("a/mod.rs", "mod inner;\n"),
        ("a/inner.rs", "//! Text.\n\nuse std::fmt;\nuse crate::{\n    b::Thing,\n};\n"),
        ("b.rs", "pub struct Thing;\n\nfn go() -> super::c::Item { loop {} }\n"),
        ("c.rs", "pub struct Item;\n\nfn go(x: u8) -> bool { matches!(x, crate::a::inner::X) }\n"),
        ("d.rs", "use crate::a::inner;\n"),
    ])?;
    let circle = "a circle: a → b → c → a\n  a → b:\n    a/inner.rs:5: crate::b::Thing\n  b → c:\n    b.rs:3: crate::c::Item\n  c → a:\n    \
                  c.rs:3: crate::a::inner::X";
    assert_eq!(found, [circle], "d is on no circle");
    Ok(())
}

#[test]
fn every_form_of_an_import_is_seen() -> Result<(), Failure> {
    let forms = [
        "use crate::b;",
        "use crate::{b, c};",
        "use crate::{c::{self}, b::{X as Y}};",
        "use super::b::X;",
        "use super::b::*;",
        "pub use crate::b::X;",
        "mod inner { use super::super::b::X; }",
        "mod inner { use self::super::super::b::X; }",
        "fn f() { use crate::b::X; }",
        "fn f(x: crate::b::X) {}",
        "fn f() { crate::b::go() }",
        "pub(in crate::b) struct X;",
        "#[derive(Debug)] struct X { #[serde(with = \"x\")] x: Vec<Option<crate::b::X>> }",
        "fn f() { println!(\"{}\", [crate::b::X]) }",
        "macro_rules! m { () => { crate::b::X } }",
        "#[cfg(feature = \"x\")] use crate::b::X;",
    ];
    for form in forms {
        let found = of(&[("lib.rs", ""), ("a.rs", form), ("b.rs", "use crate::a::A;"), ("c.rs", "")])?;
        assert!(found.iter().any(|text| text.starts_with("a circle: a → b → a")), "{form}: {found:?}");
    }
    Ok(())
}

#[test]
fn tests_and_written_code_are_not_looked_at() -> Result<(), Failure> {
    let fine = [
        "#[cfg(test)] mod tests { use crate::b::X; }",
        "#[cfg(test)] use crate::b::X;",
        "#[test] fn f() { crate::b::go() }",
        "fn f() { quote! { crate::b::X } }",
        "macro_rules! m { () => { $crate::b::X } }",
        "/// See [`crate::b::X`].\nfn f() { let _ = \"crate::b::X\"; }",
        "mod b { pub struct X; }\nuse self::b::X;",
    ];
    for text in fine {
        let found = of(&[("lib.rs", ""), ("a.rs", text), ("b.rs", "use crate::a::A;")])?;
        assert!(found.is_empty(), "{text}: {found:?}");
    }
    let of_its_own = [
        ("lib.rs", ""),
        ("a/mod.rs", "#[cfg(test)] mod tests;"),
        ("a/tests.rs", "use crate::b::X;"),
        ("b.rs", "use crate::a::A;"),
    ];
    assert_eq!(of(&of_its_own)?, [""; 0], "nor tests in a file of their own");
    Ok(())
}

#[test]
fn nobody_imports_from_the_root() -> Result<(), Failure> {
    for text in ["use crate::Item;", "use super::{Item, b::X};", "fn f() -> crate::Item { loop {} }"] {
        let found = of(&[("lib.rs", "pub use b::Item;"), ("a.rs", text), ("b.rs", "pub struct Item;")])?;
        assert_eq!(found, ["a.rs:1: `crate::Item` is the root's, not a room's"], "{text}");
    }
    let with_macro =
        [("lib.rs", ""), ("a.rs", "crate::table!(X);"), ("b.rs", "macro_rules! table { () => {} }")];
    assert_eq!(of(&with_macro)?, [""; 0], "macros live there");
    Ok(())
}

#[test]
fn a_room_imports_from_whom_it_says() -> Result<(), Failure> {
    let says = |text| of(&[("lib.rs", ""), ("a/mod.rs", text), ("a/x.rs", "use crate::b::X;"), ("b.rs", "")]);
    assert_eq!(says("//! May import from `c`,\n//! `b`.\n")?, [""; 0]);
    assert_eq!(says("//! Text.\n")?, [""; 0], "one that says nothing may import from anybody");
    for text in ["//! May import from `c`.\n", "//! May import from no other room.\n"] {
        let found = says(text)?;
        let expected = "`a` does not say that it may import from `b`:\n    a/x.rs:1: crate::b::X";
        assert_eq!(found, [expected], "{text}");
    }
    Ok(())
}

#[test]
fn a_folder_has_at_most_fifteen_files_at_its_top() -> Result<(), Failure> {
    let names: Vec<String> = (0..FILES).map(|number| format!("a/f{number}.rs")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    files.extend([("lib.rs", ""), ("a/below/mod.rs", "")]);
    assert_eq!(of(&files)?, [""; 0], "folders below do not count");
    files.push(("a/mod.rs", ""));
    assert_eq!(of(&files)?, ["the folder `a` has 16 files at its top, more than 15"]);
    Ok(())
}
