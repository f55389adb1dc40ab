//! The file that the certificate of the emulator's authority goes to. It is opened before anything is served, and no file is
//! overwritten that holds something else: in other programs such a flag names a certificate to read.
//!
//! May import from `outcome`.

use crate::outcome::Failure;
use cloudrun_codegen::FileError;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The first line of the file; readers of PEM pass over what stands before a certificate.
const MARK: &str = "# The certificate authority of `cargo cloudrun emulate`, made anew at every start.\n";

pub(crate) struct CertificateFile {
    path: PathBuf,
    file: File,
    /// Whether the file was made just now and is still empty.
    is_new: bool,
}

impl CertificateFile {
    /// Opens the file, or says why it cannot be written.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let failure = |error| Failure(format!("--tls: {}", FileError::new("written", path, error)));
        let opened = OpenOptions::new().read(true).write(true).create_new(true).open(path);
        let is_new = opened.is_ok();
        let file = match opened {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(failure)?;
                if !is_own(&mut file).map_err(failure)? {
                    let path = path.display();
                    return Err(Failure(format!(
                        "--tls: `{path}` holds something else than a certificate of an earlier run and is not \
                         overwritten; name another file: the emulator makes its own certificate and writes it there"
                    )));
                }
                file
            }
            opened => opened.map_err(failure)?,
        };
        Ok(Self { path: path.to_owned(), file, is_new })
    }

    pub(crate) fn write(mut self, certificate: &str) -> Result<(), Failure> {
        let text = format!("{MARK}{certificate}");
        let written = self
            .file
            .rewind()
            .and_then(|()| self.file.write_all(text.as_bytes()))
            .and_then(|()| self.file.set_len(text.len() as u64));
        self.is_new &= written.is_err();
        written.map_err(|error| Failure(format!("--tls: {}", FileError::new("written", &self.path, error))))
    }
}

impl Drop for CertificateFile {
    fn drop(&mut self) {
        if self.is_new {
            // An emulator that does not start leaves nothing behind; why it does not is the error to tell.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Whether a file is empty, or holds what an earlier run wrote.
fn is_own(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.take(MARK.len() as u64).read_to_end(&mut start)?;
    Ok(MARK.as_bytes().starts_with(&start))
}
