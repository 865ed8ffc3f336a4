//! Which trials are stopped early: pure rules over what trials have reported.

use crate::task::Pruning;

/// Whether the median rule may stop a trial at this step (D. Golovin et al., "Google Vizier", KDD
/// 2017, section 3.2.2): when enough trials are COMPLETED, and after the warm-up. It stops the trial
/// then if its best value so far is worse than the median of the others' values at that step. (There the
/// others are the completed trials; here those under way count too, so that it works early.)
#[must_use]
pub fn median_applies(pruning: &Pruning, completed: i64, step: i64) -> bool {
    completed >= pruning.startup_trials && step > pruning.warmup_steps
}

/// The rung of successive halving that a step has come to: rung 0 is at `min_resource` steps, and each
/// further one at `reduction_factor` times the steps of the one before. None before the first.
#[must_use]
pub fn rung(pruning: &Pruning, step: i64) -> Option<i64> {
    let mut resource = pruning.min_resource;
    let mut rung = None;
    while step >= resource {
        rung = Some(rung.map_or(0, |rung| rung + 1));
        resource = resource.saturating_mul(pruning.reduction_factor);
        if resource == i64::MAX {
            break;
        }
    }
    rung
}

/// Whether a trial goes on from a rung to which `reached` trials have come, itself included, of which
/// `better` are better: it must be among the best `1 / reduction_factor` of them, at least one (L. Li
/// et al., "A System for Massively Parallel Hyperparameter Tuning", `MLSys` 2020, algorithm 2; stopping
/// instead of waiting for promotion).
#[must_use]
pub fn goes_on(pruning: &Pruning, reached: u64, better: u64) -> bool {
    let factor = u64::try_from(pruning.reduction_factor).unwrap_or(u64::MAX);
    better < (reached / factor).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_grow_by_the_factor() {
        let pruning = Pruning { min_resource: 2, reduction_factor: 3, ..Pruning::default() };
        let rungs: Vec<_> = [0, 1, 2, 5, 6, 17, 18, 53, 54].map(|step| rung(&pruning, step)).into();
        let expected = [None, None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2), Some(3)];
        assert_eq!(rungs, expected);
    }

    #[test]
    fn one_in_so_many_goes_on_and_at_least_one() {
        let pruning = Pruning { reduction_factor: 3, ..Pruning::default() };
        assert!(goes_on(&pruning, 1, 0));
        assert!(!goes_on(&pruning, 2, 1));
        assert!(!goes_on(&pruning, 5, 1));
        assert!(goes_on(&pruning, 6, 1));
        assert!(!goes_on(&pruning, 6, 2));
    }
}
