//! `cloneTask`: another task like one that there is, which is how a campaign goes on.

use super::TaskManager;
use crate::{
    store::Snapshot,
    task::{
        Budget, Caller, CloneTask, Error, Invalid, JsonObject, NewTask, Result, StrategyChoice,
        StrategySettings, Task, TaskSettings, Timestamp, Trial, TrialOrigin, TrialState,
    },
};

impl TaskManager {
    /// Makes a task with the space, objectives, strategy and rules of another, CREATED; with its results,
    /// if wanted, as what the strategy begins with. The other is as it was at one moment before.
    pub async fn clone_task(&self, caller: &Caller, clone: CloneTask) -> Result<Task> {
        let CloneTask { id, new_id, name, owner, priority, with_results, keep_seed } = clone;
        let snapshot = self.store.at_one_moment().await?;
        let found = snapshot.task(id).await?.filter(|task| task.deleted_at.is_none());
        let Some(task) = found else {
            snapshot.end().await;
            return Err(Error::TaskNotFound(id));
        };
        let settings = snapshot.settings(id).await?;
        let designs = given_designs(&snapshot, &task, &settings, with_results).await?;
        snapshot.end().await;
        let mut strategy = settings.strategy;
        if with_results {
            if !strategy.kind.learns() {
                let what = "only for the strategies AUTO, GP, TPE or NSGA2, which learn from them";
                return Err(Invalid::new(what).at("withResults").into());
            }
            strategy.tuning.warm_start.push(id);
            strategy.tuning = strategy.tuning.check().map_err(|e| e.at("withResults"))?;
        }
        let StrategySettings { kind, seed, initial_design, tuning } = strategy;
        let seed = keep_seed.then_some(seed);
        let new = NewTask {
            id: new_id,
            name: Some(name.unwrap_or(task.name)),
            description: task.description,
            parameter_space: settings.parameter_space,
            objectives: settings.objectives,
            strategy: StrategyChoice { kind, seed, initial_design, tuning },
            initial_designs: designs,
            model_state: None,
            metadata: settings.metadata,
            priority: priority.unwrap_or(task.priority),
            owner,
            labels: task.labels,
            tags: task.tags,
            parent: task.lineage.parent(),
            budget: still_open(task.budget, self.now()),
            constraints: settings.constraints,
            policy: settings.policy,
            pruning: settings.pruning,
            cloned_from: Some(id),
        };
        self.create_task(caller, new).await
    }
}

/// The points that were given with a task to be tried first, as far as they lie in its space; where a
/// clone begins with the results of the task, without those that were measured. What the method of an
/// initial design has made comes by itself when the clone is started.
async fn given_designs(
    snapshot: &Snapshot,
    task: &Task,
    settings: &TaskSettings,
    with_results: bool,
) -> Result<Vec<JsonObject>> {
    let most = TaskSettings::MAX_POINTS as u64;
    let given = |trial: &&Trial| {
        let before_start = task.started_at.is_none_or(|started| trial.created_at < started);
        let measured = trial.state == TrialState::Completed;
        trial.origin == TrialOrigin::InitialDesign
            && (before_start || settings.strategy.initial_design.is_none())
            && settings.is_in_space(&trial.point)
            && !(with_results && measured)
    };
    // They are the first trials of a task.
    let first = snapshot.trials_after(task.id, 0, most).await?;
    Ok(first.iter().filter(given).map(|trial| trial.point.to_json()).collect())
}

/// A budget without a deadline that has passed: with it, the clone would end before it began.
fn still_open(budget: Budget, now: Timestamp) -> Budget {
    Budget { deadline: budget.deadline.filter(|deadline| *deadline > now), ..budget }
}
