//! `cloneTask`: another task like one that there is, which is how a campaign goes on.

use super::TaskManager;
use crate::task::{
    Budget, Caller, CloneTask, Error, Invalid, NewTask, Result, StrategyChoice, StrategySettings,
    Task, Timestamp,
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
            strategy: Some(StrategyChoice { kind, seed, initial_design, tuning }),
            initial_designs: Vec::new(),
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

/// A budget without a deadline that has passed: with it, the clone would end before it began.
fn still_open(budget: Budget, now: Timestamp) -> Budget {
    Budget { deadline: budget.deadline.filter(|deadline| *deadline > now), ..budget }
}
