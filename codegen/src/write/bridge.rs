//! Files one by one, in a folder where other things stand too. All new files are made ready in a folder inside; then `mod.rs`
//! is replaced by one that leads there, the files take their places, and `mod.rs` comes last. Whenever that is cut off, what
//! is there compiles as the old client or as the new one, and the next run brings it to its end.

use super::error::{At, FileError, Reason, Refusal, WriteError};
use super::look::{Found, is_below, look, parents};
use super::plan::{Plan, is_own};
use super::{Target, manifest, stage};
use crate::emit::{File, header};
use std::fs;
use std::path::Path;

/// The root of the client, which decides which files are.
const ROOT: &str = "mod.rs";
/// The `mod.rs` that leads to the new client, while it is made ready.
const BRIDGE: &str = "bridge.txt";
/// The list of files to remove.
const STALE: &str = "stale.txt";
/// A file on the way to its place.
pub(super) const SPARE: &str = "spare.txt";

/// What the bridge says after the header.
fn bridge_body() -> String {
    format!(
        "#[path = \"{}/{ROOT}\"]\nmod cloudrun_written;\n#[allow(unused_imports, unreachable_pub)]\npub use self::cloudrun_written::*;\n",
        stage::INSIDE
    )
}

/// Replaces one file.
pub(super) fn replace(target: &Target<'_>, plan: &Plan) -> Result<(), WriteError> {
    fs::create_dir_all(target.folder).at("made", target.folder)?;
    let place = target.folder.join(stage::INSIDE);
    stage::open(target, &place)?;
    let mut files = plan.written.iter().map(|index| &target.files[*index]);
    let made = files.try_for_each(|file| {
        stage::put(target, &place, file)?;
        stage::sync(target, &place, std::iter::once(file))?;
        let to = target.folder.join(&file.path);
        stage::make_parent(&to)?;
        fs::rename(place.join(&file.path), &to).at("written", &to)
    });
    let cleared = stage::clear(&place);
    made?;
    cleared
}

/// Replaces all files over a bridge.
pub(super) fn cross(target: &Target<'_>, plan: &Plan) -> Result<(), WriteError> {
    enter(target, plan)?;
    finish(target, target.service)
}

/// Makes all files ready, and `mod.rs` lead to them.
fn enter(target: &Target<'_>, plan: &Plan) -> Result<(), WriteError> {
    let place = target.folder.join(stage::INSIDE);
    stage::open(target, &place)?;
    let root = target.folder.join(ROOT);
    let entered =
        fill(target, plan, &place).and_then(|()| fs::rename(place.join(BRIDGE), &root).at("written", &root));
    if entered.is_err() {
        // The first error is the one to tell.
        let _ = stage::clear(&place);
    }
    Ok(entered?)
}

/// The whole new client, what leads to it, and room for its files.
fn fill(target: &Target<'_>, plan: &Plan, place: &Path) -> Result<(), FileError> {
    stage::fill(target, plan, place)?;
    for file in &target.files {
        stage::make_parent(&target.folder.join(&file.path))?;
    }
    let owner = header::line(plan.owner.as_deref().unwrap_or(target.service));
    let stale = File { path: STALE.to_owned(), text: format!("# {owner}\n{}\n", plan.stale.join("\n")) };
    let line = header::line(target.service);
    let bridge = File { path: BRIDGE.to_owned(), text: format!("// {line}\n\n{}", bridge_body()) };
    stage::put(target, place, &stale)?;
    stage::put(target, place, &bridge)?;
    stage::sync(target, place, [&stale, &bridge].into_iter())?;
    stage::sync_folder(target.folder);
    Ok(())
}

/// Brings a run to its end that was interrupted on the bridge, and removes what one left that did not come so far.
pub(super) fn recover(target: &Target<'_>) -> Result<(), WriteError> {
    let place = target.folder.join(stage::INSIDE);
    if look(target.folder, stage::INSIDE)? == Found::Nothing {
        return Ok(());
    }
    if look(target.folder, ROOT)? == Found::File {
        let root = target.folder.join(ROOT);
        let text = fs::read(&root).at("read", &root)?;
        let text = String::from_utf8_lossy(&text);
        if let Some(service) = header::service(&text)
            && text.ends_with(&bridge_body())
        {
            return finish(target, service);
        }
    }
    stage::clear(&place)
}

/// A step on the bridge. Each can be made again.
enum Step {
    Settle(String),
    /// A file of the client of a service.
    Remove(String, String),
}

/// The way over the bridge, from wherever it was cut off: `mod.rs` comes last.
fn steps(folder: &Path, service: &str) -> Result<Vec<Step>, FileError> {
    let place = folder.join(stage::INSIDE);
    let files = manifest::listed(&place, service)?.into_iter().filter(|path| path != ROOT);
    let stale = fs::read_to_string(place.join(STALE)).unwrap_or_default();
    let owner = header::service(&stale).unwrap_or(service);
    let stale = stale.lines().filter(|line| !line.starts_with('#') && is_below(line));
    let last = [manifest::NAME, ROOT].map(|path| Step::Settle(path.to_owned()));
    // What goes goes first: on some systems `Types.rs` and `types.rs` are one file.
    let stale = stale.map(|path| Step::Remove(path.to_owned(), owner.to_owned()));
    Ok(stale.chain(files.map(Step::Settle)).chain(last).collect())
}

fn step(target: &Target<'_>, service: &str, step: &Step) -> Result<(), WriteError> {
    match step {
        Step::Settle(path) => settle(target, service, &target.folder.join(stage::INSIDE), path),
        Step::Remove(path, owner) if is_own(target.folder, owner, path)? => Ok(remove(target.folder, path)?),
        Step::Remove(..) => Ok(()),
    }
}

fn finish(target: &Target<'_>, service: &str) -> Result<(), WriteError> {
    for next in steps(target.folder, service)? {
        step(target, service, &next)?;
    }
    stage::clear(&target.folder.join(stage::INSIDE))
}

/// Goes some steps and no further, as a process that is killed; says how many there are.
#[cfg(test)]
pub(super) fn cut_off(target: &Target<'_>, plan: &Plan, after: usize) -> Result<usize, WriteError> {
    enter(target, plan)?;
    let all = steps(target.folder, target.service)?;
    for next in all.iter().take(after) {
        step(target, target.service, next)?;
    }
    Ok(all.len())
}

/// Puts a file that was made ready into its place.
fn settle(target: &Target<'_>, service: &str, place: &Path, relative: &str) -> Result<(), WriteError> {
    let (from, to) = (place.join(relative), target.folder.join(relative));
    if look(place, relative)? != Found::File {
        return Ok(());
    }
    let stands = look(target.folder, relative)?;
    if stands == Found::File && fs::read(&to).at("read", &to)? == fs::read(&from).at("read", &from)? {
        return Ok(());
    }
    let may = match stands {
        Found::Nothing => true,
        Found::File => target.overwrite || is_own(target.folder, service, relative)?,
        Found::NoFile | Found::Link(_) | Found::NoFolder(_) => false,
    };
    if !may {
        return Err(WriteError::Refused(vec![Refusal::new(to, Reason::NotGenerated)]));
    }
    stage::make_parent(&to)?;
    let spare = place.join(SPARE);
    // One that was on its way when a run was cut off is another name of a file that is needed yet.
    if spare.symlink_metadata().is_ok() {
        fs::remove_file(&spare).at("removed", &spare)?;
    }
    if fs::hard_link(&from, &spare).is_err() {
        fs::copy(&from, &spare).at("written", &to)?;
    }
    fs::rename(&spare, &to).at("written", &to)?;
    Ok(())
}

/// Removes a file, and the folders that held nothing else.
fn remove(folder: &Path, relative: &str) -> Result<(), FileError> {
    let path = folder.join(relative);
    fs::remove_file(&path).at("removed", &path)?;
    for parent in parents(relative) {
        if fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
    }
    Ok(())
}
