//! A task as its events tell it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::task::{
    Error, FieldChange, Happening, ImportedLife, JsonValue, LeaseToken, NewEvent, Reason, Result,
    TaskId, TaskStatus, Timestamp, Version, WorkerName,
};

/// What is told of a task's model, and is no part of its versions: a client's checkpoint comes with
/// every point, and the log tells only how long it is.
const MODEL_STATE: &str = "modelState";

/// A runner that had the whole task. (When its lease was to end is not told: heartbeats move it.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastClaim {
    /// Who.
    pub runner: WorkerName,
    /// The number of the claim.
    pub token: LeaseToken,
}

/// A task as it was at one version, in the words of its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldTask {
    /// The task.
    pub id: TaskId,
    /// Its version.
    pub version: Version,
    /// Where it stood in its life.
    pub status: TaskStatus,
    /// Why it had come there.
    pub status_reason: Option<Reason>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it had last changed.
    pub updated_at: Option<Timestamp>,
    /// When it had first been started.
    pub started_at: Option<Timestamp>,
    /// When it had ended.
    pub finished_at: Option<Timestamp>,
    /// When it had been deleted.
    pub deleted_at: Option<Timestamp>,
    /// The runner that had the whole task.
    pub claim: Option<PastClaim>,
    /// The task with whose subtree it had been paused.
    #[serde(default)]
    pub paused_with: Option<TaskId>,
    /// The settings that had a value, by their names in the API.
    pub settings: BTreeMap<String, JsonValue>,
    /// What the log does not tell, by names in the API: the task came from a file when less was told.
    #[serde(default)]
    pub unknown: BTreeSet<String>,
}

impl ToldTask {
    /// The task after a change, from what it was before it. What does not change the task itself
    /// changes nothing here.
    pub fn after(before: Option<Self>, change: &NewEvent) -> Result<Self> {
        match &change.what {
            Happening::Created { changes } => Ok(Self::made(change, changes)),
            Happening::Imported { changes, life, .. } => {
                Self::imported(change, changes, life.as_ref())
            }
            Happening::Updated { .. }
            | Happening::StatusChanged { .. }
            | Happening::Deleted { .. }
            | Happening::Restored { .. }
            | Happening::TrialCreated { .. }
            | Happening::TrialStateChanged { .. }
            | Happening::TrialReported { .. }
            | Happening::ResultAttached { .. }
            | Happening::TrialExcluded { .. }
            | Happening::TrialIncluded { .. }
            | Happening::TrialCorrected { .. }
            | Happening::Claimed { .. }
            | Happening::ClaimEnded { .. }
            | Happening::StrategyClaimed { .. }
            | Happening::StrategyReleased { .. }
            | Happening::ModelStateSaved { .. } => {
                let without = || format!("the history of task {} has no beginning", change.task);
                let mut task = before.ok_or_else(|| Error::storage(without()))?;
                task.follow(change);
                Ok(task)
            }
        }
    }

    fn made(change: &NewEvent, changes: &[FieldChange]) -> Self {
        let mut task = Self {
            id: change.task,
            version: change.version,
            status: TaskStatus::Created,
            status_reason: None,
            created_at: Some(change.at),
            updated_at: Some(change.at),
            started_at: None,
            finished_at: None,
            deleted_at: None,
            claim: None,
            paused_with: None,
            settings: BTreeMap::new(),
            unknown: BTreeSet::new(),
        };
        task.set(changes);
        task
    }

    fn imported(
        change: &NewEvent,
        changes: &[FieldChange],
        life: Option<&ImportedLife>,
    ) -> Result<Self> {
        let mut task = Self::made(change, changes);
        let status = changes.iter().find(|change| change.field == "status");
        if let Some(word) = status.and_then(|change| change.new.clone()) {
            task.status = serde_json::from_value(word).map_err(Error::storage)?;
        }
        if let Some(life) = life {
            let ImportedLife {
                status_reason,
                created_at,
                updated_at,
                started_at,
                finished_at,
                deleted_at,
                paused_with,
            } = life.clone();
            task.status_reason = status_reason;
            task.created_at = Some(created_at);
            task.updated_at = Some(updated_at);
            task.started_at = started_at;
            task.finished_at = finished_at;
            task.deleted_at = deleted_at;
            task.paused_with = paused_with;
        } else {
            (task.created_at, task.updated_at) = (None, None);
            let untold =
                ["statusReason", "createdAt", "updatedAt", "startedAt", "finishedAt", "deletedAt"];
            task.unknown.extend(untold.map(str::to_owned));
        }
        Ok(task)
    }

    fn follow(&mut self, change: &NewEvent) {
        match &change.what {
            Happening::Updated { changes, .. } => self.set(changes),
            Happening::StatusChanged { to, reason, subtree, .. } => {
                self.status = *to;
                self.paused_with = subtree.filter(|_| *to == TaskStatus::Paused);
                self.status_reason.clone_from(reason);
                self.unknown.remove("statusReason");
                self.unknown.remove("finishedAt");
                self.finished_at = to.is_ended().then_some(change.at);
                let may_have_started = self.unknown.contains("startedAt");
                if *to == TaskStatus::Running && !may_have_started {
                    self.started_at = self.started_at.or(Some(change.at));
                }
            }
            Happening::Deleted { .. } => {
                self.deleted_at = Some(change.at);
                self.unknown.remove("deletedAt");
            }
            Happening::Restored { .. } => {
                self.deleted_at = None;
                self.unknown.remove("deletedAt");
            }
            Happening::Claimed { runner, token, .. } => {
                self.claim = Some(PastClaim { runner: runner.clone(), token: *token });
            }
            Happening::ClaimEnded { .. } => self.claim = None,
            Happening::Created { .. }
            | Happening::Imported { .. }
            | Happening::TrialCreated { .. }
            | Happening::TrialStateChanged { .. }
            | Happening::TrialReported { .. }
            | Happening::ResultAttached { .. }
            | Happening::TrialExcluded { .. }
            | Happening::TrialIncluded { .. }
            | Happening::TrialCorrected { .. }
            | Happening::StrategyClaimed { .. }
            | Happening::StrategyReleased { .. }
            | Happening::ModelStateSaved { .. } => return,
        }
        self.version = change.version;
        self.updated_at = Some(change.at);
        self.unknown.remove("updatedAt");
    }

    /// The status is told with the settings of a new task, and has events of its own after that.
    fn set(&mut self, changes: &[FieldChange]) {
        let settings = changes.iter().filter(|change| {
            let field = change.field.as_str();
            field != "status" && field != MODEL_STATE
        });
        for FieldChange { field, old: _, new } in settings {
            match new {
                Some(value) => drop(self.settings.insert(field.clone(), value.clone())),
                None => drop(self.settings.remove(field)),
            }
        }
    }

    /// Everything that has a value, by its name in the API: what two versions are compared by.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<String, JsonValue> {
        let Self {
            id: _,
            version: _,
            status,
            status_reason,
            created_at: _,
            updated_at: _,
            started_at: _,
            finished_at: _,
            deleted_at,
            claim,
            paused_with: _,
            settings,
            unknown: _,
        } = self;
        let life = [
            ("status", Some(json!(status))),
            ("statusReason", status_reason.as_ref().map(|reason| json!(reason))),
            ("deleted", Some(json!(deleted_at.is_some()))),
            ("claim", claim.as_ref().map(|claim| json!(claim))),
        ];
        let life = life.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?)));
        settings.clone().into_iter().chain(life).collect()
    }
}
