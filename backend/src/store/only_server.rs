//! Whether another server uses the same SQLite file.

use std::{
    ffi::OsString,
    fs::{File, TryLockError},
    io,
    path::PathBuf,
};

use super::DatabaseUrl;

/// Marks a SQLite file as used by this server, as long as it is held; the operating system lets it go with the process, however
/// that ends. The lock is on a file of its own beside the database (`asktell.db-server`): closing another handle of the
/// database itself would let go the locks that SQLite has on it.
#[derive(Debug)]
pub struct OnlyServer {
    /// Of no use but to be open.
    _lock: File,
}

impl OnlyServer {
    /// Marks the file, or warns that another server has. Two servers on one file lose nothing, but each sees what the other
    /// does only when it looks.
    #[must_use]
    pub fn or_warning(database: &DatabaseUrl) -> Option<Self> {
        let path = database.file()?;
        let mut name = OsString::from(path.as_os_str());
        name.push("-server");
        match lock(PathBuf::from(name)) {
            Ok(lock) => Some(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                tracing::warn!(
                    "another server uses {database}: nothing is lost, but subscribers, workers that wait and the page of \
                     one learn of the other's changes late or not at all; use Postgres for several servers"
                );
                None
            }
            Err(TryLockError::Error(cause)) => {
                tracing::debug!(%cause, "it is not known whether another server uses {database}");
                None
            }
        }
    }
}

fn lock(path: PathBuf) -> Result<File, TryLockError> {
    let open = || -> io::Result<File> {
        File::options().create(true).truncate(false).write(true).open(path)
    };
    let file = open().map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}
