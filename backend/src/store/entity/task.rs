//! The row of a task.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{document, json, micros, time, unreadable};
use crate::task::{
    Best, Bound, Claim, Description, Error, FINDABLE_BY, LeaseTime, LeaseToken, Owner, Priority,
    Reason, SortKey, Strategist, Task, TaskId, TaskName, TaskStatus, TrialCounts, TrialState,
    WorkerName, fold, natural,
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
#[expect(clippy::struct_excessive_bools, reason = "each is a column")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub name_folded: String,
    pub description: String,
    pub status: String,
    pub status_reason: Option<String>,
    pub version: i64,
    pub sequence: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub trials_waiting: i64,
    pub trials_running: i64,
    pub trials_completed: i64,
    pub trials_failed: i64,
    pub trials_pruned: i64,
    pub trials_infeasible: i64,
    pub trials_abandoned: i64,
    pub best_number: Option<i64>,
    pub best_value: Option<f64>,
    pub proposed: i64,
    pub priority: i64,
    pub owner: String,
    pub labels: String,
    pub tags: String,
    pub lineage: String,
    pub budget: String,
    pub bound: Option<String>,
    pub handed_out: i64,
    pub returned: i64,
    pub retry_at: Option<i64>,
    pub since_best: i64,
    pub failures: i64,
    pub failures_in_row: i64,
    pub paused_with: Option<Uuid>,
    pub proposes: bool,
    pub ready: bool,
    pub waiting_since: Option<i64>,
    pub work_since: Option<i64>,
    pub runner: Option<String>,
    pub claim_token: i64,
    pub claim_expires_at: Option<i64>,
    pub claim_micros: Option<i64>,
    pub given_back: bool,
    pub looks_back: bool,
    pub ahead: i64,
    pub strategist: Option<String>,
    pub strategy_token: i64,
    pub strategy_expires_at: Option<i64>,
    pub strategy_micros: Option<i64>,
    pub points_since: Option<i64>,
    pub basis: i64,
    pub space_version: i64,
    pub space_changed_at: Option<i64>,
    pub cloned_from: Option<Uuid>,
    // Derived from the others, for the queue to search.
    pub work_at: Option<i64>,
    pub claim_at: Option<i64>,
    pub points_at: Option<i64>,
    pub deadline: Option<i64>,
    pub max_share: Option<f64>,
    // And for lists to be sorted by.
    pub parent_id: Option<Uuid>,
    pub status_rank: i64,
    pub best_rising: f64,
    pub best_falling: f64,
    pub progress_rising: f64,
    pub progress_falling: f64,
    pub name_sort: String,
    pub findable: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_one = "super::task_settings::Entity")]
    Settings,
}

impl Related<super::task_settings::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Settings.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Task {
    type Error = Error;

    #[expect(clippy::too_many_lines, reason = "two lines for each column")]
    fn try_from(row: Model) -> Result<Self, Error> {
        let Model {
            id,
            name,
            name_folded: _,
            description,
            status,
            status_reason,
            version,
            sequence,
            created_at,
            updated_at,
            started_at,
            finished_at,
            deleted_at,
            trials_waiting,
            trials_running,
            trials_completed,
            trials_failed,
            trials_pruned,
            trials_infeasible,
            trials_abandoned,
            best_number,
            best_value,
            proposed,
            priority,
            owner,
            labels,
            tags,
            lineage,
            budget,
            bound,
            handed_out,
            returned,
            retry_at,
            since_best,
            failures,
            failures_in_row,
            paused_with,
            proposes,
            ready,
            waiting_since,
            work_since,
            runner,
            claim_token,
            claim_expires_at,
            claim_micros,
            given_back,
            looks_back,
            ahead,
            strategist,
            strategy_token,
            strategy_expires_at,
            strategy_micros,
            points_since,
            basis,
            space_version,
            space_changed_at,
            cloned_from,
            work_at: _,
            claim_at: _,
            points_at: _,
            deadline: _,
            max_share: _,
            parent_id: _,
            status_rank: _,
            best_rising: _,
            best_falling: _,
            progress_rising: _,
            progress_falling: _,
            name_sort: _,
            findable: _,
        } = row;
        let mut trial_counts = TrialCounts::default();
        trial_counts.add(TrialState::Waiting, trials_waiting);
        trial_counts.add(TrialState::Running, trials_running);
        trial_counts.add(TrialState::Completed, trials_completed);
        trial_counts.add(TrialState::Failed, trials_failed);
        trial_counts.add(TrialState::Pruned, trials_pruned);
        trial_counts.add(TrialState::Infeasible, trials_infeasible);
        trial_counts.add(TrialState::Abandoned, trials_abandoned);
        Ok(Self {
            id: TaskId::from(id),
            name: TaskName::kept(name).map_err(|e| unreadable("task.name", &e))?,
            description: Description::new(description)
                .map_err(|e| unreadable("task.description", &e))?,
            status: TaskStatus::from_word(&status)
                .ok_or_else(|| unreadable("task.status", &status))?,
            status_reason: status_reason
                .map(Reason::new)
                .transpose()
                .map_err(|e| unreadable("task.status_reason", &e))?,
            version,
            sequence,
            created_at: time("task.created_at", created_at)?,
            updated_at: time("task.updated_at", updated_at)?,
            started_at: started_at.map(|at| time("task.started_at", at)).transpose()?,
            finished_at: finished_at.map(|at| time("task.finished_at", at)).transpose()?,
            deleted_at: deleted_at.map(|at| time("task.deleted_at", at)).transpose()?,
            trial_counts,
            best: best_number.zip(best_value).map(|(number, value)| Best { number, value }),
            proposed,
            priority: Priority::new(priority).map_err(|e| unreadable("task.priority", &e))?,
            owner: Owner::kept(owner).map_err(|e| unreadable("task.owner", &e))?,
            labels: document("task.labels", &labels)?,
            tags: document("task.tags", &tags)?,
            lineage: document("task.lineage", &lineage)?,
            budget: document("task.budget", &budget)?,
            bound: bound
                .map(|word| Bound::from_word(&word).ok_or_else(|| unreadable("task.bound", &word)))
                .transpose()?,
            handed_out,
            returned,
            retry_at: retry_at.map(|at| time("task.retry_at", at)).transpose()?,
            since_best,
            failures,
            failures_in_row,
            paused_with: paused_with.map(TaskId::from),
            proposes,
            ready,
            waiting_since: waiting_since.map(|at| time("task.waiting_since", at)).transpose()?,
            work_since: work_since.map(|at| time("task.work_since", at)).transpose()?,
            claim: claim(runner, claim_token, claim_expires_at, claim_micros)?,
            claim_token,
            given_back,
            looks_back,
            ahead,
            strategist: strategy_lease(
                strategist,
                strategy_token,
                strategy_expires_at,
                strategy_micros,
            )?,
            strategy_token,
            points_since: points_since.map(|at| time("task.points_since", at)).transpose()?,
            basis,
            space_version,
            space_changed_at: space_changed_at
                .map(|at| time("task.space_changed_at", at))
                .transpose()?,
            cloned_from: cloned_from.map(TaskId::from),
        })
    }
}

fn claim(
    runner: Option<String>,
    token: LeaseToken,
    expires_at: Option<i64>,
    micros: Option<i64>,
) -> Result<Option<Claim>, Error> {
    let Some((runner, expires_at)) = runner.zip(expires_at) else { return Ok(None) };
    Ok(Some(Claim {
        runner: WorkerName::kept(runner).map_err(|e| unreadable("task.runner", &e))?,
        token,
        expires_at: time("task.claim_expires_at", expires_at)?,
        time: micros.map(LeaseTime::from_micros).unwrap_or_default(),
    }))
}

fn strategy_lease(
    strategist: Option<String>,
    token: LeaseToken,
    expires_at: Option<i64>,
    micros: Option<i64>,
) -> Result<Option<Strategist>, Error> {
    let Some((name, expires_at)) = strategist.zip(expires_at) else { return Ok(None) };
    Ok(Some(Strategist {
        name: WorkerName::kept(name).map_err(|e| unreadable("task.strategist", &e))?,
        token,
        expires_at: time("task.strategy_expires_at", expires_at)?,
        time: micros.map(LeaseTime::from_micros).unwrap_or_default(),
    }))
}

/// The row of a task.
#[expect(clippy::too_many_lines, reason = "two lines for each column")]
pub(in crate::store) fn row(task: &Task) -> Result<ActiveModel, Error> {
    let Task {
        id,
        name,
        description,
        status,
        status_reason,
        version,
        sequence,
        created_at,
        updated_at,
        started_at,
        finished_at,
        deleted_at,
        trial_counts,
        best,
        proposed,
        priority,
        owner,
        labels,
        tags,
        lineage,
        budget,
        bound,
        handed_out,
        returned,
        retry_at,
        since_best,
        failures,
        failures_in_row,
        paused_with,
        proposes,
        ready,
        waiting_since,
        work_since,
        claim,
        claim_token,
        given_back,
        looks_back,
        ahead,
        strategist,
        strategy_token,
        points_since,
        basis,
        space_version,
        space_changed_at,
        cloned_from,
    } = task;
    Ok(ActiveModel {
        id: Set(id.uuid()),
        name: Set(name.as_str().to_owned()),
        name_folded: Set(fold(name.as_str())),
        description: Set(description.as_str().to_owned()),
        status: Set(status.as_str().to_owned()),
        status_reason: Set(status_reason.as_ref().map(|reason| reason.as_str().to_owned())),
        version: Set(*version),
        sequence: Set(*sequence),
        created_at: Set(micros(*created_at)),
        updated_at: Set(micros(*updated_at)),
        started_at: Set(started_at.map(micros)),
        finished_at: Set(finished_at.map(micros)),
        deleted_at: Set(deleted_at.map(micros)),
        trials_waiting: Set(trial_counts.get(TrialState::Waiting)),
        trials_running: Set(trial_counts.get(TrialState::Running)),
        trials_completed: Set(trial_counts.get(TrialState::Completed)),
        trials_failed: Set(trial_counts.get(TrialState::Failed)),
        trials_pruned: Set(trial_counts.get(TrialState::Pruned)),
        trials_infeasible: Set(trial_counts.get(TrialState::Infeasible)),
        trials_abandoned: Set(trial_counts.get(TrialState::Abandoned)),
        best_number: Set(best.map(|best| best.number)),
        best_value: Set(best.map(|best| best.value)),
        proposed: Set(*proposed),
        priority: Set(priority.get().into()),
        owner: Set(owner.as_str().to_owned()),
        labels: Set(json(labels)?),
        tags: Set(json(tags)?),
        lineage: Set(json(lineage)?),
        budget: Set(json(budget)?),
        bound: Set(bound.map(|bound| bound.as_str().to_owned())),
        handed_out: Set(*handed_out),
        returned: Set(*returned),
        retry_at: Set(retry_at.map(micros)),
        since_best: Set(*since_best),
        failures: Set(*failures),
        failures_in_row: Set(*failures_in_row),
        paused_with: Set(paused_with.map(TaskId::uuid)),
        proposes: Set(*proposes),
        ready: Set(*ready),
        waiting_since: Set(waiting_since.map(micros)),
        work_since: Set(work_since.map(micros)),
        runner: Set(claim.as_ref().map(|claim| claim.runner.as_str().to_owned())),
        claim_token: Set(*claim_token),
        claim_expires_at: Set(claim.as_ref().map(|claim| micros(claim.expires_at))),
        claim_micros: Set(claim.as_ref().map(|claim| claim.time.micros())),
        given_back: Set(*given_back),
        looks_back: Set(*looks_back),
        ahead: Set(*ahead),
        strategist: Set(strategist.as_ref().map(|held| held.name.as_str().to_owned())),
        strategy_token: Set(*strategy_token),
        strategy_expires_at: Set(strategist.as_ref().map(|held| micros(held.expires_at))),
        strategy_micros: Set(strategist.as_ref().map(|held| held.time.micros())),
        points_since: Set(points_since.map(micros)),
        basis: Set(*basis),
        space_version: Set(*space_version),
        space_changed_at: Set(space_changed_at.map(micros)),
        cloned_from: Set(cloned_from.map(TaskId::uuid)),
        work_at: Set(task.work_at().map(micros)),
        claim_at: Set(task.claimable().then_some(0)),
        points_at: Set(task.lacks_points().then_some(0)),
        deadline: Set(budget.deadline.filter(|_| !status.is_ended()).map(micros)),
        max_share: Set(budget.max_share),
        parent_id: Set(lineage.parent().map(TaskId::uuid)),
        status_rank: Set(status.rank()),
        best_rising: Set(SortKey::BestValue.number(task, false)),
        best_falling: Set(SortKey::BestValue.number(task, true)),
        progress_rising: Set(SortKey::Progress.number(task, false)),
        progress_falling: Set(SortKey::Progress.number(task, true)),
        name_sort: Set(natural(name.as_str())),
        findable: Set(FINDABLE_BY),
    })
}
