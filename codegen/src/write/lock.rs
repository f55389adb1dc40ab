//! One process at a time writes into a folder.

use std::fs::File;
use std::path::Path;

/// A lock that ends with the process, however that ends. Systems without such locks go without: what is written there at the
/// same time by two processes is one of the two, or whatever the next run makes of it.
#[derive(Debug)]
pub(super) struct Lock(
    #[allow(dead_code, reason = "the lock is held as long as the file is open")] Option<File>,
);

/// The lock could not be had in time.
#[cfg_attr(not(unix), allow(dead_code, reason = "who has no locks waits for none"))]
#[derive(Debug)]
pub(super) struct Busy;

impl Lock {
    /// Takes the lock of a folder, on the folder itself, so that no file is left behind.
    #[cfg(unix)]
    pub(super) fn take(folder: &Path) -> Result<Self, Busy> {
        use rustix::fs::{FlockOperation, flock};
        use std::time::{Duration, Instant};
        const PATIENCE: Duration = Duration::from_secs(10);
        const PAUSE: Duration = Duration::from_millis(20);
        let Ok(file) = File::open(folder) else { return Ok(Self(None)) };
        let end = Instant::now() + PATIENCE;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(Some(file))),
                Err(error) if error == rustix::io::Errno::WOULDBLOCK && Instant::now() < end => {
                    std::thread::sleep(PAUSE);
                }
                Err(error) if error == rustix::io::Errno::WOULDBLOCK => return Err(Busy),
                Err(error) if error == rustix::io::Errno::INTR => {}
                // Some network file systems have no locks.
                Err(_) => return Ok(Self(None)),
            }
        }
    }

    #[cfg(not(unix))]
    pub(super) fn take(_folder: &Path) -> Result<Self, Busy> {
        Ok(Self(None))
    }
}
