//! Places on the same file system where files are made ready: whatever happens there, the client is not touched. A place that
//! a killed process left behind is known by its name.

use super::error::{At, FileError, Reason, Refusal, WriteError};
use super::look::beginning;
use super::plan::Plan;
use super::{Target, real};
use crate::emit::{File, header};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The place in the client's folder.
pub(super) const INSIDE: &str = ".cloudrun-new";

/// The place for a whole folder, beside it.
pub(super) fn beside(folder: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(folder.file_name().unwrap_or_default());
    name.push(INSIDE);
    folder.with_file_name(name)
}

/// What interrupted runs left behind.
pub(super) fn left_over(target: &Target<'_>) -> Result<Vec<PathBuf>, FileError> {
    let mut places = vec![target.folder.join(INSIDE)];
    if target.has_manifest() {
        // `.` and links have other names than the folders they lead to.
        let is_name = target.folder.file_name().is_some() && !target.folder.is_symlink();
        let real = if is_name { Some(target.folder.to_owned()) } else { real(target.folder).ok() };
        places.extend(real.map(|real| beside(&real)));
    }
    places.retain(|place| place.symlink_metadata().is_ok());
    Ok(places)
}

/// An empty place. What cannot be written there could not be written into the folder, so that is what errors name.
pub(super) fn open(target: &Target<'_>, place: &Path) -> Result<(), WriteError> {
    clear(place)?;
    fs::create_dir(place).at("written", target.folder)?;
    Ok(())
}

/// Removes a place with all that this generator left there. Anything else stays, and is named.
pub(super) fn clear(place: &Path) -> Result<(), WriteError> {
    let mut refused = Vec::new();
    clear_below(place, &mut refused)?;
    if refused.is_empty() { Ok(()) } else { Err(WriteError::Refused(refused)) }
}

fn clear_below(path: &Path, refused: &mut Vec<Refusal>) -> Result<(), FileError> {
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(FileError::new("read", path, error)),
    };
    if metadata.is_dir() {
        let before = refused.len();
        for entry in fs::read_dir(path).at("read", path)? {
            clear_below(&entry.at("read", path)?.path(), refused)?;
        }
        if refused.len() == before {
            fs::remove_dir(path).at("removed", path)?;
        }
    } else if metadata.is_file() && header::is_cut_off(&beginning(path)?) {
        fs::remove_file(path).at("removed", path)?;
    } else {
        let reason = if metadata.is_symlink() { Reason::Link } else { Reason::NotGenerated };
        refused.push(Refusal::new(path.to_owned(), reason));
    }
    Ok(())
}

/// A new file. [`sync`] has it on disk before anything is renamed to lead to it.
pub(super) fn put(target: &Target<'_>, place: &Path, file: &File) -> Result<(), FileError> {
    let path = place.join(&file.path);
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(place))?;
        let mut open = OpenOptions::new().write(true).create_new(true).open(&path)?;
        open.write_all(file.text.as_bytes())
    };
    write().at("written", &target.folder.join(&file.path))
}

/// A file that has not changed, as it is: the same file under another name, where the system can do that.
fn keep(target: &Target<'_>, place: &Path, file: &File) -> Result<(), FileError> {
    let (source, path) = (target.folder.join(&file.path), place.join(&file.path));
    let link = || {
        fs::create_dir_all(path.parent().unwrap_or(place))?;
        if fs::hard_link(&source, &path).is_ok() {
            return Ok(());
        }
        fs::copy(&source, &path)?;
        // The time tells cargo that nothing has changed.
        let time = source.metadata()?.modified()?;
        OpenOptions::new().write(true).open(&path)?.set_modified(time)
    };
    link().at("written", &source)
}

/// The folder that a file is in.
pub(super) fn make_parent(path: &Path) -> Result<(), FileError> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).at("made", parent)
}

/// The whole new client: what has not changed under another name, the rest new and on disk.
pub(super) fn fill(target: &Target<'_>, plan: &Plan, place: &Path) -> Result<(), FileError> {
    for (index, file) in target.files.iter().enumerate() {
        match plan.written.contains(&index) {
            true => put(target, place, file)?,
            false => keep(target, place, file)?,
        }
    }
    sync(target, place, plan.written.iter().map(|index| &target.files[*index]))
}

/// Files that are waited for at the same time: the system writes what several ask for at one go.
const AT_ONCE: usize = 16;

/// Waits until what was made ready in a place is on disk, so that no failure of power leaves empty files under new names.
pub(super) fn sync<'a>(
    target: &Target<'_>,
    place: &Path,
    files: impl Iterator<Item = &'a File>,
) -> Result<(), FileError> {
    let files: Vec<&File> = files.collect();
    let wait = |file: &&File| {
        let path = place.join(&file.path);
        // Windows wants the right to write for this.
        let opened = OpenOptions::new().write(true).open(&path);
        opened.and_then(|file| file.sync_all()).at("written", &target.folder.join(&file.path))
    };
    let lane = |lane: usize| files.iter().skip(lane).step_by(AT_ONCE).try_for_each(wait);
    let lanes = std::thread::scope(|scope| {
        let lane = &lane;
        let others = (1..AT_ONCE.min(files.len()))
            .map(|number| std::thread::Builder::new().spawn_scoped(scope, move || lane(number)));
        let others: Vec<_> = others.collect();
        let first = lane(0);
        let rest = others.into_iter().zip(1..).map(|(other, number)| match other {
            Ok(other) => other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => lane(number),
        });
        std::iter::once(first).chain(rest).collect::<Result<(), _>>()
    });
    sync_folder(place);
    lanes
}

/// Has the system write down which files a folder holds.
pub(super) fn sync_folder(folder: &Path) {
    // Systems that cannot do that for folders need not.
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
}
