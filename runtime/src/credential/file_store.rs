//! A store in a file: in come tokens, out goes a file that only its owner reads, replaced as a whole. A file beside it is the lock
//! between processes.

use super::store::{StoreLock, TokenStore};
use super::tokens::Tokens;
use crate::rt;
use crate::transport::BoxFuture;
use crate::transport::body::BoxError;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::fs;
use tokio::io::AsyncWriteExt;

/// How often a lock is asked for.
const INTERVAL: Duration = Duration::from_millis(50);
/// A lock of this age was left by a process that is gone: no renewal takes longer.
const STALE: Duration = Duration::from_secs(60);

/// Tokens in a file of its own, which only its owner can read (mode 0600), replaced as a whole; processes that share it renew one after
/// another (a file `….lock` beside it).
///
/// ```
/// use cloudrun_runtime::{Credential, FileStore, SignIn};
/// let ada = Credential::from(SignIn::password("ada", "her password").store(FileStore::new("session.json")));
/// ```
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// The tokens in this file, which need not be there yet. Its folder must be.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// A file beside that of the tokens.
    fn beside(&self, end: &str) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(end);
        name.into()
    }

    fn failed(&self, error: impl std::fmt::Display) -> BoxError {
        format!("{}: {error}", self.path.display()).into()
    }

    async fn replace(&self, new: &Path, text: &str) -> std::io::Result<()> {
        let mut file = private().open(new).await?;
        file.write_all(text.as_bytes()).await?;
        file.sync_all().await?;
        drop(file);
        fs::rename(new, &self.path).await
    }
}

/// A new file that only its owner can read.
fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options
}

impl TokenStore for FileStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, BoxError>> {
        Box::pin(async {
            match fs::read_to_string(&self.path).await {
                Ok(text) => Tokens::from_json(&text).map(Some).map_err(|error| self.failed(error)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(self.failed(error)),
            }
        })
    }

    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async {
            // Each writer has a file of its own.
            let new = self.beside(&format!(".{}-{:x}", std::process::id(), rt::random().to_bits()));
            let result = self.replace(&new, &tokens.to_json()).await;
            if result.is_err() {
                // It may not be there.
                let _ = fs::remove_file(&new).await;
            }
            result.map_err(|error| self.failed(error))
        })
    }

    fn lock(&self) -> BoxFuture<'_, StoreLock> {
        Box::pin(async {
            let path = self.beside(".lock");
            loop {
                match private().open(&path).await {
                    Ok(_) => return StoreLock::held(Locked(path)),
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                    // Where no file can be made, saving says why.
                    Err(_) => return StoreLock::none(),
                }
                let age = fs::metadata(&path).await.and_then(|found| found.modified());
                if age.is_ok_and(|made| made.elapsed().is_ok_and(|age| age > STALE)) {
                    // Another one may have done so first.
                    let _ = fs::remove_file(&path).await;
                } else {
                    rt::sleep(INTERVAL).await;
                }
            }
        })
    }
}

/// A lock that ends when this is dropped.
struct Locked(PathBuf);

impl Drop for Locked {
    fn drop(&mut self) {
        // One that was taken for stale is gone already.
        let _ = std::fs::remove_file(&self.0);
    }
}
