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
        /// One value for each objective, not finite where it was not measured: the model of each objective learns from the
        /// results that have it.
        #[serde(with = "measured")]
        values: Vec<f64>,
        /// Their standard deviations, where they are known; empty if none is.
        #[serde(default)]
        deviations: Vec<Option<f64>>,
        /// One value for each outcome constraint, not finite where it was not measured.
        #[serde(default, with = "measured")]
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
    /// Points that were planned and tried elsewhere than planned: the observation lies where the trial was executed, and the
    /// planned point is not to be proposed again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Point>,
    /// How many points were proposed before: where sequences go on.
    pub proposed: u64,
}

/// Values of which some were not measured: null in JSON, which has no number for that.
mod measured {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(values: &[f64], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|value| value.is_finite().then_some(value)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
        let values = Vec::<Option<f64>>::deserialize(from)?;
        Ok(values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn what_was_not_measured_is_written_and_read_again() {
        let outcome = Outcome::Measured {
            values: vec![1.5, f64::NAN],
            deviations: vec![None, Some(0.5)],
            constraints: vec![f64::NAN],
        };
        let text = serde_json::to_string(&outcome).unwrap();
        assert_eq!(
            text,
            r#"{"measured":{"values":[1.5,null],"deviations":[null,0.5],"constraints":[null]}}"#
        );
        let Outcome::Measured { values, constraints, .. } = serde_json::from_str(&text).unwrap()
        else {
            panic!("measured")
        };
        assert!((values[0] - 1.5).abs() < 1e-12 && values[1].is_nan() && constraints[0].is_nan());
    }
}
