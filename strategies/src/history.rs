//! What is known.

use serde::{Deserialize, Serialize};

use crate::space::{Point, Space};

/// What is to be found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The space to search.
    pub space: Space,
    /// How many objectives, at least 1; all are minimized.
    pub objectives: usize,
    /// How many outcome constraints; each is kept where its value is at most 0.
    pub constraints: usize,
}

/// What became of a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It was measured.
    Measured {
        /// One finite value for each objective.
        values: Vec<f64>,
        /// Their standard deviations, where they are known; empty if none is.
        #[serde(default)]
        deviations: Vec<Option<f64>>,
        /// One value for each outcome constraint, not finite where it was not measured.
        #[serde(default)]
        constraints: Vec<f64>,
    },
    /// The evaluation went wrong, or the point cannot be evaluated: learned as a place to avoid.
    Failed,
    /// It was stopped early, for it would not become good: as bad as the worst half, its value unknown.
    Pruned,
}

/// A point and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The point.
    pub point: Point,
    /// What became of it.
    pub outcome: Outcome,
    /// 0 for this task; 1, 2, … for earlier tasks whose results it is warmed up with. Those are only as comparable as the
    /// data say.
    #[serde(default)]
    pub source: usize,
}

/// What is known of a task at one moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct History {
    /// What was tried, by the number of the trial. Points may repeat (replicates), and may lie outside of the space.
    pub observations: Vec<Observation>,
    /// Points that are out: handed out or waiting, without an outcome.
    pub pending: Vec<Point>,
    /// How many points were proposed before: where sequences go on.
    pub proposed: u64,
}
