//! A client to disk. In come its files, out goes a folder that holds the old client or the new one, never half of each, and
//! all that is not the client's as it was. Never follows a link below the folder, never removes or overwrites a file that an
//! earlier run did not write for the same service into the same folder, never writes what has not changed.
//!
//! May import from `emit`.

mod bridge;
mod changes;
mod error;
mod lock;
mod look;
mod manifest;
mod plan;
mod stage;
mod swap;

pub use self::changes::Changes;
pub use self::error::{FileError, Reason, Refusal, WriteError};

use self::error::At;
use self::lock::Lock;
use self::plan::Plan;
use crate::emit::File;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A client's files and where they go.
pub(crate) struct Target<'a> {
    folder: &'a Path,
    service: &'a str,
    files: Vec<File>,
    overwrite: bool,
}

impl<'a> Target<'a> {
    /// A module tree, which has the folder to itself and keeps a list of its files in it.
    pub(crate) fn tree(folder: &'a Path, service: &'a str, files: &[File]) -> Self {
        let mut files = files.to_vec();
        files.push(manifest::of(service, &files));
        Self { folder, service, files, overwrite: false }
    }

    /// A file among others.
    pub(crate) fn single(folder: &'a Path, service: &'a str, files: &[File]) -> Self {
        Self { folder, service, files: files.to_vec(), overwrite: false }
    }

    /// Overwrites files that this generator did not write, too.
    pub(crate) fn overwriting(self) -> Self {
        Self { overwrite: true, ..self }
    }

    fn has_manifest(&self) -> bool {
        self.files.iter().any(|file| file.path == manifest::NAME)
    }

    /// What writing would change.
    pub(crate) fn check(&self) -> Result<Changes, WriteError> {
        let mut changes = self.changes(Plan::of(self)?);
        changes.stale.extend(stage::left_over(self)?);
        Ok(changes)
    }

    /// Writes the client. An earlier run that was interrupted is brought to its end first.
    pub(crate) fn write(&self) -> Result<Changes, WriteError> {
        let plan = Plan::of(self)?;
        let left = stage::left_over(self)?;
        if plan.is_empty() && plan.refused.is_empty() && left.is_empty() {
            return Ok(Changes::default());
        }
        refuse(&plan)?;
        let made = Made::parents(self.folder)?;
        let real = real(self.folder)?;
        let parent = real.parent().unwrap_or(&real);
        let _lock = Lock::take(parent).map_err(|_| WriteError::Busy(self.folder.to_owned()))?;
        bridge::recover(self)?;
        if self.has_manifest() {
            stage::clear(&stage::beside(&real))?;
        }
        // What stood there may have changed while the lock was another's.
        let plan = Plan::of(self)?;
        refuse(&plan)?;
        if !plan.is_empty() {
            self.commit(&plan, &real)?;
        }
        made.keep();
        Ok(self.changes(plan))
    }

    /// Puts the new client in the old one's place at one stroke: by one rename where that is enough, by an exchange of
    /// folders where nobody else's files are in them, and else over a `mod.rs` that leads to the new files for a moment.
    fn commit(&self, plan: &Plan, real: &Path) -> Result<(), WriteError> {
        if !self.folder.exists() {
            return if self.has_manifest() { swap::appear(self, real) } else { bridge::replace(self, plan) };
        }
        if plan.written.len() == 1 && plan.stale.is_empty() {
            return bridge::replace(self, plan);
        }
        if swap::exchange(self, plan, real)? { Ok(()) } else { bridge::cross(self, plan) }
    }

    fn changes(&self, plan: Plan) -> Changes {
        Changes {
            written: plan.written.iter().map(|index| self.folder.join(&self.files[*index].path)).collect(),
            stale: plan.stale.iter().map(|path| self.folder.join(path)).collect(),
            refused: plan.refused,
        }
    }
}

fn refuse(plan: &Plan) -> Result<(), WriteError> {
    if plan.refused.is_empty() { Ok(()) } else { Err(WriteError::Refused(plan.refused.clone())) }
}

/// The folder itself, if it is there: a link that the user named is the user's way of saying where.
fn real(folder: &Path) -> Result<PathBuf, FileError> {
    match folder.canonicalize() {
        Ok(real) => Ok(real),
        Err(error) if error.kind() == ErrorKind::NotFound && !folder.is_symlink() => {
            let parent = parent(folder);
            let real = parent.canonicalize().at("read", parent)?;
            Ok(real.join(folder.file_name().unwrap_or_default()))
        }
        Err(error) => Err(FileError::new("read", folder, error)),
    }
}

fn parent(folder: &Path) -> &Path {
    folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Folders that were made on the way to the client's, and that go again if nothing comes of it.
struct Made(Vec<PathBuf>);

impl Made {
    fn parents(folder: &Path) -> Result<Self, FileError> {
        let missing =
            parent(folder).ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let made = Self(missing.map(Path::to_owned).collect());
        fs::create_dir_all(parent(folder)).at("made", parent(folder))?;
        Ok(made)
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in &self.0 {
            // One that holds something by now stays.
            let _ = fs::remove_dir(path);
        }
    }
}

#[cfg(test)]
mod tests;
