//! Why a point was chosen.

use asktell_strategies::proposal::Criterion;
use serde::{Deserialize, Serialize};

use super::StrategyKind;

/// What a model expects of one objective at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The name of the objective.
    pub objective: String,
    /// The expected value, in the objective's own sign and units.
    pub mean: f64,
    /// How sure that is: the standard deviation, without the noise of a measurement.
    pub deviation: f64,
}

/// Why the strategy chose a point; kept with its trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// What chose it in the end; never [`StrategyKind::Auto`].
    pub strategy: StrategyKind,
    /// In words: why this strategy, and what it did.
    pub reason: String,
    /// If it comes from a simpler strategy than was asked for: what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// What the model expected of each objective; empty without a model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predictions: Vec<Prediction>,
    /// By what the point was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<Criterion>,
    /// The value of that at the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acquisition_value: Option<f64>,
    /// The improvement over the best that was expected, in the units of the only objective, or of hypervolume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_improvement: Option<f64>,
    /// The largest improvement that was expected anywhere, if the point was chosen by something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attainable_improvement: Option<f64>,
    /// How many results it stands on.
    pub results: usize,
}

impl Proposal {
    /// What going on is worth, by the model: the largest improvement that was expected of any point.
    #[must_use]
    pub const fn promise(&self) -> Option<f64> {
        match self.attainable_improvement {
            Some(attainable) => Some(attainable),
            None => self.expected_improvement,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Proposal;

    #[test]
    fn a_point_that_looks_further_promises_what_the_best_one_would() {
        let of = |more: serde_json::Value| {
            let mut document = json!({ "strategy": "GP", "reason": "", "results": 9 });
            document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value::<Proposal>(document).unwrap().promise()
        };
        assert_eq!(of(json!({})), None);
        assert_eq!(of(json!({ "expectedImprovement": 0.5 })), Some(0.5));
        let further = json!({ "expectedImprovement": 0.01, "attainableImprovement": 0.5 });
        assert_eq!(of(further), Some(0.5));
    }
}
