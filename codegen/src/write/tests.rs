//! What happens to a folder in which other things stand, and to a client that is written halfway.

use super::{Reason, Target, WriteError, bridge, manifest, plan::Plan, stage};
use crate::emit::{File, header};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

/// A client of one constant per module, all of them `value`.
fn client(service: &str, modules: &[&str], value: u8) -> Vec<File> {
    let header = header::line(service);
    let mut root = format!("// {header}\n\n");
    let mut files = Vec::new();
    for module in modules {
        root.push_str(&format!("pub mod {module};\n"));
        let text = format!("// {header}\n\npub const VALUE: u8 = {value};\n");
        files.push(File { path: format!("{module}.rs"), text });
    }
    root.push_str(&format!("pub const VALUE: u8 = {value};\n"));
    files.insert(0, File { path: "mod.rs".to_owned(), text: root });
    files
}

fn write(folder: &Path, service: &str, modules: &[&str], value: u8) -> Result<super::Changes, WriteError> {
    Target::tree(folder, service, &client(service, modules, value)).write()
}

/// All files below a folder with their texts; links with where they lead.
fn tree(folder: &Path) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let mut found = BTreeMap::new();
    let mut queue = vec![folder.to_owned()];
    while let Some(next) = queue.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            let relative = path.strip_prefix(folder)?.to_owned();
            if path.is_symlink() {
                found.insert(relative, fs::read_link(&path)?.display().to_string());
            } else if path.is_dir() {
                queue.push(path);
            } else {
                found.insert(relative, fs::read_to_string(&path)?);
            }
        }
    }
    Ok(found)
}

/// What a folder holds that a client was written into, and nothing else.
fn expected(service: &str, modules: &[&str], value: u8) -> BTreeMap<PathBuf, String> {
    let files = client(service, modules, value);
    let list = manifest::of(service, &files);
    files.into_iter().chain([list]).map(|file| (PathBuf::from(file.path), file.text)).collect()
}

fn reasons(result: Result<super::Changes, WriteError>) -> Vec<(PathBuf, Reason)> {
    match result {
        Err(WriteError::Refused(refused)) => refused.into_iter().map(|one| (one.path, one.reason)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn files_that_are_needed_no_more_go_and_all_others_stay() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    for alone in [true, false] {
        let out = folder.path().join(alone.to_string()).join("shop");
        write(&out, "shop", &["types", "orders"], 1)?;
        let header = header::line("shop");
        if !alone {
            fs::write(out.join("notes.rs"), "// mine\n")?;
            fs::write(out.join("elsewhere.rs"), format!("// {header}\n"))?;
            fs::create_dir(out.join("empty"))?;
        }
        let changes = write(&out, "shop", &["types"], 1)?;
        assert_eq!(changes.stale, [out.join("orders.rs")]);
        assert!(!out.join("orders.rs").exists() && out.join("types.rs").exists());
        assert_eq!(out.join("notes.rs").exists(), !alone);
        assert_eq!(
            out.join("elsewhere.rs").exists(),
            !alone,
            "no run wrote it here, whatever it says of itself"
        );
        assert_eq!(out.join("empty").exists(), !alone);
        assert!(write(&out, "shop", &["types"], 1)?.is_empty());
    }
    Ok(())
}

#[test]
fn a_client_without_a_list_is_known_by_its_modules() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path();
    let header = header::line("shop");
    let module = |text: &str| format!("// {header}\n\n{text}");
    fs::create_dir_all(out.join("operations"))?;
    fs::create_dir_all(out.join("v2"))?;
    fs::write(out.join("mod.rs"), module("pub mod operations;\npub mod types;\n"))?;
    fs::write(out.join("types.rs"), module(""))?;
    fs::write(out.join("operations/mod.rs"), module("pub mod orders;\n"))?;
    fs::write(out.join("operations/orders.rs"), module(""))?;
    // Another client of the same service, in a folder of its own.
    fs::write(out.join("v2/mod.rs"), module("pub mod types;\n"))?;
    fs::write(out.join("v2/types.rs"), module(""))?;
    let changes = write(out, "shop", &["types", "operations"], 1)?;
    assert_eq!(changes.stale, [out.join("operations/mod.rs"), out.join("operations/orders.rs")]);
    assert!(!out.join("operations").exists(), "an empty folder of ours goes");
    assert!(out.join("v2/types.rs").exists());
    Ok(())
}

#[test]
fn a_list_that_was_tampered_with_leads_nowhere() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("src/shop");
    let own = format!("// {}\n", header::line("shop"));
    let outside = folder.path().join("outside.rs");
    write(&out, "shop", &["types"], 1)?;
    write(&out.join("nested"), "shop", &["types"], 1)?;
    fs::write(&outside, &own)?;
    fs::write(out.join("theirs.rs"), format!("// {}\n", header::line("orders")))?;
    fs::write(out.join("mine.rs"), "// mine\n")?;
    let mut list = fs::read_to_string(out.join(manifest::NAME))?;
    let absolute = outside.display();
    list.push_str(&format!(
        "../../outside.rs\n{absolute}\ntheirs.rs\nmine.rs\nnested/types.rs\nmissing.rs\n\n..\n"
    ));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../outside.rs", out.join("link.rs"))?;
        std::os::unix::fs::symlink("../..", out.join("up"))?;
        list.push_str("link.rs\nup/outside.rs\n");
    }
    fs::write(out.join(manifest::NAME), list)?;
    let before = tree(&out)?.len();
    assert_eq!(write(&out, "shop", &["types"], 2)?.stale, [] as [PathBuf; 0]);
    assert_eq!(tree(&out)?.len(), before);
    assert_eq!(fs::read_to_string(outside)?, own);
    Ok(())
}

#[test]
fn a_list_that_this_generator_did_not_write_is_none() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path();
    write(out, "shop", &["types"], 1)?;
    fs::write(out.join("elsewhere.rs"), format!("// {}\n", header::line("shop")))?;
    fs::write(out.join(manifest::NAME), "elsewhere.rs\n")?;
    let changes = Target::tree(out, "shop", &client("shop", &[], 1)).overwriting().write()?;
    assert_eq!(changes.stale, [out.join("types.rs")]);
    assert!(out.join("elsewhere.rs").exists());
    Ok(())
}

#[test]
fn a_folder_holds_the_client_of_one_service() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("shop");
    write(&out, "shop", &["types"], 1)?;
    let before = tree(&out)?;
    let reason = Reason::OtherService("shop".to_owned());
    assert_eq!(reasons(write(&out, "orders", &["types"], 1)), [(out.clone(), reason)]);
    assert_eq!(tree(&out)?, before);
    // Its list alone says whose it is, too.
    fs::remove_file(out.join("mod.rs"))?;
    assert_eq!(reasons(write(&out, "orders", &["types"], 1)).len(), 1);
    // Who takes the folder over takes all of it.
    write(&out, "shop", &["types", "more"], 1)?;
    Target::tree(&out, "orders", &client("orders", &["types"], 1)).overwriting().write()?;
    assert_eq!(tree(&out)?, expected("orders", &["types"], 1));
    Ok(())
}

#[test]
fn what_was_not_generated_is_overwritten_only_if_asked_for() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path();
    fs::write(out.join("mod.rs"), "// by hand\n")?;
    fs::write(out.join("types.rs"), "// by hand\n")?;
    fs::write(out.join(manifest::NAME), "mine\n")?;
    let before = tree(out)?;
    let refused = reasons(write(out, "shop", &["types"], 1));
    let named: Vec<_> =
        ["mod.rs", "types.rs", manifest::NAME].map(|name| (out.join(name), Reason::NotGenerated)).into();
    assert_eq!(refused, named);
    assert_eq!(tree(out)?, before);
    Target::tree(out, "shop", &client("shop", &["types"], 1)).overwriting().write()?;
    assert_eq!(tree(out)?, expected("shop", &["types"], 1));
    Ok(())
}

#[test]
fn a_file_of_a_client_in_a_folder_of_its_own_is_not_overwritten() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path();
    write(&out.join("types"), "shop", &["a"], 1)?;
    let mut files = client("shop", &[], 1);
    files.push(File { path: "types/a.rs".to_owned(), text: format!("// {}\n", header::line("shop")) });
    let refused = reasons(Target::tree(out, "shop", &files).write());
    assert_eq!(refused, [(out.join("types/a.rs"), Reason::OtherClient)]);
    Ok(())
}

#[test]
fn files_of_several_services_stand_beside_each_other() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("out");
    for service in ["shop", "orders", "shop"] {
        let text = format!("// {}\n", header::line(service));
        Target::single(&out, service, &[File { path: format!("{service}.rs"), text }]).write()?;
    }
    assert_eq!(tree(&out)?.len(), 2);
    fs::write(out.join("shop.rs"), "// by hand\n")?;
    let file = File { path: "shop.rs".to_owned(), text: format!("// {}\n", header::line("shop")) };
    assert_eq!(reasons(Target::single(&out, "shop", &[file]).write()).len(), 1);
    Ok(())
}

#[test]
fn what_stands_where_a_folder_or_a_file_has_to_be_is_named() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path();
    fs::create_dir(out.join("types.rs"))?;
    fs::write(out.join("deep"), "mine\n")?;
    let mut files = client("shop", &["types"], 1);
    files.push(File { path: "deep/mod.rs".to_owned(), text: String::new() });
    let refused = reasons(Target::tree(out, "shop", &files).overwriting().write());
    assert_eq!(refused, [(out.join("types.rs"), Reason::NotAFile), (out.join("deep"), Reason::NotAFolder)]);
    let refused = reasons(write(&out.join("deep"), "shop", &[], 1));
    assert_eq!(refused, [(out.join("deep"), Reason::NotAFolder)]);
    Ok(())
}

#[test]
fn a_run_that_was_cut_off_on_the_bridge_is_brought_to_its_end() -> Result<(), Failure> {
    let (old, new) = (["types", "gone"], ["types", "orders", "more"]);
    for steps in 0.. {
        let folder = tempfile::tempdir()?;
        let out = folder.path();
        write(out, "shop", &old, 1)?;
        fs::write(out.join("notes.md"), "mine\n")?;
        let target = Target::tree(out, "shop", &client("shop", &new, 2));
        let all = bridge::cut_off(&target, &Plan::of(&target)?, steps)?;
        let root = fs::read_to_string(out.join("mod.rs"))?;
        let leads = out.join(stage::INSIDE).join("mod.rs");
        let is_new = root == expected("shop", &new, 2)[Path::new("mod.rs")];
        assert!(is_new || root.contains(".cloudrun-new/mod.rs") && leads.is_file(), "{root}");
        assert_eq!(is_new, steps >= all, "`mod.rs` comes last");
        assert!(target.check()?.stale.contains(&out.join(stage::INSIDE)), "what is left is told");
        target.write()?;
        let mut whole = expected("shop", &new, 2);
        whole.insert("notes.md".into(), "mine\n".to_owned());
        assert_eq!(tree(out)?, whole, "after {steps} steps");
        if steps == all {
            break;
        }
    }
    Ok(())
}

#[test]
fn a_file_on_its_way_when_a_run_was_cut_off_is_whole() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path();
    write(out, "shop", &["types"], 1)?;
    let target = Target::tree(out, "shop", &client("shop", &["types", "orders"], 2));
    bridge::cut_off(&target, &Plan::of(&target)?, 0)?;
    let place = out.join(stage::INSIDE);
    fs::hard_link(place.join("orders.rs"), place.join(bridge::SPARE))?;
    target.write()?;
    assert_eq!(tree(out)?, expected("shop", &["types", "orders"], 2));
    Ok(())
}

#[test]
fn another_document_after_a_run_that_was_cut_off_is_written_as_a_whole() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("shop");
    write(&out, "shop", &["types", "gone"], 1)?;
    let target = Target::tree(&out, "shop", &client("shop", &["types", "orders"], 2));
    bridge::cut_off(&target, &Plan::of(&target)?, 1)?;
    write(&out, "shop", &["types"], 3)?;
    assert_eq!(tree(&out)?, expected("shop", &["types"], 3));
    Ok(())
}

#[test]
fn a_file_that_came_after_a_run_was_cut_off_is_not_overwritten() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path();
    write(out, "shop", &["types"], 1)?;
    let target = Target::tree(out, "shop", &client("shop", &["types", "orders"], 2));
    bridge::cut_off(&target, &Plan::of(&target)?, 0)?;
    fs::write(out.join("orders.rs"), "// by hand\n")?;
    // Neither by the same document nor by one that does not need the file.
    for modules in [["types", "orders"].as_slice(), &["types"]] {
        let refused = reasons(write(out, "shop", modules, 2));
        assert_eq!(refused, [(out.join("orders.rs"), Reason::NotGenerated)]);
    }
    assert_eq!(fs::read_to_string(out.join("orders.rs"))?, "// by hand\n");
    Ok(())
}

#[test]
fn what_a_user_put_into_a_place_of_ours_stays() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("shop");
    for place in [out.join(stage::INSIDE), stage::beside(&out)] {
        fs::create_dir_all(&place)?;
        fs::write(place.join("half.rs"), "// @generated by cloudr")?;
        fs::write(place.join("mine.txt"), "mine\n")?;
        assert_eq!(
            reasons(write(&out, "shop", &["types"], 1)),
            [(place.join("mine.txt"), Reason::NotGenerated)]
        );
        assert_eq!(fs::read_to_string(place.join("mine.txt"))?, "mine\n");
        fs::remove_file(place.join("mine.txt"))?;
    }
    write(&out, "shop", &["types"], 1)?;
    assert_eq!(tree(folder.path())?.len(), 3);
    Ok(())
}

#[test]
fn folders_that_were_made_for_nothing_go_again() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("a/b/shop");
    // A name that no file system takes.
    let mut files = client("shop", &[], 1);
    files.push(File { path: format!("{}.rs", "x".repeat(300)), text: String::new() });
    assert!(matches!(Target::tree(&out, "shop", &files).write(), Err(WriteError::File(_))));
    assert!(!folder.path().join("a").exists());
    Ok(())
}

#[cfg(unix)]
mod unix {
    use super::{Failure, client, expected, reasons, tree, write};
    use crate::write::{Reason, Target};
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    #[test]
    fn links_below_the_folder_are_named_and_not_followed() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let outside = folder.path().join("outside");
        write(&outside, "shop", &["types", "operations"], 1)?;
        let before = tree(&outside)?;
        let links = [
            ("types.rs", "../outside/types.rs"),
            ("operations", "../outside"),
            ("mod.rs", "../nowhere"),
            (".cloudrun", ".."),
        ];
        for (name, to) in links {
            let out = tempfile::tempdir_in(folder.path())?;
            symlink(to, out.path().join(name))?;
            let mut files = client("shop", &["types"], 2);
            for file in ["operations/mod.rs", "operations/orders.rs"] {
                files.push(crate::emit::File { path: file.to_owned(), text: String::new() });
            }
            for target in [
                Target::tree(out.path(), "shop", &files),
                Target::tree(out.path(), "shop", &files).overwriting(),
            ] {
                assert_eq!(target.check()?.refused.len(), 1);
                assert_eq!(reasons(target.write()), [(out.path().join(name), Reason::Link)]);
            }
            assert_eq!(tree(out.path())?.len(), 1);
        }
        assert_eq!(tree(&outside)?, before);
        Ok(())
    }

    #[test]
    fn the_folder_itself_may_be_a_link() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::create_dir(&real)?;
        symlink("real", &link)?;
        for value in 1..3 {
            write(&link, "shop", &["types"], value)?;
            assert_eq!(tree(&real)?, expected("shop", &["types"], value));
        }
        assert!(link.is_symlink());
        assert_eq!(fs::read_dir(folder.path())?.count(), 2);
        Ok(())
    }

    #[test]
    fn what_has_not_changed_is_the_same_file_and_the_folder_keeps_its_rights() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let out = folder.path().join("shop");
        write(&out, "shop", &["types", "orders", "gone"], 1)?;
        fs::set_permissions(&out, fs::Permissions::from_mode(0o750))?;
        let mut files = client("shop", &["types", "orders"], 1);
        files[2].text.push_str("// new\n");
        let before = fs::metadata(out.join("types.rs"))?;
        Target::tree(&out, "shop", &files).write()?;
        let after = fs::metadata(out.join("types.rs"))?;
        assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
        assert_eq!(fs::metadata(&out)?.mode() & 0o777, 0o750);
        assert!(fs::read_to_string(out.join("orders.rs"))?.ends_with("// new\n"));
        Ok(())
    }

    #[test]
    fn a_folder_with_other_things_in_it_is_not_exchanged() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let out = folder.path().join("shop");
        write(&out, "shop", &["types"], 1)?;
        fs::create_dir(out.join("nested"))?;
        let before = fs::metadata(&out)?.ino();
        write(&out, "shop", &["types", "orders"], 2)?;
        assert_eq!(fs::metadata(&out)?.ino(), before, "who looks into the folder goes on to do so");
        Ok(())
    }

    #[test]
    fn a_folder_of_another_user_stays_theirs() -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let out = folder.path().join("shop");
        write(&out, "shop", &["types"], 1)?;
        if std::os::unix::fs::chown(&out, Some(1), Some(1)).is_err() {
            println!("skipped: only root can give a folder away");
            return Ok(());
        }
        write(&out, "shop", &["types", "orders"], 2)?;
        assert_eq!(fs::metadata(&out)?.uid(), 1);
        assert_eq!(tree(&out)?, expected("shop", &["types", "orders"], 2));
        Ok(())
    }
}
