//! The Pareto front: the results that no other is better than in every respect.

use super::{Objectives, Trial, Values};

/// Whether `a` dominates `b`: at least as good in every objective, and better in one.
#[must_use]
pub fn dominates(objectives: &Objectives, a: &Values, b: &Values) -> bool {
    let mut better = false;
    for objective in objectives.as_slice() {
        let (Some(&a), Some(&b)) = (a.get(&objective.name), b.get(&objective.name)) else {
            return false;
        };
        if objective.direction.prefers(b, a) {
            return false;
        }
        better |= objective.direction.prefers(a, b);
    }
    better
}

/// Marks the trials that are on the front, and says whether anything changed.
///
/// Each trial is compared with the front of those before it: a trial that leaves the front was
/// dominated by one that stays, so nothing that it dominated can come back.
pub fn mark_front(objectives: &Objectives, trials: &mut [Trial]) -> Vec<usize> {
    let mut front: Vec<usize> = Vec::new();
    if objectives.as_slice().len() > 1 {
        for (i, trial) in trials.iter().enumerate().filter(|(_, trial)| trial.counts()) {
            let values = &trial.values;
            if front.iter().any(|&other| dominates(objectives, &trials[other].values, values)) {
                continue;
            }
            front.retain(|&other| !dominates(objectives, values, &trials[other].values));
            front.push(i);
        }
    }
    let mut changed = Vec::new();
    for (i, trial) in trials.iter_mut().enumerate() {
        let on_front = front.binary_search(&i).is_ok();
        if trial.on_front != on_front {
            trial.on_front = on_front;
            changed.push(i);
        }
    }
    changed
}
