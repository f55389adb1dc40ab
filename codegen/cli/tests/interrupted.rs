//! A client that is written while the process is killed or the disk is full is the old one or the new one.

#![cfg(unix)]

mod shell;

use shell::{Failure, command, document, ends, generate, text, tree};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

type Tree = BTreeMap<PathBuf, String>;

/// Two documents whose clients have other files, in either of which many have changed.
struct Case {
    folder: tempfile::TempDir,
    specs: [&'static str; 2],
    clients: [Tree; 2],
}

impl Case {
    fn new() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let specs = ["large.yaml", "larger.yaml"];
        let mut clients = [Tree::new(), Tree::new()];
        for (index, (operations, tags)) in [(60, 20), (80, 40)].into_iter().enumerate() {
            fs::write(folder.path().join(specs[index]), document(operations, tags))?;
            let out = format!("expected{index}");
            ends(folder.path(), &Self::arguments(specs[index], &out), 0)?;
            clients[index] = tree(&folder.path().join(out))?;
        }
        Ok(Self { folder, specs, clients })
    }

    fn arguments<'a>(spec: &'a str, out: &'a str) -> [&'a str; 7] {
        ["generate", "--spec", spec, "--service", "shop", "--out", out]
    }

    /// Starts to write a client and kills the process some time after it began to write; says how long it lived from then on.
    fn kill(&self, index: usize, after: Duration) -> Result<Duration, Failure> {
        let places =
            ["src/.shop.cloudrun-new", "src/shop/.cloudrun-new"].map(|place| self.folder.path().join(place));
        let mut child = command(self.folder.path(), &Self::arguments(self.specs[index], "src/shop"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        while child.try_wait()?.is_none() && !places.iter().any(|place| place.exists()) {
            std::thread::sleep(Duration::from_micros(50));
        }
        let start = Instant::now();
        while start.elapsed() < after && child.try_wait()?.is_none() {
            std::thread::sleep(Duration::from_micros(50));
        }
        child.kill()?;
        child.wait()?;
        Ok(start.elapsed())
    }

    /// Moments to kill a process at, all over the time that writing takes.
    fn moments(&self) -> Result<impl Iterator<Item = Duration> + use<>, Failure> {
        ends(self.folder.path(), &Self::arguments(self.specs[0], "src/shop"), 0)?;
        let whole = self.kill(1, Duration::from_secs(60))?;
        Ok((0..ROUNDS).map(move |round| whole * round / ROUNDS))
    }

    /// Which of the clients compiles: its files where they are, or where `mod.rs` leads.
    fn compiles(&self) -> Result<usize, Failure> {
        let mut there = tree(&self.folder.path().join("src/shop"))?;
        let root = there.get(Path::new("mod.rs")).ok_or("no `mod.rs`")?;
        if root.contains("#[path = \".cloudrun-new/mod.rs\"]") {
            there = tree(&self.folder.path().join("src/shop/.cloudrun-new"))?;
        }
        let is_there = |client: &Tree| {
            let modules = client.iter().filter(|(path, _)| *path != Path::new(".cloudrun"));
            modules.clone().all(|(path, text)| there.get(path) == Some(text))
        };
        self.clients
            .iter()
            .position(is_there)
            .ok_or_else(|| format!("half of each: {:?}", there.keys()).into())
    }
}

/// How often a process is killed.
const ROUNDS: u32 = 24;

#[test]
fn a_killed_process_leaves_every_file_old_or_every_file_new() -> Result<(), Failure> {
    let case = Case::new()?;
    let mut found = [0, 0];
    for moment in case.moments()? {
        ends(case.folder.path(), &Case::arguments(case.specs[0], "src/shop"), 0)?;
        case.kill(1, moment)?;
        let there = tree(&case.folder.path().join("src/shop"))?;
        let index = case.clients.iter().position(|client| *client == there);
        // Where folders cannot be exchanged, what compiles is the measure.
        let index = if cfg!(target_os = "linux") { index } else { Some(case.compiles()?) };
        found[index.ok_or_else(|| format!("half of each: {:?}", there.keys()))?] += 1;
        ends(case.folder.path(), &Case::arguments(case.specs[1], "src/shop"), 0)?;
        assert_eq!(fs::read_dir(case.folder.path().join("src"))?.count(), 1, "nothing is left behind");
        assert_eq!(tree(&case.folder.path().join("src/shop"))?, case.clients[1]);
    }
    println!("killed {ROUNDS} times: {} old, {} new", found[0], found[1]);
    Ok(())
}

#[test]
fn beside_other_files_a_killed_process_leaves_what_compiles_as_old_or_new() -> Result<(), Failure> {
    let case = Case::new()?;
    let mut found = [0, 0];
    fs::create_dir_all(case.folder.path().join("src/shop/nested"))?;
    for path in ["notes.rs", "nested/mod.rs"] {
        fs::write(case.folder.path().join("src/shop").join(path), "// mine\n")?;
    }
    for moment in case.moments()? {
        ends(case.folder.path(), &Case::arguments(case.specs[0], "src/shop"), 0)?;
        case.kill(1, moment)?;
        found[case.compiles()?] += 1;
        ends(case.folder.path(), &Case::arguments(case.specs[1], "src/shop"), 0)?;
        let mut all = case.clients[1].clone();
        all.extend(["notes.rs", "nested/mod.rs"].map(|path| (path.into(), "// mine\n".to_owned())));
        assert_eq!(tree(&case.folder.path().join("src/shop"))?, all);
    }
    println!("killed {ROUNDS} times: {} old, {} new", found[0], found[1]);
    Ok(())
}

#[test]
fn a_new_crate_is_there_as_a_whole_or_not_at_all() -> Result<(), Failure> {
    let case = Case::new()?;
    let path = case.folder.path();
    let arguments = ["new", "made", "--spec", "large.yaml", "--service", "shop", "--mode", "checked-in"];
    ends(path, &arguments, 0)?;
    let whole = tree(&path.join("made"))?;
    for round in 0..u64::from(ROUNDS) {
        fs::remove_dir_all(path.join("made")).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        let mut child = command(path, &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        while child.try_wait()?.is_none() && staged(path).is_none() {
            std::thread::sleep(Duration::from_micros(50));
        }
        std::thread::sleep(Duration::from_micros(round * round * 40));
        child.kill()?;
        child.wait()?;
        if path.join("made").exists() {
            assert_eq!(tree(&path.join("made"))?, whole);
        } else {
            ends(path, &arguments, 0)?;
            assert_eq!(tree(&path.join("made"))?, whole);
        }
        // Only what is killed leaves its folder behind, under a name that nobody else has.
        if let Some(left) = staged(path) {
            fs::remove_dir_all(left)?;
        }
    }
    Ok(())
}

/// The folder in which `new made` makes its crate ready.
fn staged(path: &Path) -> Option<PathBuf> {
    let is_one =
        |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(".made.cloudrun-new-");
    fs::read_dir(path).ok()?.flatten().find(is_one).map(|entry| entry.path())
}

#[test]
fn a_new_crate_takes_no_folder_of_the_users_for_its_own() -> Result<(), Failure> {
    let case = Case::new()?;
    let path = case.folder.path();
    for folder in [".made.cloudrun-new", ".made.cloudrun-new-"] {
        fs::create_dir(path.join(folder))?;
        fs::write(path.join(folder).join("thesis.txt"), "mine\n")?;
    }
    ends(path, &["new", "made", "--spec", case.specs[0], "--service", "shop"], 0)?;
    assert!(path.join(".made.cloudrun-new/thesis.txt").exists());
    assert!(path.join(".made.cloudrun-new-/thesis.txt").exists());
    Ok(())
}

/// A small disk, given back when it is dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    /// None where this user cannot have one.
    fn new(size: &str) -> Result<Option<Self>, Failure> {
        let folder = tempfile::tempdir()?;
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .output();
        match mount {
            Ok(output) if output.status.success() => Ok(Some(Self(folder))),
            Ok(output) => {
                println!("skipped: no small disk can be made here: {}", text(&output.stderr).trim());
                Ok(None)
            }
            Err(error) => {
                println!("skipped: no small disk can be made here: {error}");
                Ok(None)
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Without its contents the folder can be removed either way.
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_leaves_the_old_client() -> Result<(), Failure> {
    let case = Case::new()?;
    let Some(disk) = Disk::new("2m")? else { return Ok(()) };
    let path = disk.0.path();
    for spec in case.specs {
        fs::copy(case.folder.path().join(spec), path.join(spec))?;
    }
    for notes in [false, true] {
        if notes {
            fs::write(path.join("src/shop/notes.md"), "mine\n")?;
        }
        ends(path, &Case::arguments(case.specs[0], "src/shop"), 0)?;
        let before = tree(&path.join("src"))?;
        // Zeros until nothing more fits, and then some room again.
        let filler = path.join("filler");
        let _ = fs::write(&filler, vec![0; 4 << 20]);
        let room = 40 << 10;
        let full = fs::metadata(&filler)?.len();
        fs::File::options().write(true).open(&filler)?.set_len(full - room)?;
        let said = ends(path, &Case::arguments(case.specs[1], "src/shop"), 2)?;
        assert!(said.contains("`src/shop") && said.contains("make room on the disk"), "{said}");
        assert_eq!(tree(&path.join("src"))?, before, "the old client, and nothing beside it");
        let said = ends(
            path,
            &["new", "made", "--spec", case.specs[1], "--service", "shop", "--mode", "checked-in"],
            2,
        )?;
        assert!(said.contains("make room on the disk"), "{said}");
        assert!(!path.join("made").exists() && staged(path).is_none());
        fs::remove_file(&filler)?;
        ends(path, &Case::arguments(case.specs[1], "src/shop"), 0)?;
        let mut there = tree(&path.join("src/shop"))?;
        there.remove(Path::new("notes.md"));
        assert_eq!(there, case.clients[1]);
    }
    Ok(())
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("openapi.yaml"), document(3, 1))?;
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        println!("skipped: there is no /dev/full here");
        return Ok(());
    };
    let output = command(folder.path(), &generate("shop", "out")).stdout(full).output()?;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("standard output"), "{}", text(&output.stderr));
    ends(folder.path(), &[generate("shop", "out"), vec!["--check"]].concat(), 0)?;
    Ok(())
}

#[test]
fn two_processes_at_once_leave_one_client_as_a_whole() -> Result<(), Failure> {
    let case = Case::new()?;
    for notes in [false, true] {
        if notes {
            fs::write(case.folder.path().join("src/shop/notes.md"), "mine\n")?;
        }
        for _ in 0..6 {
            let run = |index: usize| {
                command(case.folder.path(), &Case::arguments(case.specs[index], "src/shop"))
                    .stdout(Stdio::null())
                    .spawn()
            };
            for mut child in [run(0)?, run(1)?, run(0)?, run(1)?] {
                assert!(child.wait()?.success());
            }
            let mut there = tree(&case.folder.path().join("src/shop"))?;
            there.remove(Path::new("notes.md"));
            assert!(case.clients.contains(&there), "{:?}", there.keys());
        }
    }
    Ok(())
}
