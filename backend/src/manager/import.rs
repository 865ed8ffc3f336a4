//! Taking a whole task from a file.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::{
    TaskManager,
    create::{below, fields},
    delete::{expect_live_parent, expect_no_children},
};
use crate::{
    store::{TaskRecord, Tx},
    task::{Caller, Error, Happening, ImportedLife, Lineage, Result, Task},
};

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// The task was not there.
    Added,
    /// The task took the place of another with its id.
    Replaced,
    /// The task was there, the same in every field.
    Unchanged,
}

impl TaskManager {
    /// Takes a whole task. An id that exists is refused unless it is to be replaced; a replaced
    /// task keeps its history, and its version never goes back.
    pub async fn import_task(
        &self,
        caller: &Caller,
        record: TaskRecord,
        replace: bool,
    ) -> Result<ImportOutcome> {
        let (caller, at) = (caller.clone(), self.now());
        // It may be large, and its work may be run more than once.
        let record = Arc::new(record);
        self.store
            .write(move |tx| {
                let (caller, record) = (caller.clone(), Arc::clone(&record));
                async move {
                    let id = record.task.id;
                    tx.lock_tree().await?;
                    let existing = match tx.lock_task(id).await {
                        Ok(_) => tx.task_record(id).await?,
                        Err(Error::TaskNotFound(_)) => None,
                        Err(error) => return Err(error),
                    };
                    let mut task = record.task.clone();
                    task.lineage = match &existing {
                        Some(there) => there.task.lineage.clone(),
                        None => place_of(tx, &record.task).await?,
                    };
                    let placed = task.clone();
                    let outcome = match &existing {
                        None => {
                            task.sequence = 0;
                            ImportOutcome::Added
                        }
                        Some(_) if !replace => return Err(Error::TaskAlreadyExists(id)),
                        Some(there) if there.same_content(&placed, &record) => {
                            return Ok(ImportOutcome::Unchanged);
                        }
                        Some(there) => {
                            match task.deleted_at {
                                Some(_) => expect_no_children(tx, id).await?,
                                None => expect_live_parent(tx, &task).await?,
                            }
                            task.sequence = there.task.sequence;
                            // What was computed for the old one must not be taken for the new one's.
                            task.basis = there.task.basis;
                            // Nor a lease of the old one for the new one's.
                            task.strategy_token = there.task.strategy_token;
                            task.version = task.version.max(there.task.version + 1);
                            tx.remove_task(id).await?;
                            ImportOutcome::Replaced
                        }
                    };
                    // The file's own version and time are kept: telling the event must not raise them.
                    let (version, updated_at) = (task.version, task.updated_at);
                    task.version -= 1;
                    let replaced = existing.is_some();
                    let changes = fields(&placed, &record.settings, record.model_state.as_ref());
                    let life = Some(ImportedLife::of(&task));
                    let imported = Happening::Imported { changes, replaced, life };
                    tx.record(&mut task, &caller, at, imported);
                    (task.version, task.updated_at) = (version, updated_at);
                    tx.insert_task(&task, &record.settings).await?;
                    tx.insert_trials(&record.trials).await?;
                    let objectives = &record.settings.objectives;
                    tx.insert_reports(id, objectives, &record.reports).await?;
                    if let Some(state) = &record.model_state {
                        tx.set_model_state(id, Some(state)).await?;
                    }
                    Ok(outcome)
                }
                .boxed()
            })
            .await
    }
}

/// Where a new task stands in the tree. One whose parent is not here becomes a root.
async fn place_of(tx: &mut Tx, task: &Task) -> Result<Lineage> {
    let Some(parent) = task.lineage.parent() else { return Ok(Lineage::default()) };
    match below(tx, parent).await {
        Err(Error::TaskNotFound(_)) => Ok(Lineage::default()),
        found => found,
    }
}
