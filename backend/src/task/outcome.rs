//! What became of a trial: what workers report, checked against what the task measures.

use serde::{Deserialize, Serialize};

use super::{
    AttemptOutcome, Constraints, Invalid, JsonObject, JsonValue, LeaseToken, Objectives, Point,
    Reason, Timestamp, TrialState, Values, WorkerName, check_json, objective::check_label,
    policy::MAX_KIND_CHARS, text::Actor,
};

/// A link to something that an evaluation left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// What it is.
    pub name: String,
    /// Where it is.
    pub url: String,
}

/// What is kept beside the values of the objectives.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Beside {
    /// Named quantities that are not objectives.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub metrics: Values,
    /// Whatever the worker wants to keep with the result.
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    pub metadata: JsonObject,
    /// Links to what the evaluation left behind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<Artifact>,
}

impl Beside {
    const MAX_METRICS: usize = 100;
    const MAX_METADATA_BYTES: usize = 16 * 1024;
    const MAX_ARTIFACTS: usize = 100;
    const MAX_URL_CHARS: usize = 2_000;

    /// Checks names, numbers, sizes and links.
    pub fn new(
        metrics: Vec<(String, f64)>,
        metadata: JsonObject,
        artifacts: Vec<Artifact>,
    ) -> Result<Self, Invalid> {
        if artifacts.len() > Self::MAX_ARTIFACTS {
            let most = format!("at most {} artifacts", Self::MAX_ARTIFACTS);
            return Err(Invalid::new(most).at("artifacts"));
        }
        for (i, artifact) in artifacts.iter().enumerate() {
            check_artifact(artifact).map_err(|e| e.at_index(i).at("artifacts"))?;
        }
        let metadata = JsonValue::Object(metadata);
        check_json(&metadata, Self::MAX_METADATA_BYTES).map_err(|e| e.at("metadata"))?;
        let JsonValue::Object(metadata) = metadata else { unreachable!("made an object above") };
        Ok(Self { metrics: check_metrics(metrics)?, metadata, artifacts })
    }
}

fn check_metrics(metrics: Vec<(String, f64)>) -> Result<Values, Invalid> {
    if metrics.len() > Beside::MAX_METRICS {
        let most = format!("at most {} metrics", Beside::MAX_METRICS);
        return Err(Invalid::new(most).at("metrics"));
    }
    let mut checked = Values::new();
    for (i, (name, value)) in metrics.into_iter().enumerate() {
        let here = |problem: Invalid, field: &str| problem.at(field).at_index(i).at("metrics");
        check_label(&name, 100).map_err(|e| here(e, "name"))?;
        if !value.is_finite() {
            return Err(here(Invalid::new("must be a finite number"), "value"));
        }
        if checked.contains_key(&name) {
            let twice = format!("the metric \"{name}\" is reported twice");
            return Err(here(Invalid::new(twice), "name"));
        }
        checked.insert(name, value);
    }
    Ok(checked)
}

fn check_artifact(artifact: &Artifact) -> Result<(), Invalid> {
    check_label(&artifact.name, 200).map_err(|e| e.at("name"))?;
    check_label(&artifact.url, Beside::MAX_URL_CHARS).map_err(|e| e.at("url"))?;
    // A scheme as RFC 3986 has it, section 3.1, but none that a browser would run.
    let scheme = artifact.url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let plain = scheme.as_deref().is_some_and(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !["javascript", "data", "vbscript"].contains(&scheme)
    });
    if plain {
        return Ok(());
    }
    Err(Invalid::new("an address such as https://example.org/run/7 or s3://bucket/file").at("url"))
}

/// One value of a report: what was measured for an objective, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The name of the objective.
    pub objective: String,
    /// What was measured.
    pub value: f64,
    /// The standard deviation of the measurement, if it is known.
    pub deviation: Option<f64>,
}

/// What a worker reports, not checked yet against the task's objectives.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// What was measured.
    Values(Vec<Measured>),
    /// The evaluation went wrong.
    Failure {
        /// Why.
        reason: Reason,
        /// Which kind of failure it is, for what is tried again.
        kind: Option<String>,
    },
    /// The point cannot be evaluated, now or ever.
    Infeasible(Reason),
    /// The worker has stopped it early.
    Pruned(Option<Reason>),
}

/// A checked result: finite values of objectives, of which some may be missing, and what is known of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Measurement {
    /// Objective to value.
    pub values: Values,
    /// Objective to standard deviation, where it is known.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub deviations: Values,
}

/// A checked report.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Values of objectives.
    Completed(Measurement),
    /// The evaluation went wrong.
    Failed {
        /// Why.
        reason: Reason,
        /// Which kind of failure it is.
        kind: Option<String>,
    },
    /// The point cannot be evaluated.
    Infeasible(Reason),
    /// The worker has stopped it early.
    Pruned(Option<Reason>),
}

impl Report {
    /// Checks the report against what the task measures.
    pub fn check(
        self,
        objectives: &Objectives,
        constraints: &Constraints,
        metrics: &Values,
    ) -> Result<Outcome, Invalid> {
        match self {
            Self::Values(values) => {
                let measurement = measurement(objectives, &values).map_err(|e| e.at("values"))?;
                let missing = constraints.missing(&measurement.values, metrics);
                // An objective that was not measured may be measured later.
                let metric = |name: &&str| !objectives.as_slice().iter().any(|o| o.name == **name);
                if let Some(name) = missing.into_iter().find(metric) {
                    return Err(Invalid::new(format!(
                        "a constraint is about \"{name}\", which has no value"
                    ))
                    .at("values"));
                }
                Ok(Outcome::Completed(measurement))
            }
            Self::Failure { reason, kind } => {
                if let Some(kind) = &kind {
                    check_label(kind, MAX_KIND_CHARS).map_err(|e| e.at("kind").at("failure"))?;
                }
                Ok(Outcome::Failed { reason, kind })
            }
            Self::Infeasible(reason) => Ok(Outcome::Infeasible(reason)),
            Self::Pruned(reason) => Ok(Outcome::Pruned(reason)),
        }
    }
}

/// Checks that there is a finite value for at least one objective, for each at most one, and no negative deviation.
pub fn measurement(objectives: &Objectives, given: &[Measured]) -> Result<Measurement, Invalid> {
    let pairs: Vec<_> = given.iter().map(|m| (m.objective.clone(), m.value)).collect();
    let values = objectives.check_values(&pairs)?;
    let mut deviations = Values::new();
    for (i, Measured { objective, value: _, deviation }) in given.iter().enumerate() {
        let Some(deviation) = *deviation else { continue };
        if !(deviation.is_finite() && deviation >= 0.0) {
            return Err(Invalid::new("a finite number, not below 0")
                .at("standardDeviation")
                .at_index(i));
        }
        deviations.insert(objective.clone(), deviation);
    }
    Ok(Measurement { values, deviations })
}

impl Outcome {
    /// The state that the trial comes to, if it is not tried again.
    #[must_use]
    pub const fn state(&self) -> TrialState {
        match self {
            Self::Completed(_) => TrialState::Completed,
            Self::Failed { .. } => TrialState::Failed,
            Self::Infeasible(_) => TrialState::Infeasible,
            Self::Pruned(_) => TrialState::Pruned,
        }
    }

    /// How the attempt ended.
    #[must_use]
    pub const fn attempt(&self) -> AttemptOutcome {
        match self {
            Self::Completed(_) => AttemptOutcome::Completed,
            Self::Failed { .. } => AttemptOutcome::Failed,
            Self::Infeasible(_) => AttemptOutcome::Infeasible,
            Self::Pruned(_) => AttemptOutcome::Pruned,
        }
    }

    /// Why it is no result.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Completed(_) => None,
            Self::Failed { reason, .. } | Self::Infeasible(reason) => Some(reason),
            Self::Pruned(reason) => reason.as_ref(),
        }
    }
}

/// A result that is kept beside the counted one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachedResult {
    /// When it came.
    pub at: Timestamp,
    /// Who sent it.
    pub actor: Actor,
    /// The worker of the lease that it names, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerName>,
    /// The lease that it names.
    pub token: LeaseToken,
    /// The point that was really tried, if it is not the planned one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executed_point: Option<Point>,
    /// What was measured.
    #[serde(flatten)]
    pub measurement: Measurement,
    /// What came with it.
    #[serde(default)]
    pub beside: Beside,
}

/// What a result was before it was corrected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Correction {
    /// When it was corrected.
    pub at: Timestamp,
    /// Who did.
    pub actor: Actor,
    /// Why.
    pub reason: Reason,
    /// What stood there before.
    #[serde(flatten)]
    pub before: Measurement,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Receipt {
    /// It is the trial's outcome.
    Counted,
    /// It is kept beside the counted result.
    Attached,
    /// It was known already; nothing changed.
    Repeated,
}

/// What a worker told of a trial on the way to its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// How far the evaluation was.
    pub step: i64,
    /// What was measured there.
    pub measurement: Measurement,
    /// The rung of successive halving to which the trial came with this report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rung: Option<i64>,
    /// When it was told.
    pub at: Timestamp,
}
