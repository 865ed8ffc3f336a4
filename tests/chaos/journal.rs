//! What a worker did, by its own notes.

use std::{
    fs::{File, read_to_string},
    io::{self, Write as _},
    path::Path,
    sync::Mutex,
};

use serde_json::Value;

/// A file of JSON lines, each on the disk before the worker goes on.
#[derive(Debug)]
pub(super) struct Journal(Mutex<File>);

impl Journal {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        File::create_new(path).map(|file| Self(Mutex::new(file)))
    }

    pub(super) fn note(&self, line: &Value) {
        let mut file = self.0.lock().expect("no note has panicked");
        file.write_all(format!("{line}\n").as_bytes()).expect("the journal can be written");
        file.sync_data().expect("the journal is on the disk");
    }
}

/// The lines of a journal. The last may be torn: its writer was killed.
pub(super) fn lines(path: &Path) -> Vec<Value> {
    let text = read_to_string(path).unwrap_or_default();
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).expect("a line of a journal"))
        .collect()
}
