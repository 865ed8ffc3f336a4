//! Points that are ready to be handed out.

use serde::{Deserialize, Serialize};

use super::{Bound, Point, Proposal, Task};

/// A point that is ready to be handed out, and why it was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The point.
    pub point: Point,
    /// Why it was chosen.
    pub why: Proposal,
}

/// Points in a row that are ready to be handed out, each chosen with those before it as out.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// What they stand on: the task's basis.
    pub basis: i64,
    /// The task's sequence when that was read.
    pub sequence: i64,
    /// How many points the strategy had proposed before the first of them.
    pub proposed: i64,
    /// The points.
    pub points: Vec<Suggestion>,
    /// Whether the space has no more points after them.
    pub exhausted: bool,
}

impl Prepared {
    /// Whether they are what the strategy proposes to the task as it is now.
    #[must_use]
    pub fn stands(&self, task: &Task) -> bool {
        self.basis == task.basis && self.is_of(task)
    }

    /// Those that have not been handed out yet: each point is, in its turn, the next that the task
    /// counts as proposed.
    #[must_use]
    pub fn left(&self, task: &Task) -> &[Suggestion] {
        let taken = usize::try_from(task.proposed - self.proposed);
        taken.ok().filter(|_| self.is_of(task)).and_then(|n| self.points.get(n..)).unwrap_or(&[])
    }

    /// A task that was purged and then imported again begins a new sequence, and may come to a basis
    /// that it had before.
    const fn is_of(&self, task: &Task) -> bool {
        self.sequence <= task.sequence && self.proposed <= task.proposed
    }

    /// The bound of its budget that a task has come to where these are its next points: nothing is left
    /// to try, or it is not worth it.
    #[must_use]
    pub fn bound(&self, task: &Task) -> Option<Bound> {
        if !self.stands(task) {
            return None;
        }
        let expected = self.points.first().and_then(|first| first.why.promise());
        let least = task.budget.min_expected_improvement;
        if expected.zip(least).is_some_and(|(expected, least)| expected < least) {
            return Some(Bound::ExpectedImprovement);
        }
        (self.exhausted && self.left(task).is_empty()).then_some(Bound::Exhausted)
    }
}
