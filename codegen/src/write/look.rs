//! What stands at a path below a folder. Links below the folder are never followed.

use super::error::{At, FileError};
use crate::emit::header;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File,
    /// A folder, a pipe or a device.
    NoFile,
    /// A link, at the path or on the way there.
    Link(PathBuf),
    /// Something on the way there is no folder.
    NoFolder(PathBuf),
}

/// Looks at a path below a folder.
pub(super) fn look(folder: &Path, relative: &str) -> Result<Found, FileError> {
    let mut path = folder.to_owned();
    let mut rest = relative.split('/').peekable();
    while let Some(name) = rest.next() {
        path.push(name);
        let metadata = match path.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(FileError::new("read", path, error)),
        };
        if metadata.is_symlink() {
            return Ok(Found::Link(path));
        }
        match (rest.peek(), metadata.is_dir()) {
            (Some(_), true) => {}
            (Some(_), false) => return Ok(Found::NoFolder(path)),
            (None, _) if metadata.is_file() => return Ok(Found::File),
            (None, _) => return Ok(Found::NoFile),
        }
    }
    Ok(Found::NoFile)
}

/// Whether a path is below its folder whatever the system: names only, neither up nor a root nor a drive.
pub(super) fn is_below(relative: &str) -> bool {
    let is_name = |name: &str| {
        let mut components = Path::new(name).components();
        matches!(components.next(), Some(Component::Normal(only)) if only == name)
            && components.next().is_none()
    };
    relative.split('/').all(|name| is_name(name) && !name.contains(['\\', ':']))
}

/// The service in the header of a file; none if it was not generated.
pub(super) fn service(path: &Path) -> Result<Option<String>, FileError> {
    Ok(header::service(&beginning(path)?).map(str::to_owned))
}

/// As much of a file as its header takes.
pub(super) fn beginning(path: &Path) -> Result<String, FileError> {
    let mut bytes = Vec::new();
    let file = File::open(path).at("read", path)?;
    file.take(header::LONGEST as u64).read_to_end(&mut bytes).at("read", path)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The folders between a folder and a file below it, innermost first.
pub(super) fn parents(relative: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(relative.rsplit_once('/'), |(parent, _)| parent.rsplit_once('/'))
        .map(|(parent, _)| parent)
}

#[cfg(test)]
mod tests {
    use super::{is_below, parents};

    #[test]
    fn only_names_lead_below_a_folder() {
        assert!(is_below("mod.rs") && is_below("operations/名.rs"));
        for path in
            ["", "/", "..", "../x.rs", "a/../b.rs", "/etc/x.rs", "./a.rs", "a//b.rs", r"a\b.rs", "C:x.rs"]
        {
            assert!(!is_below(path), "{path:?}");
        }
    }

    #[test]
    fn parents_come_innermost_first() {
        assert!(parents("mod.rs").next().is_none());
        assert!(parents("a/b/c.rs").eq(["a/b", "a"]));
    }
}
