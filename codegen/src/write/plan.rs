//! What writing a client would do to a folder. In come the client's files and what stands in the folder, out go the files to
//! write, the files to remove, and what stands in the way. Writes nothing; reads the client's files and no others.

use super::error::{At, FileError, Reason, Refusal};
use super::look::{Found, look, parents, service};
use super::{Target, manifest};
use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// What is to be done, by paths below the folder.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Files that are new or have other contents, by their places in the client; those that are refused among them.
    pub(super) written: Vec<usize>,
    /// Files of the client that is there which the new one does not have.
    pub(super) stale: Vec<String>,
    /// The service whose client is there, another one only where the user wants it gone.
    pub(super) owner: Option<String>,
    /// What stands in the way.
    pub(super) refused: Vec<Refusal>,
}

impl Plan {
    pub(super) fn of(target: &Target<'_>) -> Result<Self, FileError> {
        let mut plan = Self::default();
        match target.folder.metadata() {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => {
                plan.refused.push(Refusal::new(target.folder.to_owned(), Reason::NotAFolder));
                return Ok(plan);
            }
            Err(error) if error.kind() == ErrorKind::NotFound && !target.folder.is_symlink() => {
                plan.written = (0..target.files.len()).collect();
                return Ok(plan);
            }
            Err(error) => return Err(FileError::new("read", target.folder, error)),
        }
        plan.owner = if target.has_manifest() { owner(target.folder)? } else { None };
        if let Some(other) =
            plan.owner.as_deref().filter(|owner| *owner != target.service && !target.overwrite)
        {
            // Said once, not for each file.
            let reason = Reason::OtherService(other.to_owned());
            plan.refused.push(Refusal::new(target.folder.to_owned(), reason));
            return Ok(plan);
        }
        for (index, file) in target.files.iter().enumerate() {
            match state(target, &file.path, &file.text)? {
                State::Same => {}
                State::Differs => plan.written.push(index),
                State::Refused(refusal) => {
                    if refusal.yields_to_overwrite() {
                        plan.written.push(index);
                    }
                    // Many files may have to go through the same link.
                    if !plan.refused.contains(&refusal) {
                        plan.refused.push(refusal);
                    }
                }
            }
        }
        if let Some(owner) = &plan.owner {
            plan.stale = stale(target, owner)?;
        }
        Ok(plan)
    }

    /// Whether the client is on disk already.
    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty() && self.stale.is_empty()
    }
}

/// The service whose client is in the folder, as the list or `mod.rs` has it.
fn owner(folder: &Path) -> Result<Option<String>, FileError> {
    for path in [manifest::NAME, "mod.rs"] {
        if look(folder, path)? == Found::File
            && let Some(service) = service(&folder.join(path))?
        {
            return Ok(Some(service));
        }
    }
    Ok(None)
}

enum State {
    Same,
    Differs,
    Refused(Refusal),
}

/// How a file on disk stands to the client's.
fn state(target: &Target<'_>, relative: &str, text: &str) -> Result<State, FileError> {
    let path = target.folder.join(relative);
    let refuse = |path, reason| Ok(State::Refused(Refusal::new(path, reason)));
    match look(target.folder, relative)? {
        Found::Nothing => Ok(State::Differs),
        Found::Link(link) => refuse(link, Reason::Link),
        Found::NoFile => refuse(path, Reason::NotAFile),
        Found::NoFolder(path) => refuse(path, Reason::NotAFolder),
        Found::File if fs::read(&path).at("read", &path)? == text.as_bytes() => Ok(State::Same),
        Found::File if target.overwrite => Ok(State::Differs),
        Found::File if is_in_another_client(target.folder, relative)? => refuse(path, Reason::OtherClient),
        Found::File => match service(&path)? {
            None => refuse(path, Reason::NotGenerated),
            Some(other) if other != target.service => refuse(path, Reason::OtherService(other)),
            Some(_) => Ok(State::Differs),
        },
    }
}

/// The files of the client that is there which the new one does not have. A file is removed only if the list of an earlier run
/// and the file itself say that it was written for this folder and the client's service; no link leads there.
fn stale(target: &Target<'_>, owner: &str) -> Result<Vec<String>, FileError> {
    let new: HashSet<&str> = target.files.iter().map(|file| file.path.as_str()).collect();
    let mut stale = Vec::new();
    for path in manifest::listed(target.folder, owner)? {
        if !new.contains(path.as_str()) && is_own(target.folder, owner, &path)? {
            stale.push(path);
        }
    }
    Ok(stale)
}

/// Whether a file was generated for a service, and is in no folder of another client.
pub(super) fn is_own(folder: &Path, name: &str, relative: &str) -> Result<bool, FileError> {
    Ok(look(folder, relative)? == Found::File
        && service(&folder.join(relative))?.as_deref() == Some(name)
        && !is_in_another_client(folder, relative)?)
}

/// Whether a folder on the way to a file has a list of its own.
fn is_in_another_client(folder: &Path, relative: &str) -> Result<bool, FileError> {
    for parent in parents(relative) {
        if look(folder, &format!("{parent}/{}", manifest::NAME))? != Found::Nothing {
            return Ok(true);
        }
    }
    Ok(false)
}
