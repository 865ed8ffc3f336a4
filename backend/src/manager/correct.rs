//! `correctTrial`: a wrong value, put right without hiding that it was wrong.

use futures_util::FutureExt as _;

use super::{TaskManager, TrialChanged, change::Change};
use crate::task::{
    Caller, Correction, Error, Happening, Invalid, Measured, Reason, Result, Trial, TrialId,
    TrialState, measurement,
};

impl TaskManager {
    /// Replaces what was measured. What stood there before is kept, with who corrected it and why.
    pub async fn correct_trial(
        &self,
        caller: &Caller,
        id: TrialId,
        values: Vec<Measured>,
        reason: Reason,
    ) -> Result<TrialChanged> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, values, reason) = (by.clone(), values.clone(), reason.clone());
            async move {
                let mut change = Change::of_trial(tx, &by, at, id).await?;
                let mut trial = change.tx.trial(id).await?;
                if trial.state != TrialState::Completed {
                    let (from, to) = (trial.state, TrialState::Completed);
                    return Err(Error::InvalidTrialState { from, to });
                }
                let settings = change.tx.settings(id.task).await?;
                let new = measurement(&settings.objectives, &values).map_err(|e| e.at("values"))?;
                let old = trial.measurement();
                if new == old {
                    return Ok(TrialChanged { task: change.task, trial });
                }
                if trial.details.corrections.len() >= Trial::MAX_BESIDE {
                    let most = format!("at most {} corrections", Trial::MAX_BESIDE);
                    return Err(Invalid::new(most).at("trialId").into());
                }
                trial.details.corrections.push(Correction {
                    at,
                    actor: by.actor.clone(),
                    reason: reason.clone(),
                    before: old.clone(),
                });
                trial.values.clone_from(&new.values);
                trial.details.deviations.clone_from(&new.deviations);
                trial.judge(&settings);
                change.recount_results(&settings, Some(&mut trial)).await?;
                change.tx.update_trial(&trial, trial.state).await?;
                let number = id.number;
                change.record(Happening::TrialCorrected { number, old, new, reason });
                Ok(TrialChanged { task: change.save().await?, trial })
            }
            .boxed()
        })
        .await
    }
}
