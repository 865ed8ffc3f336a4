//! `excludeTrial` and `includeTrial`: a result that the optimization should not learn from.

use futures_util::FutureExt as _;

use super::{TaskManager, TrialChanged, change::Change};
use crate::task::{Caller, Error, Happening, Reason, Result, TrialId, TrialState};

impl TaskManager {
    /// Leaves a finished trial out of the optimization; it stays in the record. One that is left out
    /// already stays as it is.
    pub async fn exclude_trial(
        &self,
        caller: &Caller,
        id: TrialId,
        reason: Reason,
    ) -> Result<TrialChanged> {
        self.set_excluded(caller, id, true, reason).await
    }

    /// Lets an excluded trial count again. One that counts stays as it is.
    pub async fn include_trial(
        &self,
        caller: &Caller,
        id: TrialId,
        reason: Reason,
    ) -> Result<TrialChanged> {
        self.set_excluded(caller, id, false, reason).await
    }

    async fn set_excluded(
        &self,
        caller: &Caller,
        id: TrialId,
        exclude: bool,
        reason: Reason,
    ) -> Result<TrialChanged> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, reason) = (by.clone(), reason.clone());
            async move {
                let mut change = Change::of_trial(tx, &by, at, id).await?;
                let mut trial = change.tx.trial(id).await?;
                if !TrialState::WITH_OUTCOME.contains(&trial.state) {
                    let (from, to) = (trial.state, TrialState::Completed);
                    return Err(Error::InvalidTrialState { from, to });
                }
                if trial.excluded.is_some() == exclude {
                    return Ok(TrialChanged { task: change.task, trial });
                }
                trial.excluded = exclude.then(|| reason.clone());
                let settings = change.tx.settings(id.task).await?;
                change.recount_results(&settings, Some(&mut trial)).await?;
                change.tx.update_trial(&trial, trial.state).await?;
                let number = id.number;
                change.record(if exclude {
                    Happening::TrialExcluded { number, reason }
                } else {
                    Happening::TrialIncluded { number, reason }
                });
                Ok(TrialChanged { task: change.save().await?, trial })
            }
            .boxed()
        })
        .await
    }
}
