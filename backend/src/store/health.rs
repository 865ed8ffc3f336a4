//! Whether the database takes writes: what the latest of them has shown.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use crate::task::{Error, StorageErrorKind};

/// What the latest writes have shown. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Health {
    failing: Arc<Mutex<Option<StorageErrorKind>>>,
    /// The folder of a SQLite file.
    folder: Option<Arc<PathBuf>>,
}

/// The space that must be free again before a disk is no longer taken for full: SQLite can still write a few pages
/// into the space that a failed transaction has left, when a task no longer fits.
const ENOUGH_BYTES: u64 = 1 << 20;

impl Health {
    /// Of a database in that folder, if it is a file.
    pub(super) fn of(folder: Option<PathBuf>) -> Self {
        Self { failing: Arc::default(), folder: folder.map(Arc::new) }
    }

    /// A transaction was committed. A full disk is not believed to have space by that alone.
    pub(super) fn note_commit(&self) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if *failing == Some(StorageErrorKind::Unavailable) {
            *failing = None;
            tracing::info!("the database takes writes again");
        }
    }

    /// A transaction failed.
    pub(super) fn note_failure(&self, error: &Error) {
        let Error::Storage(failure) = error else { return };
        match failure.kind() {
            StorageErrorKind::Internal => {}
            kind @ (StorageErrorKind::Unavailable | StorageErrorKind::Full) => {
                let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
                *failing = Some(kind);
            }
        }
    }

    /// Whether the latest write failed, so that only another one can tell whether the next will.
    pub(super) fn is_failing(&self) -> bool {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// A write that was made to find out has succeeded. False if the disk has no space to speak of.
    pub(super) fn note_recovery(&self) -> bool {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let full = *failing == Some(StorageErrorKind::Full);
        if full && self.folder.as_deref().is_some_and(|folder| !has_space(folder)) {
            return false;
        }
        if failing.take().is_some() {
            tracing::info!("the database takes writes again");
        }
        true
    }
}

/// Whether a folder's file system has space. One that does not tell is believed to have some.
fn has_space(folder: &Path) -> bool {
    rustix::fs::statvfs(folder)
        .map_or(true, |system| system.f_bavail.saturating_mul(system.f_frsize) >= ENOUGH_BYTES)
}
