//! A disk that fails on demand.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The library that stands between the server and its disk, and the file that tells it what fails.
#[derive(Debug)]
pub struct FaultyDisk {
    library: PathBuf,
    control: PathBuf,
}

/// What fails.
#[derive(Debug, Clone, Copy)]
pub enum DiskFault {
    /// Writes, as on a full disk (ENOSPC).
    Full,
    /// Writes, as over a quota (EDQUOT).
    Quota,
    /// Writes, as on a broken disk (EIO).
    BrokenWrite,
    /// Writes, as on a disk that was remounted read-only (EROFS).
    ReadOnly,
    /// Flushes (EIO).
    BrokenFlush,
}

impl DiskFault {
    const fn call_and_error(self) -> (&'static str, i32) {
        match self {
            Self::Full => ("write", 28),
            Self::Quota => ("write", 122),
            Self::BrokenWrite => ("write", 5),
            Self::ReadOnly => ("write", 30),
            Self::BrokenFlush => ("sync", 5),
        }
    }
}

impl FaultyDisk {
    /// Builds the library into a directory. The disk is well.
    #[must_use]
    pub fn new(directory: &Path) -> Self {
        let library = directory.join("faulty_disk.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("disk/faulty_disk.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-o"])
            .arg(&library)
            .arg(source)
            .arg("-ldl")
            .status();
        assert!(built.expect("a C compiler").success(), "the library is not built");
        Self { library, control: directory.join("faulty_disk") }
    }

    /// What a server is to be started with.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        vec![
            ("LD_PRELOAD".to_owned(), text(&self.library)),
            ("FAULTY_DISK".to_owned(), text(&self.control)),
        ]
    }

    /// Lets each n-th of the calls fail, from now on.
    pub fn fail(&self, fault: DiskFault, every: usize) {
        let (call, error) = fault.call_and_error();
        // By a rename: the library never reads half of it.
        let new = self.control.with_extension("new");
        fs::write(&new, format!("{call} {error} {every}")).expect("the file is written");
        fs::rename(&new, &self.control).expect("the file is renamed");
    }

    /// Lets nothing fail any more.
    pub fn mend(&self) {
        let _ = fs::remove_file(&self.control);
    }
}
