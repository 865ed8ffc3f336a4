//! What can be set of a strategy.

use asktell_strategies::settings::{Acquisition, GridSettings, Nsga2Settings, TpeSettings};
use serde::{Deserialize, Serialize};

use super::StrategyKind;
use crate::task::{ExternalSettings, Invalid, Objectives, TaskId};

/// The standard deviation of the measurements of one objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectiveNoise {
    /// The name of the objective.
    pub objective: String,
    /// The standard deviation, in the objective's units; 0 for an exact function.
    pub deviation: f64,
}

/// What can be set of the Gaussian process.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GpSettings {
    /// How the next point is chosen.
    pub acquisition: Acquisition,
    /// Standard deviations of the confidence bound, for [`Acquisition::Ucb`]; 2 if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exploration: Option<f64>,
    /// How exact the measurements of some objectives are; estimated for the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub noise: Vec<ObjectiveNoise>,
    /// How many points fill the space first; chosen by the number of parameters if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup: Option<u32>,
}

/// How long the next point may take to compute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct TimeLimit(std::time::Duration);

impl TimeLimit {
    /// The shortest, in seconds.
    pub const MIN_SECONDS: f64 = 0.05;
    /// The longest, in seconds.
    pub const MAX_SECONDS: f64 = 600.0;

    /// Checks the range, 0.05 to 600 seconds.
    pub fn from_seconds(seconds: f64) -> Result<Self, Invalid> {
        if !(Self::MIN_SECONDS..=Self::MAX_SECONDS).contains(&seconds) {
            return Err(Invalid::new(format!(
                "a number of seconds from {} to {}",
                Self::MIN_SECONDS,
                Self::MAX_SECONDS
            )));
        }
        Ok(Self(std::time::Duration::from_secs_f64(seconds)))
    }

    /// As a duration.
    #[must_use]
    pub const fn duration(self) -> std::time::Duration {
        self.0
    }

    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0.as_secs_f64()
    }

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for TimeLimit {
    /// Ten seconds.
    fn default() -> Self {
        Self(std::time::Duration::from_secs(10))
    }
}

impl TryFrom<f64> for TimeLimit {
    type Error = Invalid;
    fn try_from(seconds: f64) -> Result<Self, Invalid> {
        Self::from_seconds(seconds)
    }
}

impl From<TimeLimit> for f64 {
    fn from(limit: TimeLimit) -> Self {
        limit.seconds()
    }
}

/// What is set of a strategy beside its kind. What is left out has the defaults of
/// [`asktell_strategies::settings`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tuning {
    /// Of the Gaussian process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gp: Option<GpSettings>,
    /// Of the tree-structured Parzen estimator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tpe: Option<TpeSettings>,
    /// Of the grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridSettings>,
    /// Of the genetic algorithm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nsga2: Option<Nsga2Settings>,
    /// Of the client's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<ExternalSettings>,
    /// The tasks whose results it learns from beside its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warm_start: Vec<TaskId>,
    /// Number of times that each point of a finite space is proposed; 1 if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicates: Option<u32>,
    /// How long the next point may take to compute.
    #[serde(skip_serializing_if = "TimeLimit::is_default")]
    pub time_limit_seconds: TimeLimit,
}

impl Tuning {
    /// The most tasks of a warm start.
    pub const MAX_WARM_START: usize = 16;

    /// Whether nothing is set.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Checks the ranges.
    pub fn check(self) -> Result<Self, Invalid> {
        if let Some(gp) = &self.gp {
            check_gp(gp).map_err(|e| e.at("gp"))?;
        }
        if let Some(TpeSettings { startup, candidates }) = &self.tpe {
            count("startup", *startup, 1, 10_000)
                .and_then(|()| count("candidates", *candidates, 1, 10_000))
                .map_err(|e| e.at("tpe"))?;
        }
        if let Some(GridSettings { values }) = &self.grid {
            count("values", *values, 2, 1_000).map_err(|e| e.at("grid"))?;
        }
        if let Some(Nsga2Settings { population, crossover, mutation }) = &self.nsga2 {
            count("population", *population, 4, 1_000)
                .and_then(|()| share("crossover", *crossover))
                .and_then(|()| share("mutation", *mutation))
                .map_err(|e| e.at("nsga2"))?;
        }
        if let Some(ExternalSettings { ahead }) = self.external {
            count("ahead", Some(ahead), 1, ExternalSettings::MAX_AHEAD)
                .map_err(|e| e.at("external"))?;
        }
        check_tasks(&self.warm_start).map_err(|e| e.at("warmStart"))?;
        count("replicates", self.replicates, 1, 1_000)?;
        Ok(self)
    }

    /// Refuses settings of another strategy than the chosen one.
    pub(super) fn check_kind(&self, kind: StrategyKind) -> Result<(), Invalid> {
        use StrategyKind::{Auto, External, Gp, Grid, Nsga2, Tpe};
        let Self { gp, tpe, grid, nsga2, external, warm_start, replicates, time_limit_seconds: _ } =
            self;
        let all = [
            ("gp", gp.is_some(), matches!(kind, Gp | Auto), "GP or AUTO"),
            ("tpe", tpe.is_some(), matches!(kind, Tpe | Auto), "TPE or AUTO"),
            ("grid", grid.is_some(), matches!(kind, Grid), "GRID"),
            ("nsga2", nsga2.is_some(), matches!(kind, Nsga2), "NSGA2"),
            ("external", external.is_some(), matches!(kind, External), "EXTERNAL"),
            ("replicates", replicates.is_some(), kind.proposes(), "of the server's own"),
            ("warmStart", !warm_start.is_empty(), kind.learns(), "AUTO, GP, TPE or NSGA2"),
        ];
        match all.into_iter().find(|(_, given, fits, _)| *given && !fits) {
            Some((field, _, _, whose)) => {
                Err(Invalid::new(format!("only for the strategy {whose}")).at(field))
            }
            None => Ok(()),
        }
    }

    /// Refuses noises of what is not measured. A task without objectives takes any, until it has some.
    pub(super) fn check_objectives(&self, objectives: &Objectives) -> Result<(), Invalid> {
        let noises = self.gp.iter().flat_map(|gp| &gp.noise).enumerate();
        let known = |name: &str| objectives.as_slice().iter().any(|known| known.name == name);
        for (i, noise) in noises {
            if !objectives.is_empty() && !known(&noise.objective) {
                let what = format!("the task has no objective \"{}\"", noise.objective);
                return Err(Invalid::new(what).at("objective").at_index(i).at("noise").at("gp"));
            }
        }
        Ok(())
    }
}

fn check_gp(gp: &GpSettings) -> Result<(), Invalid> {
    let GpSettings { acquisition, exploration, noise, startup } = gp;
    if exploration.is_some_and(|number| !(0.0..=100.0).contains(&number)) {
        return Err(Invalid::new("a number from 0 to 100").at("exploration"));
    }
    if exploration.is_some() && *acquisition != Acquisition::Ucb {
        return Err(Invalid::new("only for the acquisition UCB").at("exploration"));
    }
    if noise.len() > Objectives::MAX {
        return Err(Invalid::new(format!("at most {}", Objectives::MAX)).at("noise"));
    }
    for (i, ObjectiveNoise { objective, deviation }) in noise.iter().enumerate() {
        let here = |problem: Invalid| problem.at_index(i).at("noise");
        if !(deviation.is_finite() && *deviation >= 0.0) {
            return Err(here(Invalid::new("a finite number, at least 0").at("deviation")));
        }
        if noise[..i].iter().any(|other| other.objective == *objective) {
            let twice = format!("the objective \"{objective}\" is named twice");
            return Err(here(Invalid::new(twice).at("objective")));
        }
    }
    count("startup", *startup, 1, 10_000)
}

fn count(field: &str, given: Option<u32>, least: u32, most: u32) -> Result<(), Invalid> {
    match given {
        Some(number) if !(least..=most).contains(&number) => {
            Err(Invalid::new(format!("a whole number from {least} to {most}")).at(field))
        }
        Some(_) | None => Ok(()),
    }
}

fn share(field: &str, given: Option<f64>) -> Result<(), Invalid> {
    match given {
        Some(number) if !(0.0..=1.0).contains(&number) => {
            Err(Invalid::new("a number from 0 to 1").at(field))
        }
        Some(_) | None => Ok(()),
    }
}

fn check_tasks(tasks: &[TaskId]) -> Result<(), Invalid> {
    if tasks.len() > Tuning::MAX_WARM_START {
        return Err(Invalid::new(format!("at most {} tasks", Tuning::MAX_WARM_START)));
    }
    let twice = (1..tasks.len()).find(|i| tasks[..*i].contains(&tasks[*i]));
    match twice {
        Some(i) => Err(Invalid::new("the task is named twice").at_index(i)),
        None => Ok(()),
    }
}
