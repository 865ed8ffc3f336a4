//! Reading the files of an import, and what is wrong with them.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{File, Metadata},
    io::{BufReader, Read as _, Seek as _},
    path::{Path, PathBuf},
};

use anyhow::{bail, ensure};

use super::{
    file::TaskFile,
    foreign,
    scan::{Format, scan},
};
use crate::{
    store::TaskRecord,
    task::{TaskId, Timestamp},
};

/// The largest file of this server's own format. It is read as a stream.
const MOST_BYTES: u64 = 1 << 30;
/// The largest file of the original format, which is held in memory as a whole.
const MOST_ORIGINAL_BYTES: u64 = 64 << 20;
/// The most files whose problems are listed.
const MOST_LISTED: usize = 100;

/// A file that was found to be good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) path: PathBuf,
    pub(super) task: TaskId,
    parent: Option<TaskId>,
}

impl Checked {
    /// Whether the file still holds the task that was found in it.
    pub(super) fn is_of(&self, record: &TaskRecord) -> bool {
        (self.task, self.parent) == (record.task.id, record.task.lineage.parent())
    }
}

/// Checks all files, and gives them with parents before their children. The error lists what is wrong with each.
pub(super) fn all(paths: Vec<PathBuf>, now: Timestamp) -> anyhow::Result<Vec<Checked>> {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    let of = paths.len();
    for path in paths {
        match check(&path, now) {
            Ok(file) => files.push(file),
            Err(problem) => problems.push((path, problem)),
        }
    }
    let parents: BTreeMap<_, _> = files.iter().map(|file| (file.task, file.parent)).collect();
    let mut in_order = Vec::new();
    for file in files {
        if let Some(depth) = depth(&parents, file.task) {
            in_order.push((depth, file));
        } else {
            let problem = anyhow::anyhow!("asktell.parent_id: the task is its own ancestor");
            problems.push((file.path, problem));
        }
    }
    if !problems.is_empty() {
        bail!(list(&problems, of));
    }
    in_order.sort_by_key(|(depth, _)| *depth);
    Ok(in_order.into_iter().map(|(_, file)| file).collect())
}

fn check(path: &Path, now: Timestamp) -> anyhow::Result<Checked> {
    let record = read(path, now)?;
    let (task, parent) = (record.task.id, record.task.lineage.parent());
    let name = path.file_stem().unwrap_or_default();
    ensure!(
        name.to_str().is_some_and(|name| name.eq_ignore_ascii_case(&task.to_string())),
        "task_id: is {task}, and the file must be named {task}.json"
    );
    Ok(Checked { path: path.to_owned(), task, parent })
}

/// How many ancestors the task has among the files. None if it is its own.
fn depth(parents: &BTreeMap<TaskId, Option<TaskId>>, task: TaskId) -> Option<usize> {
    let mut depth = 0;
    let mut at = parents.get(&task).copied().flatten();
    while let Some(parent) = at {
        if parent == task || depth > parents.len() {
            return None;
        }
        depth += 1;
        at = parents.get(&parent).copied().flatten();
    }
    Some(depth)
}

fn list(problems: &[(PathBuf, anyhow::Error)], of: usize) -> String {
    let mut text =
        format!("{} of {of} files cannot be imported; nothing was written:", problems.len());
    for (path, problem) in problems.iter().take(MOST_LISTED) {
        // Writing into a String does not fail.
        let _ = write!(text, "\n  {}: {problem:#}", path.display());
    }
    if problems.len() > MOST_LISTED {
        let _ = write!(text, "\n  and {} more", problems.len() - MOST_LISTED);
    }
    text
}

/// Reads the task of a file.
pub(super) fn read(path: &Path, now: Timestamp) -> anyhow::Result<TaskRecord> {
    // A pipe or a device would be waited for, or never end: its kind is looked at before it is opened.
    expect_file(&std::fs::metadata(path)?)?;
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    expect_file(&metadata)?;
    let format = scan(BufReader::new((&file).take(MOST_BYTES)))?;
    file.rewind()?;
    let reader = BufReader::new((&file).take(MOST_BYTES));
    match format {
        Format::Own => serde_json::from_reader::<_, TaskFile>(reader)?.into_record(),
        Format::Original => {
            let size = metadata.len();
            ensure!(
                size <= MOST_ORIGINAL_BYTES,
                "has {size} bytes; without the key asktell at most {MOST_ORIGINAL_BYTES} are read"
            );
            let value: serde_json::Value = serde_json::from_reader(reader)?;
            foreign::record(&value, now)
        }
    }
}

fn expect_file(metadata: &Metadata) -> anyhow::Result<()> {
    ensure!(metadata.is_file(), "is not a regular file");
    let size = metadata.len();
    ensure!(size <= MOST_BYTES, "has {size} bytes; at most {MOST_BYTES} are read");
    Ok(())
}
