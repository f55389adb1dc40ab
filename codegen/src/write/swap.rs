//! Whole folders at one stroke: the new client is made ready beside the old one and takes its place by one call of the system.
//! Only for folders in which nothing is anybody else's, since everything in them changes its place.

use super::error::{At, FileError, WriteError};
use super::plan::Plan;
use super::{Target, stage};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A client where there was none: its folder appears with all files.
pub(super) fn appear(target: &Target<'_>, real: &Path) -> Result<(), WriteError> {
    let place = stage::beside(real);
    stage::open(target, &place)?;
    let made = target.files.iter().try_for_each(|file| stage::put(target, &place, file));
    let made = made.and_then(|()| {
        stage::sync(target, &place, target.files.iter())?;
        fs::rename(&place, real).at("written", target.folder)
    });
    if made.is_err() {
        // The first error is the one to tell.
        let _ = stage::clear(&place);
    }
    Ok(made?)
}

/// Exchanges the folder for one with the new client, or says that this cannot be done here.
pub(super) fn exchange(target: &Target<'_>, plan: &Plan, real: &Path) -> Result<bool, WriteError> {
    let new = target.files.iter().map(|file| Path::new(&file.path));
    let known: HashSet<&Path> = new.chain(plan.stale.iter().map(Path::new)).collect();
    let is_here =
        std::env::current_dir().and_then(|here| here.canonicalize()).is_ok_and(|here| here.starts_with(real));
    // Files of others that are overwritten are others' files.
    if target.overwrite || is_here || real.file_name().is_none() || !strangers(real, &known)?.is_empty() {
        return Ok(false);
    }
    let place = stage::beside(real);
    if fs::create_dir(&place).is_err() {
        return Ok(false);
    }
    let made = fill(target, plan, &place);
    if !matches!(made, Ok(true)) || exchange_folders(&place, real).is_err() {
        // The first error is the one to tell.
        let _ = stage::clear(&place);
        return Ok(made.map(|_| false)?);
    }
    if let Some(parent) = real.parent() {
        stage::sync_folder(parent);
    }
    bring_over(&place, real, &known)?;
    stage::clear(&place)?;
    Ok(true)
}

/// What came into the old folder in the meantime belongs into the new one.
fn bring_over(old: &Path, new: &Path, known: &HashSet<&Path>) -> Result<(), FileError> {
    for path in strangers(old, known)? {
        let to = new.join(&path);
        if to.symlink_metadata().is_err() {
            fs::rename(old.join(&path), &to).at("written", &to)?;
        }
    }
    Ok(())
}

/// Makes the new folder ready, and says whether it is as the old one is to all who use it.
fn fill(target: &Target<'_>, plan: &Plan, place: &Path) -> Result<bool, FileError> {
    stage::fill(target, plan, place)?;
    let folders: HashSet<&Path> = target
        .files
        .iter()
        .filter_map(|file| Path::new(&file.path).parent())
        .flat_map(Path::ancestors)
        .collect();
    for folder in folders {
        let (old, new) = (target.folder.join(folder), place.join(folder));
        stage::sync_folder(&new);
        let Ok(metadata) = old.metadata() else { continue };
        if fs::set_permissions(&new, metadata.permissions()).is_err() || !is_same_owner(&old, &new) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What is in a folder beside the files that are known, by paths below it; of folders without any such file only the name.
fn strangers(folder: &Path, known: &HashSet<&Path>) -> Result<Vec<PathBuf>, FileError> {
    let folders: HashSet<&Path> = known.iter().flat_map(|path| path.ancestors().skip(1)).collect();
    let mut found = Vec::new();
    let mut queue = vec![PathBuf::new()];
    while let Some(next) = queue.pop() {
        let path = folder.join(&next);
        for entry in fs::read_dir(&path).at("read", &path)? {
            let entry = entry.at("read", &path)?;
            let relative = next.join(entry.file_name());
            let kind = entry.file_type().at("read", &path)?;
            if kind.is_dir() && folders.contains(relative.as_path()) {
                queue.push(relative);
            } else if !kind.is_file() || !known.contains(relative.as_path()) {
                found.push(relative);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange_folders(one: &Path, other: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange_folders(_one: &Path, _other: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn is_same_owner(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = |path: &Path| path.metadata().map(|metadata| (metadata.uid(), metadata.gid()));
    matches!((owner(one), owner(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(not(unix))]
fn is_same_owner(_one: &Path, _other: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::bring_over;
    use std::collections::HashSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn what_came_in_the_meantime_is_brought_over_and_overwrites_nothing()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        for path in [&old, &new] {
            fs::create_dir(path)?;
            fs::write(path.join("mod.rs"), "ours")?;
        }
        for name in ["notes.md", "both.md"] {
            fs::write(old.join(name), "of the old folder")?;
        }
        fs::write(new.join("both.md"), "of the new folder")?;
        bring_over(&old, &new, &HashSet::from([Path::new("mod.rs")]))?;
        assert_eq!(fs::read_to_string(new.join("notes.md"))?, "of the old folder");
        assert_eq!(fs::read_to_string(new.join("both.md"))?, "of the new folder");
        assert!(old.join("both.md").exists() && old.join("mod.rs").exists());
        Ok(())
    }
}
