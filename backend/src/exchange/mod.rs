//! Whole tasks as files: one `{task_id}.json` each, in a folder.
//!
//! The field names are those of the format that tasks had before this server: `task_id`, `name`, `description`,
//! `status` (in lower case), `created_at`, `updated_at`, `parameter_space`, `strategy`, `initial_designs`, `results`,
//! `next_points`, `model_state`, `metadata`. What it has no name for stands under one key, `asktell`. A file with that
//! key comes back whole; a file without it is read as far as its words can be understood.

mod check;
mod file;
mod foreign;
mod moment;
mod results;
mod scan;
mod space;
mod trial;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};

use crate::{
    manager::{ImportOutcome, TaskManager},
    store::Store,
    task::{Caller, Timestamp},
};
use file::TaskFile;

pub use results::{AddedResults, ReadResults, add_results, read_file, read_results};

/// What an export did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// Number of tasks that were written.
    pub tasks: usize,
    /// Rows that cannot be read and are in no file, each with its task and why, in words.
    pub unreadable: Vec<String>,
}

/// Writes every task, the deleted ones too, into a folder. A row that cannot be read is left out and told; the rest of its task
/// and all other tasks are written.
pub async fn export(store: &Store, dir: &Path) -> anyhow::Result<Exported> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let mut done = Exported::default();
    for id in store.all_task_ids().await? {
        // A task may have been purged since the list was read.
        let Some(read) = store.readable_record(id).await? else { continue };
        done.unreadable
            .extend(read.unreadable.into_iter().map(|what| format!("task {id}: {what}")));
        let Some(record) = read.record else { continue };
        let path = dir.join(format!("{id}.json"));
        write_whole(&path, &TaskFile::from(&record))
            .with_context(|| format!("cannot write {}", path.display()))?;
        done.tasks += 1;
    }
    Ok(done)
}

/// A file is there whole or not at all, also if the process dies in the middle.
fn write_whole(path: &Path, file: &TaskFile) -> anyhow::Result<()> {
    let unfinished = path.with_extension("json.part");
    let mut out = fs::File::create(&unfinished)?;
    serde_json::to_writer_pretty(&mut out, file)?;
    out.write_all(b"\n")?;
    out.sync_all()?;
    fs::rename(&unfinished, path)?;
    Ok(())
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Tasks that were not there before.
    pub added: usize,
    /// Tasks that took the place of others with their ids.
    pub replaced: usize,
    /// Tasks that were there already, the same.
    pub unchanged: usize,
}

/// Reads every `.json` file of a folder. All of them are read and checked before the first is written; then each is read
/// again and is one transaction, parents before their children. At no time more than one is in memory.
pub async fn import(
    store: &Store,
    manager: &TaskManager,
    caller: &Caller,
    dir: &Path,
    replace: bool,
    now: Timestamp,
) -> anyhow::Result<Imported> {
    let files = check::all(json_files(dir)?, now)?;
    if !replace {
        let ids: Vec<_> = files.iter().map(|file| file.task).collect();
        for chunk in ids.chunks(500) {
            if let Some(id) = store.tasks(chunk).await?.into_keys().next() {
                bail!("there is already a task {id}; --replace lets the file take its place");
            }
        }
    }
    let mut done = Imported::default();
    for file in files {
        let place = || format!("cannot import {}", file.path.display());
        let record = check::read(&file.path, now).with_context(place)?;
        ensure!(file.is_of(&record), "{}: it has changed meanwhile", place());
        let outcome = manager.import_task(caller, record, replace).await.with_context(place)?;
        match outcome {
            ImportOutcome::Added => done.added += 1,
            ImportOutcome::Replaced => done.replaced += 1,
            ImportOutcome::Unchanged => done.unchanged += 1,
        }
    }
    Ok(done)
}

fn json_files(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    Ok(paths)
}
