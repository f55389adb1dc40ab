//! Why a client cannot be written: what stands in the way, or what the system says; always with the path and what to do.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why a client cannot be written. Whatever it is, the client that was there before is there still.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// Something that this generator did not write stands where the client has to go. Nothing was written.
    Refused(Vec<Refusal>),
    /// The system does not let a path be read or written.
    File(FileError),
    /// Another process is writing into the folder, and does not come to an end.
    Busy(PathBuf),
}

impl WriteError {
    /// Whether [`Client::overwrite`](crate::Client::overwrite) would write all the same.
    pub fn yields_to_overwrite(&self) -> bool {
        matches!(self, Self::Refused(refusals) if refusals.iter().all(Refusal::yields_to_overwrite))
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusals) => {
                for (index, refusal) in refusals.iter().enumerate() {
                    if index > 0 {
                        f.write_str("\n")?;
                    }
                    write!(f, "{refusal}")?;
                }
                Ok(())
            }
            Self::File(error) => write!(f, "{error}"),
            Self::Busy(folder) => {
                let folder = folder.display();
                write!(f, "another process is writing into `{folder}`; wait until it ends, then try again")
            }
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => Some(error),
            Self::Refused(_) | Self::Busy(_) => None,
        }
    }
}

impl From<FileError> for WriteError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

/// Something at a path that is not overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// What stands in the way.
    pub path: PathBuf,
    /// Why it stays.
    pub reason: Reason,
}

impl Refusal {
    pub(super) fn new(path: PathBuf, reason: Reason) -> Self {
        Self { path, reason }
    }

    /// Whether [`Client::overwrite`](crate::Client::overwrite) would overwrite it.
    pub fn yields_to_overwrite(&self) -> bool {
        matches!(self.reason, Reason::NotGenerated | Reason::OtherService(_) | Reason::OtherClient)
    }
}

/// Why something is not overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A file without the header of this generator.
    NotGenerated,
    /// A file of the client of another service.
    OtherService(String),
    /// A file in a folder that holds a client of its own.
    OtherClient,
    /// A symbolic link. Links are never followed.
    Link,
    /// A folder, or a special file, where a file is needed.
    NotAFile,
    /// A file where a folder is needed.
    NotAFolder,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.reason {
            Reason::NotGenerated => write!(
                f,
                "`{path}` was not written by this generator and is not overwritten; move it away, or generate into \
                 another folder"
            ),
            Reason::OtherService(service) => write!(
                f,
                "`{path}` belongs to the client of the service `{service}` and is not overwritten; generate into \
                 another folder, or remove that client first"
            ),
            Reason::OtherClient => write!(
                f,
                "`{path}` belongs to another client, whose folder it is in, and is not overwritten; generate into \
                 another folder"
            ),
            Reason::Link => {
                write!(
                    f,
                    "`{path}` is a link, and links are not followed; remove it, or generate into another folder"
                )
            }
            Reason::NotAFile => write!(f, "`{path}` is no file, but a file has to be there; move it away"),
            Reason::NotAFolder => {
                write!(f, "`{path}` is no folder, but a folder has to be there; move it away")
            }
        }
    }
}

/// What the system says of a path: what could not be done, why, and what to do about it.
#[derive(Debug)]
pub struct FileError {
    done: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl FileError {
    /// An error of the system at a path. `done` says what cannot be done with it: `written`, `read`, `removed`.
    pub fn new(done: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self { done, path: path.into(), source }
    }

    /// Where.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.source.kind()
    }

    fn advice(&self) -> &'static str {
        match self.source.kind() {
            ErrorKind::PermissionDenied => "give yourself the right to it, or name another path",
            ErrorKind::ReadOnlyFilesystem => "it is on a file system that is read only; name another path",
            ErrorKind::NotFound => "something on the way there is missing; make it, or name another path",
            ErrorKind::AlreadyExists => "move away what is there, or name another path",
            ErrorKind::NotADirectory => {
                "a file stands where a folder has to be; move it away, or name another path"
            }
            ErrorKind::IsADirectory => {
                "a folder stands where a file has to be; move it away, or name another path"
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk, then try again",
            _ => "look at what is there, or name another path",
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, path, source } = self;
        write!(f, "`{}` cannot be {done}: {source}; {}", path.display(), self.advice())
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Names the path in an error of the system.
pub(super) trait At<T> {
    fn at(self, done: &'static str, path: &Path) -> Result<T, FileError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, done: &'static str, path: &Path) -> Result<T, FileError> {
        self.map_err(|source| FileError::new(done, path, source))
    }
}
